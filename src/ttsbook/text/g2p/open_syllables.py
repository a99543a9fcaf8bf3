"""Names of open syllables that no dictionary has: Nobunaga, Toranaga, Okonkwo, Rigoletta.

Japanese, Italian, Spanish, Polynesian and many African names are a consonant and a vowel, again and again.
English says the vowels as those languages do and stresses the last syllable but one.
"""

from __future__ import annotations

import re
from functools import lru_cache

_SYLLABLE = re.compile(
    r"(?P<onset>[kgnhbpmr]y|sh|ch|ts|kw|[bdfghjklmnprstvwyz])?(?P<vowel>a[eiu]|ei|ou|[aeiou])(?P<coda>n(?![aeiouy]))?"
)
_ENGLISH = re.compile(r"(.)\1|g[ei](?!.*(?:[kwy]|sh|ts))|n[kg]")  # Jameela, Egidio, Belenko, Nooooo
_FEWEST = 3  # syllables: shorter ones look like English words
_ONSETS = {"sh": "ʃ", "ch": "ʧ", "j": "ʤ", "y": "j", "r": "ɹ", "g": "ɡ"}
_VOWELS = {
    "a": "ɑ",
    "e": "ɛ",
    "i": "i",
    "o": "O",
    "u": "u",
    "ai": "I",
    "ae": "A",
    "ei": "A",
    "au": "W",
    "ou": "O",
}


@lru_cache(maxsize=1 << 12)
def read_open_syllables(word: str) -> str | None:
    """Return the symbols of a name in small letters a-z, or None if it is not made of open syllables."""
    syllables = _split(word) if not _ENGLISH.search(word) else []
    if len(syllables) < _FEWEST or word[-1] not in "aiou":  # a last e is silent in English
        return None
    stressed = len(syllables) - 2
    if syllables[-2]["vowel"] == "i" and not (syllables[-1]["onset"] or syllables[-2]["coda"]):
        stressed -= 1  # Aurelia
    return "".join(
        _say(part, index == stressed, index == len(syllables) - 1) for index, part in enumerate(syllables)
    )


def _split(word: str) -> list[re.Match[str]]:
    """Return the syllables, or none if something is left over."""
    syllables = list(_SYLLABLE.finditer(word))
    return syllables if "".join(part.group() for part in syllables) == word else []


def _say(part: re.Match[str], is_stressed: bool, is_last: bool) -> str:
    onset = "".join(_ONSETS.get(c, c) for c in _parts(part["onset"] or ""))
    vowel = "ə" if is_last and part["vowel"] == "a" and not part["coda"] else _VOWELS[part["vowel"]]
    return onset + ("ˈ" if is_stressed else "") + vowel + (part["coda"] or "")


def _parts(onset: str) -> tuple[str, ...]:
    return (onset,) if onset in _ONSETS else tuple(onset)
