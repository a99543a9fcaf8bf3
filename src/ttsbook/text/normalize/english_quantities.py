"""Rules for printed English quantities: money, percentages, temperatures."""

from __future__ import annotations

import re
from functools import lru_cache

from ttsbook.text.normalize.english_measures import NOUN_AFTER, describes
from ttsbook.text.normalize.english_numbers import (
    BEFORE,
    NUMBER,
    SIGN,
    cardinal,
    decade,
    decimal,
    is_one,
)
from ttsbook.text.normalize.rewrite import Rule, any_of, english_rule, kept_stop, word_before
from ttsbook.text.tables import read_rows

# fmt: off
_MAGNITUDES = {
    "k": "thousand", "m": "million", "mn": "million", "bn": "billion", "b": "billion", "tn": "trillion",
    "mil": "million", "mm": "million", "trn": "trillion",
    "thousand": "thousand", "million": "million", "billion": "billion", "trillion": "trillion",
    "lakh": "lakh", "crore": "crore",
}
# fmt: on
_MAGNITUDE = f"(?P<mag>(?i:{any_of(_MAGNITUDES)}))"
_LARGE = "(?:thousand|million|billion|trillion)"
_AMOUNT = rf"(?P<n>{NUMBER})"
_SIGNED = rf"(?P<n>{SIGN}(?:{NUMBER}))"
_BELOW = _SIGNED.replace("[-−]", "[-−–]")  # a dash before degrees is a minus
_MOST_SHILLINGS = 2  # digits; there were no prices of 747s. with a stop behind them
_BEFORE_PLURAL = ("iphone", "size", "sizes", "two", "three", "four")
_PAIR_BEFORE = re.compile(r"\bpairs? of $|\ds,?(?: and)? $")
_DIRECTIONS = {"N": "north", "S": "south", "E": "east", "W": "west"}
_SCALES = {"C": "Celsius", "F": "Fahrenheit", "K": "Kelvin", "℃": "Celsius", "℉": "Fahrenheit"}
_OVEN_NEXT = re.compile(r"\s?/\s?(?:fan|gas|\d{2,3}\s?[CF]\b)|\s(?:fan|gas)\b")
_OVEN_BEFORE = re.compile(r"(?:\d{2,3}[CF]|\bfan)\s?/\s?(?:fan )?$|\d{2,3}[CF]/fan $")
_MINUS = r"(?P<minus>(?<![\w-])[-−])?"


def _money(match: re.Match[str]) -> str:
    number, magnitude = match["n"], _MAGNITUDES.get((match["mag"] or "").lower(), "")
    one, many, cent, cents = _currencies()[match["sign"]]
    whole, _, rest = number.partition(".")
    sign = "minus " if match["minus"] else ""
    if magnitude:
        is_joined = f"-{match['mag']}" in match.group() and NOUN_AFTER.match(match.string, match.end())
        return f"{sign}{decimal(number)} {magnitude} {one if is_joined or describes(match) else many}"
    if len(rest) == 2 and cents:
        small = f"{cardinal(rest)} {cent if rest == '01' else cents}" if rest != "00" else ""
        large = (
            f"{cardinal(whole)} {one if is_one(whole) else many}" if whole.strip("0,") or not small else ""
        )
        return sign + " and ".join(part for part in (large, small) if part)
    return f"{sign}{decimal(number)} {one if is_one(number) or describes(match) else many}"


def _money_range(match: re.Match[str]) -> str:
    one, many = _currencies()[match["sign"]][:2]
    if match["mag"]:
        return f"{decimal(match['n'])} to {decimal(match['to'])} {_MAGNITUDES[match['mag'].lower()]} {many}"
    if match["again"]:  # $20–$35
        low = one if is_one(match["n"]) else many
        return f"{decimal(match['n'])} {low} to {decimal(match['to'])} {many}"
    return f"{decimal(match['n'])} to {decimal(match['to'])} {many}"


def _old_money(match: re.Match[str]) -> str:
    """Read £5 10s. 6d. and 3s. 6d."""
    said = []
    for group, one, many in (
        ("l", "pound", "pounds"),
        ("s", "shilling", "shillings"),
        ("d", "penny", "pence"),
    ):
        if match[group]:
            said.append(f"{cardinal(match[group])} {one if is_one(match[group]) else many}")
    return " ".join(said) + kept_stop(match)


def _old_coins(match: re.Match[str]) -> str | None:
    """Read "rooms 8s." and "6d.", but not AK-47s., 747s. and a pair of 8s. at the end of a sentence."""
    is_last = match["s"] and kept_stop(match)
    if is_last and (len(match["s"]) > _MOST_SHILLINGS or word_before(match).lower() in _BEFORE_PLURAL):
        return None
    return None if match["s"] and _PAIR_BEFORE.search(match.string, 0, match.start()) else _old_money(match)


def _banknotes(match: re.Match[str]) -> str:
    """Read "a stack of $100s"."""
    return decade(match["n"]).removeprefix("one ")


def _old_pounds(match: re.Match[str]) -> str:
    """Read 10,000l. a year, and a 5l. note."""
    one = is_one(match["n"]) or describes(match)
    return f"{cardinal(match['n'])} {'pound' if one else 'pounds'}{kept_stop(match)}"


@lru_cache(maxsize=1)
def _currencies() -> dict[str, tuple[str, str, str, str]]:
    return {row[0]: (row[1], row[2], row[3], row[4]) for row in read_rows("currencies_en.tsv")}


def _coordinate(match: re.Match[str]) -> str:
    """Read 37° 42' S."""
    said = []
    for group, one, many in (
        ("d", "degree", "degrees"),
        ("m", "minute", "minutes"),
        ("s", "second", "seconds"),
    ):
        if match[group]:
            said.append(f"{decimal(match[group])} {one if is_one(match[group]) else many}")
    return f"{' '.join(said)} {_DIRECTIONS[match['way']]}{kept_stop(match)}"


def _percent(match: re.Match[str]) -> str:
    low = f"{decimal(match['low'])} to " if match["low"] else ""
    return f"{low}{decimal(match['n'])} {'percent' if match['sign'] == '%' else 'per mille'}"


def _temperature(match: re.Match[str]) -> str:
    scale = _SCALES.get(match["scale"] or match["sign"] or "", "")
    if match["low"]:
        own = _SCALES.get((match["from"] or "°")[-1], scale)  # 32°F–0°C has two
        low = decimal(match["low"]) + (f" degrees {own}" if own != scale else "")
        return f"{low} to {decimal(match['n'])} degrees {scale}".rstrip()
    unit = "degree" if is_one(match["n"]) else "degrees"
    return f"{decimal(match['n'])} {unit} {scale}".rstrip()


def _oven(match: re.Match[str]) -> str | None:
    """Read 200C/180C fan/gas 6, but leave room 101C its letter."""
    text = match.string
    is_heat = _OVEN_NEXT.match(text, match.end()) or _OVEN_BEFORE.search(text, 0, match.start())
    return f"{cardinal(match['n'])} degrees {_SCALES[match['scale']]}" if is_heat else None


@lru_cache(maxsize=1)
def quantity_rules() -> tuple[Rule, ...]:
    """Return the rules in the order of their claims."""
    signs = any_of(_currencies())
    return (
        english_rule("money", r"£(?P<l>\d[\d,]*)\s(?P<s>\d+)s\.?(?:\s?(?P<d>\d+)d\b\.?)?", _old_money),
        english_rule("money", r"[$£€](?P<n>\d{1,4})s\b(?!\.?\s?\d)", _banknotes),
        english_rule("money", rf"{BEFORE}(?P<n>\d[\d,]*)l\.(?!\w|\s?\d+s\.)", _old_pounds),
        english_rule(
            "money", rf"{BEFORE}(?P<l>\d[\d,]*)l\.\s?(?P<s>\d+)s\.(?:\s?(?P<d>\d+)d\b\.?)?", _old_money
        ),
        english_rule("money", rf"{BEFORE}(?P<l>)(?P<s>\d+)s\.\s?(?P<d>\d+)d\b\.?", _old_money),
        english_rule(
            "money",
            rf"{BEFORE}(?<![$£€-])(?P<l>)(?:(?P<s>(?!(?:\d\d)?\d0s(?!\.\s[a-z]))\d+)s|(?P<d>\d+)d)\.(?!\w)",
            _old_coins,
        ),
        english_rule(
            "money",
            rf"(?P<sign>{signs}){_AMOUNT}(?:\s?[-–]\s?(?P<again>(?P=sign))?|\sto\s(?P=sign)(?=[\d.]+\s?{_LARGE}))"
            rf"(?P<to>{NUMBER})(?:\s?{_MAGNITUDE}\b)?(?![\w-])",
            _money_range,
        ),
        english_rule(
            "money",
            rf"{_MINUS}(?:(?<![A-Za-z])|(?![A-Za-z]))(?P<sign>{signs})\s?{_AMOUNT}"
            rf"(?:(?:\s?|-(?={_LARGE})){_MAGNITUDE}\b)?",
            _money,
        ),
        english_rule("money", rf"{_MINUS}{BEFORE}{_AMOUNT}(?P<mag>)\s?(?P<sign>[€¢])", _money),
        english_rule(
            "percent", rf"{BEFORE}(?:(?P<low>{NUMBER})%?\s?[-–]\s?)?{_SIGNED}\s?(?P<sign>[%‰])", _percent
        ),
        english_rule(
            "coordinate",
            rf"{BEFORE}(?P<d>{NUMBER})\s?°\s?(?:(?P<m>\d\d?)\s?['’′]\s?)?(?:(?P<s>\d\d?)\s?[\"”″]\s?)?"
            r"(?P<way>[NSEW])\b\.?",
            _coordinate,
            needs="°",
        ),
        english_rule(
            "temperature",
            rf"{BEFORE}(?:(?P<low>{SIGN}(?:{NUMBER}))\s?(?P<from>°\s?[CF]?|[℃℉])?\s?[-–]\s?)?{_BELOW}\s?"
            r"(?:[°º˚]\s?(?P<scale>[CFK]\b)?|(?P<sign>[℃℉]))",
            _temperature,
        ),
        english_rule("temperature", rf"{BEFORE}(?P<n>[1-5]\d[05])(?P<scale>[CF])(?![\w-])", _oven),
    )
