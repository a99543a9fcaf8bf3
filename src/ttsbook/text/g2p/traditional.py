"""Traditional characters to simplified ones, one for one, so that one set of word tables does for both."""

from __future__ import annotations

import re
from functools import lru_cache

from ttsbook.text.tables import read_map

# 著 stands for 着 except in words about books and fame; 乾 for 干 except in these names.
_ZHE = re.compile("(?<![名原专巨遗论土显昭卓编译合所])著(?![名作者述书称录文])")
_GAN = re.compile("乾(?![隆坤卦])")


def simplify(run: str) -> str:
    """Return `run` in simplified characters; its length stays."""
    simplified = run.translate(_table())
    if "著" in simplified:
        simplified = _ZHE.sub("着", simplified)
    return _GAN.sub("干", simplified) if "乾" in simplified else simplified


@lru_cache(maxsize=1)
def _table() -> dict[int, str]:
    return {ord(traditional): simple for traditional, simple in read_map("simplified_zh.tsv").items()}
