"""Rules for verses of the Bible: John 3:16–17, 1 Cor. 13:4, II Kings 19:12, Isa. 53, Rom. viii. 28."""

from __future__ import annotations

import re

from ttsbook.text.normalize.english_numbers import cardinal
from ttsbook.text.normalize.rewrite import any_of, english_rule, kept_stop
from ttsbook.text.normalize.roman import roman_value
from ttsbook.text.tables import read_map, read_rows, read_words

_NTH = {"1": "First", "2": "Second", "3": "Third", "I": "First", "II": "Second", "III": "Third"}
_BOOKS = any_of([*read_words("bible_en.txt"), *read_map("bible_en.tsv")])
_ABBREVIATED = any_of(row[0] for row in read_rows("bible_en.tsv") if "name" not in row[2:])
_NUMBERED = (
    "Samuel|Kings|Chronicles|Corinthians|Thessalonians|Timothy|Peter|John|Maccabees"
    "|Sam|Kgs|Chr|Chron|Cor|Thess|Tim|Pet|Jn"
)
_BEFORE_BOOK = rf"(?<![\w.,])(?:(?P<nth>[123]|I{{1,3}})\s(?=(?:{_NUMBERED})\b))?"
_CHAPTER = r"(?P<chapter>\d{1,3})"
_SMALL_CHAPTER = r"(?P<chapter>(?=[ivxlc])(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3}))"
_VERSE = r"\s?(?P<verse>\d{1,3})(?:\s?[-–—]\s?(?:(?P<to>\d{1,3}):)?(?P<last>\d{1,3}))?(?P<more>ff?\b\.?)?"
_NO_CLOCK = r"(?![\w:]|\s?[AaPp]\.?[Mm]\b)"


def _verse(match: re.Match[str]) -> str:
    said = [*_book(match), _number(match["chapter"]), cardinal(match["verse"])]
    if match["last"]:
        said += ["to", *map(cardinal, filter(None, match.group("to", "last")))]
    if match["more"]:
        said.append("and following" + kept_stop(match))
    return " ".join(said)


def _chapter(match: re.Match[str]) -> str:
    return " ".join([*_book(match), cardinal(match["chapter"])])


def _book(match: re.Match[str]) -> list[str]:
    book = read_map("bible_en.tsv").get(match["book"], match["book"])
    return [_NTH[match["nth"]], book] if match["nth"] else [book]


def _number(chapter: str) -> str:
    return cardinal(chapter if chapter.isdigit() else str(roman_value(chapter)))


VERSES = tuple(
    english_rule("verse", rf"{_BEFORE_BOOK}(?P<book>{pattern}", speak)
    for pattern, speak in (
        (rf"{_BOOKS})\.?\s{_CHAPTER}:{_VERSE}{_NO_CLOCK}", _verse),
        (rf"{_BOOKS})\.?\s{_SMALL_CHAPTER}[.:]{_VERSE}{_NO_CLOCK}", _verse),
        (rf"{_ABBREVIATED})\.\s{_CHAPTER}(?![\w:]|[.,]\d)", _chapter),
    )
)
