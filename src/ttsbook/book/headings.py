"""One line of plain text -> the chapter heading it is, if it is one.

Patterns as data for English and Chinese. Knows nothing of the lines around; `plain` decides by them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ttsbook.book.printed import is_cjk

_ROMAN = r"(?=[IVXLC])(?:XC|XL|L?X{0,3}|C{1,3}(?:XC|XL|L?X{0,3}))(?:IX|IV|V?I{0,3})"
_TEENS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
    " seventeen eighteen nineteen"
)
_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth"
_TENS = {
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
}
_NUMBER_WORDS = {
    **{word: value for value, word in enumerate(_TEENS.split(), 1)},
    **{word: value for value, word in enumerate(_ORDINALS.split(), 1)},
    **_TENS,
}
_NUMBER_WORD = (
    f"(?:{'|'.join(_NUMBER_WORDS)})(?:[- ](?:{'|'.join(_TEENS.split()[:9] + _ORDINALS.split()[:9])}))?|last"
)
_CARDINAL = re.compile(
    rf"(?P<number>(?:{'|'.join(_TENS)})(?:[- ](?:{'|'.join(_TEENS.split()[:9])}))?"
    rf"|{'|'.join(_TEENS.split())})[.:]?",
    re.IGNORECASE,
)
_UPPER_UNITS = ("book", "part", "volume")
_LOWER_UNITS = r"chapter chap\.? ch\. canto act scene letter stave adventure section day"
_UNITS = (*_LOWER_UNITS.split(), *_UPPER_UNITS)
_ENGLISH = re.compile(
    rf"(?P<unit>{'|'.join(_UNITS)})\s+(?:the\s+)?(?P<number>\d{{1,4}}|{_ROMAN}|{_NUMBER_WORD})"
    r"(?:(?P<mark>\s*[.:)\]—–-]+\s*|\s*$)|\s+)(?P<title>.*)",
    re.IGNORECASE,
)
_ENGLISH_NAMED = re.compile(
    r"(?:(?:the|an|a|author[’']s|translator[’']s|editor[’']s)\s+)?"
    r"(?:prologue|epilogue|preface|introduction|introductory|foreword|afterword|interlude|conclusion|appendix"
    r"|prelude|postscript|acknowledge?ments|dedication|glossary|note)(?:\s+[A-Z0-9IVX]{1,4})?(?:[.:]\s*.{0,60})?",
    re.IGNORECASE,
)
_CHINESE_NUMBER = r"[零〇○一二三四五六七八九十百千两廿卅\d０-９]{1,8}"
_CHINESE_UPPER_UNITS = "卷部篇集编編辑輯"
_CHINESE = re.compile(
    rf"(?:正文\s*)?(?:第\s*{_CHINESE_NUMBER}\s*[{_CHINESE_UPPER_UNITS}][^第]{{0,20}}\s+)?"
    rf"第\s*(?P<number>{_CHINESE_NUMBER})(?:\s*[-–—~～、至到]\s*{_CHINESE_NUMBER})?\s*(?P<unit>[章回节節折幕话話场場{_CHINESE_UPPER_UNITS}])"
    r"(?P<title>[\s:：、.．·—\-]*.{0,40})"
)
_CHINESE_VOLUME = re.compile(
    rf"(?P<unit>卷)\s*(?P<number>之?{_CHINESE_NUMBER}|[上中下])(?P<title>(?:[\s:：].{{0,30}})?)"
)
_CHINESE_NAMED = re.compile(
    r"(?:楔子|引子|引言|序|序言|序章|序幕|自序|代序|原序|小引|前言|尾声|尾聲|终章|終章|后记|後記|跋|附录|附錄|番外|结语|結語|题记|題記|献辞)"
    r"(?:[\s:：一二三四五六七八九十\d].{0,30})?"
)
_BARE = re.compile(
    rf"(?:(?P<arabic>\d{{1,3}})|(?P<roman>{_ROMAN})|(?P<chinese>[一二三四五六七八九十百]{{1,5}}))[.．、:]?"
)
_BARE_TITLED = re.compile(rf"(?:(?P<arabic>\d{{1,3}})|(?P<roman>{_ROMAN}))[.:]?\s+(?P<title>\S.*)")
_NUMBER_WORDED = re.compile(
    rf"(?:(?P<arabic>\d{{1,4}})|(?P<roman>{_ROMAN}))(?:[.:)．：、]\s*|\s+)(?P<title>[^\W\d].*)"
)
# ☆、第三章, ===第三章===, 【第三章】
_ORNAMENTS = "*_= \t~～—–-#☆★◆◇●○■□▲△※◎•·、"
_BULLETS = "-–—•·#"
_IN_BRACKETS = re.compile(
    rf"[\[【（(〔「『〖]\s*(第\s*{_CHINESE_NUMBER}\s*[章回节節折幕话話{_CHINESE_UPPER_UNITS}])\s*[\]】）)〕」』〗]\s*"
)
_CONTENTS = re.compile(r"(?:table of )?contents[.:]?|目\s*[录錄次]", re.IGNORECASE)
_NOTES = re.compile(r"(?:foot|end)?notes?[.:]?|[脚腳尾]?[注註][释釋解]?[:：]?", re.IGNORECASE)
_PAGE_AT_END = re.compile(r"(?:\s*[.…·_]{2,}\s*|\s{2,}|\t)(?:\d{1,4}|[ivxlc]{1,7})$")

_MAX_WIDTH = 100
_MAX_CHINESE = 50
_MAX_TITLE = 80
_SENTENCE_ENDS = "。，；！？…”’"
_SMALL_WORDS = frozenset(("with", "from", "into", "upon", "over", "under", "after", "before", "without"))


@dataclass(frozen=True, slots=True)
class ChapterLine:
    """A line that may begin a chapter."""

    family: str  # the unit ("chapter", "章"), "named" or "number"
    number: int | None
    title: str  # the words beside unit and number, without a page number
    upper: bool = False  # a part or volume, which holds chapters

    @property
    def key(self) -> tuple[str, int | None, str]:
        """What a line of a printed table of contents shares with the heading it announces."""
        family = self.family.partition("-")[0]
        return (family, self.number, "" if self.number is not None else self.title.casefold())


def chapter_line(line: str) -> ChapterLine | None:
    """Recognise a heading with a unit ("Chapter 3", "第三章") or a well-known name ("Epilogue", "尾声")."""
    text = _IN_BRACKETS.sub(r"\1 ", bare_title(without_page(line)), count=1)
    if not text or len(text) > _MAX_WIDTH:
        return None
    found = _english(text) or _chinese(text)
    is_item = line.lstrip()[0] in _BULLETS and line.rstrip()[-1] not in _BULLETS
    return None if found is not None and found.family == "named" and is_item else found


def numbered_line(line: str) -> ChapterLine | None:
    """Recognise a line that is a number, or a number and a title in capitals; only a series counts."""
    text = without_page(line).strip("*_= \t")
    if len(text) > _MAX_WIDTH:
        return None
    match = _BARE.fullmatch(text)
    if match is not None:
        return ChapterLine("number", _value(match), "")
    match = _BARE_TITLED.fullmatch(text)
    if match is not None and match.group("title").isupper():
        return ChapterLine("number-title", _value(match), match.group("title"))
    return None


def worded_line(line: str) -> ChapterLine | None:
    """Recognise a number and a title ("3. The Road", "003 大雪"); only a series of several counts."""
    match = _NUMBER_WORDED.fullmatch(line.strip())
    if match is None:
        return None
    title = match.group("title")
    if is_cjk(title[0]):
        is_title = len(title) <= _MAX_CHINESE and title[-1] not in _SENTENCE_ENDS
    else:
        is_title = looks_like_title(title) and title[-1] != "."
    return ChapterLine("number-words", _value(match), title) if is_title else None


def named_number(line: str) -> ChapterLine | None:
    """Recognise a line that is a number in words ("Twenty-One"); only a series of several counts."""
    text = line.strip("*_= \t")
    match = _CARDINAL.fullmatch(text) if text[:1].isupper() else None
    return ChapterLine("number-name", _number(match.group("number")), "") if match is not None else None


def bare_title(line: str) -> str:
    """Return a heading without the ornaments around it."""
    return line.strip(_ORNAMENTS)


def looks_like_title(text: str) -> bool:
    """Tell whether a line is set like a title: short, in capitals or capitalised, no sentence."""
    words = re.findall(r"[^\W\d_]+", text)
    long = [word for word in words if len(word) > 3 and word not in _SMALL_WORDS]
    long = long or words[:1] + words[-1:]
    short = len(text) <= _MAX_TITLE and "\n" not in text
    return short and bool(long) and all(word[0].isupper() for word in long) and text[-1] not in ',;:"”?!'


def title_part(line: str) -> str:
    """Return the words of a line behind the number that it begins with, if it does."""
    match = _BARE_TITLED.fullmatch(line)
    return match.group("title") if match is not None else line


def without_page(line: str) -> str:
    """Return a line of a table of contents without the page number at its end."""
    line = line.strip()
    return _PAGE_AT_END.sub("", line) if len(line) <= 2 * _MAX_WIDTH else line


def is_contents_line(line: str) -> bool:
    """Return whether a line is the heading of a printed table of contents."""
    return _CONTENTS.fullmatch(line.strip("*_= \t")) is not None


def is_notes_line(line: str) -> bool:
    """Tell whether a line is the title above notes."""
    return _NOTES.fullmatch(line.strip("*_= \t")) is not None


def _english(text: str) -> ChapterLine | None:
    match = _ENGLISH.fullmatch(text)
    if match is not None:
        title = match.group("title").strip()
        # "Part 2 of the plan failed." is a sentence; "Part 2: Of the plan" and "Part 2 The Plan" are not.
        if match.group("mark") is None and (
            not (title[:1].isupper() or is_cjk(title[0])) or title[-1:] in ".,;。，；"
        ):
            return None
        unit = "chapter" if match.group("unit").lower().startswith("ch") else match.group("unit").lower()
        return ChapterLine(unit, _number(match.group("number")), title, upper=unit in _UPPER_UNITS)
    if text[:1].isupper() and _ENGLISH_NAMED.fullmatch(text):
        return ChapterLine("named", None, text.rstrip(".:"))
    return None


def _chinese(text: str) -> ChapterLine | None:
    if len(text) > _MAX_CHINESE:
        return None
    match = _CHINESE.fullmatch(text) or _CHINESE_VOLUME.fullmatch(text)
    if match is not None:
        title = match.group("title")
        # A sentence about a chapter: words follow without a gap and it ends like a sentence.
        if title and title[0] not in " \t\u3000:：" and title[-1] in _SENTENCE_ENDS:
            return None
        unit = match.group("unit")
        return ChapterLine(
            unit, _number(match.group("number")), title.strip(), upper=unit in _CHINESE_UPPER_UNITS
        )
    named = _CHINESE_NAMED.fullmatch(text)
    return ChapterLine("named", None, text) if named is not None and text[-1] not in _SENTENCE_ENDS else None


def _value(match: re.Match[str]) -> int | None:
    return _number(next(text for name, text in match.groupdict().items() if name != "title" and text))


def _number(text: str) -> int | None:
    """Return the value of a number in digits, Roman or Chinese numerals or English words, or None."""
    text = text.strip().lower().removeprefix("the ").removeprefix("之")
    if text.isdecimal():
        return int(text)  # full-width digits too
    if re.fullmatch(_ROMAN, text, re.IGNORECASE):
        return _roman(text)
    if text in ("上", "中", "下"):
        return "上中下".index(text) + 1
    if all(character in _CHINESE_DIGITS for character in text):
        return _chinese_number(text)
    return sum(_NUMBER_WORDS.get(word, 0) for word in re.split(r"[- ]", text)) or None


def _roman(text: str) -> int:
    values = [{"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}[letter] for letter in text.lower()]
    return sum(
        -value if any(value < after for after in values[index + 1 : index + 2]) else value
        for index, value in enumerate(values)
    )


_CHINESE_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")}
_CHINESE_DIGITS |= {"〇": 0, "○": 0, "两": 2, "十": 10, "百": 100, "千": 1000, "廿": 20, "卅": 30}


def _chinese_number(text: str) -> int:
    if not any(character in "十百千廿卅" for character in text):
        return int("".join(str(_CHINESE_DIGITS[character]) for character in text))
    total = digit = 0
    for character in text:
        value = _CHINESE_DIGITS[character]
        if value >= 10:
            total += value * (digit or 1) if character in "十百千" else value
            digit = 0
        else:
            digit = value
    return total + digit
