"""Runs of Chinese characters to words: the likeliest path through jieba's dictionary.

Gives the words that `jieba.lcut` gives, in less time. Characters in no word go to jieba's
model of names and new words.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from ttsbook.text.g2p.new_words import join_characters
from ttsbook.text.tables import read_map

_BLOCK = re.compile("[\u4e00-\u9fd5]+|.", re.DOTALL)  # what jieba looks up; it takes others one by one


@lru_cache(maxsize=1 << 15)
def split_words(run: str) -> tuple[str, ...]:
    """Return the words of a run."""
    words: list[str] = []
    for block in _BLOCK.findall(run):
        words.extend(_join_singles(_dictionary().path(block)) if len(block) > 1 else block)
    return tuple(words)


def is_listed(word: str) -> bool:
    """Tell whether a word is in the dictionary."""
    return word in _dictionary().weights


def known_words() -> dict[str, float]:
    """Return the words of the dictionary with their share of all text."""
    return {word: math.exp(weight) for word, weight in _dictionary().weights.items()}


@dataclass(frozen=True, slots=True)
class _Dictionary:
    weights: dict[str, float]  # log probability of each word
    longest: dict[str, int]  # characters of the longest word that begins with these two, if more than two
    unlisted: float  # log probability of a character in no word

    def path(self, block: str) -> list[str]:
        """Return the words of the likeliest path, found from the end."""
        find, longest, unlisted = self.weights.get, self.longest.get, self.unlisted
        length = len(block)
        scores = [0.0] * (length + 1)
        ends = [0] * length
        for start in range(length - 1, -1, -1):
            best_end = start + 1
            best = find(block[start:best_end], unlisted) + scores[best_end]
            last = min(length, start + longest(block[start : start + 2], 2))
            for end in range(start + 2, last + 1):
                weight = find(block[start:end])
                if weight is not None:
                    score = weight + scores[end]
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
    log, log_total = math.log, math.log(sum(counts.values()))
    weights = {word: log(count) - log_total for word, count in counts.items()}
    longer = sorted((word for word in counts if len(word) > 2), key=len)
    longest = {word[:2]: len(word) for word in longer}  # of words that begin alike the last
    listed = _Dictionary(weights, longest, -log_total)
    return _with_phrases(listed, read_map("polyphones_zh.tsv"))


def _read_counts() -> dict[str, int]:
    """Return how often jieba's corpus has each word; its lines are word, count, part of speech."""
    data = resources.files("jieba").joinpath("dict.txt").read_bytes()
    fields = data.decode("utf-8").split()
    return dict(zip(fields[::3], map(int, fields[1::3]), strict=True))


def _with_phrases(listed: _Dictionary, phrases: Iterable[str]) -> _Dictionary:
    """Add phrases, each just more likely than the words that it would else be taken for."""
    weights, longest = dict(listed.weights), dict(listed.longest)
    for phrase in phrases:
        apart = sum(listed.weights.get(word, listed.unlisted) for word in listed.path(phrase))
        one_more = math.log(int(math.exp(apart - listed.unlisted)) + 1) + listed.unlisted
        weights[phrase] = max(one_more, weights.get(phrase, listed.unlisted))
        longest[phrase[:2]] = max(len(phrase), longest.get(phrase[:2], 2))
    return _Dictionary(weights, longest, listed.unlisted)


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
