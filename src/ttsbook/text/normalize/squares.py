"""Characters that hold a whole word, as Chinese and Japanese print has them: ㎏, ㎡, ㏂, ㈱, ㋁, ㌔."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import partial

from ttsbook.text.normalize.english_measures import english_units
from ttsbook.text.normalize.rewrite import Rule
from ttsbook.text.normalize.signs import CIRCLED, characters
from ttsbook.text.tables import read_map

SQUARES = characters("℡-℡℻-℻㈀-㉇㉐-㉐㉠-㊰㋀-㏿") - CIRCLED
# The number before a unit belongs to it, and so does what it is of or for: 5-6㎏, 5㎞/h, 30元/㎡.
_AMOUNT = r"(?<![\w.,])[-−]?\d[\d.,]*(?:\s?[-–~～]\s?\d[\d.,]*)?[\s-]?"
_SQUARED = re.compile(f"(?:{_AMOUNT}|(?P<per>/))?[{''.join(SQUARES)}]+(?:/[a-z]+)?")
_ONE_BEFORE = re.compile(r"\b(?:per|each|every|an?|one)\s$", re.IGNORECASE)


def square_rules(read: Callable[[str, str], str]) -> tuple[Rule, ...]:
    """Return the rules that read them; `read` returns the words of ordinary text in "en" or "zh"."""
    speakers = {"en": _english, "zh": _mandarin}
    return tuple(
        Rule("square", _SQUARED, partial(speak, read), language, SQUARES)
        for language, speak in speakers.items()
    )


def _english(read: Callable[[str, str], str], match: re.Match[str]) -> str:
    letters = take_apart(match.group()).lstrip("/")
    one, many = english_units().get(letters, ("", ""))
    if match["per"]:
        return f"per {one or read(letters, 'en')}"
    before = match.string[max(0, match.start() - 6) : match.start()]
    return (one if _ONE_BEFORE.search(before) else many) or read(letters, "en")


def _mandarin(read: Callable[[str, str], str], match: re.Match[str]) -> str:
    letters = take_apart(match.group()).lstrip("/")
    return ("每" if match["per"] else "") + (read_map("units_zh.tsv").get(letters) or read(letters, "zh"))


def take_apart(text: str) -> str:
    """Return `text` with the letters of each square in its place: 5㎡ becomes 5m²."""
    return "".join(_letters(character) if character in SQUARES else character for character in text)


def _letters(square: str) -> str:
    plain = unicodedata.normalize("NFKC", square).replace("∕", "/")
    return re.sub(r"(?<=m)[23]$", lambda power: {"2": "²", "3": "³"}[power.group()], plain)
