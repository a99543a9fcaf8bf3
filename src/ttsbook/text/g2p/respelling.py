"""Newspaper respelling ("her-MY-oh-nee") to symbols: syllables by hyphens, the stressed one in capitals."""

from __future__ import annotations

import re

# Longest first; each vowel spelling has one sound.
# fmt: off
_VOWELS = {
    "eye": "I", "igh": "I", "air": "ɛɹ", "ear": "ɪɹ", "eer": "ɪɹ", "oor": "ʊɹ", "our": "Wəɹ", "ore": "ɔɹ",
    "aw": "ɔ", "au": "ɔ", "ah": "ɑ", "ay": "A", "ai": "A", "ee": "i", "ea": "i", "eh": "ɛ", "ih": "ɪ",
    "oh": "O", "oa": "O", "oe": "O", "oo": "u", "ow": "W", "ou": "W", "oy": "Y", "oi": "Y", "uh": "ə",
    "er": "əɹ", "ur": "əɹ", "ir": "əɹ", "ar": "ɑɹ", "or": "ɔɹ", "ew": "ju", "ie": "i", "ey": "A", "uu": "ʊ",
    "ye": "I",
    "a": "æ", "e": "ɛ", "i": "ɪ", "o": "ɑ", "u": "ʌ", "y": "I",
}
_CONSONANTS = {
    "tch": "ʧ", "ch": "ʧ", "sh": "ʃ", "zh": "ʒ", "th": "θ", "dh": "ð", "ng": "ŋ", "kh": "k", "ph": "f",
    "ck": "k", "wh": "w",
    "qu": "kw", "dj": "ʤ", "b": "b", "c": "k", "d": "d", "f": "f", "g": "ɡ", "h": "h", "j": "ʤ",
    "k": "k", "l": "l", "m": "m", "n": "n", "p": "p", "r": "ɹ", "s": "s", "t": "t", "v": "v", "w": "w",
    "x": "ks", "z": "z",
}
# fmt: on
_VOWEL_SPELLINGS = "|".join(sorted(_VOWELS, key=len, reverse=True))
_CONSONANT_SPELLINGS = "|".join(sorted(_CONSONANTS, key=len, reverse=True))
_DOUBLED = re.compile(r"([b-df-hj-np-tv-xz])\1")
# "y" before a vowel is a consonant: "yoh"; but not in "nye".
_PART = re.compile(
    rf"(?P<glide>y(?=[aeiou])(?!(?<=[a-z]y)e$))|(?P<vowel>{_VOWEL_SPELLINGS})|(?P<consonant>{_CONSONANT_SPELLINGS})"
)


def read_respelling(text: str) -> str:
    """Return the symbols of a respelling; words are separated by spaces.

    Raises:
        ValueError: a syllable has a letter that is not understood, or no vowel.
    """
    return " ".join(_read_word(word) for word in text.split())


def _read_word(word: str) -> str:
    syllables = [syllable for syllable in word.split("-") if syllable]
    marked = any(syllable.isupper() for syllable in syllables)
    return "".join(
        _read_syllable(syllable, syllable.isupper() if marked else len(syllables) == 1 or index == 0)
        for index, syllable in enumerate(syllables)
    )


def _read_syllable(syllable: str, stressed: bool) -> str:
    symbols, position, has_vowel = "", 0, False
    letters = _DOUBLED.sub(r"\1", syllable.lower())  # "tell" has one l
    while position < len(letters):
        match = _PART.match(letters, position)
        if match is None:
            raise ValueError(f"{letters[position]!r} in {syllable!r} is not understood")
        part = match.group()
        if match.lastgroup == "vowel":
            sound = _VOWELS[part]
            if stressed and not has_vowel:
                sound = "ˈɜɹ" if sound == "əɹ" else "ˈʌ" if sound == "ə" else "ˈ" + sound
                sound = sound.replace("ˈju", "jˈu")
            symbols, has_vowel = symbols + sound, True
        else:
            symbols += "j" if match.lastgroup == "glide" else _CONSONANTS[part]
        position = match.end()
    if not has_vowel:
        raise ValueError(f"the syllable {syllable!r} has no vowel")
    return symbols
