"""Runs of Chinese characters to phonemes: words by jieba, readings by pypinyin, sandhi, symbols.

Takes traditional and simplified characters; words are separated by spaces in the result, as the
voice learned them.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, cast

from ttsbook.text.g2p.pinyin import from_pinyin
from ttsbook.text.g2p.sandhi import Word, apply_sandhi
from ttsbook.text.tables import read_map, read_words

_MEASURED = "一二两三四五六七八九十百千几每这那哪数半"  # before 只: the measure word zhī, not "only"
_DE_KEEPS_TONE = "获取赢夺博难心应懂所"  # 获得者
_DEI_BEFORE = "我你您他她它们就总也都还不可非必咱谁"  # before a lone 得: "must"


def pronounce_run(run: str) -> str:
    """Return the symbols of one run of characters without punctuation."""
    return " ".join(
        "".join(from_pinyin(syllable) for syllable in syllables)
        for syllables in apply_sandhi(_read_words(split_words(run)))
    )


def split_words(run: str) -> list[str]:
    """Return the words of a run."""
    words: list[str] = _segmenter().lcut(run)
    return words


@lru_cache(maxsize=1)
def _segmenter() -> Any:
    """Return jieba's tokenizer, loaded from its dictionary.

    jieba would keep a cache in the shared folder of temporary files, where another user of the
    machine could put one; building the tables anew takes about a second.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # jieba's source has invalid escapes and needs pkg_resources
        import jieba
    segmenter = jieba.Tokenizer()
    segmenter.FREQ, segmenter.total = segmenter.gen_pfdict(segmenter.get_dict_file())
    segmenter.initialized = True
    for phrase in read_map("polyphones_zh.tsv"):
        segmenter.add_word(phrase)
    return segmenter


@lru_cache(maxsize=1 << 17)
def read_word(word: str) -> tuple[str, ...]:
    """Return the pinyin of a word, one syllable with a tone digit for each character."""
    own = read_map("polyphones_zh.tsv").get(word)
    if own:
        return tuple(own.split())
    from pypinyin import Style, lazy_pinyin

    syllables = lazy_pinyin(
        word,
        style=Style.TONE3,
        neutral_tone_with_five=True,
        tone_sandhi=True,
        errors=cast(Any, _keep_each),
    )
    if word in read_words("neutral_zh.txt") and len(syllables) > 1:
        syllables[-1] = syllables[-1].rstrip("12345") + "5"
    for i in range(1, min(len(word), len(syllables))):
        if word[i] == "只" and word[i - 1] in _MEASURED:
            syllables[i] = "zhi1"
        elif word[i] == "得" and i == 1 and len(word) == 3 and word[0] not in _DE_KEEPS_TONE:
            syllables[i] = "de5"  # 跑得快
    return tuple(syllables)


def _keep_each(characters: str) -> list[str]:
    return list(characters)  # pypinyin would give the run as one item


def _read_words(words: Sequence[str]) -> list[Word]:
    readings: list[Word] = []
    for index, word in enumerate(words):
        before = words[index - 1] if index else ""
        after = words[index + 1] if index + 1 < len(words) else ""
        syllables = (_lone_reading(word, before, after),) if word in _LONE else read_word(word)
        if word[0] == "只" and len(word) > 1 and before and before[-1] in _MEASURED:
            syllables = ("zhi1", *syllables[1:])  # 两|只手
        spoken = tuple(s for s in syllables if _is_pinyin(s))
        if spoken:
            readings.append((word, spoken))
    return readings


_LONE = frozenset("地得只")


def _lone_reading(word: str, before: str, after: str) -> str:
    """Choose the reading of a character that stands alone between two words."""
    if word == "地":  # after an adverb it is the particle, after a verb or alone the ground
        return "de5" if len(before) > 1 and after else "di4"
    if word == "得":
        if not before or before[-1] in _DEI_BEFORE:
            return "dei3" if after else "de2"
        return "de5" if after else "de2"
    return "zhi1" if before and before[-1] in _MEASURED else "zhi3"


@lru_cache(maxsize=4096)
def _is_pinyin(syllable: str) -> bool:
    # Rare characters without a known reading come back as they are.
    try:
        return bool(from_pinyin(syllable))
    except ValueError:
        return False
