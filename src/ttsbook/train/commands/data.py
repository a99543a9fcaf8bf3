"""Speech to learn from: made by the teacher or recorded, written down, packed into archives, aligned."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ttsbook.files import make_folder
from ttsbook.train.commands.options import above_zero, choose_device, known_language, tell


def teacher(
    out: Annotated[Path, typer.Argument(help="Folder for the speech; an earlier run there goes on.")],
    voices: Annotated[Path, typer.Option(help="Folder voices/ of the npm package kokoro-js.")],
    text: Annotated[list[Path] | None, typer.Option(help="Text or EPUB file; may be repeated.")] = None,
    hours: Annotated[
        float, typer.Option(callback=above_zero, help="How much speech the folder should hold.")
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
        tell(f"{out}: {len(paths)} clips")
        return
    done = make_speech(
        out,
        hours=hours,
        texts=tuple(text or ()),
        voices=voices,
        among=tuple(among or ()),
        seed=seed,
        workers=workers,
        say=tell,
    )
    tell(f"{out}: {done:.2f} h")


def transcribe(
    folder: Annotated[Path, typer.Argument(help="Folder of recordings.")],
    table: Annotated[Path, typer.Argument(help="Table to write, for prepare --transcripts.")],
    language: Annotated[str, typer.Option(callback=known_language, help="en or zh.")] = "en",
    model: Annotated[
        Path | None, typer.Option(help="Folder of a faster-whisper model; Whisper base by default.")
    ] = None,
    threads: Annotated[int, typer.Option(min=1)] = 1,
) -> None:
    """Write down what is said in recordings, leaving out what Whisper is unsure of."""
    from ttsbook.train.transcribe import transcribe as run

    sure, total = run(folder, table, language=language, model=model, threads=threads, say=tell)
    tell(f"{table}: {sure} of {total} files")


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
        str, typer.Option(callback=known_language, help="Of the recordings' transcripts, en or zh.")
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
        tell(f"{teacher}: {n} clips")
    for name, folder in named.items():
        clips = prepare_recordings(
            folder, band_hz=band_hz, language=language, transcripts=transcripts, say=tell
        )
        write_archive(out / f"{name}{SUFFIX}", clips)


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
    for path, counts in align_archives(data, out, Aligner(checkpoint, choose_device(device), posterior)):
        tell(f"{path}: {counts.aligned} of {counts.with_phonemes} clips with a transcript aligned")


def pack(
    source: Annotated[Path, typer.Argument(help="Folder of archives.")],
    out: Annotated[Path, typer.Argument(help="Folder for the parts.")],
    megabytes: Annotated[float, typer.Option(callback=above_zero, help="Largest size of a part.")] = 30.0,
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
        tell(f"{path}: {len(part)} clips, {path.stat().st_size / 2**20:.1f} MiB")
