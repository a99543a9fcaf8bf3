"""Rules for English abbreviations: the table, and what the words around say about Saint and Street."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from ttsbook.text.normalize.rewrite import kept_stop, word_before
from ttsbook.text.tables import read_map, read_rows, read_words

CAPITAL_NEXT = re.compile(r"\s+[\"“‘]?[A-Z]")
_CAPITALS_NEXT = re.compile(r"\s+[\"“‘]?(?![IVXLC]+\b)[A-Z]{2}")
_DATE_NEXT = re.compile(r",?\s(?:\d|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)")
_PEOPLE_NEXT = re.compile(r"\s?\d+ (?:[a-z]+s|men|women|people|children|is|was|are|were)\b")
_TITLE_NEXT = re.compile(r"\s(?!Ltd\b|Alpha\b|[XYZ](?:er)?s?\b)[A-Z](?:[\w'’]|\.)")  # but Pte Ltd, Gen Z
_YEAR_NEXT = re.compile(r"\s?(?:ca?\.\s?)?\d{3,4}\b(?!,\d)")
_NUMBERED = re.compile(r"\s\d+(?!\d|[.,]\d|\s(?:or|to|and)\s\d)")
_INNER = re.compile(r"[a-z]\s$")
_DIGIT_NEXT = re.compile(r"\s?(?:\(?\d|A\.?D\.?\s\d|[IVXLC]{2,}\b|[ivxlc]+\b)")
CLOSERS = " \"”’')\n"
_GOES_ON = re.compile(r"\s+[a-z]|[,;:]|['’]s\b")
_RANKS = frozenset(("chief", "deputy", "former", "assistant", "detective", "lieutenant", "sergeant"))
_DIGIT_BEFORE = re.compile(r"\d(?:st|nd|rd|th)?\s?$")
_ONE_LETTER = 2  # with its full stop
_WORD_BEFORE = re.compile(r"([\w'’]+)\s$")
_NTH_WORD = re.compile(r"\d+(?:st|nd|rd|th)")
NEXT_WORD = re.compile(r"\s+[\"“‘]?([A-Z][\w'’]*)")


def abbreviation(match: re.Match[str]) -> str | None:
    """Read an abbreviation from the table if what follows fits its condition."""
    printed = match.group()
    for written, condition, words in abbreviations()[printed.lower()]:
        # "P." is a person, "p." a page; "Vol." and "vol." are the same.
        is_other = printed != written and (written[0].isupper() or len(written) == _ONE_LETTER)
        if is_other and not _is_in_capitals(match):
            continue
        if printed == "no." and _is_answer(match):
            continue
        if _FITS[condition](match):
            # The stop of "etc." may be the sentence's as well.
            stop = kept_stop(match) if condition in ("end", "date", "after-name") else ""
            return words + stop
    return None


def _follows(pattern: re.Pattern[str]) -> Callable[[re.Match[str]], bool]:
    """Return a test whether what stands behind an abbreviation is of a kind."""
    return lambda match: pattern.match(match.string, match.end()) is not None


def _is_after_digit(match: re.Match[str]) -> bool:
    return _DIGIT_BEFORE.search(match.string, max(0, match.start() - 5), match.start()) is not None


def _is_title(match: re.Match[str]) -> bool:
    return _TITLE_NEXT.match(match.string, match.end()) is not None and not _is_surname(match)


def _is_street(match: re.Match[str]) -> bool:
    return _is_after_name(match) and not starts_name(match.string, match.end())


def _is_weekday(match: re.Match[str]) -> bool:
    return _DATE_NEXT.match(match.string, match.end()) is not None or _is_after(match, "before-weekday")


def _is_cited(match: re.Match[str]) -> bool:
    return _DIGIT_NEXT.match(match.string, match.end()) is not None and not _is_after_digit(match)


def _is_in_capitals(match: re.Match[str]) -> bool:
    """Return whether an abbreviation is printed like the words around it: CAPT. ABSOLUTE."""
    text, printed = match.string, match.group()
    if not printed.isupper() or len(printed) <= _ONE_LETTER:
        return False
    return _CAPITALS_NEXT.match(text, match.end()) is not None or text.isupper() or _is_firm(match)


def _is_firm(match: re.Match[str]) -> bool:
    return match.group() == "CO." and match.string.endswith("& ", 0, match.start())


def _is_after(match: re.Match[str], group: str) -> bool:
    return word_before(match).lower() in read_map("contexts_en.tsv")[group].split()


def _is_surname(match: re.Match[str]) -> bool:
    """Return whether Gen, Sen or Rev follow a name: "Amartya Sen", but "Lt Gen Smith"."""
    found = _WORD_BEFORE.search(match.string, max(0, match.start() - 30), match.start())
    before = found.group(1) if found else ""
    return before[:1].isupper() and before.lower() not in (
        read_words("before_saint_en.txt") | read_words("titles_en.txt") | _RANKS
    )


def _is_numbered(match: re.Match[str]) -> bool:
    """Distinguish "at No 10" from "No 10 men" and "said No 10 times"."""
    text, start = match.string, match.start()
    if not (_NUMBERED.match(text, match.end()) and _INNER.search(text, max(0, start - 3), start)):
        return False
    return not (_is_answer(match) or _PEOPLE_NEXT.match(text, match.end()))


def _is_answer(match: re.Match[str]) -> bool:
    """Distinguish the "no." of "The answer is no. 5 men came." from that of "Cell no. 5"."""
    before = word_before(match).lower()
    if before in ("is", "was"):
        return _PEOPLE_NEXT.match(match.string, match.end()) is not None
    return before in read_words("before_no_en.txt")


@lru_cache(maxsize=1)
def abbreviations() -> dict[str, list[tuple[str, str, str]]]:
    """Return (as printed, condition, words) of each abbreviation by its small letters."""
    table: dict[str, list[tuple[str, str, str]]] = {}
    for written, condition, words in read_rows("abbreviations_en.tsv"):
        table.setdefault(written.lower(), []).append((written, condition, words))
    return table


def saint_or_street(match: re.Match[str]) -> str:
    """Read "St." before a name as Saint; after one, at the end of a sentence or clause, as Street."""
    if starts_name(match.string, match.end()) or not (_is_after_name(match) or _is_last(match)):
        return "Saint"
    return "Street" + kept_stop(match)


def _is_last(match: re.Match[str]) -> bool:
    """Return whether the text ends after a name and its "St.": nobody is named."""
    return word_before(match)[:1].isupper() and not match.string[match.end() :].strip(CLOSERS)


def doctor_or_drive(match: re.Match[str]) -> str:
    if starts_name(match.string, match.end()) or not _is_after_name(match):
        return "Doctor"
    return "Drive" + kept_stop(match)


def starts_name(text: str, position: int) -> bool:
    """Return whether a capital follows that is not the first word of a sentence."""
    following = NEXT_WORD.match(text, position)
    if following is None:
        return False
    word = following.group(1)
    if word in ("NE", "NW", "SE", "SW"):
        return False  # Elm St. NW
    return (word.capitalize() if len(word) > 1 else word) not in read_words("starters_en.txt")


def _is_after_name(match: re.Match[str]) -> bool:
    before = word_before(match)
    if _NTH_WORD.fullmatch(before):
        return True  # 45th St.
    return before[:1].isupper() and before.lower() not in read_words("before_saint_en.txt")


_FITS: dict[str, Callable[[re.Match[str]], bool]] = {
    "any": lambda _: True,
    "end": lambda _: True,
    "name": _follows(CAPITAL_NEXT),
    "title": _is_title,
    "after-name": _is_street,
    "date": _is_weekday,
    "number": _follows(_DIGIT_NEXT),
    "cited": _is_cited,
    "inner-number": _is_numbered,
    "year": _follows(_YEAR_NEXT),
    "after-digit": _is_after_digit,
    "inside": _follows(_GOES_ON),
}
