"""The output file before the work: may it be written, is it ours to replace, is it already there.

An existing file is replaced without being asked only if it is ours: a run made it from the same book,
as the journal or the file's own tags say. So a Makefile may render again after any change of settings,
and nobody loses a file that came from elsewhere.
A file that is ours, whole, and made from the very same inputs is left as it is and touched, which is what
Make needs to see.
Knows nothing of how files are made.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from ttsbook import __version__
from ttsbook.audio.probe import probe
from ttsbook.audio.tags import Tags
from ttsbook.errors import InputError, OutputError, UsageError
from ttsbook.files import (
    folder_in_use,
    is_stream,
    output_error,
    real_place,
    scratch_beside,
    sha256_bytes,
    sha256_file,
)
from ttsbook.render.check_report import report_paths
from ttsbook.render.journal import Journal
from ttsbook.render.plan import Plan
from ttsbook.render.report import Report
from ttsbook.render.settings import PLAYLIST_SUFFIX, RenderSettings, renamed
from ttsbook.render.tags import book_mark
from ttsbook.render.tracks import Track, playlist_of
from ttsbook.types import Book


@dataclass(frozen=True, slots=True)
class Target:
    """The files that a run writes."""

    output: Path  # absolute
    subtitles: Path | None  # "*" for its name: beside each track
    epub3: Path | None = None
    reports: tuple[Path, ...] = ()  # of listening, for programs and for people

    @property
    def beside(self) -> tuple[Path, ...]:
        """Return what is written besides the output itself."""
        return (*(path for path in (self.own_subtitles, self.epub3) if path is not None), *self.reports)

    @property
    def own_subtitles(self) -> Path | None:
        """Return the subtitles of the one file, if there is one."""
        return None if self.output.suffix == PLAYLIST_SUFFIX else self.subtitles


def target_of(output: Path, settings: RenderSettings) -> Target:
    """Name the files that a render to `output` writes.

    Raises:
        UsageError: two of them are one.
    """
    output = (playlist_of(output) if settings.split else output).absolute()
    subtitles = None
    if settings.subtitles:
        named = output.with_name("*") if settings.split else output
        subtitles = renamed(named, f".{settings.subtitles}")
    epub3 = Path(settings.epub3).absolute() if settings.epub3 else None
    target = Target(output, subtitles, epub3, report_paths(output) if settings.check else ())
    written = [output, *target.beside]
    for path in written:
        if written.count(path) > 1:
            raise UsageError(f"two different files would be written to {path}", "give each another name")
    return target


@contextlib.contextmanager
def writable(target: Target) -> Iterator[None]:
    """Find out now, not after hours, whether the folder takes files; make that of a book in parts.

    Raises:
        OutputError: it does not, or the output is a folder, a device or a pipe.
    """
    with contextlib.ExitStack() as stack:
        if target.output.suffix == PLAYLIST_SUFFIX:  # the folder above must be there
            stack.enter_context(folder_in_use(target.output.parent, parents=False))
        _check_writable(target)
        yield


def _check_writable(target: Target) -> None:
    for path in (target.output, *target.beside):
        flag = "--epub3" if path == target.epub3 else "-o"
        if is_stream(path):
            raise OutputError(f"{path} is a device or a pipe", f"name a file with {flag}")
        check_place(path, flag)


def check_place(path: Path, flag: str) -> None:
    """Find out whether a file can be written to `path`, which `flag` names.

    Raises:
        OutputError: it cannot, or there is a folder.
    """
    try:
        if path.is_dir():
            raise OutputError(f"{path} is a folder", f"name a file in it with {flag}")
        # A name that is too long is an error here; `is_dir` says no since Python 3.14.
        with contextlib.suppress(FileNotFoundError):
            path.lstat()
        # Not any file, but one whose name begins as this: not every file system takes a colon.
        with scratch_beside(real_place(path)):
            pass
    except OSError as error:
        raise output_error(path, error) from error


def check_tracks_ours(tracks: Iterable[Track], target: Target, book: Book, journal: Journal) -> None:
    """Refuse to replace tracks, or subtitles beside them, that this program did not make from this book.

    Raises:
        OutputError: one is there.
    """
    for track in tracks:
        if track.path.is_file() and not _is_marked(track.path, book):
            raise _foreign(track.path)
        beside = track.subtitles
        if (
            beside
            and beside.is_file()
            and not (target.subtitles and journal.wrote_subtitles(target.subtitles))
        ):
            raise _foreign(beside)


def check_ours(target: Target, book: Book, journal: Journal) -> None:
    """Refuse to replace files that this program did not make from this book.

    Raises:
        OutputError: one is there.
    """
    if target.output.is_file() and not _is_ours(target.output, book, journal):
        raise _foreign(target.output)
    subtitles = target.own_subtitles
    if subtitles and subtitles.is_file() and not journal.wrote_subtitles(subtitles):
        raise _foreign(subtitles)
    if target.epub3 and target.epub3.is_file() and not _is_marked_archive(target.epub3, book):
        raise _foreign(target.epub3)
    for report in target.reports:
        if report.is_file() and not _is_marked_text(report, book):
            raise _foreign(report)


def finished_report(target: Target, inputs_sha256: str, journal: Journal) -> Report | None:
    """Return the report of the run that made the output from the same inputs, if it is still whole."""
    last = journal.last_finished(target.output)
    if last is None or last.report is None or last.inputs_sha256 != inputs_sha256:
        return None
    if not all(path.is_file() for path in (target.output, *target.beside)):
        return None
    if sha256_file(target.output) != last.report.output_sha256:
        return None
    for track in last.report.tracks:
        if not Path(track.path).is_file() or sha256_file(Path(track.path)) != track.sha256:
            return None
        if track.subtitles and not Path(track.subtitles).is_file():
            return None
    return replace(last.report, up_to_date=True)


def touch(target: Target) -> None:
    """Make the files newer than what they were made from."""
    for path in (*target.beside, target.output):
        path.touch()


def inputs_hash(plan: Plan, settings: RenderSettings, tags: Tags, file_format: str, ear: str = "") -> str:
    """Return the hash of everything that changes the output's bytes; `ear` tells who listens."""
    digest = hashlib.sha256()
    for part in _inputs(plan, settings, tags, file_format, ear):
        digest.update(json.dumps(part).encode("ascii") + b"\n")
    return digest.hexdigest()


def _inputs(plan: Plan, settings: RenderSettings, tags: Tags, file_format: str, ear: str) -> Iterator[object]:
    yield __version__, file_format, settings.rate_hz, settings.bitrate, settings.loudness, settings.ceiling_db
    yield asdict(settings.pauses)
    yield asdict(tags), sha256_bytes(plan.book.cover.data) if plan.book.cover else None
    yield settings.subtitles, settings.cues if settings.subtitles else None
    yield str(Path(settings.epub3).absolute()) if settings.epub3 else None
    yield settings.rms_db, settings.room_tone_db, settings.split
    if settings.check:  # more than its own files: chunks that are spoken again change the output
        yield "check", settings.check.attempts, ear
    for chapter in plan.chapters:
        yield chapter.chapter.index, chapter.chapter.title
        for planned in chapter.chunks:
            text = planned.chunk.text if settings.subtitles or settings.epub3 else ""
            chunk = planned.chunk
            yield planned.key, chunk.boundary.value, chunk.pause_ms, chunk.exact_pause_ms, text


def _is_ours(output: Path, book: Book, journal: Journal) -> bool:
    last = journal.last_finished(output)
    report = last.report if last and last.book_sha256 == book.sha256 else None
    if report and report.output_sha256 == sha256_file(output):
        return True
    return _is_marked(output, book)


def _is_marked(path: Path, book: Book) -> bool:
    """Return whether a file says of itself that it was made here from the book."""
    if path.suffix == PLAYLIST_SUFFIX:
        return _is_marked_text(path, book)
    try:
        tags = probe(path).tags
    except InputError:
        return False
    return any(book_mark(book) in text for text in tags.values())


def _is_marked_archive(path: Path, book: Book) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return book_mark(book) in archive.comment.decode("utf-8", errors="replace")
    except (OSError, zipfile.BadZipFile):
        return False


def _is_marked_text(path: Path, book: Book) -> bool:
    return book_mark(book) in path.read_text(encoding="utf-8", errors="replace")


def _foreign(path: Path) -> OutputError:
    return OutputError(
        f"{path} exists and was not made by ttsbook from this book",
        "use --force to replace it, or choose another output with -o",
    )
