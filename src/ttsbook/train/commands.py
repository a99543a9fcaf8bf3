"""The training commands. Thin: each reads its arguments and calls one function."""

from __future__ import annotations

import json
import math
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ttsbook import __version__
from ttsbook.files import make_folder
from ttsbook.vits2.config import LANGUAGES

if TYPE_CHECKING:
    import torch

HELP = """Training of the base voice.

To go on from it with recordings of your own, in a checkout with the extras `cpu`, `train` and `qa`:

\b
  base=src/ttsbook/weights/base.safetensors more=src/ttsbook/train/weights
  python -m ttsbook.train transcribe recordings said.tsv
  python -m ttsbook.train prepare data --recorded recordings --transcripts said.tsv
  python -m ttsbook.train align $base data aligned --posterior $more/posterior.safetensors
  python -m ttsbook.train fit aligned run --rate 2e-4 --start $base \\
    --start $more/posterior.safetensors --start $more/discriminators.safetensors
  python -m ttsbook.train export run/checkpoint.safetensors model
  TTSBOOK_VITS2_MODEL=model ttsbook render book.epub -o book.m4b

Teacher speech beside the recordings (`teacher speech --voices DIR --text emma.txt`, then `prepare --teacher
speech`) keeps words clear; it is also what a voice from nothing begins with.
"""

app = typer.Typer(
    help=HELP,
    pretty_exceptions_enable=False,  # `__main__` is the error boundary
    add_completion=False,
    rich_markup_mode=None,
)


@app.callback(invoke_without_command=True)
def _root(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        print(context.get_help())


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def _device(asked: str) -> torch.device:
    """Return the device of that name; "auto" is a GPU where there is one.

    Raises:
        UsageError: there is no such name.
        MissingError: there is no such GPU.
    """
    import torch

    from ttsbook.errors import MissingError, UsageError

    n_gpus = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if asked == "auto":
        asked = "cuda" if n_gpus else "cpu"
    kind, _, index = asked.partition(":")
    if asked != "cpu" and (kind != "cuda" or not (index or "0").isdecimal()):
        raise UsageError(
            f"there is no device {asked!r}", "choose auto, cpu, cuda or, as the second GPU, cuda:1"
        )
    if kind == "cuda" and int(index or 0) >= n_gpus:
        hint = "check `nvidia-smi`, and that torch is built for CUDA; --device cpu trains on the processor"
        raise MissingError(f"{asked} was asked for, and torch finds {n_gpus or 'no'} GPUs", hint)
    return torch.device(asked)


def _above_zero(value: float | None) -> float | None:
    if value is not None and not 0 < value < math.inf:
        raise typer.BadParameter(f"{value} is not a number above 0")
    return value


def _known_language(value: str) -> str:
    if value not in LANGUAGES:
        raise typer.BadParameter(f"{value!r} is none of {', '.join(LANGUAGES)}")
    return value


@app.command()
def teacher(
    out: Annotated[Path, typer.Argument(help="Folder for the speech; an earlier run there goes on.")],
    voices: Annotated[Path, typer.Option(help="Folder voices/ of the npm package kokoro-js.")],
    text: Annotated[list[Path] | None, typer.Option(help="Text or EPUB file; may be repeated.")] = None,
    hours: Annotated[
        float, typer.Option(callback=_above_zero, help="How much speech the folder should hold.")
    ] = 8.0,
    seed: Annotated[int, typer.Option(min=0, help="Another seed says other things in other voices.")] = 0,
    workers: Annotated[int, typer.Option(min=1, help="Processes, one core each.")] = 1,
    among: Annotated[
        list[str] | None, typer.Option(help="Blend only voices whose names begin so; may be repeated.")
    ] = None,
    speaker: Annotated[
        list[str] | None, typer.Option(help="Only clips of this voice, for evaluate; may be repeated.")
    ] = None,
    say: Annotated[list[str] | None, typer.Option(help="What the --speaker says; may be repeated.")] = None,
) -> None:
    """Make synthetic speech with exact durations and pitch, by Kokoro-82M in random blends of voices.

    Example: python -m ttsbook.train teacher speech --voices voices --text emma.txt --text luotuo.txt
    """
    from ttsbook.train.teacher import make_references, make_speech

    if say and not speaker:
        raise typer.BadParameter("--say is for --speaker; what else is said comes from --text")
    if speaker:
        paths = make_references(
            out, speakers=speaker, voices=voices, sentences=tuple(say or ()), texts=tuple(text or ())
        )
        _say(f"{out}: {len(paths)} clips")
        return
    done = make_speech(
        out,
        hours=hours,
        texts=tuple(text or ()),
        voices=voices,
        among=tuple(among or ()),
        seed=seed,
        workers=workers,
        say=_say,
    )
    _say(f"{out}: {done:.2f} h")


@app.command()
def prepare(
    out: Annotated[Path, typer.Argument(help="Folder for the archives.")],
    teacher: Annotated[Path | None, typer.Option(help="Folder of teacher speech.")] = None,
    recorded: Annotated[
        list[Path] | None, typer.Option(help="Folder of recordings; may be repeated.")
    ] = None,
    band_hz: Annotated[
        int, typer.Option(min=1, help="Nothing above this frequency in the recordings.")
    ] = 8_000,
    language: Annotated[
        str, typer.Option(callback=_known_language, help="Of the recordings' transcripts, en or zh.")
    ] = "en",
    transcripts: Annotated[
        Path | None, typer.Option(help="Table of transcripts, if not transcripts.tsv beside the recordings.")
    ] = None,
) -> None:
    """Turn folders of speech into archives with phonemes, durations, pitch and speakers.

    Example: python -m ttsbook.train prepare data --teacher teacher --recorded librispeech
    """
    from ttsbook.errors import UsageError
    from ttsbook.train.archive import SUFFIX, write_archive
    from ttsbook.train.prepare import prepare_recordings, prepare_teacher

    named = {folder.resolve().name: folder for folder in recorded or ()}  # each archive is called so
    if not teacher and not recorded:
        raise UsageError("there is nothing to prepare", "name folders with --teacher or --recorded")
    if len(named) < len(recorded or ()) or (teacher and "teacher" in named):
        raise UsageError("two folders have the same name, and so would their archives", "rename one of them")
    make_folder(out)
    if teacher:
        n = write_archive(out / f"teacher{SUFFIX}", prepare_teacher(teacher))
        _say(f"{teacher}: {n} clips")
    for name, folder in named.items():
        clips = prepare_recordings(
            folder, band_hz=band_hz, language=language, transcripts=transcripts, say=_say
        )
        write_archive(out / f"{name}{SUFFIX}", clips)


@app.command()
def pack(
    source: Annotated[Path, typer.Argument(help="Folder of archives.")],
    out: Annotated[Path, typer.Argument(help="Folder for the parts.")],
    megabytes: Annotated[float, typer.Option(callback=_above_zero, help="Largest size of a part.")] = 30.0,
) -> None:
    """Split archives into parts of a given size, to be carried to another machine."""
    from ttsbook.errors import UsageError
    from ttsbook.train.archive import SUFFIX, read_archives, split_by_size, write_archive

    make_folder(out)
    if any(out.glob(f"*{SUFFIX}")):  # `fit` would learn from them too
        raise UsageError(f"{out} holds archives already", "choose an empty folder")
    for index, part in enumerate(split_by_size(read_archives(source), int(megabytes * 2**20))):
        path = out / f"part-{index:03d}{SUFFIX}"
        write_archive(path, part)
        _say(f"{path}: {len(part)} clips, {path.stat().st_size / 2**20:.1f} MiB")


@app.command()
def fit(
    data: Annotated[Path, typer.Argument(help="Folder of archives.")],
    out: Annotated[
        Path, typer.Argument(help="Folder of the run; the same command goes on with an earlier run there.")
    ],
    minutes: Annotated[
        float, typer.Option(callback=_above_zero, help="Wall-clock budget of this call.")
    ] = 60.0,
    schedule_minutes: Annotated[
        float | None,
        typer.Option(
            callback=_above_zero, help="Length of the whole run, for the learning rates; else of this call."
        ),
    ] = None,
    start: Annotated[list[Path] | None, typer.Option(help="Weights to begin with; repeatable.")] = None,
    fresh_judges: Annotated[bool, typer.Option(help="Do not take discriminators from --start.")] = False,
    adversary_from: Annotated[int, typer.Option(min=0, help="Step at which discriminators join.")] = 0,
    judges_first: Annotated[
        int, typer.Option(min=0, help="Steps in which discriminators alone learn: fresh ones know nothing.")
    ] = 0,
    rate: Annotated[float, typer.Option(callback=_above_zero, help="Highest learning rate.")] = 8e-4,
    scale: Annotated[
        int, typer.Option(min=1, help="Multiplies every batch; 1 suits two cores, 4 a big card.")
    ] = 1,
    window: Annotated[int, typer.Option(help="Latent frames (25 ms) of a window.")] = 64,
    recogniser: Annotated[
        list[Path] | None,
        typer.Option(help="File of `recogniser`, which judges whether phonemes are heard; may be repeated."),
    ] = None,
    text_steps: Annotated[
        int, typer.Option(min=0, help="Steps of the text side alone between whole ones, six times as cheap.")
    ] = 0,
    hold_decoder: Annotated[
        bool, typer.Option(help="Leave the decoder as it is; everything before it learns through it.")
    ] = False,
    hold_rest: Annotated[
        bool, typer.Option(help="Teach the decoder alone; everything before it stays as it is.")
    ] = False,
    teach_all: Annotated[
        bool, typer.Option(help="Borrowed voices teach text and prior too, not only flow and decoder.")
    ] = False,
    weigh: Annotated[
        list[str] | None,
        typer.Option(help="Another weight of a loss, NAME=NUMBER; may be repeated, 0 leaves it out."),
    ] = None,
    duration_noise: Annotated[
        int, typer.Option(min=0, help="Channels of noise for an adversarial duration predictor; 0 has none.")
    ] = 0,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or cuda:N.")] = "auto",
    seed: Annotated[int, typer.Option()] = 0,
) -> None:
    """Train within a time budget; stop and go on at any time.

    Example: python -m ttsbook.train fit data runs/first --minutes 60
    """
    from ttsbook.train.archive import read_archives
    from ttsbook.train.calls import only_call
    from ttsbook.train.corpus import Corpus
    from ttsbook.train.fit import fit as run
    from ttsbook.train.fit_config import FitConfig
    from ttsbook.train.recogniser import load
    from ttsbook.train.state import start_from
    from ttsbook.train.trainer import Trainer
    from ttsbook.vits2.config import ModelConfig

    where = _device(device)
    model = ModelConfig(duration_noise=duration_noise)
    base = FitConfig(seconds=0, schedule_seconds=0)
    config = FitConfig(
        seconds=minutes * 60,
        schedule_seconds=(schedule_minutes or minutes) * 60,
        labelled=base.labelled * scale,
        from_prior=base.from_prior * scale,
        others=base.others * scale,
        judged=base.judged * scale,
        recorded=base.recorded * scale,
        borrowed=base.borrowed * scale,
        window=window,
        rate=rate,
        kl_ramp=1 if start else base.kl_ramp,  # a prior that knows its posterior is not to forget it
        adversary_from=adversary_from,
        judges_first=judges_first,
        text_steps=text_steps,
        hold_decoder=hold_decoder,
        hold_rest=hold_rest,
        teach_all=teach_all,
        seed=seed,
    ).weighed(dict(_weight(text) for text in weigh or ()))
    with only_call(out):
        begin = time.monotonic()
        corpus = Corpus(list(read_archives(data)), model, where, seed=seed)
        _say(
            f"{corpus.hours:.2f} h: {len(corpus.labelled)} labelled clips, {len(corpus.other)} others; "
            f"loaded in {time.monotonic() - begin:.0f} s"
        )
        trainer = Trainer(model, config, corpus, [load(path) for path in recogniser or ()])
        if start and not (out / "state.pt").exists():
            start_from(trainer, start, discriminators=not fresh_judges)
        _say(f"device {where}, {'bfloat16' if trainer.networks.bfloat16_is_fast else 'float32'}")

        def report(step: int, seconds: float, values: dict[str, float]) -> None:
            _say(f"{step} {seconds:.0f}s " + " ".join(f"{key} {value:.3f}" for key, value in values.items()))

        told = {
            "ttsbook": __version__,
            "data": str(data),
            "start": list(map(str, start or ())),
            "fresh_judges": fresh_judges,
            "recogniser": list(map(str, recogniser or ())),
            "duration_noise": duration_noise,
            "device": str(where),
        }
        run(trainer, out, report=report, say=_say, told=told)
        _say(f"{trainer.step} steps; weights in {out / 'checkpoint.safetensors'}")


@app.command()
def recogniser(
    data: Annotated[Path, typer.Argument(help="Folder of archives with durations.")],
    out: Annotated[Path, typer.Argument(help="The file to write.")],
    steps: Annotated[int, typer.Option(min=1, help="Batches of 24 windows.")] = 3_500,
    n_fft: Annotated[int, typer.Option(min=16, max=2_400, help="Samples of a spectrum at 24 kHz.")] = 600,
    n_mels: Annotated[int, typer.Option(min=1, help="Bands of a spectrum.")] = 64,
    width: Annotated[int, typer.Option(min=1, help="Channels.")] = 192,
    blocks: Annotated[int, typer.Option(min=1, help="Layers.")] = 3,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or cuda:N.")] = "auto",
    seed: Annotated[int, typer.Option()] = 0,
) -> None:
    """Teach a small network to hear phonemes, for fit --recogniser; minutes on one core.

    Example: python -m ttsbook.train recogniser data recogniser.safetensors
    """
    import torch

    from ttsbook.train.archive import read_archives
    from ttsbook.train.corpus import Corpus, no_durations
    from ttsbook.train.recogniser import RecogniserConfig, save, train
    from ttsbook.vits2.config import ModelConfig

    torch.manual_seed(seed)
    clips = [clip for clip in read_archives(data) if clip.durations]
    if not clips:
        raise no_durations()
    corpus = Corpus(clips, ModelConfig(), _device(device), seed=seed)

    def report(step: int, loss: float, right: float) -> None:
        _say(f"{step} misheard {loss:.3f} right {right:.3f}")

    config = RecogniserConfig(n_fft, n_mels, width, blocks)
    save(train(corpus, steps, report=report, config=config), out)


@app.command()
def average(
    out: Annotated[Path, typer.Argument(help="The file to write.")],
    checkpoints: Annotated[list[Path], typer.Argument(help="Weights; what the last holds is written.")],
    shares: Annotated[str, typer.Option(help="Numbers, one for each file, with commas between.")],
    part: Annotated[
        list[str] | None, typer.Option(help="Other shares for a part: NAME=NUMBERS; may be repeated.")
    ] = None,
) -> None:
    """Mix the weights of several runs that began alike: the mean often sounds better than each.

    Example: python -m ttsbook.train average mean.safetensors a.safetensors b.safetensors
    --shares 1,0 --part synthesizer.decoder=1,2 --part posterior=0,1
    """
    from ttsbook.train.average import average as write

    parts = dict(_part(text) for text in part or ())
    write(out, checkpoints, _numbers(shares), parts)


def _part(text: str) -> tuple[str, tuple[float, ...]]:
    name, _, numbers = text.partition("=")
    return name, _numbers(numbers)


def _weight(text: str) -> tuple[str, float]:
    name, _, number = text.partition("=")
    try:
        return name, float(number)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is not a weight such as likeness=2") from error


def _numbers(text: str) -> tuple[float, ...]:
    try:
        return tuple(float(number) for number in text.split(","))
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is not a list of numbers such as 1,0.5") from error


@app.command()
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


@app.command()
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
    run(plan, out, say=_say)
    sys.stdout.write((out / "evaluation.md").read_text("utf-8"))


@app.command()
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


@app.command()
def transcribe(
    folder: Annotated[Path, typer.Argument(help="Folder of recordings.")],
    table: Annotated[Path, typer.Argument(help="Table to write, for prepare --transcripts.")],
    language: Annotated[str, typer.Option(callback=_known_language, help="en or zh.")] = "en",
    model: Annotated[
        Path | None, typer.Option(help="Folder of a faster-whisper model; Whisper base by default.")
    ] = None,
    threads: Annotated[int, typer.Option(min=1)] = 1,
) -> None:
    """Write down what is said in recordings, leaving out what Whisper is unsure of."""
    from ttsbook.train.transcribe import transcribe as run

    sure, total = run(folder, table, language=language, model=model, threads=threads, say=_say)
    _say(f"{table}: {sure} of {total} files")


@app.command()
def align(
    checkpoint: Annotated[
        Path, typer.Argument(help="checkpoint.safetensors of a run, or base.safetensors of an export.")
    ],
    data: Annotated[Path, typer.Argument(help="Folder of archives.")],
    out: Annotated[Path, typer.Argument(help="Folder for the archives with durations.")],
    posterior: Annotated[
        Path | None, typer.Option(help="File of the posterior encoder, which an export does not hold.")
    ] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or cuda:N.")] = "auto",
) -> None:
    """Find the durations of recordings that have a transcript, so that they teach text too.

    Example: python -m ttsbook.train align runs/first/checkpoint.safetensors data aligned
    """
    from ttsbook.train.align_clips import Aligner, align_archives

    make_folder(out)
    for path, counts in align_archives(data, out, Aligner(checkpoint, _device(device), posterior)):
        _say(f"{path}: {counts.aligned} of {counts.with_phonemes} clips with a transcript aligned")
