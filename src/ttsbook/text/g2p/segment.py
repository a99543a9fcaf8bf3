"""Runs of Chinese characters to words: the likeliest path through jieba's dictionary.

Gives the words that `jieba.lcut` gives, in less time. Characters in no word go to jieba's
model of names and new words.
"""

from __future__ import annotations

import math
import re
import warnings
from dataclasses import dataclass
from functools import lru_cache

from ttsbook.text.g2p.new_words import join_characters
from ttsbook.text.tables import read_map

_BLOCK = re.compile("[\u4e00-\u9fd5]+|.", re.DOTALL)  # what jieba looks up; it takes others one by one


@lru_cache(maxsize=1 << 15)
def split_words(run: str) -> tuple[str, ...]:
    """Return the words of a run."""
    words: list[str] = []
    for block in _BLOCK.findall(run):
        words.extend(_join_singles(_path(block)) if len(block) > 1 else block)
    return tuple(words)


def is_listed(word: str) -> bool:
    """Tell whether a word is in the dictionary."""
    return _dictionary().weights.get(word) is not None


def known_words() -> dict[str, float]:
    """Return the words of the dictionary with their share of all text."""
    weights = _dictionary().weights
    return {word: math.exp(weight) for word, weight in weights.items() if weight is not None}


@dataclass(frozen=True, slots=True)
class _Dictionary:
    weights: dict[str, float | None]  # log probability; None for the beginning of a word that is none
    unlisted: float  # of a character in no word


@lru_cache(maxsize=1)
def _dictionary() -> _Dictionary:
    """Read jieba's dictionary and add our own phrases.

    jieba would keep a cache in the shared folder of temporary files, where another user of the
    machine could put one; building the tables anew takes about a second.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # jieba's source has invalid escapes and needs pkg_resources
        import jieba
    tokenizer = jieba.Tokenizer()
    tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    tokenizer.initialized = True
    for phrase in read_map("polyphones_zh.tsv"):
        tokenizer.add_word(phrase)
    log, log_total = math.log, math.log(tokenizer.total)
    weights = {word: log(count) - log_total if count else None for word, count in tokenizer.FREQ.items()}
    return _Dictionary(weights, -log_total)


def _path(block: str) -> list[str]:
    """Return the words of the likeliest path, found from the end."""
    find, unlisted = _dictionary().weights.get, _dictionary().unlisted
    length = len(block)
    scores = [0.0] * (length + 1)
    ends = [0] * length
    for start in range(length - 1, -1, -1):
        best, best_end = -math.inf, 0
        for end in range(start + 1, length + 1):
            weight = find(block[start:end], 0.0)  # no logarithm of a probability is 0
            if weight == 0.0:
                break
            if weight is not None:
                score = weight + scores[end]
                if score >= best:  # of equals the longer word
                    best, best_end = score, end
        if best_end == 0:
            best, best_end = unlisted + scores[start + 1], start + 1
        scores[start], ends[start] = best, best_end
    words: list[str] = []
    position = 0
    while position < length:
        words.append(block[position : ends[position]])
        position = ends[position]
    return words


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
