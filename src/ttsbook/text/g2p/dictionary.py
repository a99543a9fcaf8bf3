"""Dictionaries of English: a written word to its first reading.

The CMU Pronouncing Dictionary (BSD, licence beside the data), and for words that it lacks the American one of
misaki (Apache License 2.0), which is written in the symbols of the voice.
"""

from __future__ import annotations

import gzip
import lzma
from functools import lru_cache

from ttsbook.text.g2p.arpabet import from_arpabet
from ttsbook.text.tables import read_bytes, read_map


@lru_cache(maxsize=1)
def _phones() -> dict[str, str]:
    """Return word -> phones as written in the file; comments are cut on use, which keeps loading short."""
    text = gzip.decompress(read_bytes("cmudict.dict.gz")).decode("utf-8")
    entries: dict[str, str] = {}
    for line in text.splitlines():
        word, _, phones = line.partition(" ")
        entries[word] = phones
    return entries


@lru_cache(maxsize=1)
def _rarer() -> dict[str, str]:
    """Return word -> symbols of words that the CMU dictionary lacks, and that endings do not give."""
    lines = lzma.decompress(read_bytes("misaki.dict.xz")).decode("utf-8").splitlines()
    return {word: symbols for word, _, symbols in (line.partition(" ") for line in lines)}


def known_words() -> tuple[str, ...]:
    """Return every word of the dictionary that has one reading listed first."""
    return tuple(word for word in _phones() if "(" not in word)


def has_word(word: str) -> bool:
    """Return whether a dictionary lists a lower-case word."""
    return find_word(word) is not None


@lru_cache(maxsize=1 << 16)
def find_word(word: str) -> str | None:
    """Return the symbols of a lower-case word, or None if no dictionary has it.

    Our own table comes first: it holds words that the dictionary lacks or reads oddly.
    """
    if own := read_map("words_en.tsv").get(word):
        return from_arpabet(own.partition("#")[0])
    if phones := _phones().get(word):
        symbols = from_arpabet(phones.partition("#")[0])
        # Unstressed AH is also the full vowel of un- and up-: a schwa makes "and known" of "unknown".
        return f"ˌʌ{symbols[1:]}" if word[0] == "u" and symbols[0] == "ə" else symbols
    return _rarer().get(word)
