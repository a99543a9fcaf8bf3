"""ARPAbet, the notation of the CMU dictionary and of g2p-en, to the symbols of the voice.

The mapping is the one that the voice learned from: General American, stress marks directly before
the vowel, unstressed AH as schwa.
"""

from __future__ import annotations

from functools import lru_cache

# fmt: off
VOWELS = {
    "AA": "ɑ", "AE": "æ", "AH": "ʌ", "AO": "ɔ", "AW": "W", "AY": "I", "EH": "ɛ", "ER": "ɜɹ",
    "EY": "A", "IH": "ɪ", "IY": "i", "OW": "O", "OY": "Y", "UH": "ʊ", "UW": "u",
}
CONSONANTS = {
    "B": "b", "CH": "ʧ", "D": "d", "DH": "ð", "F": "f", "G": "ɡ", "HH": "h", "JH": "ʤ", "K": "k",
    "L": "l", "M": "m", "N": "n", "NG": "ŋ", "P": "p", "R": "ɹ", "S": "s", "SH": "ʃ", "T": "t",
    "TH": "θ", "V": "v", "W": "w", "Y": "j", "Z": "z", "ZH": "ʒ",
}
# fmt: on
REDUCED = {"AH": "ə", "ER": "əɹ"}
STRESS_MARKS = {"0": "", "1": "ˈ", "2": "ˌ"}
VOWEL_SYMBOLS = frozenset("AIOQWYaiueoæɑɔəɛɜɪʊʌᵻ")


@lru_cache(maxsize=1 << 16)
def from_arpabet(phones: str) -> str:
    """Return the symbols of phones separated by spaces, for example "HH AH0 L OW1" as "həlˈO".

    Raises:
        KeyError: a phone is not ARPAbet.
    """
    return "".join(_symbol(phone) for phone in phones.split())


def _symbol(phone: str) -> str:
    consonant = CONSONANTS.get(phone)
    if consonant is not None:
        return consonant
    # A vowel without a digit (some hand-written entries) counts as unstressed.
    base, stress = (phone[:-1], phone[-1]) if phone[-1] in STRESS_MARKS else (phone, "0")
    vowel = VOWELS[base]
    return STRESS_MARKS[stress] + (REDUCED.get(base, vowel) if stress == "0" else vowel)


def without_stress(symbols: str) -> str:
    """Return `symbols` with no stress mark."""
    return symbols.replace("ˈ", "").replace("ˌ", "")


def lower_stress(symbols: str) -> str:
    """Return `symbols` with primary stress made secondary, as in the second part of a compound."""
    return symbols.replace("ˌ", "").replace("ˈ", "ˌ")
