"""Rules for English numbers that name and do not count: Room 101, an F-150, 192.168.0.1, "10-4", Econ 101."""

from __future__ import annotations

import re

from ttsbook.text.g2p.dictionary import has_word
from ttsbook.text.normalize.english_numbers import BEFORE, cardinal, house_number, one_by_one, two_digits
from ttsbook.text.normalize.rewrite import english_rule, kept_stop
from ttsbook.text.tables import read_words

_NUMBERED = (
    "[Aa]partment|[Cc]abin|[Cc]ell|[Cc]hannel|[Ee]rror|[Ee]xit|[Ee]xtension|[Ff]light|[Gg]ate|[Hh]ighway"
    "|[Ii]nterstate|[Ll]ocker|[Pp]ort|[Rr]oom|[Rr]oute|[Ss]uite|[Uu]nit|Area|Boeing|Cessna|Form|Formula|HTTP"
    "|ISO(?! 900)|RFC|Xbox"
)
_COUNTED = (
    r"(?!\s(?:hundred|thousand|million|billion|people|men|women|times|years|miles|feet|yards|met(?:er|re)s|acres"
    r"|dollars|pounds)\b)"
)
_ISOTOPES = "uranium|plutonium|c(?:a)?esium|iodine|polonium|thorium|radium|iridium"
_HIGHEST_BYTE = 255
_PAGE_BEFORE = re.compile(r"(?:^|[\s(–-])\d{1,4}$")


def _named(match: re.Match[str]) -> str:
    """Read the number of a room or a flight as a name: "Room one oh one"."""
    return match["word"] + house_number(match["n"])


def _course(match: re.Match[str]) -> str | None:
    """Read Econ 101 and Parenting 101, but not Chapter 101."""
    is_part = match["word"].strip().lower() in read_words("before_roman_en.txt")
    return None if is_part else _named(match)


def _letters(match: re.Match[str]) -> str | None:
    """Read the letters of an AH-64 and an SR-71, which are words otherwise."""
    return " ".join(match.group()) if has_word(match.group().lower()) else None


def _digits(match: re.Match[str]) -> str:
    """Read the digits of a code: 4-7-1-9, and of the 4-7-8 method."""
    return one_by_one(match.group())


def _combination(match: re.Match[str]) -> str:
    """Read 36-24-36, the lock's 12-24-36 and born on 03-14-85, group by group."""
    groups = match.group().split("-")
    return " ".join(two_digits(group) if len(group) > 1 else cardinal(group) for group in groups)


def _radio(match: re.Match[str]) -> str:
    return f"ten {cardinal(match['n'])}"


def _internet_address(match: re.Match[str]) -> str | None:
    parts = match.group().split(".")
    return (
        " dot ".join(map(house_number, parts)) if all(int(part) <= _HIGHEST_BYTE for part in parts) else None
    )


def _following(match: re.Match[str]) -> str | None:
    """Read the pages of 112ff., but not the color #00ff00."""
    is_page = _PAGE_BEFORE.search(match.string, max(0, match.start() - 6), match.start())
    return f" and following{kept_stop(match)}" if is_page else None


def _average(match: re.Match[str]) -> str:
    """Read the .312 of a batter."""
    return house_number(match["n"])


# Before dates and ranges.
LABELS = (
    english_rule("following", r"(?<=\d)\s?ff\b\.?", _following),
    english_rule("initials", r"(?<![\w-])(?![IVX]{2}-)[A-Z]{2}(?=-\d)", _letters),
    english_rule("code", rf"{BEFORE}(?<!-)\d(?:-\d){{2,}}(?![\w-])", _digits),
    english_rule(
        "code", r"(?:(?<=[“\"‘])|^|(?=[\d-]+ in progress))10-(?P<n>\d\d?)(?=[,.!?]| in progress)", _radio
    ),
    english_rule("code", rf"{BEFORE}(?<!-)\d\d?-\d\d?-\d\d(?![\w-])", _combination),
    english_rule("code", rf"{BEFORE}\d{{1,3}}(?:\.\d{{1,3}}){{3}}(?!\.?\w)", _internet_address),
    english_rule("code", r"(?:(?<=\bbatted )|(?<=\bbatting ))\.(?P<n>\d{3})(?![\w%])", _average),
)
# Where no rule for years has taken them.
NAMED = (
    english_rule("named", rf"\b(?P<word>(?:{_NUMBERED})\s)(?P<n>\d{{3,4}})(?![\w,.]\d|\w){_COUNTED}", _named),
    english_rule(
        "named", r"(?<=\b[Aa] )(?P<word>)(?P<n>404)(?=[.,;!?)”\"]+(?:\s|$)|\s(?:error|page)\b|$)", _named
    ),
    english_rule("named", r"(?<=[A-Z]-)(?P<word>)(?P<n>\d{3})(?![\w-]|[,.]\d)", _named),  # an F-150
    english_rule("named", rf"\b(?P<word>(?i:{_ISOTOPES})[- ])(?P<n>\d{{3}})(?![\w-]|[,.]\d)", _named),
    english_rule(
        "named",
        r"(?:(?<=[a-z,’'] )|(?<=[.!?] )(?!\w+ 101,)|^(?!\w+ 101\W+\w))"
        r"(?P<word>(?!Over|About|Nearly|Almost|Under|Aged? )[A-Z][a-z]{2,} )(?P<n>101)"
        r"(?=[.;:!?)”\"]|\s*$|, | class)",
        _course,
    ),
)
