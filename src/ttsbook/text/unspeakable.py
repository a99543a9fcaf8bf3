"""Finds the letters of a text that no voice here can say: Cyrillic, Arabic, kana, rare characters.

The front end skips them; the account of a render must not.
"""

from __future__ import annotations

import re
from functools import cache

from ttsbook.text.normalize.normalize import fold
from ttsbook.text.normalize.signs import CIRCLED, FRACTION_SIGNS
from ttsbook.text.script import HAN, LATIN
from ttsbook.text.tables import read_map

_FOREIGN = re.compile(f"[^\\W_\\d{LATIN}{HAN}]")
_RARE_HAN = re.compile("[\u3400-\u4dbf\uf900-\ufaff\U00020000-\U000323af]")


def count_unspeakable(text: str) -> int:
    """Return how many letters of `text` have no sound in any language of the front end."""
    if text.isascii():
        return 0
    plain = fold(text)
    known = _known()
    n_foreign = sum(1 for letter in _FOREIGN.findall(plain) if letter.lower() not in known)
    return n_foreign + sum(1 for character in _RARE_HAN.findall(plain) if not _has_reading(character))


@cache
def _known() -> frozenset[str]:
    return frozenset(read_map("letters.tsv")) | CIRCLED | frozenset(FRACTION_SIGNS) | frozenset("²³")


def _has_reading(character: str) -> bool:
    from pypinyin.constants import PINYIN_DICT

    return ord(character) in PINYIN_DICT
