"""Printed text to marks of manner: what is said in quotation marks, asked, exclaimed, stressed.

Works on a whole block, since a chunk may begin in the middle of a speech. Changes no reading.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ttsbook.text.sentence import split_sentences
from ttsbook.types import Block, Mark, MarkKind, MarkupKind

_PAIRS = {"“": "”", "「": "」", "『": "』", "«": "»", "„": "“", "‘": "’"}
_QUOTE = re.compile('[“”„«»「」『』"‘’]')
_ENDS = re.compile(r"([?？!！‽]+)[\"'”’»)」』）*_\s]*$")
_APOSTROPHE = re.compile(r"[^\W_]’[^\W_]")


def marks_of(block: Block) -> tuple[Mark, ...]:
    """Return the marks of a block, by start."""
    found = [*_speeches(block.text), *_tones(block.text), *_stresses(block)]
    return tuple(sorted(found, key=lambda mark: (mark.start, -mark.end, mark.kind.value)))


def marks_within(marks: Iterable[Mark], start: int, end: int) -> tuple[Mark, ...]:
    """Return the parts of the marks that lie in a stretch, by places in the stretch."""
    cut = ((max(mark.start, start) - start, min(mark.end, end) - start, mark.kind) for mark in marks)
    return tuple(Mark(low, high, kind) for low, high, kind in cut if low < high)


def _speeches(text: str) -> Iterator[Mark]:
    """Yield what stands between quotation marks, outermost only; without an end, to the end of the block."""
    opened, closing, depth = 0, "", 0
    for match in _QUOTE.finditer(text):
        sign = match.group()
        if not closing:
            if sign == '"' or (sign in _PAIRS and not (sign == "‘" and _is_inside_word(text, match.start()))):
                opened, closing, depth = match.end(), _PAIRS.get(sign, '"'), 1
        elif sign == closing and not _is_inside_word(text, match.start()):
            depth -= 1
            if depth == 0:
                yield Mark(opened, match.start(), MarkKind.SPEECH)
                closing = ""
        elif _PAIRS.get(sign) == closing:
            depth += 1
    if closing and closing != "’" and opened < len(text):
        yield Mark(opened, len(text), MarkKind.SPEECH)  # it goes on in the next paragraph


def _is_inside_word(text: str, place: int) -> bool:
    return _APOSTROPHE.fullmatch(text, place - 1, place + 2) is not None if place else False


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
