"""Raised and lowered text -> what its place on the page says: the mark of a note, a power, a fraction.

Knows nothing of links, which tell most marks of notes, nor of the walk through a document.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ttsbook.book.markup import Element, inner_text, local_name

_EXPONENT = re.compile(r"[-−–]?\d{1,3}")
# 10, 2.5, x, E = mc and 5 km are raised to a power; behind a word, a year and I stands a note.
_BASE = re.compile(
    r"(?<![A-Za-z\d.,'’])(?:\d{1,3}(?:\.\d+)?|(?!I)[A-Za-z]|mc)$|\d\s?(?:[kcdm]?m|ft|mi|in|yd)$|[A-Za-z\d]\)$"
)
_POWERED = r"\w*met(?:er|re)s?|feet|foot|miles?|inch(?:es)?|yards?|acres|sin|cos|tan|log|exp|units?"
_WORD = rf"(?<![\w'’])(?!(?:{_POWERED})$)[A-Za-zÀ-ÿ]*[a-zß-ÿ]{{3}}(?:['’]s)?$"
# Behind these stands a note: a word, a sentence or its part, a year, 1,200, a character of no unit.
_BEFORE_NOTE = re.compile(
    rf"{_WORD}"
    r"|[^\W\d_]{2,}[.,;!?。，；！？][”’\"'」』]?$|[^\W\d_]{2,}[”’\"'」』][.,;]?$"
    r"|(?<![\d.,])(?:\d{4}|\d{1,3}(?:,\d{3})+)[.,;!?。，；！？]?$|[㐀-鿿](?<![米里尺寸])$"
)
_NOTE_SIGN = re.compile(
    r"[\[〔［(（]?(?:[注註]\s?\d{0,3}|[①-⑳])[\]〕］)）]?|[\[〔［]\d{1,3}[\]〕］]|[*＊†‡]{1,3}"
)
_NOTE_NUMBER = re.compile(r"\d{1,3}(?:\s?[,，、–-]\s?\d{1,3})*")
_FRACTION_BAR = re.compile(r"\s*[/⁄]")


def is_raised_mark(element: Element, before: Callable[[], str]) -> bool:
    """Return whether an element is the mark of a note without a link: printed notes, or those of a chapter.

    `before` returns the last characters in front of it.
    """
    if local_name(element) != "sup" or _FRACTION_BAR.match(element.tail or ""):
        return False
    text = inner_text(element).strip()
    is_number = _NOTE_NUMBER.fullmatch(text) and _BEFORE_NOTE.search(before())
    return bool(is_number or _NOTE_SIGN.fullmatch(text))


def sign_before(element: Element, name: str, before: Callable[[], str]) -> str:
    """Return what is to be said of what only its place on the page says: a power, a fraction, a root."""
    return _sign_of_place(element, name, before) + ("√" if name == "msqrt" else "")


def _sign_of_place(element: Element, name: str, before: Callable[[], str]) -> str:
    around = element.getparent()
    if around is None or not (name == "sup" or local_name(around) in ("msup", "mfrac")):
        return ""
    text = inner_text(element).strip()
    if name == "sup":
        if any(local_name(inner) == "a" for inner in (around, *element)):
            return ""  # a note mark
        if text.isdecimal() and _FRACTION_BAR.match(element.tail or ""):
            return " " if before()[-1:].isdecimal() else ""
        return "^" if _EXPONENT.fullmatch(text) and _BASE.search(before()) else ""
    if around.index(element) != 1:
        return ""
    if local_name(around) == "msup":
        return "^" if _EXPONENT.fullmatch(text) else ""
    return "/" if text.isdecimal() and inner_text(around[0]).strip().isdecimal() else " over "
