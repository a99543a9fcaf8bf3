"""Finds the letters of a text that no voice here can say: Cyrillic, Arabic, kana, rare characters.

The front end skips them; the account of a render must not.
"""

from __future__ import annotations

import re
from functools import cache

from ttsbook.text.g2p.english import plain_letters
from ttsbook.text.normalize.mandarin_blanks import KANA
from ttsbook.text.normalize.normalize import fold
from ttsbook.text.normalize.roman import ROMAN_SIGNS
from ttsbook.text.normalize.signs import CIRCLED, FRACTION_SIGNS, LIGATURES, SUBSCRIPTS
from ttsbook.text.normalize.squares import SQUARES, take_apart
from ttsbook.text.script import LATIN, has_han
from ttsbook.text.tables import read_map

_LETTER = re.compile(r"[^\W_\d]")
_LATIN = re.compile(f"[{LATIN}]")
_POWER = re.compile(r"(?<=[A-Za-z\d)])[⁺⁻]?[⁰¹²³⁴-⁹]+|(?<=[A-Za-z\d)])ⁿ")  # elsewhere they mark notes


def count_unspeakable(text: str) -> int:
    """Return how many letters of `text` have no sound in any language of the front end."""
    if text.isascii():
        return 0
    plain = KANA.sub("", _POWER.sub("", fold(text)))
    return sum(plain.count(character) for character in set(plain) if _is_silent(character))


@cache
def _is_silent(character: str) -> bool:
    if has_han(character):
        return not _has_reading(character)
    if character in SQUARES:
        letters = take_apart(character)
        return letters == character or any(map(_is_silent, letters))
    if character.isascii() or not _LETTER.match(character):
        return False
    if _LATIN.match(character):
        return not plain_letters(character)
    return character.lower() not in _known()


@cache
def _known() -> frozenset[str]:
    signs = (read_map("letters.tsv"), CIRCLED, ROMAN_SIGNS, FRACTION_SIGNS, LIGATURES, SUBSCRIPTS)
    return frozenset().union(*signs)


def _has_reading(character: str) -> bool:
    from ttsbook.text.g2p.mandarin import pronounce_run

    return bool(pronounce_run(character))
