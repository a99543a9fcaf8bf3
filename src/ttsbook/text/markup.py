"""What the page says about the reading of a text, as claims that take precedence over every rule.

    <sub alias="Doctor Who">Dr. Who</sub> ──► Claim(0, 7, "Doctor Who", "alias")

A reading in a notation that cannot be understood is skipped: the word is then read by its spelling.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from ttsbook.text.g2p.arpabet import from_arpabet
from ttsbook.text.g2p.english import LETTER_NAMES, pronounce_word
from ttsbook.text.g2p.ipa import from_ipa, from_xsampa
from ttsbook.text.g2p.pinyin import from_pinyin, with_digits
from ttsbook.text.normalize import english_numbers as english
from ttsbook.text.normalize import mandarin_numbers as mandarin
from ttsbook.text.normalize import normalize
from ttsbook.text.normalize.normalize import fold
from ttsbook.text.normalize.rewrite import Claim, places_of
from ttsbook.text.script import short_language
from ttsbook.types import Markup, MarkupKind

LanguageSpan = tuple[int, int, str]
_SPELT = frozenset(("characters", "character", "spell-out", "spellout", "letters", "verbatim"))
_CARDINAL = re.compile(r"\d{1,3}(?:,\d{3})+|\d+")


def within(markup: Sequence[Markup], start: int, end: int) -> tuple[Markup, ...]:
    """Return the markup, which is sorted by start, that lies inside a stretch, by places in the stretch."""
    first = bisect_left(markup, start, key=lambda mark: mark.start)
    last = bisect_left(markup, end, key=lambda mark: mark.start)
    return tuple(
        Markup(mark.start - start, mark.end - start, mark.kind, mark.value, mark.detail)
        for mark in markup[first:last]
        if mark.start < mark.end <= end
    )


def claims_of(text: str, markup: Iterable[Markup], language: str, taken: Iterable[Claim]) -> Iterator[Claim]:
    """Yield what the markup makes of `text`, besides the claims already `taken`."""
    used = places_of(taken, len(text))
    for mark in markup:
        if any(used[mark.start : mark.end]):
            continue
        claim = _claim(text[mark.start : mark.end], mark, language)
        if claim is not None:
            used[mark.start : mark.end] = b"\1" * (mark.end - mark.start)
            yield claim


def languages_of(markup: Iterable[Markup]) -> tuple[LanguageSpan, ...]:
    """Return (start, end, "en" or "zh") of what is marked as in one of them."""
    found = (
        (mark.start, mark.end, short_language(mark.value))
        for mark in markup
        if mark.kind is MarkupKind.LANGUAGE
    )
    return tuple((start, end, language) for start, end, language in found if language)


def _claim(printed: str, mark: Markup, language: str) -> Claim | None:
    if mark.kind is MarkupKind.PHONEMES:
        symbols = _symbols(mark.value, mark.detail)
        return Claim(mark.start, mark.end, printed, "reading", symbols) if symbols else None
    if mark.kind is MarkupKind.ALIAS:
        spoken = normalize(fold(mark.value), language).spoken
        return Claim(mark.start, mark.end, spoken, "alias")
    if mark.kind is MarkupKind.SAY_AS:
        said = _say_as(printed, mark.value, language)
        return Claim(mark.start, mark.end, said[0], "say-as", said[1]) if said else None
    return None


def _symbols(reading: str, alphabet: str) -> str:
    """Return the symbols of a reading, or "" where its notation is not known or not kept to."""
    try:
        if alphabet == "ipa":
            return from_ipa(reading)
        if alphabet in ("x-sampa", "xsampa"):
            return from_xsampa(reading)
        if alphabet in ("pinyin", "x-pinyin"):
            return "".join(map(from_pinyin, with_digits(reading).split()))
        if alphabet in ("arpabet", "x-arpabet", "cmu", "x-cmu"):
            return from_arpabet(reading.upper())
    except (ValueError, KeyError, IndexError):
        return ""
    return ""


def _say_as(printed: str, what: str, language: str) -> tuple[str, str] | None:
    """Return the words, and for letters the symbols; None leaves the text to the rules."""
    if what in _SPELT:
        return _spelt(printed, language)
    digits = "".join(c for c in printed if c.isascii() and c.isdigit())
    if what in ("telephone", "digits") and digits:
        groups = re.findall(r"\d+", printed) if what == "telephone" else [digits]
        if language == "zh":
            return "，".join(mandarin.one_by_one(group, phone=what == "telephone") for group in groups), ""
        return ", ".join(english.one_by_one(group) for group in groups), ""
    number = _CARDINAL.search(printed)
    if number is None:
        return None
    if what in ("cardinal", "number"):
        spoken = mandarin.cardinal(number.group()) if language == "zh" else english.cardinal(number.group())
        return spoken, ""
    if what == "ordinal":
        ordinal = english.ordinal(number.group())
        return ("第" + mandarin.cardinal(number.group()) if language == "zh" else ordinal), ""
    if what == "year" and len(digits) == 4:
        return (mandarin.one_by_one(digits) if language == "zh" else english.year(digits)), ""
    return None


def _spelt(printed: str, language: str) -> tuple[str, str] | None:
    if language == "zh" and printed.isdigit():
        return mandarin.one_by_one(printed), ""
    spoken, symbols = [], []
    for character in printed:
        lower = character.lower()
        if lower in LETTER_NAMES:
            spoken.append(character.upper())
            symbols.append(LETTER_NAMES[lower])
        elif character.isascii() and character.isdigit():
            name = english.one_by_one(character)
            spoken.append(name)
            symbols.append(pronounce_word(name))
    return (" ".join(spoken), " ".join(symbols)) if spoken else None
