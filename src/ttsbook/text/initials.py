"""Tells the initial of a person from other letters: Edward I. Koch, the heirs of Edward I., plan B."""

from __future__ import annotations

import re

from ttsbook.text.tables import read_map, read_words

_BEFORE_NAME = re.compile(r"([A-Za-z]+)\s+$")
_SURNAME = re.compile(r"\.\s+([A-Z][\w'’]*)")
_LABELLED = re.compile(r"\b([A-Za-z]+) $")
_JOINED = re.compile(r"\w-$")
_INITIAL_NEXT = re.compile(r"\.\s+[A-Z]\.")
_LOOK_BACK = 20  # characters


def is_initial(text: str, start: int, end: int) -> bool:
    """Return whether the letter before `end` is an initial, of a name that begins at `start`."""
    surname = _SURNAME.match(text, end)
    if surname is None or surname.group(1) in read_words("starters_en.txt"):
        return False
    before = _BEFORE_NAME.search(text, max(0, start - _LOOK_BACK), start)
    word = before.group(1).lower() if before else ""
    return word not in ("of", "under", *read_map("romans_en.tsv")["titles-of-rulers"].split())


def is_label(text: str, start: int, end: int) -> bool:
    """Return whether a letter with a stop names a plan or a row: "Plan B. Marcus left.", a USB-C."""
    if _JOINED.search(text, max(0, start - 2), start):
        return True
    before = _LABELLED.search(text, max(0, start - _LOOK_BACK), start)
    is_named = (
        before is not None and before.group(1).lower() in read_map("contexts_en.tsv")["before-letter"].split()
    )
    return is_named and _INITIAL_NEXT.match(text, end) is None
