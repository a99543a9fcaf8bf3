"""Rules for printed English dates, times, years and decades.

A rule's function takes a match and gives words, or None to leave it to the rules after it.
"""

from __future__ import annotations

import re

from ttsbook.text.normalize.english_numbers import (
    BEFORE,
    NUMBER,
    cardinal,
    decade,
    decimal,
    ordinal,
    two_digits,
    year,
)
from ttsbook.text.normalize.rewrite import Rule, english_rule, kept_stop

# fmt: off
_MONTHS = {
    "jan": "January", "feb": "February", "mar": "March", "apr": "April", "may": "May", "jun": "June",
    "jul": "July", "aug": "August", "sep": "September", "sept": "September", "oct": "October",
    "nov": "November", "dec": "December",
}
_DAYS = {
    "mon": "Monday", "tue": "Tuesday", "tues": "Tuesday", "wed": "Wednesday", "thu": "Thursday",
    "thur": "Thursday", "thurs": "Thursday", "fri": "Friday", "sat": "Saturday", "sun": "Sunday",
}
# fmt: on
_DAY = "Mon|Tues?|Wed|Thu(?:rs?)?|Fri|Sat|Sun"
_MONTH_NAMES = "January|February|March|April|May|June|July|August|September|October|November|December"
_SHORT_MONTHS = "Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec"
_NAMED = f"(?:{_MONTH_NAMES}|{_SHORT_MONTHS})"
_MEASURED = re.compile(
    r"\s?(?:per ?cent|degrees|points?|million|billion|thousand|dollars|pounds|euros|met|k|mi|cm|mm|feet"
    r"|[x×·] ?\d)"
)
_SHORT = rf"(?:{_SHORT_MONTHS}|{_SHORT_MONTHS.upper()})\.?"
_MONTH = rf"(?P<month>{_MONTH_NAMES}|{_MONTH_NAMES.upper()}|{_SHORT})"
_FIRST_YEAR = 1100  # that is one wherever it stands
_NTH = "(?:st|nd|rd|th|ST|ND|RD|TH|(?<=[23])d)"  # also 2d, 3d of older books
_YEAR_TAIL = r"(?:,? (?P<y>\d{4})(?!\w))?"
_HALF_DAY = r"(?P<half>[AaPp]\.\s?[Mm]\.|[AaPp][Mm]\b)"
_CLOCK = r"(?P<h>\d\d?)[:.](?P<m>\d\d)(?::(?P<s>\d\d))?"


def _iso_date(match: re.Match[str]) -> str | None:
    return _date(int(match["m"]), match["d"], match["y"])


def _slash_date(match: re.Match[str]) -> str | None:
    """Read 12/25/1990 in the American order unless only the other one is possible."""
    first, second = int(match["a"]), int(match["b"])
    month, day = (first, match["b"]) if first <= 12 else (second, match["a"])
    return _date(month, day, match["y"])


def _dotted_date(match: re.Match[str]) -> str | None:
    return _date(int(match["b"]), match["a"], match["y"])


def _date(month: int, day: str, year_digits: str) -> str | None:
    names = list(dict.fromkeys(_MONTHS.values()))
    if not 1 <= month <= 12 or not 1 <= int(day) <= 31:
        return None
    said = year(year_digits) if len(year_digits) == len("1990") else two_digits(year_digits)
    return f"{names[month - 1]} {ordinal(day)}, {said}"


def _month(name: str) -> str:
    return _MONTHS.get(name.rstrip(".").lower(), name.capitalize())


def _month_day(match: re.Match[str]) -> str | None:
    if not _are_days(match["d"], match["to"]):
        return None
    last = f" to {ordinal(match['to'])}" if match["to"] else ""
    tail = f", {year(match['y'])}" if match["y"] else ""
    return f"{_month(match['month'])} {ordinal(match['d'])}{last}{tail}"


def _day_month(match: re.Match[str]) -> str | None:
    first, last = (match["from"], match["d"]) if match["from"] else (match["d"], None)
    if not _are_days(first, last):
        return None
    days = f"{match['the'] or 'the '}{ordinal(first)}" + (f" to the {ordinal(last)}" if last else "")
    tail = f", {year(match['y'])}" if match["y"] else ""
    return f"{days} of {_month(match['month'])}{tail}{kept_stop(match)}"


def _are_days(first: str, last: str | None) -> bool:
    """Return whether these are days of a month, one or the first and the last of several."""
    return 1 <= int(first) < int(last) <= 31 if last else 1 <= int(first) <= 31


def _time(match: re.Match[str]) -> str | None:
    hour, minute = int(match["h"]), int(match["m"])
    if hour > 24 or minute > 59:
        return None
    half = match["half"]
    if minute == 0:
        words = cardinal(str(hour)) + (
            "" if half else " o'clock" if 0 < hour <= 12 else _hundred_hours(match)
        )
    else:
        words = f"{cardinal(str(hour))} {two_digits(match['m'])}"
    if match["s"]:
        words += f" and {cardinal(str(int(match['s'])))} seconds"
    return words + _half_day(match)


def _hours(match: re.Match[str]) -> str:
    return f"{_clock(match['a'])} to {_clock(match['b'])}{_half_day(match)}"


def _half_days(match: re.Match[str]) -> str:
    """Read "9am–5pm"."""
    return f"{_clock(match['a'])} {match['first'][0].upper()} M to {_clock(match['b'])}{_half_day(match)}"


def _clock(printed: str) -> str:
    hour, _, minute = printed.replace(".", ":").partition(":")
    rest = f" {two_digits(minute)}" if minute.strip("0") else ""
    return cardinal(hour) + rest


def _hundred_hours(match: re.Match[str]) -> str:
    return " hundred" if match.string.startswith(" hours", match.end()) else " hundred hours"


def _military(match: re.Match[str]) -> str:
    """Read "0605 hours" as "oh six oh five hours", and "at 0200"."""
    hour = "zero" if match["h"] == "00" else two_digits(match["h"])
    minute = "hundred" if match["m"] == "00" else two_digits(match["m"])
    hours = f" hours{kept_stop(match)}" if match["hours"] else ""
    return f"{hour} {minute}{hours}"


def _weekdays(match: re.Match[str]) -> str:
    return f"{_DAYS[match['a'].lower()]} to {_DAYS[match['b'].lower()]}{kept_stop(match)}"


def _dotted_time(match: re.Match[str]) -> str | None:
    """Read "at 10.30" and "the 8.15 from London", as in Britain."""
    return None if _MEASURED.match(match.string, match.end()) else _time(match)


def _months(match: re.Match[str]) -> str:
    return f"{_month(match['a'])} to {_month(match['b'])}{kept_stop(match)}"


def _weekday(match: re.Match[str]) -> str:
    return _DAYS[match["a"].lower()]


def _hour(match: re.Match[str]) -> str:
    return cardinal(match["h"]) + _half_day(match)


def _half_day(match: re.Match[str]) -> str:
    if not match["half"]:
        return ""
    return f" {match['half'][0].upper()} M" + kept_stop(match)


def _decade(match: re.Match[str]) -> str:
    return decade(match["y"])


def _range(match: re.Match[str]) -> str:
    low, high = match["a"], match["b"]
    if (_is_year(low) or _are_early_years(low, high)) and len(high) in (1, 2, 4):
        said = year(high) if len(high) == 4 else two_digits(high) if len(high) == 2 else cardinal(high)
        return f"{year(low)} to {said}"
    return f"{decimal(low)} to {decimal(high)}"


def _are_early_years(low: str, high: str) -> bool:
    return low.isdigit() and high.isdigit() and 1000 < int(low) < int(high) < _FIRST_YEAR


def _is_year(digits: str) -> bool:
    return len(digits) == 4 and digits.isdigit() and _FIRST_YEAR <= int(digits) <= 2099


def _year(match: re.Match[str]) -> str | None:
    return year(match.group()) if _is_year(match.group()) or match.group() == "1066" else None


def _short_year(match: re.Match[str]) -> str:
    return two_digits(match["y"])


DATES = (
    english_rule("date", rf"{BEFORE}(?P<y>\d{{4}})-(?P<m>\d\d)-(?P<d>\d\d)(?!\w)", _iso_date),
    english_rule("date", rf"{BEFORE}(?P<a>\d\d?)/(?P<b>\d\d?)/(?P<y>\d{{4}}|\d\d)(?![\w/])", _slash_date),
    english_rule(
        "date", rf"{BEFORE}(?<!-)(?P<a>\d\d?)-(?P<b>\d\d?)-(?P<y>(?:19|20)\d\d)(?![\w-])", _slash_date
    ),
    english_rule(
        "date", rf"{BEFORE}(?P<a>\d\d?)\.(?P<b>\d\d?)\.(?P<y>1\d{{3}}|20\d\d)(?![\w.])", _dotted_date
    ),
    english_rule(
        "date",
        rf"{BEFORE}(?P<the>[Tt]he )?(?:(?P<from>\d\d?){_NTH}?[-–])?(?P<d>\d\d?){_NTH}? (?:of )?{_MONTH}(?!\w)"
        + _YEAR_TAIL,
        _day_month,
    ),
    english_rule(
        "date",
        rf"\b{_MONTH} (?P<d>\d\d?){_NTH}?(?:[-–](?P<to>\d\d?){_NTH}?(?![\w-]))?(?![\w:]){_YEAR_TAIL}",
        _month_day,
    ),
    english_rule(
        "time",
        rf"{BEFORE}(?P<a>\d\d?(?:[:.]\d\d)?)\s?{_HALF_DAY.replace('half', 'first')}\s?[-–—]\s?"
        rf"(?P<b>\d\d?(?:[:.]\d\d)?)\s?{_HALF_DAY}",
        _half_days,
    ),
    english_rule(
        "time",
        rf"{BEFORE}(?P<a>\d\d?(?:[:.]\d\d)?)\s?[-–—]\s?(?P<b>\d\d?(?:[:.]\d\d)?)\s?{_HALF_DAY}",
        _hours,
    ),
    english_rule("time", rf"{BEFORE}{_CLOCK}\s?{_HALF_DAY}", _time),
    english_rule(
        "time",
        r"(?:(?<=\b[Aa]t )|(?<=\bpast )|(?<=\btill )|(?<=\b[Uu]ntil )|(?<=\b[Ss]ince )"
        r"|(?<=\b[Tt]he )(?=[\d.]+ (?:train|bus|from|for|to)\b))"
        r"(?P<h>1?\d|2[0-3])\.(?P<m>[0-5]\d)(?P<s>)(?P<half>)(?![\w%°]|[.,]\d)",
        _dotted_time,
    ),
    english_rule(
        "time",
        rf"{BEFORE}(?P<h>[01]\d|2[0-3])(?P<m>[0-5]\d)\s?"
        r"(?P<hours>hours|HOURS|hrs\.?)(?![\w-]|\s(?:of|a|per|each|in|to)\b)",
        _military,
    ),
    english_rule(
        "time",
        r"(?:(?<=\b[Aa]t )|(?<=\b[Bb]y )|(?<=\b[Uu]ntil )|(?<=\btill )|(?<=\b[Ss]ince )|(?<=\b[Bb]efore )"
        r"|(?<=\b[Aa]fter ))(?P<h>0\d)(?P<m>[0-5]\d)(?P<hours>)(?![\w%-]|[.,]\d)",
        _military,
    ),
    english_rule("time", rf"{BEFORE}{_CLOCK.replace('[:.]', ':')}(?P<half>)(?!(?!ish\b)\w|:|,\d)", _time),
    english_rule("time", rf"{BEFORE}(?P<h>\d\d?)\s?{_HALF_DAY}", _hour),
)
_NOT_NUMBERED = r"(?<![Nn]o\. )(?<![Nn]umber )"  # "No. 10's door"
# A dash between two that rules of their own read: 1:30–2:30, 18th–19th, 1960s–70s, ’39–’45, June 28–July 3.
_DASH = "[-–]"
_NTHS = "(?:st|nd|rd|th)"
_AFTER_MONTH = "|".join(f"(?<={month}.)" for month in _NAMED[3:-1].split("|"))
_JOINS = (
    rf"(?<=\d{_NTHS}.)(?=\d+{_NTHS}\b)",
    r"(?<=\d:\d\d.)(?=\d\d?(?::\d\d)?(?![\w:]))",
    r"(?<=\d0s.)(?=['’]?(?:\d\d)?\d0s\b)",
    r"(?<=['’]\d\d.)(?=['’]\d\d\b)",
    r"(?<=\bBC.)(?=AD\b|\d)",
    rf"(?<=\d.)(?={_NAMED}\.? \d)",
    rf"(?:{_AFTER_MONTH})(?=\d\d? {_NAMED}\b)",
)
YEARS: tuple[Rule, ...] = (
    english_rule("range", rf"{_DASH}(?:{'|'.join(_JOINS)})", lambda _: " to ", needs="-–"),
    english_rule("weekday", rf"\b(?P<a>{_DAY})\.?(?=,? (?:\d\d? {_NAMED}|{_NAMED}\.? \d))", _weekday),
    english_rule("months", rf"\b(?P<a>{_NAMED})\.?\s?[-–]\s?(?P<b>{_NAMED})\b\.?", _months, needs="-–"),
    english_rule("weekdays", rf"\b(?P<a>{_DAY})\.?\s?[-–]\s?(?P<b>{_DAY})\b\.?", _weekdays, needs="-–"),
    english_rule("decade", rf"{_NOT_NUMBERED}(?<!\w)['’]?(?P<y>\d{{3}}0|\d0)['’]?s\b", _decade),
    english_rule("year", r"(?<!\w)['’](?P<y>\d\d)(?![\w'’])", _short_year),
    english_rule("range", rf"{BEFORE}(?P<a>{NUMBER})(?:--|\s?[-–—]\s?)(?P<b>{NUMBER})(?![\w-])", _range),
    english_rule(
        "year",
        r"(?:(?<=\bc\. )|(?<=\bca\. )|(?<=\bcirca )|(?<=\b[bdr]\. )|(?<=\b[Ii]n )(?=\d+[,.;:)]))"
        r"10[1-9]\d(?![\w,]\d|\w)",
        lambda match: year(match.group()),
    ),
    english_rule("year", rf"{BEFORE}\d{{4}}(?![\w,]\d|\w)", _year),
)
