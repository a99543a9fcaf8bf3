"""Weights to the files that ship, and to what is told of them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from ttsbook.files import make_folder
from ttsbook.train.commands.options import tell


def export(
    checkpoint: Annotated[Path, typer.Argument(help="checkpoint.safetensors of a run.")],
    folder: Annotated[Path, typer.Argument(help="Where weights and graphs go.")],
    training: Annotated[
        Path | None, typer.Option(help="Folder: also write there what only training needs, to go on from.")
    ] = None,
) -> None:
    """Write the files that ship: fp16 weights, three ONNX graphs, hashes."""
    from ttsbook.train.export import export as write
    from ttsbook.train.export import export_training

    sys.stdout.write(json.dumps(write(checkpoint, folder), indent=1) + "\n")
    if training:
        export_training(checkpoint, training)


def evaluate(
    model: Annotated[Path, typer.Argument(help="Folder written by export.")],
    out: Annotated[Path, typer.Argument(help="Folder for clips and figures.")],
    score: Annotated[Path, typer.Option(help="The scoring tool, score.py.")],
    texts: Annotated[list[Path], typer.Option(help="Text or EPUB file; may be repeated.")],
    voices: Annotated[
        list[Path], typer.Option(help="Folder of clips of speakers never trained on; may be repeated.")
    ],
    python: Annotated[Path, typer.Option(help="Python that the scoring tool runs in.")] = Path(
        sys.executable
    ),
    trained: Annotated[
        list[Path] | None, typer.Option(help="Teacher folder whose texts are left out; may be repeated.")
    ] = None,
    count: Annotated[int, typer.Option(help="Clips of each set of voices and language.")] = 50,
    skip: Annotated[int, typer.Option(help="Texts to leave out: those that chose between checkpoints.")] = 0,
    method: Annotated[str, typer.Option(help="How voices are analysed: plain or hybrid.")] = "plain",
    teacher: Annotated[
        Path | None,
        typer.Option(help="Folder of Kokoro's voice packs: it says the same texts in its voices."),
    ] = None,
) -> None:
    """Judge an exported model on texts and voices that training never saw.

    Example: python -m ttsbook.train evaluate weights judged --score score.py --texts emma.txt
    --texts luotuo.txt --voices librispeech --voices kokoro --trained teacher
    """
    from ttsbook.train.evaluate import Plan
    from ttsbook.train.evaluate import evaluate as run

    plan = Plan(
        model,
        tuple(texts),
        tuple(voices),
        score,
        python,
        trained=tuple(trained or ()),
        count=count,
        skip=skip,
        method=method,
        teacher=teacher,
    )
    make_folder(out)
    run(plan, out, say=tell)
    sys.stdout.write((out / "evaluation.md").read_text("utf-8"))


def card(
    model: Annotated[Path, typer.Argument(help="Folder written by export.")],
    evaluation: Annotated[
        list[Path], typer.Argument(help="evaluation.json files that evaluate wrote for this model.")
    ],
    facts: Annotated[
        Path | None,
        typer.Option(help="Data, training and limits as TOML, as in card.toml; the base voice has its own."),
    ] = None,
) -> None:
    """Write MODEL_CARD.md beside an exported model: data, licences, figures and limits.

    Example: python -m ttsbook.train card weights judged/evaluation.json --facts card.toml
    """
    from ttsbook.train.card import write_card

    sys.stdout.write(f"{write_card(model, facts, evaluation)}\n")
