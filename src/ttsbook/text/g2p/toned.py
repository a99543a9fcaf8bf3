"""Pinyin with tone marks, as Chinese text explains its characters with, to syllables with digits.

nǐhǎo ──► ("ni3", "hao3")
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from ttsbook.text.g2p.romanized import PROOF, TONED, split_syllables

_TONES = {"\u0304": "1", "\u0301": "2", "\u030c": "3", "\u0300": "4"}
TONE_MARKED = re.compile(f"[{TONED}]")


@lru_cache(maxsize=1 << 12)
def read_toned(word: str) -> tuple[str, ...]:
    """Return the syllables of a word in pinyin, or nothing if it is no such word.

    Marks that are not pinyin's own must stand on every syllable: hán, but not Noé.
    """
    toned = unicodedata.normalize("NFC", word.lower()).replace("’", "'")
    if not TONE_MARKED.search(toned):
        return ()
    said: list[str] = []
    for part in toned.split("'"):
        position = 0
        for letters in split_syllables(part):
            said.append(letters + _tone(part[position : position + len(letters)]))
            position += len(letters)
        if position == 0:
            return ()
    unmarked = sum(syllable.endswith("5") for syllable in said)
    is_twin = len(said) == 2 and said[0][:-1] == said[1][:-1]  # xièxie
    is_sure = not unmarked or is_twin or (PROOF.search(toned) and 2 * unmarked <= len(said))
    return tuple(said) if is_sure and not said[0].endswith("5") else ()


def _tone(printed: str) -> str:
    """Return the digit of a syllable's mark, "5" if it has none."""
    marks = [mark for mark in unicodedata.normalize("NFD", printed) if mark in _TONES]
    return _TONES[marks[0]] if marks else "5"
