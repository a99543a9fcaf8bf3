"""Reads words that no dictionary has from parts that it has: endings, prefixes, spelling variants, compounds.

"footmarks" is foot + mark + s, "favourable" is favor + able. Works on symbols, not on phones.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from ttsbook.text.g2p.arpabet import lower_stress
from ttsbook.text.g2p.dictionary import find_word
from ttsbook.text.tables import read_rows, read_words

_SIBILANTS, _VOICELESS = "szʃʒʧʤ", "ptkfθ"
# Stems that seldom end so by themselves: hop(e), scal(e); pleas(e), danc(e), purs(e), wreath(e).
_HAS_LOST_E = re.compile("^[^aeiou]*[aeiou][^aeiouhwxy]$|[^aeiou][aeiou][cgsvz]$|[lnr]c$|[lnprw]s$|th$")
_ADDING_ES = ("ches", "shes", "sses", "xes", "oes")
_BEFORE_ES = ("s", "x", "z", "h", "o", "i")
_MIN_STEM = 3  # shorter stems match by accident
_DEPTH = 3  # endings that may be taken off one after another ("favour-able-ness")


def plural(symbols: str) -> str:
    """Return `symbols` with the ending -s, also the possessive 's."""
    if symbols[-1] in _SIBILANTS:
        return symbols + "ɪz"
    return symbols + ("s" if symbols[-1] in _VOICELESS else "z")


def past(symbols: str) -> str:
    """Return `symbols` with the ending -ed."""
    if symbols[-1] in "td":
        return symbols + "ɪd"
    return symbols + ("t" if symbols[-1] in _VOICELESS + "sʃʧ" else "d")


def adverb(symbols: str) -> str:
    """Return `symbols` with the ending -ly: "possible" loses its schwa in "possibly"."""
    if symbols.endswith("bəl"):
        return symbols[:-2] + "li"
    return symbols + ("i" if symbols[-1] == "l" else "li")


def _adding(ending: str) -> Callable[[str], str]:
    return lambda symbols: symbols + ending


_ENDINGS: dict[str, Callable[[str], str]] = {"+s": plural, "+ed": past, "+ly": adverb}


@lru_cache(maxsize=1 << 14)
def derive_word(word: str, depth: int = _DEPTH) -> str | None:
    """Return the reading of a lower-case word by its parts, or None if they are not known."""
    known = find_word(word)
    if known or depth == 0 or len(word) <= _MIN_STEM:
        return known
    for way in (_by_spelling, _by_ending, _by_prefix):
        symbols = way(word, depth - 1)
        if symbols:
            return symbols
    return None


def derive_compound(word: str, shortest: int) -> str | None:
    """Return the reading of two known words written as one; the second loses its main stress.

    Neither has fewer letters than `shortest`. Only words that often close a compound count, or "vivacity"
    would be viva + city.
    """
    cuts = range(shortest, len(word) - shortest + 1)
    # The most even cut is the likeliest: "foot|marks" rather than "footm|arks".
    for cut in sorted(cuts, key=lambda cut: abs(2 * cut - len(word))):
        if word[cut:].removesuffix("s") not in read_words("compounds_en.txt"):
            continue
        first, second = find_word(word[:cut]), derive_word(word[cut:], 1)
        if first and second:
            return first + lower_stress(second)
    return None


def _by_spelling(word: str, depth: int) -> str | None:
    """Try the American spelling of a British word."""
    for pattern, replacement in _spellings():
        variant, n_changes = pattern.subn(replacement, word)
        if n_changes and variant != word and (known := derive_word(variant, depth)):
            return known
    return None


@lru_cache(maxsize=1)
def _spellings() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(row[0]), row[1]) for row in read_rows("spellings_en.tsv"))


def _by_ending(word: str, depth: int) -> str | None:
    for ending, sound in _endings():
        if not word.endswith(ending) or len(word) - len(ending) < _MIN_STEM:
            continue
        if ending in ("s", "es") and word.endswith("ss"):
            continue  # paleness is no plural
        if ending == "s" and word.endswith(_ADDING_ES) and find_word(word[:-2]):
            continue  # larches are no Larche's
        if ending == "es" and not word.endswith(_BEFORE_ES, 0, -2):
            continue  # Vimes is no vim
        add = _ENDINGS.get(sound) or _adding(sound)
        for stem in _stems(word[: -len(ending)], ending):
            known = derive_word(stem, depth)
            if known:
                return add(known)
    return None


@lru_cache(maxsize=1)
def _endings() -> tuple[tuple[str, str], ...]:
    return tuple((row[1], row[2]) for row in read_rows("affixes_en.tsv") if row[0] == "end")


def _stems(stem: str, ending: str) -> Iterator[str]:
    """Yield the words that `stem` may come from: writ-ing, stopp-ing, happi-ly."""
    if ending[0] in "eiay" and _HAS_LOST_E.search(stem):
        yield stem + "e"  # gap-ed is gape, not gap, which would double its p
    if ending != "y" or stem[-1] not in "aeiou":
        yield stem
    if ending[0] in "eiay":
        yield stem + "e"
        if len(stem) > _MIN_STEM and stem[-1] == stem[-2]:
            yield stem[:-1]
    if ending == "ly":
        yield stem + "le"
    if stem.endswith("i") and ending != "s":  # taxis are no taxies
        yield stem[:-1] + "y"


def _by_prefix(word: str, depth: int) -> str | None:
    for row in read_rows("affixes_en.tsv"):
        kind, prefix, sound = row
        if kind != "start" or not word.startswith(prefix) or len(word) - len(prefix) < _MIN_STEM + 1:
            continue
        known = derive_word(word[len(prefix) :], depth)
        if known:
            return sound + known
    return None
