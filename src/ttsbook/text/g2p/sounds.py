"""Reads noises that are drawn out and have no vowel, which are no rows of letters: Bzzzt, Krrrk, Nnngh."""

from __future__ import annotations

import re

_DRAWN = re.compile(r"([fhlmnrsvz])\1{2}")  # not the letters of "www", "xxx" and "KKK"
_RUN = re.compile(r"(.)\1+")
_PART = re.compile("sh|ch|th|ph|ngh?$|.")
# fmt: off
_SYMBOLS = {
    "c": "k", "ch": "ʧ", "g": "ɡ", "j": "ʤ", "ng": "ŋ", "ngh": "ŋ", "ph": "f", "q": "k", "r": "ɹ", "sh": "ʃ",
    "th": "θ", "x": "ks",
}
# fmt: on


def read_sound(letters: str) -> str | None:
    """Return the symbols of small letters of which one is drawn out and none is a vowel, else None."""
    if not _DRAWN.search(letters) or not set(letters).isdisjoint("aeiouy'"):
        return None
    parts = _PART.finditer(_RUN.sub(r"\1", letters))
    # An r behind a consonant has the vowel of "grr".
    return "".join(
        "ɜɹ" if part.group() == "r" and part.start() else _SYMBOLS.get(part.group(), part.group())
        for part in parts
    )
