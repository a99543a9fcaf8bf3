"""Finds where sentences end in printed text, English or Chinese.

Works on the text as printed, before any rewriting; returns offsets only and never changes a character.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ttsbook.text.initials import is_initial, is_label
from ttsbook.text.tables import read_words

_CLOSERS = "\"'”’»)\\]」』）》】〉］｝}*_"
# A stop: Chinese ones end a sentence wherever they stand, Latin ones only before a space or the end.
_STOP = re.compile(
    rf"(?P<cjk>[。！？；｡]+[。！？；…!?]*[{_CLOSERS}]*\s*)"
    rf"|(?P<latin>(?:[.!?…]+|(?:\.\s){{2,}}\.)[{_CLOSERS}]*(?:\s+|$))"
    rf"|(?P<dots>…+[{_CLOSERS.replace('(', '')}]+\s*)"
)
_LAST_WORD = re.compile(r"(?:[^\W\d_]+\.)*[^\W\d_]+$")
_NAME = re.compile(r"\b(\w+) $")
_SMALL_NUMERAL = re.compile("[ivx]+")
_NEXT = re.compile(r"[\s\"'“‘«(\[「『（《*_—–-]*(.)", re.DOTALL)
_NEXT_WORD = re.compile(r"[.\s\"“‘]*([A-Za-z'’]*)")
_LOOK_BACK, _LOOK_AHEAD = 24, 16  # characters; no abbreviation is longer


def split_sentences(text: str) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of each sentence with the space after it; together they cover `text`."""
    start = 0
    for match in _STOP.finditer(text):
        if match.end() < len(text) and _ends_sentence(text, match):
            yield start, match.end()
            start = match.end()
    if start < len(text):
        yield start, len(text)


def _ends_sentence(text: str, match: re.Match[str]) -> bool:
    if match.lastgroup == "cjk":
        return True
    following = _NEXT.match(text, match.end(), match.end() + _LOOK_AHEAD)
    next_character = following.group(1) if following else ""
    if match.lastgroup == "dots":  # an ellipsis inside quotes ends what is said
        return bool(next_character) and not next_character.islower()
    if next_character.islower():  # “What?” he said. — Wait... what?
        return False
    stop = match.group()
    if stop.startswith(".") and not stop.startswith(".."):
        return not _is_abbreviation(text, match.start(), next_character)
    return True


def _is_abbreviation(text: str, stop: int, next_character: str) -> bool:
    """Return whether the full stop at `stop` belongs to the word before it."""
    match = _LAST_WORD.search(text[max(0, stop - _LOOK_BACK) : stop])
    if match is None:
        return False
    word = match.group().lower()
    if word in read_words("titles_en.txt"):
        return True
    if word in read_words("before_number_en.txt"):
        return next_character.isdigit() or next_character.upper() in "IVXLC"
    if next_character.isdigit() and _SMALL_NUMERAL.fullmatch(match.group()):  # "John iii. 16"
        return True
    if match.group() == "I" and next_character.isupper():  # "Edward I. Koch"
        name = _NAME.search(text, max(0, stop - _LOOK_BACK), stop - 1)
        if name is None or name.group(1).lower() not in read_words("rulers_en.txt"):
            return False
        return is_initial(text, name.start(), stop)
    if len(match.group()) == 1:  # "J. K. Rowling", but "so did I. Then"
        may_be = match.group().isupper() and next_character.isupper() and not is_label(text, stop - 1, stop)
        return may_be and _word_at(text, stop) not in read_words("starters_en.txt")
    # "U.S. Army": with a capital after it nobody can tell; a break costs less than a run-on.
    return False


def _word_at(text: str, position: int) -> str:
    found = _NEXT_WORD.match(text, position)
    return found.group(1) if found else ""
