"""Checks a guessed reading against the letters it was guessed from.

A network may lose its way in letters that are no English word: it repeats itself, or stops early.
"""

from __future__ import annotations

import re

from ttsbook.text.g2p.arpabet import VOWEL_SYMBOLS, without_stress

_VOWEL_LETTERS = re.compile("[aeiouy]")
_VOWEL_GROUPS = re.compile("[aeiouy]+")
_SILENT_E = re.compile("(?<=[^aeiouy])e$")
_STUTTER = re.compile(r"(.)\1\1|(..+)\2\2")
_MOST_PER_LETTER, _FEWEST_PER_LETTER = 1.5, 0.4  # sounds; "x" alone makes two, "eigh" one


def is_plausible(letters: str, symbols: str) -> bool:
    """Return whether `symbols` may be a reading of the word `letters`."""
    sounds = without_stress(symbols)
    n_vowels = sum(1 for symbol in sounds if symbol in VOWEL_SYMBOLS)
    n_groups = len(_VOWEL_GROUPS.findall(_SILENT_E.sub("", letters)))
    most_vowels = len(_VOWEL_LETTERS.findall(letters)) + 1
    return (
        0 < n_vowels <= most_vowels
        and n_vowels >= n_groups // 2
        and _FEWEST_PER_LETTER * len(letters) <= len(sounds) <= _MOST_PER_LETTER * len(letters) + 1
        and not _STUTTER.search(sounds)
    )
