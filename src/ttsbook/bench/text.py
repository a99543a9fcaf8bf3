"""How long the text front end takes for a long book: one core, no model, growing sizes.

The books are made up, word by word from the dictionaries, so that hardly a sentence occurs twice: a
cache helps less than in a real book. The same seed makes the same book.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from ttsbook.text import FrontEnd
from ttsbook.text.g2p.dictionary import known_words
from ttsbook.text.g2p.segment import known_words as known_chinese_words
from ttsbook.types import Block, BlockKind, Chapter

BOOK_BYTES = 5 << 20  # as large as War and Peace and half as much again
LANGUAGES = ("en", "zh")
_PARTS = (0.25, 0.5, 1.0)
_PARAGRAPH_WORDS = 70
_NUMBERS = ("1,234", "1984", "$5.50", "3rd", "12:30", "50%", "Mr.", "No. 7")
_CHINESE_NUMBERS = ("1984年", "25%", "3个", "12:30", "￥50", "2号", "第3章", "5月4日")
_RARE = 0.02  # share of words that are numbers and abbreviations
_ZIPF = 1.0  # the n-th word of a language is about as frequent as 1 / n


@dataclass(frozen=True, slots=True)
class TextFigures:
    """Processor time until so much of a book was made phonemes."""

    language: str
    n_bytes: int
    seconds: float
    n_phonemes: int


def measure_text(language: str, n_bytes: int = BOOK_BYTES) -> tuple[TextFigures, ...]:
    """Measure a book of `n_bytes` at a quarter, at half and at its end; dictionaries are loaded before."""
    front_end = FrontEnd()
    front_end.say("warm"), front_end.say("你好")
    blocks = list(_blocks(language, n_bytes))
    goals = [part * n_bytes for part in _PARTS]
    done = n_phonemes = 0
    figures: list[TextFigures] = []
    seconds = 0.0
    for index, block in enumerate(blocks):
        began = time.process_time()
        n_phonemes += sum(len(c.phonemes) for c in front_end.chunks(Chapter(1, "", (block,)), language))
        seconds += time.process_time() - began
        done += len(block.text.encode("utf-8"))
        if done >= goals[len(figures)] or index == len(blocks) - 1:
            figures.append(TextFigures(language, done, seconds, n_phonemes))
    return tuple(figures)


def describe_text(figures: tuple[TextFigures, ...]) -> str:
    """Return one line a size."""
    return "".join(
        f"{row.language}  {row.n_bytes / (1 << 20):5.2f} MiB  {row.seconds:7.2f} s  "
        f"{1e6 * row.seconds / row.n_bytes:5.2f} s for a million bytes\n"
        for row in figures
    )


def _blocks(language: str, n_bytes: int) -> Iterator[Block]:
    choose = random.Random(0)
    made = 0
    words = _chinese_words(choose) if language == "zh" else _english_words(choose)
    while made < n_bytes:
        text = "".join(next(words) for _ in range(_PARAGRAPH_WORDS)).strip()
        made += len(text.encode("utf-8"))
        yield Block(BlockKind.PARAGRAPH, text)


def _english_words(choose: random.Random) -> Iterator[str]:
    """Yield words with what follows them: a space, a comma, a stop."""
    words = [word for word in known_words() if word.isalpha()]
    choose.shuffle(words)
    weights = list(accumulate(1 / (rank + 1) ** _ZIPF for rank in range(len(words))))
    starts = True
    while True:
        word = choose.choices(words, cum_weights=weights)[0]
        word = choose.choice(_NUMBERS) if choose.random() < _RARE else word
        ending = choose.choices((" ", ", ", ". ", "? "), weights=(84, 8, 7, 1))[0]
        yield (word.capitalize() if starts else word) + ending
        starts = ending.strip() in (".", "?")


def _chinese_words(choose: random.Random) -> Iterator[str]:
    words = known_chinese_words()
    names = list(words)
    weights = list(accumulate(words.values()))
    while True:
        word = choose.choices(names, cum_weights=weights)[0]
        word = choose.choice(_CHINESE_NUMBERS) if choose.random() < _RARE else word
        yield word + choose.choices(("", "，", "。", "？"), weights=(84, 8, 7, 1))[0]
