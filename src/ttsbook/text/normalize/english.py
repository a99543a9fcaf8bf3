"""Rules that turn printed English into the words of a reader: numbers, dates, money, symbols.

A rule's function takes a match and gives words, or None to leave it to the rules after it; the order
of `rules()` is the order of claims. Tables of units and currencies are data files.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ttsbook.text.normalize.english_numbers import (
    cardinal,
    decade,
    decimal,
    fraction,
    is_one,
    one_by_one,
    ordinal,
    year,
)
from ttsbook.text.normalize.english_words import WORD_RULES
from ttsbook.text.normalize.rewrite import Rule
from ttsbook.text.tables import read_rows

DIGITS = "0123456789"
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
_BEFORE = r"(?<![\w.,])"  # not inside a longer number or word
_SIGN = r"(?:(?<![\w)])[-−])?"
# fmt: off
_MONTHS = {
    "jan": "January", "feb": "February", "mar": "March", "apr": "April", "may": "May", "jun": "June",
    "jul": "July", "aug": "August", "sep": "September", "sept": "September", "oct": "October",
    "nov": "November", "dec": "December",
}
_FRACTIONS = {
    "½": "1/2", "⅓": "1/3", "⅔": "2/3", "¼": "1/4", "¾": "3/4", "⅕": "1/5", "⅖": "2/5", "⅗": "3/5", "⅘": "4/5",
    "⅙": "1/6", "⅚": "5/6", "⅛": "1/8", "⅜": "3/8", "⅝": "5/8", "⅞": "7/8", "⅐": "1/7", "⅑": "1/9", "⅒": "1/10",
}
_MAGNITUDES = {
    "k": "thousand", "m": "million", "mn": "million", "bn": "billion", "b": "billion", "tn": "trillion",
    "thousand": "thousand", "million": "million", "billion": "billion", "trillion": "trillion",
}
# fmt: on
_MONTH = (
    r"(?P<month>January|February|March|April|May|June|July|August|September|October|November|December"
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)\.?)"
)


def _isbn(match: re.Match[str]) -> str:
    return f"I S B N {one_by_one(match['digits'])}" + (" X" if match["digits"][-1] in "Xx" else "")


def _address(match: re.Match[str]) -> str:
    """Read a URL or e-mail address: dots, slashes and the rest by name, digits one by one."""
    text = re.sub(r"^https?://", "", match.group()).rstrip("/")
    names = {".": "dot", "/": "slash", "@": "at", "-": "dash", "_": "underscore", ":": "colon", "?": "question mark",
             "=": "equals", "&": "and", "#": "hash", "%": "percent", "~": "tilde", "+": "plus"}  # fmt: skip
    parts = re.findall(r"[A-Za-z]+|\d|[^A-Za-z\d]", text)
    said = (names.get(part, one_by_one(part) if part.isdigit() else part) for part in parts)
    return " ".join("W W W" if part == "www" else part for part in said)


def _phone(match: re.Match[str]) -> str:
    groups = re.findall(r"\d+", match.group())
    plus = "plus " if match.group().startswith("+") else ""
    return plus + ", ".join(one_by_one(group) for group in groups)


def _iso_date(match: re.Match[str]) -> str | None:
    return _date(int(match["m"]), match["d"], match["y"])


def _slash_date(match: re.Match[str]) -> str | None:
    """Read 12/25/1990 in the American order unless only the other one is possible."""
    first, second = int(match["a"]), int(match["b"])
    month, day = (first, match["b"]) if first <= 12 else (second, match["a"])
    return _date(month, day, match["y"])


def _date(month: int, day: str, year_digits: str) -> str | None:
    names = list(dict.fromkeys(_MONTHS.values()))
    if not 1 <= month <= 12 or not 1 <= int(day) <= 31:
        return None
    return f"{names[month - 1]} {ordinal(day)}, {year(year_digits)}"


def _month(name: str) -> str:
    return _MONTHS.get(name.rstrip(".").lower(), name)


def _month_day(match: re.Match[str]) -> str | None:
    if not 1 <= int(match["d"]) <= 31:
        return None
    tail = f", {year(match['y'])}" if match["y"] else ""
    return f"{_month(match['month'])} {ordinal(match['d'])}{tail}"


def _day_month(match: re.Match[str]) -> str | None:
    if not 1 <= int(match["d"]) <= 31:
        return None
    article = "" if match["the"] else "the "
    tail = f", {year(match['y'])}" if match["y"] else ""
    return f"{match['the'] or article}{ordinal(match['d'])} of {_month(match['month'])}{tail}"


def _time(match: re.Match[str]) -> str | None:
    hour, minute = int(match["h"]), int(match["m"])
    if hour > 24 or minute > 59:
        return None
    half = match["half"]
    if minute == 0:
        words = cardinal(str(hour)) + ("" if half else " o'clock" if 0 < hour <= 12 else " hundred hours")
    else:
        words = f"{cardinal(str(hour))} {'oh ' if minute < 10 else ''}{cardinal(str(minute))}"
    if match["s"]:
        words += f" and {cardinal(str(int(match['s'])))} seconds"
    return words + _half_day(match)


def _hour(match: re.Match[str]) -> str:
    return cardinal(match["h"]) + _half_day(match)


def _half_day(match: re.Match[str]) -> str:
    if not match["half"]:
        return ""
    return f" {match['half'][0].upper()} M" + _kept_stop(match)


def _kept_stop(match: re.Match[str]) -> str:
    """Give back the full stop that an abbreviation shares with the sentence it ends."""
    return "." if match.group().endswith(".") and re.match(r"[\"”’)]*(?:\s+[A-Z“\"‘]|\s*$)", match.string[match.end() :]) else ""


def _money(match: re.Match[str]) -> str:
    number, magnitude = match["n"], _MAGNITUDES.get((match["mag"] or "").lower(), "")
    one, many, cent, cents = _currencies()[match["sign"]]
    whole, _, rest = number.partition(".")
    sign = "minus " if match["minus"] else ""
    if magnitude:
        return f"{sign}{decimal(number)} {magnitude} {many}"
    if len(rest) == 2 and cents:
        small = f"{cardinal(rest)} {cent if rest == '01' else cents}" if rest != "00" else ""
        large = f"{cardinal(whole)} {one if is_one(whole) else many}" if whole.strip("0,") or not small else ""
        return sign + " and ".join(part for part in (large, small) if part)
    return f"{sign}{decimal(number)} {one if is_one(number) else many}"


def _old_money(match: re.Match[str]) -> str:
    """Read £5 10s. 6d. and 3s. 6d."""
    said = []
    for group, one, many in (("l", "pound", "pounds"), ("s", "shilling", "shillings"), ("d", "penny", "pence")):
        if match[group]:
            said.append(f"{cardinal(match[group])} {one if is_one(match[group]) else many}")
    return " ".join(said) + _kept_stop(match)


@lru_cache(maxsize=1)
def _currencies() -> dict[str, tuple[str, str, str, str]]:
    return {row[0]: (row[1], row[2], row[3], row[4]) for row in read_rows("currencies_en.tsv")}


@lru_cache(maxsize=1)
def _units() -> dict[str, tuple[str, str]]:
    return {row[0]: (row[1], row[2]) for row in read_rows("units_en.tsv")}


def _unit(match: re.Match[str]) -> str:
    one, many = _units()[match["unit"]]
    if match["to"]:
        return f"{decimal(match['n'])} to {decimal(match['to'])} {many}"
    return f"{decimal(match['n'])} {one if is_one(match['n']) else many}"


def _percent(match: re.Match[str]) -> str:
    low = f"{decimal(match['low'])} to " if match["low"] else ""
    return f"{low}{decimal(match['n'])} {'percent' if match['sign'] == '%' else 'per mille'}"


def _temperature(match: re.Match[str]) -> str:
    scale = {"C": " Celsius", "F": " Fahrenheit", "K": " Kelvin"}.get(match["scale"] or "", "")
    unit = "degree" if is_one(match["n"]) else "degrees"
    return f"{decimal(match['n'])} {unit}{scale}"


def _whole_and_fraction(match: re.Match[str]) -> str:
    whole, sign = match["whole"], match["sign"]
    top, bottom = _FRACTIONS[sign].split("/")
    if not whole:
        return "half" if sign == "½" and match.string[match.end() :].startswith(" a") else fraction(top, bottom)
    return f"{cardinal(whole)} and {fraction(top, bottom).replace('one half', 'a half').replace('one quarter', 'a quarter')}"


def _slash_fraction(match: re.Match[str]) -> str | None:
    top, bottom = match["top"], match["bottom"]
    if int(bottom) < 2 or int(bottom) > 100 or int(top) >= int(bottom):
        return None
    words = fraction(top, bottom)
    return f"{cardinal(match['whole'])} and {words}" if match["whole"] else words


def _decade(match: re.Match[str]) -> str:
    return decade(match["y"])


def _range(match: re.Match[str]) -> str:
    low, high = match["a"], match["b"]
    if _is_year(low) and len(high) in (2, 4):
        said = year(high) if len(high) == 4 else ("oh " if high[0] == "0" else "") + cardinal(high)
        return f"{year(low)} to {said}"
    return f"{decimal(low)} to {decimal(high)}"


def _is_year(digits: str) -> bool:
    return len(digits) == 4 and digits.isdigit() and 1100 <= int(digits) <= 2099


def _year(match: re.Match[str]) -> str | None:
    return year(match.group()) if _is_year(match.group()) or match.group() == "1066" else None


def _version(match: re.Match[str]) -> str:
    return " point ".join(cardinal(part) for part in match.group().split("."))


def _tagged(match: re.Match[str]) -> str:
    """Read digits grown together with letters: 221B, B2, A4."""
    parts = re.findall(r"\d+|[A-Za-z]+", match.group())
    return " ".join(_house_number(part) if part.isdigit() else part for part in parts)


def _house_number(digits: str) -> str:
    """Read a number that names rather than counts: 221 as "two twenty-one"."""
    if len(digits) == 3 and digits[1:] != "00" and digits[0] != "0":
        rest = ("oh " if digits[1] == "0" else "") + cardinal(str(int(digits[1:])))
        return f"{cardinal(digits[0])} {rest}"
    return one_by_one(digits) if digits[0] == "0" else cardinal(digits)


def _plain(match: re.Match[str]) -> str:
    number = match.group()
    bare = number.lstrip("-−")
    if bare.isdigit() and len(bare) > 1 and bare[0] == "0":
        return one_by_one(bare)
    return decimal(number)


def _ordinal(match: re.Match[str]) -> str:
    return ordinal(match["n"])


def _hash(match: re.Match[str]) -> str:
    return f"number {cardinal(match['n'])}"


def _product(match: re.Match[str]) -> str:
    return f"{decimal(match['a'])} by {decimal(match['b'])}"


def _pattern(text: str, flags: int = 0) -> re.Pattern[str]:
    return re.compile(text, flags)


@lru_cache(maxsize=1)
def rules() -> tuple[Rule, ...]:
    """Return all English rules in the order of their claims."""
    signs = "|".join(re.escape(sign) for sign in sorted(_currencies(), key=len, reverse=True))
    units = "|".join(re.escape(unit) for unit in sorted(_units(), key=len, reverse=True))
    half = r"(?P<half>[AaPp]\.\s?[Mm]\.|[AaPp][Mm]\b)"
    n = f"(?P<n>{_NUMBER})"
    table = (
        ("isbn", r"\bISBN(?:-1[03])?:?\s*(?P<digits>\d[\d -]{8,16}[\dXx])\b", _isbn),
        ("date", rf"{_BEFORE}(?P<y>\d{{4}})-(?P<m>\d\d)-(?P<d>\d\d)(?!\w)", _iso_date),
        ("date", rf"{_BEFORE}(?P<a>\d\d?)/(?P<b>\d\d?)/(?P<y>\d{{4}})(?!\w)", _slash_date),
        ("phone", rf"{_BEFORE}(?:\+\d{{1,3}}[-. ])?(?:\(\d{{3}}\)\s?|\d{{3}}[-. ])\d{{3}}[-. ]\d{{4}}(?!\w)", _phone),
        ("phone", rf"{_BEFORE}\+\d{{1,3}}(?:[-. ]?\(?\d{{2,5}}\)?){{2,5}}(?!\w)", _phone),
        ("phone", rf"{_BEFORE}\d{{3}}-\d{{4}}(?!\w)", _phone),
        ("date", rf"{_BEFORE}(?P<the>[Tt]he )?(?P<d>\d\d?)(?:st|nd|rd|th)? (?:of )?{_MONTH}\b(?:,? (?P<y>\d{{4}})(?!\w))?", _day_month),
        ("date", rf"\b{_MONTH} (?P<d>\d\d?)(?:st|nd|rd|th)?(?![\w:])(?:,? (?P<y>\d{{4}})(?!\w))?", _month_day),
        ("time", rf"{_BEFORE}(?P<h>\d\d?)[:.](?P<m>\d\d)(?::(?P<s>\d\d))?\s?{half}", _time),
        ("time", rf"{_BEFORE}(?P<h>\d\d?):(?P<m>\d\d)(?::(?P<s>\d\d))?(?P<half>)(?![\w:])", _time),
        ("time", rf"{_BEFORE}(?P<h>\d\d?)\s?{half}", _hour),
        ("money", r"£(?P<l>\d[\d,]*)\s(?P<s>\d+)s\.?(?:\s?(?P<d>\d+)d\b\.?)?", _old_money),
        ("money", rf"{_BEFORE}(?P<l>)(?P<s>\d+)s\.\s?(?P<d>\d+)d\b\.?", _old_money),
        ("money", rf"(?P<minus>(?<!\w)[-−])?(?P<sign>{signs})\s?{n}(?:\s?(?P<mag>thousand|million|billion|trillion|mn|bn|tn|k|m|b)\b)?", _money),
        ("money", rf"(?P<minus>(?<!\w)[-−])?{_BEFORE}{n}(?P<mag>)\s?(?P<sign>[€¢])", _money),
        ("percent", rf"{_BEFORE}(?:(?P<low>{_NUMBER})\s?[-–]\s?)?(?P<n>{_SIGN}(?:{_NUMBER}))\s?(?P<sign>[%‰])", _percent),
        ("temperature", rf"{_BEFORE}(?P<n>{_SIGN}(?:{_NUMBER}))\s?(?:°\s?(?P<scale>[CFK]\b)?|℃|℉)", _temperature),
        ("fraction", rf"(?:{_BEFORE}(?P<whole>\d+)\s?)?(?P<sign>[{''.join(_FRACTIONS)}])", _whole_and_fraction),
        ("fraction", rf"{_BEFORE}(?:(?P<whole>\d+)[ -])?(?P<top>\d{{1,2}})[/⁄](?P<bottom>\d{{1,3}})(?![\w/])", _slash_fraction),
        ("version", rf"{_BEFORE}\d+(?:\.\d+){{2,}}(?!\w)", _version),
        ("unit", rf"{_BEFORE}(?P<n>{_SIGN}(?:{_NUMBER}))(?:\s?[-–]\s?(?P<to>{_NUMBER}))?[\s-]?(?P<unit>{units})(?![\w²³])", _unit),
        ("ordinal", rf"{_BEFORE}(?P<n>\d[\d,]*)(?:st|nd|rd|th)\b", _ordinal),
        ("decade", r"(?<!\w)['’]?(?P<y>\d{3}0|\d0)['’]?s\b", _decade),
        ("year", r"(?<!\w)['’](?P<y>\d\d)(?![\w'’])", lambda m: ("oh " if m["y"][0] == "0" else "") + cardinal(m["y"])),
        ("range", rf"{_BEFORE}(?P<a>{_NUMBER})\s?[-–—]\s?(?P<b>{_NUMBER})(?![\w-])", _range),
        ("dimensions", rf"{_BEFORE}(?P<a>{_NUMBER})\s?[x×]\s?(?P<b>{_NUMBER})(?!\w)", _product),
        ("number-sign", r"#(?P<n>\d[\d,]*)\b", _hash),
        ("year", rf"{_BEFORE}\d{{4}}(?![\w,]\d|\w)", _year),
        ("tagged", r"(?<![\w.,])(?:\d{1,4}[A-Za-z]{1,2}|[A-Za-z]{1,3}\d{1,4}[A-Za-z]?)(?!\w)", _tagged),
        ("number", rf"{_SIGN}(?:{_NUMBER})", _plain),
    )  # fmt: skip
    numbers = tuple(Rule(name, _pattern(text), speak, "en", DIGITS + "".join(_FRACTIONS)) for name, text, speak in table)
    address = Rule(
        "address",
        _pattern(
            r"https?://[^\s<>\"“”，。]*[\w/]|www\.[^\s<>\"“”，。]*[\w/]|[\w.+-]+@\w[\w-]*(?:\.\w[\w-]*)+"
            r"|(?<![\w.])(?:[\w-]+\.)+(?:com|org|net|edu|gov|io|info)\b(?:/[^\s<>\"“”，。]*[\w/])?"
        ),
        _address,
        "",
        "@/.",
    )
    return (address, *numbers, *WORD_RULES())
