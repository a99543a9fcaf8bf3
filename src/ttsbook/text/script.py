"""Recognises writing systems and languages.

Knows two languages: "en" for whatever is written in letters, "zh" for Chinese characters.
"""

from __future__ import annotations

import re

from ttsbook.text.tables import read_map

# Unified ideographs, extensions A-H, compatibility forms, and the zero 〇.
HAN = "〇\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
LATIN = "A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ"
_HAN = re.compile(f"[{HAN}]")
_WORD = re.compile(f"[{LATIN}]+")
_LETTER = re.compile(f"[{HAN}{LATIN}]")
_SIGN = re.compile("[A-Z]{1,2}|[B-DF-HJ-NP-TV-Z]+|[a-z]")  # HP, 3V3, NPC: no word of English
_DIGIT = re.compile("[0-9]")
_NEIGHBOUR = re.compile(f"[{HAN}{LATIN}，。、；：！？（）《》]")
# What a Chinese sentence has in Latin letters without being English for it: an address, an abbreviation, an
# element, a variable. A letter I is a word.
_NO_WORD = re.compile(
    r"https?://[!-~]+|www\.[!-~]+|[!-~]+@[!-~]+|(?<![A-Za-z])(?:[A-HJ-Z]|[A-Z]{2,5}|[a-z]|[A-Z][a-z](?=[\d₀-₉]))"
    r"(?![A-Za-z])"
)
_COUNTS = re.compile(r"[\d=+−–<>≤≥≠≈±×÷√∠⊥∥≌∽∪∩∈∉⊂⊆∴∵→²³₀-₉-]")  # what numbers and formulas are written with
_FORMULA = re.compile(r"sin|cos|tan|log|lim|min|mol|[kMGTm]?(?:Hz|Wh|Ah|Pa)|[A-Z]{3}|[A-Za-z]{2}")
_RUN_LETTERS = re.compile(f"[^{HAN}，。、；：！？（）《》“”「」]+")
_PRONOUN = re.compile(r"\bI(?='|\s[a-z])")
_LEAST_PROSE = 5  # words in Latin letters that make a sentence of English


def has_han(text: str) -> bool:
    """Return whether `text` has a Chinese character."""
    return not text.isascii() and _HAN.search(text) is not None


def has_latin(text: str) -> bool:
    """Return whether `text` has a Latin letter."""
    return _WORD.search(text) is not None


def dominant_language(text: str, default: str) -> str:
    """Return "zh" or "en", whichever has more to say in `text`; `default` where neither has.

    A character counts as much as a word: both take about as long to say. Signs and digits alone, HP+100,
    tell of no language; nor do formulas and a list of abbreviations in a Chinese book.
    """
    n_han = len(_HAN.findall(text)) if not text.isascii() else 0
    if n_han == 0:
        words = _WORD.findall(text)
        tells_nothing = not words or (_DIGIT.search(text) and all(map(_SIGN.fullmatch, words)))
        return default if tells_nothing or (default == "zh" and _is_formula(text, words)) else "en"
    words = _WORD.findall(_NO_WORD.sub(" ", text) if default == "zh" else text)
    return "zh" if n_han >= len(words) or (default == "zh" and not _makes_sentence(text, words)) else "en"


def _is_formula(text: str, words: list[str]) -> bool:
    """Tell E=mc², 2.4GHz and FBI、CIA from "No. 5 is alive" and Chapter 3."""
    if "、" in text:
        return True
    if not _COUNTS.search(text):
        return all(word.isupper() and 1 < len(word) < 4 for word in words)
    is_sign = (_SIGN.fullmatch(word) or _FORMULA.fullmatch(word) for word in words)
    return all(is_sign) and not _makes_sentence(text, words)


def _makes_sentence(text: str, words: list[str]) -> bool:
    """Return whether one of `words`, those of `text`, is a word of English grammar."""
    grammar = read_map("function_words.tsv")
    return _PRONOUN.search(text) is not None or any(
        len(word) > 1 and word.lower() in grammar for word in words
    )


def short_language(tag: str | None) -> str | None:
    """Return "en" or "zh" for a BCP 47 tag such as "zh-Hant" or "en-GB", None for other languages."""
    primary = (tag or "").replace("_", "-").split("-")[0].lower()
    return {"en": "en", "zh": "zh", "cmn": "zh", "yue": "zh", "chi": "zh", "zho": "zh", "eng": "en"}.get(
        primary
    )


def language_around(text: str, start: int, end: int, default: str) -> str:
    """Return the language of what has none of its own (digits, symbols) at `text[start:end]`.

    `default` holds unless the letters on both sides are in the other language; in Chinese its full-width
    marks come between. Numbers and formulas in Chinese text are English only as part of a sentence, not in
    长1.8m，重80kg, iPhone 15 Pro or x²+y²=1.
    """
    neighbour = _NEIGHBOUR if default == "zh" else _LETTER
    if default == "zh" and _COUNTS.search(text, start, end):
        return "en" if _is_prose(text, start, end) else "zh"
    before = _last(neighbour, text, start)
    after = neighbour.search(text, end, end + _REACH)
    if before is None or after is None:
        return default
    languages = {"en" if _WORD.match(letter) else "zh" for letter in (before, after.group())}
    return languages.pop() if len(languages) == 1 else default


def _is_prose(text: str, start: int, end: int) -> bool:
    """Return whether `text[start:end]` is part of a sentence of English amid Chinese."""
    if _HAN.match(text, end) or (start and _HAN.match(text[start - 1])):
        return False
    run = next((match.group() for match in _RUN_LETTERS.finditer(text) if match.end() > start), "")
    words = _WORD.findall(run)
    return sum(len(word) > 1 for word in words) >= _LEAST_PROSE or _makes_sentence(run, words)


_REACH = 40  # characters; what is further away is not a neighbour


def _last(wanted: re.Pattern[str], text: str, end: int) -> str | None:
    for index in range(end - 1, max(-1, end - 1 - _REACH), -1):
        if wanted.match(text[index]):
            return text[index]
    return None
