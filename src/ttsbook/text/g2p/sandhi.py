"""Tone sandhi of Mandarin: 不, 一 and the third tone, inside words and across them.

Works on pinyin syllables with tone digits, word by word, in one run without punctuation.
The rules: Duanmu, The Phonology of Standard Chinese (2007), chapter 11.
"""

from __future__ import annotations

from collections.abc import Sequence

Word = tuple[str, tuple[str, ...]]  # characters, one pinyin syllable each
_ORDINAL_BEFORE = "第十百千万零〇一二三四五六七八九点年月"  # before 一: it is a number and keeps its tone
_DIGITS_AFTER = "零〇一二三四五六七八九十点月号日"  # 一 inside a number: 一九四九, 一月


def apply_sandhi(words: Sequence[Word]) -> list[tuple[str, ...]]:
    """Return the syllables of each word as they are said after one another."""
    text = "".join(word for word, _ in words)
    syllables = [syllable for _, readings in words for syllable in readings]
    if len(text) == len(syllables):
        _bu_and_yi(text, syllables)
    lengths = [len(readings) for _, readings in words]
    _third_tones(syllables, lengths)
    said: list[tuple[str, ...]] = []
    position = 0
    for length in lengths:
        said.append(tuple(syllables[position : position + length]))
        position += length
    return said


def _bu_and_yi(text: str, syllables: list[str]) -> None:
    for i in range(len(text) - 1):
        if text[i] == "不" and syllables[i][:-1] == "bu":
            if _is_between_twins(text, i):
                syllables[i] = "bu5"  # 是不是
            elif _was_fourth(text, syllables, i + 1):
                syllables[i] = "bu2"
            elif syllables[i] == "bu2":
                syllables[i] = "bu4"
        elif text[i] == "一" and syllables[i][:-1] == "yi" and not _is_number(text, i):
            if _is_between_twins(text, i):
                syllables[i] = "yi5"  # 看一看
            else:
                syllables[i] = "yi2" if _was_fourth(text, syllables, i + 1) else "yi4"


def _was_fourth(text: str, syllables: list[str], i: int) -> bool:
    # 个 is neutral in speech but counts as fourth for what stands before it.
    return syllables[i].endswith("4") or text[i] == "个"


def _is_between_twins(text: str, i: int) -> bool:
    return 0 < i < len(text) - 1 and text[i - 1] == text[i + 1] and text[i - 1] not in "一不"


def _is_number(text: str, i: int) -> bool:
    before, after = text[i - 1] if i else "", text[i + 1]
    return (before != "" and before in _ORDINAL_BEFORE) or after in _DIGITS_AFTER


def _third_tones(syllables: list[str], lengths: list[int]) -> None:
    """Raise the first of two third tones where the two belong together.

    Inside words the dictionary has done so. Across words a reader joins a word of one syllable to
    what follows it (我也 → wó yě, 很喜欢 → hén xǐhuan), from the left, two by two.
    """
    position = 0
    for index, length in enumerate(lengths[:-1]):
        last = position + length - 1
        position += length
        joins = length == 1 or lengths[index + 1] == 1
        if joins and syllables[last].endswith("3") and syllables[position].endswith("3"):
            next_is_raised = lengths[index + 1] == 1 and _raises_next(syllables, lengths, index + 1, position)
            if length > 1 and next_is_raised:
                continue
            syllables[last] = syllables[last][:-1] + "2"


def _raises_next(syllables: list[str], lengths: list[int], index: int, position: int) -> bool:
    """Tell whether the one-syllable word at `index` will itself be raised by the word after it."""
    return index + 1 < len(lengths) and syllables[position + 1].endswith("3")
