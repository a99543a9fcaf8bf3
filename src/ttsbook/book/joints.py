"""The places in a heading where elements meet -> those where a word ends, though no space says so.

What parts "Chapter Two" and "The Middle" on the page is often a rule of the style sheet; but letters of
one word stand in several elements as well, as drop caps and small capitals do.
"""

from __future__ import annotations

import re

from ttsbook.book.headings import chapter_line, numbered_line
from ttsbook.book.printed import is_cjk

_NUMBERED_APART = frozenset(("span", "b", "strong", "i", "em", "small", "big", "font", "a"))
_LAST_WORD = re.compile(r"[^\W_]+$")
_FIRST_WORD = re.compile(r"[^\W_]+")
_SENTENCE_END = re.compile(r"(?:[^\W\d_]{2}|\d)[.:;!?]$")  # of more than an initial
_NUMBER_GOES_ON = re.compile(r"teen|ty|ly|th|st|nd|rd|[ivxlc]+", re.IGNORECASE)  # sixteen, 4th, XIV
_NAME_GOES_ON = ("Mac", "Fitz")
_MIN_WORD = 3  # letters: McDonald and eBook are one word


def words_meet(before: str, after: str, tag: str) -> bool:
    """Tell whether a word ends where an element begins or ends inside a heading.

    Args:
        before: the text of the heading up to there.
        tag: of the element.
    """
    if not before or not after or tag not in _NUMBERED_APART or before[-1].isspace() or after[0].isspace():
        return False
    word, next_word = _LAST_WORD.search(before), _FIRST_WORD.match(after)
    if word is not None and next_word is not None and _is_number(before):
        return _ends_number(word.group(), next_word.group())
    if tag != "span":
        return False
    if word is None:
        return after[0].isupper() and _SENTENCE_END.search(before) is not None
    if next_word is None:
        return after[0] in "“("
    return _ends_word(word.group(), next_word.group())


def _is_number(text: str) -> bool:
    """Tell whether a text is the number of a chapter and nothing more; 百 may begin a word."""
    line = chapter_line(text) or (None if is_cjk(text[-1]) else numbered_line(text))
    return line is not None and line.number is not None and not line.title


def _ends_number(word: str, after: str) -> bool:
    if is_cjk(word[-1]) or is_cjk(after[0]):
        return True
    if word[-1].isdecimal() and not after[0].isupper():
        return after.isalpha() and len(after) >= _MIN_WORD
    is_title = after[0].isupper() and _NUMBER_GOES_ON.fullmatch(after) is None
    return is_title and (word[-1].isdecimal() or len(word) > 1 or after[1:2].islower())


def _ends_word(word: str, after: str) -> bool:
    if word[-1].isdecimal() or after[0].isdecimal():
        is_title = after[0].isupper() and len(after) > 1 and _NUMBER_GOES_ON.fullmatch(after) is None
        return is_title if word.isdecimal() else word.isalpha() and len(word) >= _MIN_WORD
    if word[-1].islower():
        return after[0].isupper() and len(word) >= _MIN_WORD and word not in _NAME_GOES_ON
    return word.isupper() and len(word) > 1 and after[0].isupper() and after[1:2].islower()
