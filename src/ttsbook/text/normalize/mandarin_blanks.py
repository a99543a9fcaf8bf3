"""Signs that stand for a character in Chinese text: ○ for a zero, × for a name not told, の for 的, 々."""

from __future__ import annotations

import re
from functools import lru_cache

from ttsbook.text.normalize.rewrite import Rule
from ttsbook.text.script import HAN

# の and the 々 that repeats a character are spoken here only.
KANA = re.compile(f"(?<=[{HAN}])(?:の(?=[{HAN}])|々)")
_COUNTING = "〇零一二三四五六七八九"
_CIRCLES, _CROSSES = "○◯", "×✕╳"
# Between two operands a single cross multiplies: 长×宽, 3×5, but ×你, 臭×！, ×月×日.
_NO_OPERAND = r"(?<![\w)）\]%×])"
_ONE_CROSS = rf"(?:{_NO_OPERAND}|(?<=[年月日]))×(?=[年月日市县省])|{_NO_OPERAND}×(?=[{HAN}])"
_ONE_CROSS += rf"|(?<=[{HAN}])×(?=[，。！？、；：”’」』）])"


def _zeros(match: re.Match[str]) -> str:
    return "〇" * len(match.group())


def _untold(match: re.Match[str]) -> str:
    return "某" * len(match.group())


def _kana(match: re.Match[str]) -> str:
    return "的" if match.group() == "の" else match.string[match.start() - 1]


@lru_cache(maxsize=1)
def blank_rules() -> tuple[Rule, ...]:
    """Return the rules for them; they come before the rule that leaves ornaments out."""
    zeros = (
        rf"(?<=[{_COUNTING}])[{_CIRCLES}]+(?=[{HAN}％%，。、；）)”」』》·])|[{_CIRCLES}](?=[{_COUNTING}]年)"
    )
    several = rf"(?:[{_CROSSES}]{{2,}}|[{_CIRCLES}]{{2,}})"
    untold = rf"(?<=[{HAN}]){several}(?![\dA-Za-z])|(?<![\dA-Za-z]){several}(?=[{HAN}])|{_ONE_CROSS}"
    crossed = (
        r"(?<=[打画划])×(?=[\s，。；、！？”’」』）)或和与的号]|$)"  # not 打××
        r"|(?<=[打画划][“‘「（(])×|(?<=[（(])×(?=[)）])"
    )
    return (
        Rule("cross", re.compile(crossed), lambda _: "叉", "zh", frozenset("×")),
        Rule("zero", re.compile(zeros), _zeros, "zh", frozenset(_CIRCLES)),
        Rule("kana", KANA, _kana, "zh", frozenset("の々")),
        Rule("untold", re.compile(untold), _untold, "zh", frozenset(_CIRCLES + _CROSSES)),
    )
