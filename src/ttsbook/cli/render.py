"""`ttsbook render`: books in, one audio file each out."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ttsbook.cli import options
from ttsbook.cli.document import document
from ttsbook.cli.narrator import find_narrator, warn_of_idle_words
from ttsbook.cli.outcome import Outcome, exit_code, outcome_entry, plan_entry, plan_text
from ttsbook.cli.talk import Talk, make_talk, print_json
from ttsbook.config import Config, Source, load_config
from ttsbook.errors import TtsbookError, UsageError, known_cause

if TYPE_CHECKING:
    from ttsbook.cli.job import Job
    from ttsbook.render.cast import Cast
    from ttsbook.render.settings import RenderSettings
    from ttsbook.types import VoiceProfile

Books = Annotated[
    list[str],
    typer.Argument(
        metavar="BOOK", help="EPUB, Markdown, text or plan; a folder of these; - for standard input."
    ),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="The audio file. [default: next to the book]",
        rich_help_panel=options.OUTPUT,
    ),
]
OutDir = Annotated[
    Path | None,
    typer.Option(
        "--out-dir",
        metavar="FOLDER",
        help="Folder for the audio of several books.",
        rich_help_panel=options.OUTPUT,
    ),
]
DryRun = Annotated[
    bool,
    typer.Option(
        "--dry-run", help="Print what would be done, and write nothing.", rich_help_panel=options.RUN
    ),
]
DepFile = Annotated[
    Path | None,
    typer.Option(
        "--depfile",
        metavar="FILE",
        help="Write which files were read, as make rules.",
        rich_help_panel=options.OUTPUT,
    ),
]
ReportFile = Annotated[
    Path | None,
    typer.Option(
        "--report",
        metavar="FILE",
        help="Write a report of the run as JSON.",
        rich_help_panel=options.OUTPUT,
    ),
]
Tag = Annotated[
    list[str] | None,
    typer.Option(
        "--tag",
        metavar="NAME=VALUE",
        help="Set a tag, such as artist=…, instead of the book's own; repeatable.",
        rich_help_panel=options.OUTPUT,
    ),
]
Epub3 = Annotated[
    Path | None,
    typer.Option(
        "--epub3",
        metavar="FILE",
        help="Also write a read-along EPUB 3: the book with the narration in it.",
        rich_help_panel=options.OUTPUT,
    ),
]
Template = Annotated[
    str | None,
    typer.Option(
        "--template",
        metavar="PATH",
        help='Paths below --out-dir, such as "{author}/[{series}/]{title}"; library: for audiobook servers.',
        rich_help_panel=options.OUTPUT,
    ),
]
Resume = Annotated[
    bool | None,
    typer.Option(
        "--resume/--no-resume",
        help="Reuse chunks rendered by an earlier run. [default: resume]",
        rich_help_panel=options.RUN,
    ),
]


def render(
    books: Books,
    output: Output = None,
    out_dir: OutDir = None,
    force: options.Force = False,
    report: ReportFile = None,
    depfile: DepFile = None,
    voice: options.Voice = None,
    ref_text: options.RefText = None,
    cast: options.Cast = None,
    speed: options.Speed = None,
    seed: options.Seed = None,
    chapters: options.Chapters = None,
    include_matter: options.IncludeMatter = None,
    language: options.Language = None,
    lexicon: options.Lexicon = None,
    accent: options.Accent = None,
    audio_format: options.Format = None,
    sample_rate: options.SampleRate = None,
    bitrate: options.Bitrate = None,
    loudness: options.Loudness = None,
    peak: options.Peak = None,
    subtitles: options.Subtitles = None,
    cues: options.Cues = None,
    split: options.Split = None,
    epub3: Epub3 = None,
    tag: Tag = None,
    template: Template = None,
    check: options.Check = None,
    check_model: options.CheckModel = None,
    check_attempts: options.CheckAttempts = None,
    engine: options.Engine = None,
    no_fallback: options.NoFallback = False,
    device: options.Device = None,
    workers: options.Workers = None,
    executor: options.Executor = None,
    ray_address: options.RayAddress = None,
    resume: Resume = None,
    dry_run: DryRun = False,
    progress: options.Progress = None,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    config: options.ConfigFile = None,
    no_config: options.NoConfig = False,
    preset: options.Preset = None,
) -> int:
    """Render books to audio, one file each.

    \b
      ttsbook render book.epub --voice me.wav -o book.m4b
      ttsbook render shelf/ --out-dir audio --format mp3

    Prints the path of each finished file. To resume a run that was stopped, give the same command
    again. With --check, exits with 1 if there are passages that someone should listen to;
    the audio file is complete all the same, and FILE.check.html plays them.
    """
    from ttsbook.cli.script import cast_of, narrator_of, warn_of_planned

    chosen_cast = cast_of(cast)
    flags = {
        "voice": narrator_of(books, chosen_cast) if voice is None else voice, "speed": speed, "seed": seed,
        "include-matter": include_matter, "language": language, "lexicon": lexicon, "accent": accent,
        "format": audio_format, "sample-rate": sample_rate, "bitrate": bitrate,
        "loudness": loudness, "peak": peak, "subtitles": subtitles, "cues": cues, "split": split,
        "engine": engine, "device": device, "workers": workers,
        "executor": executor, "ray-address": ray_address, "ref-text": ref_text,
        "fallback.allowed": False if no_fallback else None,
        "check": check, "check-model": check_model, "check-attempts": check_attempts,
        "resume": resume, "progress": progress,
    }  # fmt: skip
    loaded = load_config(flags, Source(config, not no_config, preset))
    talk = make_talk(quiet, verbose, events=loaded.settings.progress == "json")

    from ttsbook.cli.choice import render_settings
    from ttsbook.cli.job import format_of, plan_jobs
    from ttsbook.cli.naming import check_template, parse_tags, rename
    from ttsbook.files import folder_in_use

    suffix = format_of(output, audio_format, loaded.settings.format)
    settings = render_settings(loaded.settings, audio_format=suffix, chapters=chapters, force=force)
    settings = replace(settings, tags=parse_tags(tag or ()), epub3=epub3)
    check_template(template, output)
    jobs = plan_jobs(books, output=output, out_dir=out_dir, suffix=suffix)
    if epub3 is not None and len(jobs) > 1:
        raise UsageError("--epub3 names one file, but there are several books", "render one at a time")
    # Without it no book can be spoken.
    profile = find_narrator(loaded.settings.voice, talk, loaded.settings)
    talk.detail(f"voice {profile.name} ({profile.provenance.source})")
    if template is not None or settings.split:
        jobs = rename(jobs, template, out_dir, suffix, settings, profile.name)
    if depfile is not None:
        _depfile_text(jobs, loaded, cast)  # names that make cannot be told fail here, not after hours
    _check_reports(jobs, settings, {"--report": report, "--depfile": depfile})
    warn_of_idle_words(loaded.settings, talk)
    warn_of_planned(books, flags, talk)
    with contextlib.ExitStack() as stack:
        if (out_dir is not None or template is not None) and not dry_run:
            for job in jobs:
                stack.enter_context(folder_in_use(job.output.parent))
        rendered = _render_all(jobs, settings, profile, loaded, talk, chosen_cast, dry_run=dry_run)
        outcomes, unsaid = _named(rendered, show=not as_json)
        entries = document(books=[outcome_entry(outcome) for outcome in outcomes])
        if as_json:
            print_json(entries)
        if report is not None and not dry_run:
            _write(report, json.dumps(entries, ensure_ascii=False, indent=2) + "\n", "backslashreplace")
        if depfile is not None and not dry_run:
            done = [outcome.job for outcome in outcomes if outcome.error is None]
            _write(depfile, _depfile_text(done, loaded, cast), "surrogateescape")
    if unsaid is not None:
        raise unsaid
    return exit_code(outcomes)


def _check_reports(jobs: Sequence[Job], settings: RenderSettings, named: dict[str, Path | None]) -> None:
    """Find out now, not after hours, that a report would fall on a book, the audio or another report.

    Raises:
        UsageError: it would.
        OutputError: its folder is missing or takes no files, or it is a folder.
    """
    from ttsbook.files import is_stream, real_place
    from ttsbook.render.target import check_place, target_of

    made = {folder for job in jobs for folder in job.output.absolute().parents}
    taken = {real_place(Path(job.source)): "the book itself" for job in jobs}
    for job in jobs:
        target = target_of(job.output, replace(settings, epub3=None))
        taken |= dict.fromkeys(map(real_place, (target.output, *target.beside)), "written by -o")
    epub3 = Path(settings.epub3) if settings.epub3 else None
    for flag, path in {"--epub3": epub3, **named}.items():
        if path is None or is_stream(path):
            continue
        place = real_place(path)
        if place in taken:
            raise UsageError(f"{path} is {taken[place]}", f"give {flag} another name")
        if path.parent.is_dir() or path.absolute().parent not in made:
            check_place(path, flag)
        taken[place] = f"written by {flag}"


def _named(outcomes: Iterable[Outcome], *, show: bool) -> tuple[list[Outcome], OSError | None]:
    """Print each output as it is finished; a stdout that takes nothing is returned, after all books."""
    taken: list[Outcome] = []
    unsaid: OSError | None = None
    for outcome in outcomes:
        taken.append(outcome)
        if not show or outcome.error is not None:
            continue
        try:
            print(plan_text(outcome.plan, outcome.job) if outcome.plan else outcome.job.output, flush=True)
        except BrokenPipeError:
            raise
        except OSError as error:  # a full disk, a terminal that is gone
            unsaid = error
    return taken, unsaid


def _render_all(
    jobs: Sequence[Job],
    settings: RenderSettings,
    voice: VoiceProfile,
    loaded: Config,
    talk: Talk,
    cast: Cast | None,
    *,
    dry_run: bool,
) -> Iterator[Outcome]:
    """Render every book; with several, one that fails does not stop the others."""
    from ttsbook.cli.beside import with_lexicon_beside
    from ttsbook.cli.bug import keep_bug
    from ttsbook.cli.pace import remember_pace
    from ttsbook.cli.progress import close_reporter, make_reporter
    from ttsbook.cli.script import book_beside, find_voices, read_script
    from ttsbook.cli.source import plan_without_keys
    from ttsbook.render.run import render_book

    for job in jobs:
        reporter = make_reporter(loaded.settings.progress, talk)
        try:
            script = read_script(job.source, cast, talk)
            voices = find_voices(script.voices, talk, loaded.settings)
            beside = book_beside(job.source)
            own = with_lexicon_beside(settings, beside, talk, planned=beside != job.source)
            if dry_run:
                planned = plan_without_keys(script.book, own, voice, script.adapt, voices)
                outcome = Outcome(job, plan=plan_entry(planned, own, voice))
            else:
                report = render_book(
                    script.book,
                    job.output,
                    settings=own,
                    voice=voice,
                    reporter=reporter,
                    adapt=script.adapt,
                    voices=voices,
                )
                remember_pace(settings.engine, report)
                outcome = Outcome(job, report=report.as_dict())
        except Exception as error:
            if len(jobs) == 1 or isinstance(error, BrokenPipeError):
                raise
            known = error if isinstance(error, TtsbookError) else known_cause(error) or keep_bug(error)
            outcome = Outcome(job, error=known)
            talk.failed(job.source, known)
        finally:
            close_reporter(reporter)
        yield outcome


def _depfile_text(jobs: Iterable[Job], loaded: Config, cast: Path | None) -> str:
    from ttsbook.cli.beside import lexicon_beside
    from ttsbook.cli.choice import model_files
    from ttsbook.cli.depfile import format_depfile
    from ttsbook.cli.narrator import voice_files
    from ttsbook.cli.script import book_beside, cast_files, planned_files
    from ttsbook.cli.source import STDIN
    from ttsbook.files import is_stream

    shared = [*loaded.files, *voice_files(loaded.settings.voice), *cast_files(cast)]
    shared += model_files(loaded.settings)
    if loaded.settings.lexicon:
        shared.append(Path(loaded.settings.lexicon))
    if loaded.settings.check and loaded.settings.check_model:
        shared.append(Path(loaded.settings.check_model) / "model.bin")

    def needed(job: Job) -> list[Path]:
        beside = None if loaded.settings.lexicon else lexicon_beside(book_beside(job.source))
        own = [Path(job.source), *planned_files(job.source)] if job.source != STDIN else []
        read = [*own, *([beside] if beside else []), *shared]
        return [path for path in read if not is_stream(path)]  # make would wait for one for ever, or miss it

    return format_depfile((job.output, needed(job)) for job in jobs)


def _write(path: Path, text: str, unspeakable: str) -> None:
    """Write a file; what of a file's name is no UTF-8 becomes what `unspeakable` says: bytes, or escapes."""
    from ttsbook.files import atomic_write

    with atomic_write(path) as handle:
        handle.write(text.encode("utf-8", unspeakable))
