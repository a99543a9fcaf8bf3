"""Tells the middle initial of a person from the number of a ruler: Edward I. Koch, the heirs of Edward I."""

from __future__ import annotations

import re

from ttsbook.text.tables import read_map, read_words

_BEFORE_NAME = re.compile(r"([A-Za-z]+)\s+$")
_SURNAME = re.compile(r"\.\s+([A-Z][\w'’]*)")
_LOOK_BACK = 20  # characters


def is_initial(text: str, start: int, end: int) -> bool:
    """Return whether the letter before `end` is an initial, of a name that begins at `start`."""
    surname = _SURNAME.match(text, end)
    if surname is None or surname.group(1) in read_words("starters_en.txt"):
        return False
    before = _BEFORE_NAME.search(text, max(0, start - _LOOK_BACK), start)
    word = before.group(1).lower() if before else ""
    return word not in ("of", "under", *read_map("romans_en.tsv")["titles-of-rulers"].split())
