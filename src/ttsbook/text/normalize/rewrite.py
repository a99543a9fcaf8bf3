"""Applies rules to printed text and keeps the map from spoken words back to the source.

A rule is a pattern and a function from a match to words. Rules look at the source, never at each
other's results: the first rule (in order) that claims a stretch has it. Knows no language.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

DIGITS = "0123456789"
_LAST_WORD = re.compile(r"([\w'’]+)\.?\s+$")
_LONGEST_WORD = 30  # characters that are looked at before a match
_NO_SENTENCE = r"(?!(?:[NS][EW]|[ECMP][DS]T|GMT|UTC|BST|CET)\b)"  # 5 p.m. EST, Ave. NW
_SENTENCE_END = re.compile(rf"[\"”’)]*(?:\s+{_NO_SENTENCE}[\"“‘(]?[A-Z]|\s*$)")


@dataclass(frozen=True, slots=True)
class Span:
    """One rewrite: `spoken[start:end]` was made from `source[source_start:source_end]` by `rule`."""

    start: int
    end: int
    source_start: int
    source_end: int
    rule: str
    phonemes: str = ""  # given by a lexicon; "" for words that are read by their spelling


@dataclass(frozen=True, slots=True)
class Normalized:
    """Spoken words and the rewrites that made them, in order; text between them is as printed."""

    spoken: str
    spans: tuple[Span, ...]

    def source_offset(self, offset: int) -> int:
        """Return the place in the source that `spoken[offset]` comes from (of a rewrite, its start)."""
        index = bisect_right(self.spans, offset, key=lambda span: span.start) - 1
        if index < 0:
            return offset
        span = self.spans[index]
        return span.source_start if offset < span.end else span.source_end + offset - span.end

    def source_range(self, start: int, end: int) -> tuple[int, int]:
        """Return the stretch of the source that `spoken[start:end]`, which is not empty, comes from."""
        first, last = self.source_offset(start), self.source_offset(end - 1) + 1
        index = bisect_right(self.spans, end - 1, key=lambda span: span.start) - 1
        if index >= 0 and end - 1 < self.spans[index].end:  # of a rewrite, all of it
            last = self.spans[index].source_end
        return first, last


@dataclass(frozen=True, slots=True)
class Rule:
    """A named rewrite.

    `speak` returns the words, or None to leave the match to later rules. `needs` is a cheap test
    whether the rule can match at all: one of these characters must be in the text (none = always).
    """

    name: str
    pattern: re.Pattern[str]
    speak: Callable[[re.Match[str]], str | None]
    language: str = ""  # "en" or "zh": only where that language surrounds the match
    needs: frozenset[str] = frozenset()


Row = tuple[str, str, Callable[[re.Match[str]], str | None]]  # name, pattern and words of a rule


@dataclass(frozen=True, slots=True)
class Claim:
    """A stretch of the source that a rule or the lexicon has taken, and what it says."""

    start: int
    end: int
    spoken: str
    rule: str
    phonemes: str = ""


def find_claims(
    text: str,
    rules: Sequence[Rule],
    taken: Iterable[Claim] = (),
    language_at: Callable[[int, int], str] | None = None,
) -> list[Claim]:
    """Return the claims of `rules` on `text` besides those `taken`, sorted, without overlap."""
    claims = list(taken)
    used = places_of(claims, len(text))
    characters = frozenset(text)
    lacking: dict[frozenset[str], bool] = {frozenset(): False}  # most rules need the same: a digit
    for rule in rules:
        if (is_lacking := lacking.get(rule.needs)) is None:
            is_lacking = lacking[rule.needs] = rule.needs.isdisjoint(characters)
        if is_lacking or (first := rule.pattern.search(text)) is None:
            continue
        for match in _free_matches(first, used):
            if rule.language and language_at and language_at(*match.span()) != rule.language:
                continue
            spoken = rule.speak(match)
            if spoken is None:
                continue
            start, end = match.span()
            claims.append(Claim(start, end, spoken, rule.name))
            used[start:end] = b"\1" * (end - start)
    return sorted(claims, key=lambda claim: claim.start)


def places_of(claims: Iterable[Claim], length: int) -> bytearray:
    """Return 1 for every place of a text that a claim has taken, else 0."""
    used = bytearray(length)
    for claim in claims:
        used[claim.start : claim.end] = b"\1" * (claim.end - claim.start)
    return used


def _free_matches(first: re.Match[str], used: bytearray) -> Iterator[re.Match[str]]:
    """Yield the matches that overlap nothing `used`; after an overlap the search goes on behind it."""
    match: re.Match[str] | None = first
    while match:
        start, end = match.span()
        clash = used.find(1, start, end)
        if start == end:
            position = end + 1
        elif clash < 0:
            position = end
            yield match
        else:
            position = used.find(0, clash)
            if position < 0:
                return
        match = first.re.search(first.string, position)


def apply_claims(text: str, claims: Sequence[Claim]) -> Normalized:
    """Put the claims' words into `text`; they never run into their neighbours."""
    parts: list[str] = []
    spans: list[Span] = []
    length = position = 0
    for index, claim in enumerate(claims):
        between = text[position : claim.start]
        parts.append(between)
        length += len(between)
        words = claim.spoken
        if words:
            before = next((part[-1] for part in reversed(parts) if part), "")
            after = text[claim.end : claim.end + 1]
            next_is_claim = index + 1 < len(claims) and claims[index + 1].start == claim.end
            words = (" " if _touch(before, words[0]) else "") + words
            words += " " if not next_is_claim and _touch(words[-1], after) else ""
        spans.append(Span(length, length + len(words), claim.start, claim.end, claim.rule, claim.phonemes))
        parts.append(words)
        length += len(words)
        position = claim.end
    parts.append(text[position:])
    return Normalized("".join(parts), tuple(spans))


def _touch(before: str, after: str) -> bool:
    """Return whether two characters would grow together into one word."""
    return before.isalnum() and after.isalnum() and before.isascii() and after.isascii()


def english_rule(
    name: str, pattern: str, speak: Callable[[re.Match[str]], str | None], needs: str = DIGITS
) -> Rule:
    """Return a rule for English text, by default one that needs a digit."""
    return Rule(name, re.compile(pattern), speak, "en", _characters(needs))


@cache
def _characters(needs: str) -> frozenset[str]:
    """Return the characters, for all rules that need the same ones as one object, which is found faster."""
    return frozenset(needs)


def any_of(words: Iterable[str]) -> str:
    """Return a pattern that matches any of `words`, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))


def kept_stop(match: re.Match[str]) -> str:
    """Give back the full stop that an abbreviation shares with the sentence it ends."""
    ends = match.group().endswith(".") and _SENTENCE_END.match(match.string, match.end())
    return "." if ends else ""


def word_before(match: re.Match[str]) -> str:
    """Return the word that a space parts from the match, or "" where none does."""
    found = _LAST_WORD.search(match.string, max(0, match.start() - _LONGEST_WORD), match.start())
    return found.group(1) if found else ""
