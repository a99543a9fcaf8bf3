"""What the user named on the command line turned into jobs: one book in, one file out.

Knows nothing of rendering; opens no book.
"""

from __future__ import annotations

import os
import shlex
import stat
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ttsbook.cli.source import STDIN, check_name
from ttsbook.errors import InputError, UsageError
from ttsbook.files import real_place
from ttsbook.render.planfile import SUFFIX, is_plan
from ttsbook.render.settings import RenderSettings

BOOK_SUFFIXES = (".epub", ".md", ".markdown", ".txt")


@dataclass(frozen=True, slots=True)
class Job:
    source: str  # path, or "-" for standard input
    output: Path


def format_of(output: Path | None, asked: str | None, configured: str) -> str:
    """Decide the audio format: the flag, else the suffix of the output, else the configuration.

    Raises:
        UsageError: suffix and flag contradict each other, or the suffix is none of ours, or it is no file.
    """
    if output is None:
        return asked or configured
    if str(output) == STDIN:
        raise UsageError("-o - is for `ttsbook speak` only", "give the name of a file")
    try:
        told = RenderSettings().format_of(output)
    except UsageError:
        if asked is None:
            raise
        return asked
    if asked not in (None, told):
        raise UsageError(f"--format {asked} contradicts the name {output}", "leave one of them out")
    return told


def plan_jobs(
    books: Sequence[str], *, output: Path | None, out_dir: Path | None, suffix: str
) -> tuple[Job, ...]:
    """Pair every book with its output; folders stand for the books in them, in sorted order.

    Raises:
        UsageError: flags contradict each other, a name is empty, or two books have the same output.
        InputError: a path does not exist, or a folder holds no book, or an unpacked one.
    """
    if output is not None and out_dir is not None:
        raise UsageError("-o and --out-dir cannot be used together")
    jobs = [job for book in books for job in _jobs_of(book, output, out_dir, suffix)]
    if output is not None and len(jobs) > 1:
        raise UsageError("-o names one file, but there are several books", "use --out-dir FOLDER")
    check_distinct(jobs)
    return tuple(jobs)


def _jobs_of(book: str, output: Path | None, out_dir: Path | None, suffix: str) -> list[Job]:
    if book == STDIN:
        if output is None:
            raise UsageError("standard input has no name to derive the output from", "give -o FILE")
        return [Job(STDIN, output)]
    check_name(book)
    path = Path(book)
    try:
        mode = path.stat().st_mode
    except FileNotFoundError as error:
        raise InputError(f"{path} does not exist") from error
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}", "check the path") from error
    if stat.S_ISDIR(mode):
        return _jobs_in(path, output, out_dir, suffix)
    return [Job(book, output or (out_dir or path.parent) / f"{stem_of(path)}.{suffix}")]


def stem_of(path: Path) -> str:
    """Return the name of a book, or of a plan, without what says which it is."""
    return path.name[: -len(SUFFIX)] if is_plan(path.name) else path.stem


def _jobs_in(folder: Path, output: Path | None, out_dir: Path | None, suffix: str) -> list[Job]:
    """List the books of a folder and below; the outputs keep its structure."""
    files = sorted(_files_below(folder))
    for path in files:
        if path.parts[-2:] == ("META-INF", "container.xml"):
            unpacked = path.parent.parent
            raise InputError(
                f"{unpacked} is an unpacked EPUB",
                f"pack it: (cd {shlex.quote(str(unpacked))} && zip -r ../packed.epub .)",
            )
    found = [path for path in files if _looks_like_book(path)]
    if not found:
        raise InputError(f"there are no books in {folder}", f"looked for {', '.join(BOOK_SUFFIXES)}")
    root = out_dir or folder
    return [
        Job(str(path), output or root / path.relative_to(folder).with_name(f"{path.stem}.{suffix}"))
        for path in found
    ]


def _files_below(folder: Path) -> Iterator[Path]:
    """Yield what is no folder in a folder and below; one that may not be looked into is not passed over."""

    def refuse(error: OSError) -> None:
        raise InputError(
            f"cannot read {error.filename}: {error.strerror}", "check its permissions"
        ) from error

    for place, _, names in os.walk(folder, onerror=refuse):
        yield from (Path(place, name) for name in names)


def _looks_like_book(path: Path) -> bool:
    return path.suffix.lower() in BOOK_SUFFIXES and not path.name.startswith(".") and path.is_file()


def check_distinct(jobs: Sequence[Job]) -> None:
    """Refuse jobs that would write over one another, or over a book.

    Raises:
        UsageError: they would.
    """
    counts = Counter(_as_one_file(job.output) for job in jobs)
    for job in jobs:
        if counts[_as_one_file(job.output)] > 1:
            place = _as_one_file(job.output)
            same = [other.source for other in jobs if _as_one_file(other.output) == place]
            raise UsageError(f"{' and '.join(same)} would all be written to {job.output}")
        if job.source != STDIN and real_place(job.output) == real_place(Path(job.source)):
            raise UsageError(f"{job.output} is the book itself")


def _as_one_file(path: Path) -> str:
    """Return what is equal for names that some file system takes for one: case and Unicode form differ."""
    return unicodedata.normalize("NFC", str(real_place(path))).casefold()
