"""A planned book to a file of JSON lines that people edit, and such a file back to a book with its lines.

The first line describes the book; every other line is a chunk (`planline`). Lines may be edited, split,
removed and added; those of a chapter stand together, chapters in the order of the book.
Knows nothing of phonemes, voices or engines.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import groupby
from pathlib import Path
from typing import Any

from ttsbook.errors import InputError
from ttsbook.files import read_small
from ttsbook.render.plan import Plan, pauses_of
from ttsbook.render.planline import LineError, PlanLine, line_error, read_line, read_object, write_line
from ttsbook.render.settings import PauseTable
from ttsbook.types import Block, Book, Chapter, Cover, Metadata

SUFFIX = ".plan.jsonl"
FORMAT = 1
_MAX_BYTES = 512 << 20  # the longest novels have 30 MB
_LISTS = ("authors", "identifiers")


@dataclass(frozen=True, slots=True)
class NumberedLine:
    number: int  # in the file, from 1
    line: PlanLine


@dataclass(frozen=True, slots=True)
class PlanFile:
    """A plan as it was read. `book` holds the text of its lines, `lines` go by (chapter, block)."""

    path: str
    book: Book
    source: str  # the book that was planned
    narrator: str  # the voice that the plan was made with
    lines: Mapping[tuple[int, int], tuple[NumberedLine, ...]]


def is_plan(source: str) -> bool:
    """Return whether a file is a plan, by its name."""
    return source.lower().endswith(SUFFIX)


def write_plan(plan: Plan, narrator: str, pauses: PauseTable) -> Iterator[str]:
    """Yield the lines of a plan file.

    Args:
        plan: of the book.
        narrator: name of the narrator's voice, or path of its clip.
        pauses: after each kind of boundary.
    """
    book = plan.book
    header: dict[str, Any] = {
        "ttsbook_plan": FORMAT,
        "source": book.source,
        "sha256": book.sha256,
        "voice": narrator,
        "metadata": {field.name: getattr(book.metadata, field.name) for field in fields(Metadata)},
        "chapters": [{"index": each.chapter.index, "title": each.chapter.title} for each in plan.chapters],
    }
    yield json.dumps(header, ensure_ascii=False)
    for planned in plan.chapters:
        for each, pause_ms in pauses_of(planned, pauses):
            chunk = each.chunk
            kind = planned.chapter.blocks[chunk.block].kind
            yield write_line(chunk, kind, chunk.voice or narrator, pause_ms)


def read_plan(path: Path, cover: Cover | None = None) -> PlanFile:
    """Read a plan file.

    Raises:
        InputError: it cannot be read, or a line of it is wrong; the message names the line.
    """
    text = _read_text(path)
    numbered = [(number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
    if not numbered:
        raise InputError(f"{path} is empty", "make it with `ttsbook plan BOOK`")
    header = _read_header(str(path), *numbered[0])
    titles: dict[int, str] = {entry["index"]: entry["title"] for entry in header["chapters"]}
    order = {index: position for position, index in enumerate(titles)}
    found: list[NumberedLine] = []
    for number, line in numbered[1:]:
        try:
            read = NumberedLine(number, read_line(line))
            _check_order(read.line, found[-1].line if found else None, order)
        except LineError as error:
            raise line_error(str(path), number, error) from error
        found.append(read)
    blocks: dict[int, list[tuple[NumberedLine, ...]]] = {}
    for (chapter, _), group in groupby(found, key=lambda each: (each.line.chapter, each.line.block)):
        blocks.setdefault(chapter, []).append(tuple(group))
    if not blocks:
        raise InputError(f"{path} has no lines to read", "make it with `ttsbook plan BOOK`")
    chapters = tuple(_chapter(index, titles[index], own) for index, own in blocks.items())
    book = Book(str(path), header["sha256"], _metadata(header["metadata"]), chapters, cover)
    # Blocks are numbered anew: lines may have gone.
    lines = {(index, block): group for index, own in blocks.items() for block, group in enumerate(own)}
    return PlanFile(str(path), book, header["source"], header["voice"], lines)


@dataclass(frozen=True, slots=True)
class PlanSource:
    """What the first line of a plan says of its making."""

    source: str  # path of the book, from the folder of the plan
    sha256: str
    narrator: str


def source_of(path: Path) -> PlanSource:
    """Return what a plan was made of, from its first line alone.

    Raises:
        InputError: it is not a plan.
    """
    header = _read_header(str(path), 1, _read_text(path).split("\n", 1)[0])
    return PlanSource(header["source"], header["sha256"], header["voice"])


def _read_text(path: Path) -> str:
    try:
        return read_small(path, _MAX_BYTES, "the plan").decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"cannot read {path}: not UTF-8 at byte {error.start}", "save it as UTF-8"
        ) from error


def _read_header(path: str, number: int, text: str) -> dict[str, Any]:
    try:
        header = read_object(text)
        if header.get("ttsbook_plan") != FORMAT:
            raise LineError(f'expected the line that describes the book, with "ttsbook_plan": {FORMAT}')
        for name in ("source", "sha256", "voice"):
            if not isinstance(header.get(name), str):
                raise LineError(f"{name!r} must be a text")
        if not isinstance(header.get("metadata"), dict):
            raise LineError("'metadata' must be an object")
        entries = header.get("chapters")
        if not isinstance(entries, list) or not all(map(_is_chapter, entries)):
            raise LineError("'chapters' must be a list of objects with 'index' and 'title'")
    except LineError as error:
        raise line_error(path, number, error) from error
    return header


def _is_chapter(entry: object) -> bool:
    return isinstance(entry, dict) and type(entry.get("index")) is int and isinstance(entry.get("title"), str)


def _check_order(line: PlanLine, before: PlanLine | None, order: Mapping[int, int]) -> None:
    if line.chapter not in order:
        raise LineError(f"chapter {line.chapter} is not among those of the first line")
    if before is None:
        return
    if order[line.chapter] < order[before.chapter]:
        raise LineError(f"chapter {line.chapter} comes after chapter {before.chapter}")
    if line.chapter == before.chapter and line.block < before.block:
        raise LineError(f"'block' {line.block} comes after block {before.block} of the same chapter")


def _metadata(stated: Mapping[str, Any]) -> Metadata:
    """Return what the first line says of the book; what is no text is left out."""
    values: dict[str, Any] = {}
    for field in fields(Metadata):
        value = stated.get(field.name)
        if field.name in _LISTS:
            values[field.name] = tuple(str(each) for each in value) if isinstance(value, list) else ()
        elif isinstance(value, str):
            values[field.name] = value
    return Metadata(**values)


def _chapter(index: int, title: str, blocks: Sequence[tuple[NumberedLine, ...]]) -> Chapter:
    texts = (Block(lines[0].line.kind, "".join(each.line.text for each in lines)) for lines in blocks)
    return Chapter(index, title, tuple(texts))
