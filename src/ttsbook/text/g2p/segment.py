"""Runs of Chinese characters to words: the likeliest path through jieba's dictionary.

Gives the words that `jieba.lcut` gives, in less time. Characters in no word go to jieba's
model of names and new words.
"""

from __future__ import annotations

import math
import re
import sys
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from ttsbook.paths import installed
from ttsbook.text.g2p.new_words import join_characters
from ttsbook.text.tables import read_map

_LAST = chr(sys.maxunicode)
_BLOCK = re.compile("[\u4e00-\u9fd5]+|.", re.DOTALL)  # what jieba looks up; it takes others one by one


@lru_cache(maxsize=1 << 15)
def split_words(run: str) -> tuple[str, ...]:
    """Return the words of a run."""
    words: list[str] = []
    for block in _BLOCK.findall(run):
        words.extend(_join_singles(_dictionary().path(block)) if len(block) > 1 else block)
    return tuple(words)


def is_listed(word: str) -> bool:
    """Return whether a word is in the dictionary."""
    return word in _dictionary().counts


def known_words() -> dict[str, float]:
    """Return the words of the dictionary with their share of all text."""
    dictionary = _dictionary()
    return {word: count / dictionary.total for word, count in dictionary.counts.items()}


class _Longest(dict[str, int]):
    """Characters of the longest word that begins with these two, found when they are first asked for."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = sorted(words)

    def __missing__(self, two: str) -> int:
        begin, end = (bisect_left(self._words, bound) for bound in (two, two + _LAST))
        self[two] = longest = max(map(len, self._words[begin:end]), default=2)
        return longest


@dataclass(frozen=True, slots=True)
class _Dictionary:
    counts: dict[str, int]  # how often each word stands in the corpus
    total: int  # words of the corpus; a character in no word counts as one of them
    longest: _Longest

    def path(self, block: str) -> list[str]:
        """Return the words of the likeliest path, found from the end."""
        find, longest, log, log_total = self.counts.get, self.longest, math.log, math.log(self.total)
        length = len(block)
        scores = [0.0] * (length + 1)
        ends = [0] * length
        for start in range(length - 1, -1, -1):
            best_end = start + 1
            best = log(find(block[start:best_end], 1)) - log_total + scores[best_end]
            last = min(length, start + longest[block[start : start + 2]])
            for end in range(start + 2, last + 1):
                count = find(block[start:end])
                if count is not None:
                    score = log(count) - log_total + scores[end]
                    if score >= best:  # of equals the longer word
                        best, best_end = score, end
            scores[start], ends[start] = best, best_end
        words: list[str] = []
        position = 0
        while position < length:
            words.append(block[position : ends[position]])
            position = ends[position]
        return words


@lru_cache(maxsize=1)
def _dictionary() -> _Dictionary:
    """Read jieba's dictionary and add our own phrases.

    Not by jieba, which takes twice as long, because it notes all beginnings of words besides; or keeps a
    cache in the shared folder of temporary files, where another user of the machine could put one.
    """
    counts = _read_counts()
    total = sum(counts.values())
    listed = _Dictionary(counts, total, _Longest(counts))
    counts |= _counts_of_phrases(listed, read_map("polyphones_zh.tsv"))
    return _Dictionary(counts, total, _Longest(counts))


def _read_counts() -> dict[str, int]:
    """Return how often jieba's corpus has each word; its lines are word, count, part of speech."""
    data = (installed("jieba", "pip install jieba") / "dict.txt").read_bytes()
    fields = data.decode("utf-8").split()
    return dict(zip(fields[::3], map(int, fields[1::3]), strict=True))


def _counts_of_phrases(listed: _Dictionary, phrases: Iterable[str]) -> dict[str, int]:
    """Make each phrase just more likely than the words that it would else be taken for."""
    log_total = math.log(listed.total)
    counts = {}
    for phrase in phrases:
        apart = sum(math.log(listed.counts.get(word, 1)) - log_total for word in listed.path(phrase))
        one_more = int(math.exp(apart + log_total)) + 1
        counts[phrase] = max(one_more, listed.counts.get(phrase, 1))
    return counts


def _join_singles(path: list[str]) -> list[str]:
    """Look for names and new words where several characters in a row stand alone."""
    words: list[str] = []
    singles = ""
    for word in path:
        if len(word) == 1:
            singles += word
            continue
        words.extend(_new_words(singles))
        singles = ""
        words.append(word)
    words.extend(_new_words(singles))
    return words


@lru_cache(maxsize=1 << 15)
def _new_words(singles: str) -> tuple[str, ...]:
    if len(singles) < 2 or is_listed(singles):
        return tuple(singles)
    return tuple(join_characters(singles))
