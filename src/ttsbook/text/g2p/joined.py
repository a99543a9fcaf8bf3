"""Reads names made of parts that capitals and apostrophes show: WhatsApp, DeShawn, K'thar, Muad'Dib.

No dictionary has them, and the network, which learned from plain words, makes one word of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ttsbook.text.g2p.arpabet import lower_stress
from ttsbook.text.g2p.derive import plural

_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_JOINT = re.compile(r"(?!Mac?[A-Z]|Mc)[A-Za-z]*[a-z][A-Z][A-Za-z]*")
_CLIPPED = re.compile(r"(?P<first>[BDFGHJKLMNPRSTVWZ]|[A-Z][a-z]+)'(?P<rest>[A-Z]?[a-z]{2,})")
_HUMMED = re.compile(r"M[Bb]|N[DGJKTZdgjktz]")  # M'Baku, N'Djamena
_VOWELS = frozenset("AEIOUaeiou")
_CONSONANTS = {"G": "ɡ", "J": "ʤ", "R": "ɹ"}  # others have the symbol of their letter


def split_joined(word: str) -> list[str]:
    """Return the parts of a name that begin with a capital: Black, Lives, Matter; a McDonald is whole."""
    return _PART.findall(word) if _JOINT.fullmatch(word) else [word]


def read_joined(word: str, pronounce: Callable[[str], str]) -> str | None:
    """Return the symbols of a name by its parts, or None for a word that has none.

    Args:
        word: as printed, with the apostrophe of a typewriter.
        pronounce: reads one part.
    """
    stem = word.removesuffix("'s")
    if match := _CLIPPED.fullmatch(stem):
        said = _clipped(match["first"], match["rest"], pronounce)
    else:
        parts = split_joined(stem)
        said = " ".join(pronounce(part) for part in parts) if len(parts) > 1 else None
    return plural(said) if said and stem != word else said


def _clipped(first: str, rest: str, pronounce: Callable[[str], str]) -> str | None:
    """Read T'Pol with a short vowel between, Muad'Dib as two words in one; Ba'al is left whole."""
    if len(first) > 1:
        return pronounce(first) + lower_stress(pronounce(rest)) if rest[0].isupper() else None
    if first in ("D", "L") and rest[0] in "Hh":
        return None  # L'homme has a silent h
    is_hummed = _HUMMED.match(first + rest) is not None
    if first == "M" and rest[0].isupper() and not is_hummed:
        return pronounce("Mc" + rest)  # M'Gregor
    consonant = _CONSONANTS.get(first, first.lower())
    if rest[0] in _VOWELS:
        return consonant + pronounce(rest)
    return (f"ə{consonant}" if is_hummed else f"{consonant}ə") + pronounce(rest)
