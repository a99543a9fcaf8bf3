"""Recognises writing systems and languages.

Knows two languages: "en" for whatever is written in letters, "zh" for Chinese characters.
"""

from __future__ import annotations

import re

# Unified ideographs, extensions A-H, compatibility forms, and the zero 〇.
HAN = "〇\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
LATIN = "A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ"
_HAN = re.compile(f"[{HAN}]")
_WORD = re.compile(f"[{LATIN}]+")
_LETTER = re.compile(f"[{HAN}{LATIN}]")
_SIGN = re.compile("[A-Z]{1,2}|[B-DF-HJ-NP-TV-Z]+|[a-z]")  # HP, 3V3, NPC: no word of English
_DIGIT = re.compile("[0-9]")
_NEIGHBOUR = re.compile(f"[{HAN}{LATIN}，。、；：！？（）《》]")


def has_han(text: str) -> bool:
    """Return whether `text` has a Chinese character."""
    return not text.isascii() and _HAN.search(text) is not None


def has_latin(text: str) -> bool:
    """Return whether `text` has a Latin letter."""
    return _WORD.search(text) is not None


def dominant_language(text: str, default: str) -> str:
    """Return "zh" or "en", whichever has more to say in `text`; `default` where neither has.

    A character counts as much as a word: both take about as long to say. Signs and digits alone, HP+100,
    tell of no language.
    """
    n_han = len(_HAN.findall(text)) if not text.isascii() else 0
    if n_han == 0:
        words = _WORD.findall(text)
        tells_nothing = not words or (_DIGIT.search(text) and all(map(_SIGN.fullmatch, words)))
        return default if tells_nothing else "en"
    return "zh" if n_han >= len(_WORD.findall(text)) else "en"


def short_language(tag: str | None) -> str | None:
    """Return "en" or "zh" for a BCP 47 tag such as "zh-Hant" or "en-GB", None for other languages."""
    primary = (tag or "").replace("_", "-").split("-")[0].lower()
    return {"en": "en", "zh": "zh", "cmn": "zh", "yue": "zh", "chi": "zh", "zho": "zh", "eng": "en"}.get(
        primary
    )


def language_around(text: str, start: int, end: int, default: str) -> str:
    """Return the language of what has none of its own (digits, symbols) at `text[start:end]`.

    `default` holds unless the letters on both sides are in the other language; in Chinese its full-width
    marks come between: in 长1.8m，重80kg the 80 is no English.
    """
    neighbour = _NEIGHBOUR if default == "zh" else _LETTER
    before = _last(neighbour, text, start)
    after = neighbour.search(text, end, end + _REACH)
    if before is None or after is None:
        return default
    languages = {"en" if _WORD.match(letter) else "zh" for letter in (before, after.group())}
    return languages.pop() if len(languages) == 1 else default


_REACH = 40  # characters; what is further away is not a neighbour


def _last(wanted: re.Pattern[str], text: str, end: int) -> str | None:
    for index in range(end - 1, max(-1, end - 1 - _REACH), -1):
        if wanted.match(text[index]):
            return text[index]
    return None
