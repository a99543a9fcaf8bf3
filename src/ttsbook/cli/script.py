"""What a job reads, by what it is: a book with roles, or a plan whose lines are rendered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ttsbook.cli.narrator import find_narrator, voice_files
from ttsbook.cli.talk import Talk
from ttsbook.errors import InputError, MissingError
from ttsbook.files import is_file
from ttsbook.render.cast import Cast, read_cast
from ttsbook.render.planfile import is_plan, read_plan, source_of

if TYPE_CHECKING:
    from ttsbook.config import Settings
    from ttsbook.render.task import Adapt
    from ttsbook.types import Book, Cover, VoiceProfile

_READING = ("language", "lexicon", "accent")  # flags that say how words are read


@dataclass(frozen=True, slots=True)
class Script:
    """A book, and how its lines are made and cast."""

    book: Book
    adapt: Adapt | None = None
    voices: tuple[tuple[str, str], ...] = ()  # that its lines may name, and where they do


def read_script(source: str, cast: Cast | None, talk: Talk) -> Script:
    """Read a book or a plan.

    Raises:
        InputError: it cannot be read.
    """
    from ttsbook.cli.source import read_source

    if is_plan(source):
        return _planned(Path(source), cast, talk)
    book = read_source(source)
    if cast is None:
        return Script(book)
    from ttsbook.render.roles import RoleSplitter

    return Script(
        book,
        lambda own, others: RoleSplitter(own, cast, others),
        tuple((name, "the cast") for name in cast.voices),
    )


def cast_of(path: Path | None) -> Cast | None:
    """Read the cast that was named."""
    return read_cast(path) if path is not None else None


def narrator_of(sources: Sequence[str], cast: Cast | None) -> str | None:
    """Return the voice that a cast, or the one plan, names for the narrator, if any."""
    if cast is not None and cast.narrator:
        return cast.narrator
    if len(sources) == 1 and is_plan(sources[0]):
        return source_of(Path(sources[0])).narrator
    return None


def find_voices(named: Sequence[tuple[str, str]], talk: Talk, chosen: Settings) -> dict[str, VoiceProfile]:
    """Find the voices that lines name; an error says where they do.

    Raises:
        MissingError: one is missing.
        InputError: a clip is not usable.
    """
    found = {}
    for name, where in named:
        try:
            found[name] = find_narrator(name, talk, chosen)
        except (MissingError, InputError) as error:
            raise type(error)(f"{where}: {error.message}", error.hint) from error
    return found


def warn_of_planned(sources: Iterable[str], flags: Mapping[str, object], talk: Talk) -> None:
    """Warn if flags say how words are read, and a plan already does."""
    given = " and ".join(f"--{name}" for name in _READING if flags[name] is not None)
    if given and any(map(is_plan, sources)):
        talk.warn(
            f"{given} cannot change lines of a plan that were not edited; "
            f"for that, make the plan again with {given}"
        )


def book_beside(source: str) -> str:
    """Return the book whose lexicon counts for a source: of a plan, the book that was planned."""
    return str(_planned_book(Path(source))) if is_plan(source) else source


def cast_files(path: Path | None) -> list[Path]:
    """Return a cast and the files that its voices are read from."""
    if path is None:
        return []
    return [path, *(file for name in read_cast(path).voices for file in voice_files(name))]


def planned_files(source: str) -> list[Path]:
    """Return what a plan is read with: the book, for its cover, and the files of the voices in its lines."""
    if not is_plan(source):
        return []
    plan = read_plan(Path(source))
    lines = (each.line for group in plan.lines.values() for each in group)
    voices = dict.fromkeys(line.voice for line in lines if line.voice != plan.narrator)
    book = _planned_book(Path(source))
    return [*([book] if is_file(book) else []), *(file for name in voices for file in voice_files(name))]


def _planned(path: Path, cast: Cast | None, talk: Talk) -> Script:
    from ttsbook.render.planned import PlannedText, voice_of

    plan = read_plan(path, _cover(path, talk))
    named: dict[str, str] = {}
    for each in (each for group in plan.lines.values() for each in group):
        named.setdefault(voice_of(each.line, plan.narrator, cast), f"{path}, line {each.number}")
    voices = tuple((name, where) for name, where in named.items() if name)
    return Script(plan.book, lambda own, others: PlannedText(own, plan, cast, others), voices)


def _cover(path: Path, talk: Talk) -> Cover | None:
    """Return the cover of the planned book, if the book is still where it was."""
    from ttsbook.book import read_book
    from ttsbook.files import sha256_input

    book = _planned_book(path)
    if not is_file(book) or sha256_input(book) != source_of(path).sha256:
        talk.warn(
            f"{path}: the book {book} is missing or has changed since it was planned; the audio gets no cover"
        )
        return None
    return read_book(book).cover


def _planned_book(path: Path) -> Path:
    return path.parent / source_of(path).source
