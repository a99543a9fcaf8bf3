"""The blocks of a whole document -> those that repeat what is said beside them, and the edges of pages.

A converter that takes a PDF apart leaves numbers and running titles in the text; the words for a
picture are often those of its caption, and a chapter may have its number above it twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from ttsbook.book.headings import chapter_line
from ttsbook.book.inline import Part
from ttsbook.book.pages import MIN_PAGES, begun_with, edge_reason, repeated
from ttsbook.book.printed import NO_LETTERS, letters
from ttsbook.types import Block, BlockKind

_MAX_TITLE = 100  # characters


def page_edges(
    blocks: Sequence[Block], pages: Sequence[tuple[int, int]]
) -> tuple[dict[int, str], dict[int, tuple[str, str]]]:
    """Return the blocks that are the edge of a page, and what others begin and end with of one.

    Args:
        pages: the number of each page, and which block it begins with.
    """
    if len(pages) < MIN_PAGES:
        return {}, {}
    firsts = [n for _, n in pages if n < len(blocks)]
    lines = [blocks[n].text for n in firsts]
    edges = {firsts[page]: edge_reason(lines[page]) for page in repeated(lines)}
    starts = {n: title for n, title in zip(firsts, begun_with(lines), strict=True) if title}
    ends = {}
    for page, n in pages:
        number = str(page - 1)
        before = blocks[n - 1].text if n else ""
        if before == number:
            edges[n - 1] = "page-number"
        elif before.endswith(f" {number}"):
            ends[n - 1] = number
    return edges, {n: (starts.get(n, ""), ends.get(n, "")) for n in starts.keys() | ends.keys()}


def cut(block: Block, start: str, end: str) -> Block:
    """Return a block without what it begins and ends with."""
    if not start and not end:
        return block
    text = block.text.removeprefix(start).removesuffix(end)
    first = len(start) + len(text) - len(text.lstrip())
    text = text.strip()
    markup = (
        replace(mark, start=max(mark.start - first, 0), end=min(mark.end - first, len(text)))
        for mark in block.markup
        if mark.end > first and mark.start - first < len(text)
    )
    return replace(block, text=text, markup=tuple(markup))


def repeated_words(blocks: Sequence[tuple[Block, Sequence[Part], int]]) -> dict[int, str]:
    """Return which blocks say again what the one beside them says, each with the rule.

    These are the words for a picture, and the number of a chapter that stands twice above it.
    """
    found: dict[int, str] = {}
    for n, ((block, parts, _), (after, its_parts, _)) in enumerate(pairwise(blocks)):
        if BlockKind.CAPTION in (block.kind, after.kind) and _letters(block.text) == _letters(after.text):
            if all(part.added for part in parts):
                found[n] = "image"
            elif all(part.added for part in its_parts):
                found[n + 1] = "image"
        elif block.kind is BlockKind.HEADING and _is_title_again(block.text, after.text):
            found[n + 1] = "repeated-title"
    return found


def _is_title_again(title: str, text: str) -> bool:
    """Tell whether a text is the title above it; one without a number may well begin the text: Dear John."""
    if len(text) > _MAX_TITLE or letters(title) != letters(text):
        return False
    line = chapter_line(text)
    return line is not None and line.number is not None


def _letters(text: str) -> str:
    return NO_LETTERS.sub("", text.casefold())
