"""Tone sandhi of Mandarin: 不, 一 and the third tone, inside words and across them.

Works on pinyin syllables with tone digits, word by word, in one run without punctuation.
The rules: Duanmu, The Phonology of Standard Chinese (2007), chapter 11.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from ttsbook.text.tables import read_words

Word = tuple[str, tuple[str, ...]]  # characters, one pinyin syllable each
_NUMBER_BEFORE = "第初十百千万零〇一二三四五六七八九"  # before 一: a number, which keeps its tone
_NUMBER_AFTER = "零〇一二三四五六七八九十月号號"  # 一 inside a number or a date: 一九四九, 一月
_UNITED = ("统一", "唯一", "惟一", "单一", "专一", "独一", "之一")  # 一 is no count: 统一战线
_FIRST = (*_UNITED, "周一", "期一", "拜一", "初一", "万一")  # after them a second 一 counts: 周一|一早
_DIGITS = "零〇一二三四五六七八九十百千"
_MEASURES = (  # after a decimal
    *"米倍秒亿万元吨升克斤厘毫度寸英折版级分岁",
    *("版本", "声道", "公里", "公斤", "公分", "公顷", "平方", "立方"),
)
_LITTLE = tuple("么这那样有差早晚快慢好大多少近远高低轻中每另某就只仅")  # before 一点, no number
_CALCULATED = ("乘以", "除以", "等于", "大于", "小于")
_COUNTED_AFTER = "这那每另某有同這"  # 这一 counts what follows; 统一 and 万一 keep their tone
_NEVER_RESULT = "决绝并也就可要岂莫无从都还又倒却才若"  # before 不 in a word of three: 并不是, not 对不起
_NO_RESULT = "教语"  # after 不 in one: 子不教, 子不语
_COUNTS = "一两几这那每哪"  # begin a word that counts the next one: 一把|椅子
_PREFIXES = "小老好总纸冷很有"  # stand before a word of two: 小|老虎


def apply_sandhi(words: Sequence[Word]) -> list[tuple[str, ...]]:
    """Return the syllables of each word as they are said after one another."""
    text = "".join([word for word, _ in words])
    syllables = [syllable for _, readings in words for syllable in readings]
    ends = list(accumulate([len(readings) for _, readings in words]))
    if len(text) == len(syllables):
        if "不" in text:
            _change_bu(text, syllables, set(ends))
        if "一" in text:
            _change_yi(text, syllables, set(ends))
    starts = [0, *ends][:-1]
    for start, end in zip(starts, ends, strict=True):
        if end - start > 1:
            _raise_inside(text[start:end], syllables, start, end)
    _raise_across(text, syllables, starts, ends)
    return [tuple(syllables[start:end]) for start, end in zip(starts, ends, strict=True)]


def _change_bu(text: str, syllables: list[str], ends: set[int]) -> None:
    for i in range(len(text) - 1):
        if text[i] != "不" or syllables[i] not in ("bu4", "bu2"):
            continue
        inside = {i - 1, i + 2} <= ends | {0} and not {i, i + 1} & ends
        if _is_between_twins(text, i) or (inside and _is_result(text, i)):
            syllables[i] = "bu5"  # 是不是, 对不起
        else:
            syllables[i] = "bu2" if _was_fourth(text, syllables, i + 1) else "bu4"


def _is_result(text: str, i: int) -> bool:
    return text[i - 1] not in _NEVER_RESULT and text[i + 1] not in _NO_RESULT


def _change_yi(text: str, syllables: list[str], ends: set[int]) -> None:
    for i in range(len(text) - 1):
        if text[i] != "一" or syllables[i][:-1] != "yi":
            continue
        closes_word = i + 1 in ends and i > 0 and i not in ends
        if _is_number(text, i, ends):
            syllables[i] = "yi1"
        elif _is_between_twins(text, i):
            syllables[i] = "yi5"  # 看一看
        elif not closes_word or text[i - 1] in _COUNTED_AFTER or text[i - 2 : i] == "一" + text[i + 1]:
            syllables[i] = "yi2" if _was_fourth(text, syllables, i + 1) else "yi4"


def _is_number(text: str, i: int, ends: set[int]) -> bool:
    """Return whether 一 is part of a number, a date or a word of its own, or means the first of several."""
    before, after = text[i - 1] if i else " ", text[i + 1]
    if i in ends and after != "班" and text[max(0, i - 2) : i] in _FIRST:
        return False
    if before in _NUMBER_BEFORE or after in _NUMBER_AFTER or (before == "月" and after in "日号號"):
        return True
    if _is_in_sum(text, i, ends):
        return True
    if text[max(0, i - 1) : i + 1] in _UNITED and i not in ends:
        return True
    if before == after:
        return text[i + 2 : i + 3] == "二"  # 数一数二
    if before in _COUNTED_AFTER:
        return False
    words = read_words("ordinals_zh.txt")
    return any(end in ends and text[i:end] in words for end in range(i + 2, i + 5))


def _is_measured(text: str, i: int, ends: set[int]) -> bool:
    """Return whether a decimal ends at a place: 五点一|公里, 五点一|亿, but not 八点一|升旗."""
    units = (unit for unit in _MEASURES if text.startswith(unit, i))
    return any(unit in "亿万" or i + len(unit) in ends for unit in units)


def _is_in_sum(text: str, i: int, ends: set[int]) -> bool:
    """Tell 五点一公里, 一点五, 一加一 and 负一层 from 八点一刻, 一点一点, 一加热 and 负一点责任."""
    before, after = text[max(0, i - 2) : i], text[i + 1 : i + 3]
    if before[-1:] == "点" and before[0] in _DIGITS:
        return _is_measured(text, i + 1, ends)
    if after[0] in "点加减乘比" and after[1:] and after[1] in _DIGITS:
        rest = text[i + 3 : i + 4]
        if after == "点一":
            return not rest or rest in _DIGITS + "刻" or _is_measured(text, i + 3, ends)
        goes_on = after[1] == "一" and i + 3 not in ends and rest not in _DIGITS + "万"  # 一比|一无是处
        return not goes_on and before[-1:] not in _LITTLE and rest not in tuple("划画")
    return after in _CALCULATED or (before[-1:] == "负" and after[0] in "层楼")


def _was_fourth(text: str, syllables: list[str], i: int) -> bool:
    # 个 is often neutral in speech but counts as fourth for what stands before it.
    return syllables[i].endswith("4") or text[i] in "个個"


def _is_between_twins(text: str, i: int) -> bool:
    is_between = 0 < i < len(text) - 1 and text[i - 1] == text[i + 1] and text[i - 1] not in "一不得"
    return is_between and text[max(0, i - 2) : i - 1] not in ("不", "一")  # not in 不怕不怕, 一步一步


def _raise_inside(word: str, syllables: list[str], start: int, end: int) -> None:
    """Raise third tones before third tones inside one word: 老虎, 展览馆, 小|老虎."""
    pairs: Sequence[int] = range(start, end - 1)
    if end - start == 3 and word[:1] in _PREFIXES:
        pairs = pairs[::-1]  # the last two belong together: 小|老虎
    for i in pairs:
        if syllables[i].endswith("3") and syllables[i + 1].endswith("3"):
            syllables[i] = syllables[i][:-1] + "2"


def _raise_across(text: str, syllables: list[str], starts: list[int], ends: list[int]) -> None:
    """Raise a third tone before the next word's, where one of the two words has one syllable.

    From the right, so that of three words the last two belong together: 我|很好 is wǒ hén hǎo.
    """
    for index in range(len(ends) - 2, -1, -1):
        start, last = starts[index], ends[index] - 1
        if not (syllables[last].endswith("3") and syllables[last + 1].endswith("3")):
            continue
        counts = last - start == 1 and text[start : start + 1] in _COUNTS
        is_short = last == start or ends[index + 1] - starts[index + 1] == 1
        if is_short or counts or text[last + 1 : last + 2] == "很":
            syllables[last] = syllables[last][:-1] + "2"
