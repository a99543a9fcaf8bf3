"""The model card: what was measured, and what only people know, as one page beside the weights.

Sections follow Mitchell et al., Model Cards for Model Reporting, arXiv:1810.03993.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ttsbook.errors import InputError, UsageError
from ttsbook.files import atomic_write
from ttsbook.paths import packaged

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_OWN = Path(__file__).with_name("card.toml")
CARD, WEIGHTS = "MODEL_CARD.md", "base.safetensors"
_LANGUAGES = {"en": "English", "zh": "Mandarin", "-": ""}
_UNITS = {"en": " of words", "zh": " of toned syllables"}
_EXPLAINED = """\
Text that was never trained on, in voices that were never trained on. Whisper base transcribes (± one
standard error); DistillMOS predicts the opinion score; similarity is the cosine of GE2E embeddings with other
speech of the same person (different people 0.53, the same person 0.87 to 0.91); last, how often the right
speaker of {candidates} was the most similar. So small a set moves by several points.
"""


def write_card(folder: Path, facts: Path | None, evaluations: Sequence[Path]) -> Path:
    """Write the card of the model in `folder`; return its path.

    Args:
        facts: TOML as in `card.toml`, which is that of the base voice and of no other.
        evaluations: files that `evaluate` wrote, each of this very model.

    Raises:
        InputError: a file cannot be read, or an evaluation is of another model.
        UsageError: facts were not given, and this is not the base voice.
    """
    hashes: dict[str, str] = _read_json(folder / "base.json")["sha256"]
    if facts is None and hashes != _read_json(packaged("weights") / "base.json")["sha256"]:
        raise UsageError(
            f"nothing says what the model in {folder} was made from",
            f"copy {_OWN}, change it, and name it --facts",
        )
    told = _read_facts(facts or _OWN)
    n_weights = sum(math.prod(shape) for shape in read_shapes(folder / WEIGHTS))
    measured = [_evaluation_of(path, hashes) for path in evaluations]
    parts = [
        f"# {told['title']}\n",
        f"{told['about'].strip()}\n{n_weights / 1e6:.1f} million weights, stored once in fp16 "
        "(`base.safetensors`, which torch loads and the ONNX graphs\n"
        "point into). `base.json` holds the SHA-256 of every file.\n",
        "## Made from\n",
        "| data | hours | licence |\n|---|--:|---|",
        *(f"| {row['what']} | {row['hours']} | {row['licence']} |" for row in told["data"]),
        f"\n{told['training'].strip()}\n",
        "## Figures\n",
        *_figures(measured, told.get("sets", {})),
        f"{told['figures'].strip()}\n",
        "## Limits\n",
        *(f"- {limit}" for limit in told["limits"]),
        f"\n## Use\n\n{told['use'].strip()}",
    ]
    path = folder / CARD
    with atomic_write(path) as handle:
        handle.write(("\n".join(parts) + "\n").encode())
    return path


def _read_facts(path: Path) -> dict[str, Any]:
    try:
        told = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"{path} cannot be read: {error}") from error
    missing = {"title", "about", "training", "figures", "limits", "use", "data"} - told.keys()
    if missing:
        raise InputError(f"{path} does not say {sorted(missing)[0]!r}", "card.toml beside the code shows all")
    return told


def read_shapes(weights: Path) -> list[list[int]]:
    """Return the shape of every tensor in a safetensors file, from its header."""
    with open(weights, "rb") as handle:
        header = json.loads(handle.read(int.from_bytes(handle.read(8), "little")))
    return [entry["shape"] for name, entry in header.items() if name != "__metadata__"]


def _read_json(path: Path) -> dict[str, Any]:
    try:
        document: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read: {error}") from error
    return document


def _evaluation_of(path: Path, hashes: dict[str, str]) -> dict[str, Any]:
    """Read an evaluation, unless it judged other weights: their figures must not stand on this card."""
    evaluation = _read_json(path)
    if evaluation.get("model") != hashes:
        raise InputError(f"{path} judged other weights than those beside the card", "run evaluate again")
    return evaluation


def _figures(evaluations: Sequence[dict[str, Any]], names: dict[str, str]) -> list[str]:
    if not evaluations:
        return ["Not measured.\n"]
    lines = [
        _EXPLAINED.format(candidates=evaluations[0]["candidates"]),
        "| voices | language | texts | clips | errors | DistillMOS | DNSMOS | similarity | picked |",
        "|---|---|---|--:|--:|--:|--:|--:|--:|",
    ]
    rows = [
        _row(evaluation, figures, names.get(figures["set"], figures["set"]))
        for evaluation in evaluations
        for figures in evaluation["sets"]
    ]
    lines += dict.fromkeys(rows)  # recordings stand in each evaluation of their readers
    speed = min((evaluation["speed"] for evaluation in evaluations), key=lambda speed: speed["wall"])
    lines += [f"\nReal-time factor of the model with {speed['threads']} threads: {speed['wall']:.4f}.\n"]
    return lines


def _row(evaluation: dict[str, Any], figures: dict[str, Any], name: str) -> str:
    language = figures["language"]
    error = figures["error"]
    method = evaluation.get("method", "plain")
    careful = method != "plain" and error is not None
    first = evaluation["skip"] + 1
    cells = (
        f"{name}, analysed for {method}" if careful else name,
        _LANGUAGES.get(language, language),
        "" if error is None else f"{first}-{first + figures['clips'] - 1}",
        figures["clips"],
        ""
        if error is None
        else f"{error:.1%} ± {100 * figures['error_spread']:.1f}{_UNITS.get(language, '')}",
        *(
            "" if figures[key] is None else f"{figures[key]:.2f}"
            for key in ("distillmos", "dnsmos", "likeness")
        ),
        "" if figures["picked"] is None else f"{figures['picked']:.0%}",
    )
    return f"| {' | '.join(map(str, cells))} |"
