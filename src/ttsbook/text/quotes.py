"""Printed text to what stands in quotation marks, and to what of it is speech.

A quoted word or title ("the so-called “friend”", “Emma”) is no speech: that ends with a mark of its own
inside the quotation marks, or fills its paragraph. Works on whole paragraphs; a speech that is not closed
goes on in the next one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_CLOSING = {"“": "”", "「": "」", "『": "』", "«": "»", "„": "“", "‘": "’", '"': '"'}
CLOSING_SIGNS = frozenset(_CLOSING.values())
_SIGN = re.compile('[“”„«»「」『』"‘’]')
_ENDED = re.compile(r"[.,!?;:…—–。，！？；：、]\s*$")
_ENDED_LATER = re.compile(r"[.,!?;:…—–]’(?!\w)")
_LOOK_AHEAD = 500  # characters: where a speech in single quotation marks ends
_WORD = re.compile(r"\w")


def quoted_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Return (start, end) of each speech, quotation marks included; of nested ones the outermost."""
    return tuple(span for span in quotations(text) if _is_speech(text, *span))


def quotations(text: str) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of whatever stands in quotation marks, these included; only the outermost."""
    opened, opening, depth = 0, "", 0
    for match in _SIGN.finditer(text):
        sign, at = match.group(), match.start()
        if not opening:
            if sign in _CLOSING and not (sign == "‘" and _is_inside_word(text, at)):
                opened, opening, depth = at, sign, 1
        elif sign == _CLOSING[opening]:
            if sign == "’" and not _closes(text, at):
                continue
            depth -= 1
            if depth == 0:
                yield opened, match.end()
                opening = ""
        elif sign == opening:
            depth += 1
    if opening not in ("", "‘"):
        yield opened, len(text)


def _is_inside_word(text: str, at: int) -> bool:
    return at > 0 and text[at - 1].isalnum()


def _closes(text: str, at: int) -> bool:
    """Distinguish ’ from an apostrophe, which a letter follows, or later the real end (“boys’ ball,’”)."""
    if text[at + 1 : at + 2].isalnum():
        return False
    following = text.find("‘", at, at + _LOOK_AHEAD)
    later = text[at + 1 : following if following > at else at + _LOOK_AHEAD]
    return _ENDED.search(text[max(0, at - 8) : at]) is not None or not _ENDED_LATER.search(later)


def _is_speech(text: str, start: int, end: int) -> bool:
    inside = text[start + 1 : end].rstrip("”’」』»\"' ")
    if not _WORD.search(inside):
        return False
    fills = not _WORD.search(text, 0, start) and not _WORD.search(text, end)
    return fills or end == len(text) or _ENDED.search(inside[-8:]) is not None
