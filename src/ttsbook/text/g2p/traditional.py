"""Traditional characters to simplified ones, one for one, so that one set of word tables does for both."""

from __future__ import annotations

import re
from functools import lru_cache

from ttsbook.text.tables import read_map

# 著 stands for 着 except in words about books and fame; 乾 for 干 except in these names; 沈 for 沉 in these
# words, some of which are names (沈默) in print that is simplified.
_ZHE = re.compile(
    "(?<![名原专巨遗论土显昭卓编译合所拙撰新知])著"
    "(?![名作者述书称录文]|(?<![附执]著)于|(?:(?<=[他她曾并者]著)|(?<!.著))有)"
)
_GAN = re.compile("(?<![康雍朝])乾(?![隆坤卦元陵嘉县]|清[宫门]|盛世)")
_CHEN = re.compile("(?<=[低深阴浮])沈|沈(?=[重甸睡浸沦溺吟])")
_CHEN_TRADITIONAL = re.compile("沈(?=[默思静醉痛迷])")
# What simplified print writes like another character: the syllable is known.
_SURE = {"乾": "gan1", "幹": "gan4", "髮": "fa4", "捲": "juan3"}


def simplify(run: str) -> str:
    """Return `run` in simplified characters; its length stays."""
    simplified = run.translate(_table())
    if "著" in simplified:
        simplified = _ZHE.sub("着", simplified)
    if "沈" in simplified:
        if simplified != run:
            simplified = _CHEN_TRADITIONAL.sub("沉", simplified)
        simplified = _CHEN.sub("沉", simplified)
    return _GAN.sub("干", simplified) if "乾" in simplified else simplified


def is_sure(run: str) -> bool:
    """Return whether a character of `run` tells more than its simplified form."""
    return not _SURE.keys().isdisjoint(run)


def read_sure(printed: str, word: str, syllables: tuple[str, ...]) -> tuple[str, ...]:
    """Return the syllables of a simplified word as its printed characters have them: 髮 is never fa1."""
    if len(syllables) != len(word):
        return syllables
    return tuple(
        _SURE[old] if old in _SURE and new != old and syllable[-1] != "5" else syllable
        for old, new, syllable in zip(printed, word, syllables, strict=True)
    )


@lru_cache(maxsize=1)
def _table() -> dict[int, str]:
    return {ord(traditional): simple for traditional, simple in read_map("simplified_zh.tsv").items()}
