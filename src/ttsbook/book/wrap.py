"""Lines of plain text -> paragraphs: hard-wrapped lines joined, verse and quotations kept apart.

Two habits are distinguished by the whole text: every line a paragraph, or lines broken at a margin
with empty lines (or an indent) between paragraphs. Knows nothing of chapters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ttsbook.book.printed import collapse, is_cjk, is_scene_break
from ttsbook.types import BlockKind

_MIN_MARGIN = 40  # columns; lines of a narrower text end where its author ended them
_MAX_MARGIN = 110  # columns; longer lines were not broken by hand
_MIN_BROKEN_SHARE = 0.4  # of the lines inside a paragraph that end in mid-sentence
_VERSE_SHARE = 0.72  # of the margin: lines that all stay below it were broken on purpose
_QUOTE_INDENT = 2
SENTENCE_END = ".!?。！？…”’\"'」』:：;；)）*"
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*(?![\w-])")
_HEAD = re.compile(r"(?<![\w-])([^\W\d_]+)-$")
_TAIL = re.compile(r"\s*([^\W\d_]+)(?![\w-])")
_MIN_PARTED = 1  # words known to be parted, before halves that are words are thought to be one
_MIN_CLOSED = 5  # words known to be parted, before others are thought to be
_MIN_CLOSED_RATIO = 4
_PARTED_END = re.compile("[^\\W\\d_]-$|--$|—$|\u00ad$")  # what follows belongs to it: a soft hyphen too

IsWord = Callable[[str], bool]  # tells whether a dictionary has a lower-case word


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One or more lines that belong together."""

    lines: tuple[str, ...]  # as they stand in the file
    kind: BlockKind
    text: str
    n_hyphens: int = 0  # that parted a word at the end of a line and are gone


@dataclass(frozen=True, slots=True)
class Layout:
    """How the lines of a text are set."""

    wrapped: bool
    margin: int  # columns
    parted: frozenset[tuple[str, str]] = frozenset()  # halves of words whose hyphen is the line's


def measure_layout(lines: Sequence[str], is_word: IsWord) -> Layout:
    """Find out from all lines of a text whether they were broken at a margin."""
    widths = sorted(width(line.strip()) for line in lines if line.strip())
    if not widths:
        return Layout(wrapped=False, margin=0)
    margin = widths[min(int(0.98 * len(widths)), len(widths) - 1)]
    inner = [
        line.rstrip()
        for line, after in pairwise(lines)
        if line.strip() and after.strip() and width(line.strip()) > margin // 2
    ]
    broken = sum(line[-1] not in SENTENCE_END for line in inner)
    fits = _MIN_MARGIN <= margin <= _MAX_MARGIN
    wrapped = fits and broken > _MIN_BROKEN_SHARE * len(inner)
    return Layout(wrapped, margin, _parted_words(lines, is_word) if wrapped else frozenset())


def _parted_words(lines: Sequence[str], is_word: IsWord) -> frozenset[tuple[str, str]]:
    """Return the halves that are one word without the hyphen.

    How the text writes it elsewhere counts most, then the dictionary, then how often the text parts words.
    """
    if not any(line.endswith("-") for line in lines):
        return frozenset()
    halves: set[tuple[str, str]] = set()
    known: set[str] = set()
    compounds: set[str] = set()
    for before, line in pairwise(["", *lines]):
        pair = _halves(before, line)
        if pair is not None:
            halves.add(pair)
            line = line.lstrip()[len(pair[1]) :]
        words = [word.casefold() for word in _WORD.findall(line)]
        known.update(word for word in words if "-" not in word)
        compounds.update(words)
    kept = {pair for pair in halves if "-".join(pair) in compounds}
    listed = {pair for pair in halves - kept if is_word("".join(pair))}
    fragments = {pair for pair in listed if not all(map(is_word, pair))}
    closed = fragments | {pair for pair in halves - kept if "".join(pair) in known}
    if len(closed) > max(_MIN_PARTED, len(kept)):
        closed |= listed  # some-thing; where lines end at hyphens only, it is old-fashioned
    if len(closed) > max(_MIN_CLOSED, _MIN_CLOSED_RATIO * len(kept)):
        # The text parts words at line ends: what is no word by itself is part of one.
        closed |= {pair for pair in halves - kept if not known.issuperset(pair)}
    return frozenset(closed)


def _halves(before: str, after: str) -> tuple[str, str] | None:
    if not before.endswith("-"):
        return None
    head, tail = _HEAD.search(before), _TAIL.match(after)
    return (head.group(1).casefold(), tail.group(1)) if head and tail and tail.group(1).islower() else None


def group_lines(
    lines: Sequence[str], layout: Layout, starts_alone: Callable[[str], bool]
) -> list[tuple[str, ...]]:
    """Return the lines of each paragraph.

    Args:
        starts_alone: tells lines that begin a paragraph even without an empty line before them.
    """
    groups: list[list[str]] = []
    open_group = False
    for line in lines:
        if not line.strip():
            open_group = False
            continue
        if not open_group or not layout.wrapped or _begins_paragraph(line, groups[-1], starts_alone):
            groups.append([])
        groups[-1].append(line)
        open_group = True
    return [tuple(group) for group in groups]


def gaps_above(lines: Sequence[str], groups: Sequence[tuple[str, ...]]) -> list[int]:
    """Return how many empty lines stand above each of the groups that the lines were parted into."""
    gaps = []
    at = 0
    for group in groups:
        first = next(n for n in range(at, len(lines)) if lines[n].strip())
        gaps.append(first - at)
        at = first + len(group)
    return gaps


def make_paragraph(lines: tuple[str, ...], layout: Layout) -> Paragraph:
    """Join the lines of one paragraph, or keep them where the line ends are meant."""
    if layout.wrapped and len(lines) > 1:
        widest = max(width(line.strip()) for line in lines[:-1])
        if widest < _VERSE_SHARE * layout.margin:
            verse = (collapse(line) for line in lines)
            return Paragraph(lines, BlockKind.VERSE, "\n".join(line for line in verse if line))
    indented = all(_indent(line) >= _QUOTE_INDENT and not line.startswith("\u3000") for line in lines)
    kind = BlockKind.QUOTE if layout.wrapped and indented and len(lines) > 1 else BlockKind.PARAGRAPH
    closed = [_halves(before, after) in layout.parted for before, after in pairwise(lines)]
    return Paragraph(lines, kind, _join_lines(lines, closed), sum(closed))


def _join_lines(lines: Sequence[str], closed: Sequence[bool]) -> str:
    """Join broken lines: with a space, but with nothing between Chinese characters or after a hyphen.

    Args:
        closed: where, between two lines, the hyphen goes too.
    """
    pieces = [lines[0].strip()]
    for line, close in zip(lines[1:], closed, strict=True):
        if close:
            pieces[-1] = pieces[-1].removesuffix("-")
        elif not _joins(pieces[-1], line.strip()):
            pieces.append(" ")
        pieces.append(line.strip())
    return collapse("".join(pieces))


def _joins(before: str, after: str) -> bool:
    """Return whether nothing stood between the end of a line and the start of the next."""
    return (is_cjk(before[-1]) and is_cjk(after[0])) or _PARTED_END.search(before[-2:]) is not None


def width(text: str) -> int:
    """Return the columns that a text takes; Chinese characters take two."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _begins_paragraph(line: str, group: Sequence[str], starts_alone: Callable[[str], bool]) -> bool:
    """Return whether a line starts a paragraph although no empty line stands before it."""
    if line.startswith("\u3000") or is_scene_break(line) or is_scene_break(group[-1]):
        return True
    if group[-1].rstrip()[-1] not in SENTENCE_END:
        return False
    return (2 <= _indent(line) <= 8 and _indent(group[-1]) == 0) or starts_alone(line)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
