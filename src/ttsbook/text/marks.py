"""Printed text to marks of manner: what is said in quotation marks, asked, exclaimed, stressed.

Works on a whole block, since a chunk may begin in the middle of a speech. Changes no reading.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator

from ttsbook.text.quotes import CLOSING_SIGNS, quotations
from ttsbook.text.sentence import split_sentences
from ttsbook.types import Block, Mark, MarkKind, MarkupKind

_ENDS = re.compile(r"([?？!！‽]+)[\"'”’»)」』）*_\s]*$")


def marks_of(block: Block) -> tuple[Mark, ...]:
    """Return the marks of a block, by start."""
    found = [*_speeches(block.text), *_tones(block.text), *_stresses(block)]
    return tuple(sorted(found, key=lambda mark: (mark.start, -mark.end, mark.kind.value)))


def marks_within(marks: Iterable[Mark], start: int, end: int) -> tuple[Mark, ...]:
    """Return the parts of the marks that lie in a stretch, by places in the stretch."""
    return MarkReader(marks).read(start, end)


class MarkReader:
    """Gives out the marks of a block stretch by stretch, in reading order."""

    def __init__(self, marks: Iterable[Mark]) -> None:
        self._waiting = deque(marks)
        self._here: list[Mark] = []  # those that have begun and not ended

    def read(self, start: int, end: int) -> tuple[Mark, ...]:
        """Return the parts of the marks that lie in the next stretch, by places in the stretch."""
        while self._waiting and self._waiting[0].start < end:
            self._here.append(self._waiting.popleft())
        cut = ((max(mark.start, start) - start, min(mark.end, end) - start, mark.kind) for mark in self._here)
        found = tuple(Mark(low, high, kind) for low, high, kind in cut if low < high)
        self._here = [mark for mark in self._here if mark.end > end]
        return found


def _speeches(text: str) -> Iterator[Mark]:
    """Yield what stands between quotation marks, outermost only; without an end, to the end of the block."""
    for start, end in quotations(text):
        is_closed = end < len(text) or text[end - 1] in CLOSING_SIGNS
        if start + 1 < end - is_closed:
            yield Mark(start + 1, end - is_closed, MarkKind.SPEECH)


def _tones(text: str) -> Iterator[Mark]:
    for start, end in split_sentences(text):
        match = _ENDS.search(text, start, end)
        if match is None:
            continue
        is_question = any(sign in "?？‽" for sign in match.group(1))
        stop = start + len(text[start:end].rstrip())
        yield Mark(start, stop, MarkKind.QUESTION if is_question else MarkKind.EXCLAMATION)
        if is_question and any(sign in "!！‽" for sign in match.group(1)):
            yield Mark(start, stop, MarkKind.EXCLAMATION)


def _stresses(block: Block) -> Iterator[Mark]:
    for mark in block.markup:
        if mark.kind is MarkupKind.EMPHASIS and mark.start < mark.end:
            yield Mark(mark.start, mark.end, MarkKind.EMPHASIS)
