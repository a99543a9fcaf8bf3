"""Pinyin with a tone digit ("xiang3") to the symbols of the voice ("ɕja↓ŋ").

The tone arrow follows the vowel; the neutral tone (5) has none.
"""

from __future__ import annotations

import re
from functools import lru_cache

TONES = {"1": "→", "2": "↗", "3": "↓", "4": "↘", "5": "", "": ""}
# fmt: off
INITIALS = {
    "b": "p", "c": "ʦʰ", "ch": "ꭧʰ", "d": "t", "f": "f", "g": "k", "h": "x", "j": "ʨ", "k": "kʰ",
    "l": "l", "m": "m", "n": "n", "p": "pʰ", "q": "ʨʰ", "r": "ɻ", "s": "s", "sh": "ʂ", "t": "tʰ",
    "x": "ɕ", "z": "ʦ", "zh": "ꭧ",
}
# "_" is where the tone stands.
FINALS = {
    "a": "a_", "ai": "ai_", "an": "a_n", "ang": "a_ŋ", "ao": "au_", "e": "ɤ_", "ê": "ɛ_", "ei": "ei_",
    "en": "ə_n", "eng": "ə_ŋ", "er": "ɚ_", "i": "i_", "ia": "ja_", "ian": "jɛ_n", "iang": "ja_ŋ",
    "iao": "jau_", "ie": "je_", "in": "i_n", "ing": "i_ŋ", "io": "jɔ_", "iong": "jʊ_ŋ", "iou": "jou_",
    "iu": "jou_", "o": "wo_", "ong": "ʊ_ŋ", "ou": "ou_", "u": "u_", "ua": "wa_", "uai": "wai_",
    "uan": "wa_n", "uang": "wa_ŋ", "uei": "wei_", "ui": "wei_", "uen": "wə_n", "un": "wə_n",
    "ueng": "wə_ŋ", "uo": "wo_", "ü": "y_", "üe": "ɥe_", "üan": "ɥɛ_n", "ün": "y_n",
}
WITHOUT_INITIAL = {  # syllables that pinyin spells with y or w
    "yi": "i", "ya": "ia", "yan": "ian", "yang": "iang", "yao": "iao", "ye": "ie", "yin": "in",
    "ying": "ing", "yo": "io", "yong": "iong", "you": "iou", "yu": "ü", "yue": "üe", "yuan": "üan",
    "yun": "ün", "wu": "u", "wa": "ua", "wai": "uai", "wan": "uan", "wang": "uang", "wei": "uei",
    "wen": "uen", "weng": "ueng", "wo": "uo", "yai": "iai",
}
# fmt: on
SYLLABIC = {"m": "m_", "n": "n_", "ng": "ŋ_", "hm": "hm_", "hng": "hŋ_", "o": "ɔ_"}
_SYLLABLE = re.compile(r"([a-züê]+)([1-5]?)")
_INITIAL = re.compile(r"zh|ch|sh|[bpmfdtnlgkhjqxrzcs]")
_APICAL = ("z", "c", "s", "zh", "ch", "sh", "r")


@lru_cache(maxsize=4096)
def from_pinyin(syllable: str) -> str:
    """Return the symbols of one syllable.

    Raises:
        ValueError: it is not pinyin.
    """
    match = _SYLLABLE.fullmatch(syllable.lower().replace("v", "ü").replace("u:", "ü"))
    if match is None:
        raise ValueError(f"{syllable!r} is not a pinyin syllable with a tone digit")
    letters, tone = match.groups()
    template = SYLLABIC.get(letters) or _template(letters)
    if template is None:
        raise ValueError(f"{syllable!r} is not a pinyin syllable")
    return template.replace("_", TONES[tone])


def with_digits(reading: str) -> str:
    """Return syllables with tone digits, however their tones are written."""
    if reading.isascii():
        return reading
    from pypinyin.contrib.tone_convert import to_tone3

    return " ".join(to_tone3(each, neutral_tone_with_five=True) for each in reading.lower().split())


def _template(letters: str) -> str | None:
    if letters in WITHOUT_INITIAL:
        return FINALS.get(WITHOUT_INITIAL[letters])
    match = _INITIAL.match(letters)
    if match is None:
        return FINALS.get(letters)
    initial, final = match.group(), letters[match.end() :]
    if final == "i" and initial in _APICAL:
        return INITIALS[initial] + "ɨ_"
    if initial in "jqx" and final.startswith("u"):
        final = "ü" + final[1:]  # pinyin leaves the dots out where no u can stand
    rest = FINALS.get(final)
    return INITIALS[initial] + rest if rest else None
