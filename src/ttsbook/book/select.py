"""A chapter specification from the command line -> the chapters to render."""

from __future__ import annotations

import re

from ttsbook.errors import UsageError
from ttsbook.types import Book, Chapter, Matter

_RANGE = re.compile(r"(\d{0,9})\s*[-–—]\s*(\d{0,9})")
_HINT = (
    "give numbers, ranges or parts of titles, for example 1-3,7,12-,epilogue; `ttsbook inspect` lists them"
)


def select_chapters(book: Book, spec: str | None, include_matter: bool = False) -> tuple[Chapter, ...]:
    """Return the chosen chapters in book order, each once.

    Args:
        spec: "1-3,7", "5-", "-3" or parts of titles, joined by commas; None for the whole book.
            Chapters that are named are rendered whether or not they are front or back matter.
        include_matter: for None, also take front and back matter.

    Raises:
        UsageError: the specification is malformed or names no chapter.
    """
    if spec is None:
        body = tuple(chapter for chapter in book.chapters if include_matter or chapter.matter is Matter.BODY)
        return body or book.chapters
    tokens = [token.strip() for token in re.split(r"[,，]", spec) if token.strip()]
    if not tokens:
        raise UsageError("no chapters named in --chapters", _HINT)
    chosen: set[int] = set()
    for token in tokens:
        chosen.update(_chosen(book, token))
    return tuple(chapter for chapter in book.chapters if chapter.index in chosen)


def _chosen(book: Book, token: str) -> range | list[int]:
    n = max(chapter.index for chapter in book.chapters)
    if token.isascii() and token.isdigit() and len(token) < 10:
        return _checked(int(token), int(token), n, token)
    span = _RANGE.fullmatch(token)
    if span is not None and (span.group(1) or span.group(2)):
        return _checked(int(span.group(1) or 1), int(span.group(2) or n), n, token)
    found = [chapter.index for chapter in book.chapters if token.casefold() in chapter.title.casefold()]
    if not found:
        raise UsageError(f"no chapter with {token!r} in its title in {book.source}", _HINT)
    return found


def _checked(first: int, last: int, n: int, token: str) -> range:
    if first > last:
        raise UsageError(f"the chapter range {token} runs backwards", _HINT)
    if first < 1 or last > n:
        raise UsageError(f"chapter {token} is not in the book: it has chapters 1 to {n}", _HINT)
    return range(first, last + 1)
