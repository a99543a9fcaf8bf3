"""Readings as books print them, in IPA or X-SAMPA, to the symbols of the voice.

    təˈmeɪtoʊ ──► təmˈAtO

Broad transcriptions of English, British ones too: long marks, syllable dots and tie bars go, diphthongs
become one symbol, and a stress mark moves from before the syllable to before its vowel.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from ttsbook.symbols import SYMBOL_IDS
from ttsbook.text.g2p.arpabet import VOWEL_SYMBOLS
from ttsbook.text.tables import read_map

_VOWELS = VOWEL_SYMBOLS | frozenset("ɨyøœɤɚɯɐɒ")
_STRESS = "ˈˌ"


def from_ipa(text: str) -> str:
    """Return the symbols of a transcription; words are separated by spaces.

    Raises:
        ValueError: it has a sign for which the voice has no sound.
    """
    return " ".join(_word(word) for word in text.strip("/[] ").split())


def from_xsampa(text: str) -> str:
    """Return the symbols of a transcription in X-SAMPA.

    Raises:
        ValueError: it has a sign that is not known.
    """
    signs = _longest(read_map("xsampa.tsv"))
    position = 0
    ipa = []
    while position < len(text):
        match = signs.match(text, position)
        if match is None:
            ipa.append(text[position])
            position += 1
        else:
            ipa.append(read_map("xsampa.tsv")[match.group()])
            position = match.end()
    return from_ipa("".join(ipa))


def _word(word: str) -> str:
    signs = read_map("ipa.tsv")
    plain = unicodedata.normalize("NFC", word).replace("'", "ˈ")
    said: list[str] = []
    position = 0
    while position < len(plain):
        match = _longest(signs).match(plain, position)
        symbol = signs[match.group()] if match else plain[position]
        if symbol == "-":  # a sign that has no sound of its own
            symbol = ""
        wrong = [s for s in symbol if s not in SYMBOL_IDS]
        if wrong:
            raise ValueError(f"the voice has no sound for {plain[position]!r}")
        said.append(symbol)
        position = match.end() if match else position + 1
    return _stress_vowels("".join(said))


@lru_cache(maxsize=2)
def _pattern(signs: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(sign) for sign in sorted(signs, key=len, reverse=True)))


def _longest(signs: dict[str, str]) -> re.Pattern[str]:
    return _pattern(tuple(signs))


def _stress_vowels(symbols: str) -> str:
    """Put each stress mark before the next vowel; a word without one is stressed on its first vowel."""
    said = ""
    pending = "" if any(mark in symbols for mark in _STRESS) else "ˈ"
    for symbol in symbols:
        if symbol in _STRESS:
            pending = symbol
        elif symbol in _VOWELS:
            said, pending = said + pending + symbol, ""
        else:
            said += symbol
    return said
