"""Rules for other printed English numbers: fractions, ordinals, telephones, versions, plain numbers."""

from __future__ import annotations

import re

from ttsbook.text.normalize.english_numbers import (
    BEFORE,
    NUMBER,
    SIGN,
    cardinal,
    decimal,
    fraction,
    house_number,
    one_by_one,
    ordinal,
    plural,
    two_digits,
)
from ttsbook.text.normalize.rewrite import any_of, english_rule
from ttsbook.text.normalize.signs import CIRCLED, FRACTION_SIGNS, sign_value
from ttsbook.text.tables import read_map


def _isbn(match: re.Match[str]) -> str:
    return f"I S B N {one_by_one(match['digits'])}" + (" X" if match["digits"][-1] in "Xx" else "")


def _phone(match: re.Match[str]) -> str:
    groups = re.findall(r"\d+", match.group())
    plus = "plus " if match.group().startswith("+") else ""
    return plus + ", ".join(one_by_one(group) for group in groups)


def _whole_and_fraction(match: re.Match[str]) -> str:
    whole, sign = match["whole"], match["sign"]
    top, bottom = FRACTION_SIGNS[sign].split("/")
    if not whole:
        return (
            "half" if sign == "½" and match.string[match.end() :].startswith(" a") else fraction(top, bottom)
        )
    words = fraction(top, bottom).replace("one half", "a half").replace("one quarter", "a quarter")
    return f"{cardinal(whole)} and {words}"


def _slash_fraction(match: re.Match[str]) -> str | None:
    top, bottom = match["top"], match["bottom"]
    if int(bottom) < 2 or int(bottom) > 100 or int(top) >= int(bottom):
        return None
    words = fraction(top, bottom)
    return f"{cardinal(match['whole'])} and {words}" if match["whole"] else words


def _version(match: re.Match[str]) -> str:
    word = "version " if match.group()[0] == "v" else ""
    return word + " point ".join(cardinal(part) for part in match.group().lstrip("v").split("."))


def _tagged(match: re.Match[str]) -> str:
    """Read digits grown together with letters: 221B, B2, A4, and MP3s."""
    printed = match.group()
    if printed[0].isalpha() and printed[-2].isdigit() and printed[-1] == "s":
        return (
            f"{_spelt(printed.rstrip('s0123456789'))} {plural(house_number(re.sub(r'[^0-9]', '', printed)))}"
        )
    parts = re.findall(r"\d+|[A-Za-z]+", printed)
    return " ".join(house_number(part) if part.isdigit() else _spelt(part) for part in parts)


def _spelt(letters: str) -> str:
    """Separate letters in capitals: MI5 is not "my five"; and the a of 4a is no article."""
    return " ".join(letters) if letters[:2].isupper() else "A" if letters == "a" else letters


def _plural(match: re.Match[str]) -> str:
    """Read "737s" as "seven thirty-sevens"."""
    return plural(house_number(match["n"]))


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


def _circled(match: re.Match[str]) -> str:
    return cardinal(str(sign_value(match.group())))


def _power(match: re.Match[str]) -> str:
    return f"{decimal(match['n'])} to the power of {decimal(match['power'])}"


def _letter_power(match: re.Match[str]) -> str:
    power = match["power"]
    return {"2": " squared", "3": " cubed"}.get(power, f" to the power of {decimal(power)}")


def _pair(match: re.Match[str]) -> str:
    return read_map("pairs_en.tsv")[match.group()]


def _ratio(match: re.Match[str]) -> str:
    return f"{cardinal(match['a'])} to {cardinal(match['b'])}"


def _over(match: re.Match[str]) -> str | None:
    """Read 120/80 as a doctor says it, where blood is spoken of."""
    if not _BLOOD.search(match.string, max(0, match.start() - 60), match.start()):
        return None
    return f"{house_number(match['a'])} over {cardinal(match['b'])}"


def _rating(match: re.Match[str]) -> str | None:
    """Read "a solid 8.5/10" and "4/5 stars", but "a 3/10 mile" as a fraction."""
    before = max(0, match.start() - _LOOK_BACK), match.start()
    is_rated = match["of"] == "5" or "." in match["a"] or _RATED.search(match.string, *before)
    return f"{decimal(match['a'])} out of {cardinal(match['of'])}" if is_rated else None


def _score(match: re.Match[str]) -> str:
    """Read the minutes and seconds of 38:25, which no clock shows."""
    return f"{cardinal(match['a'])} {two_digits(match['b'])}"


def _times(match: re.Match[str]) -> str:
    """Read "2x the revenue" and "3x/week"."""
    return f"{decimal(match['n'])} times" + (f" per {match['per']}" if match["per"] else "")


def _meter(match: re.Match[str]) -> str:
    return f"{cardinal(match['beats'])} {cardinal(match['note'])}"


def _out_of(match: re.Match[str]) -> str | None:
    """Read 250/300 and 5/5, which are no fractions, but leave seasons such as 1998/99."""
    have, whole = match["a"].replace(",", ""), match["b"].replace(",", "")
    is_season = len(match["a"]) == len(match["b"]) == 4
    if int(have) > int(whole) or (int(whole) <= 100 and have != whole) or is_season:
        return None
    return f"{cardinal(have)} out of {cardinal(whole)}"


def _episode(match: re.Match[str]) -> str:
    return f"season {cardinal(str(int(match['season'])))} episode {cardinal(str(int(match['episode'])))}"


def _zip(match: re.Match[str]) -> str:
    return one_by_one(match["n"])


def _emergency(match: re.Match[str]) -> str:
    return one_by_one(match.group())


def _model(_: re.Match[str]) -> str:
    return "nine eleven"


_BLOOD = re.compile(r"\b(?:[Bb]lood[ -][Pp]ressure|[Pp]ressure|BP|[Ss]ystolic)\b")
# Who is called, by the words around the number; "911 men" are counted.
_CALLS = (
    "call",
    "calls",
    "called",
    "calling",
    "dial",
    "dials",
    "dialed",
    "dialled",
    "dialing",
    "ring",
    "rang",
)
_CALLING = "|".join(rf"(?<=\b{verb} )" for verb in (*_CALLS, "phone", "phoned"))
_CALLED = r"(?:calls?|callers?|dispatch|dispatchers?|operators?|emergency|recordings?|tapes?)\b"
_WHOLE = r"\d{1,3}(?:,\d{3})+|\d+"
CODES = (
    english_rule("phone", rf"{BEFORE}\d{{3}}-\d\d-\d{{4}}(?!\w)", _phone),
    english_rule(
        "times",
        rf"{BEFORE}(?P<n>{NUMBER})x(?:/(?P<per>day|week|month|year)\b|(?=\s(?:as|more|less|the|a|per|[a-z]+er)\b))",
        _times,
    ),
    english_rule("phone", rf"{BEFORE}9-1-1(?![\w-])", _emergency),
    english_rule(
        "music",
        rf"{BEFORE}(?P<beats>[2-79]|12)/(?P<note>[248]|16)(?=\s(?:time|meter|metre|rhythm|signature)\b)",
        _meter,
    ),
    english_rule(
        "music",
        r"(?:(?<=\b[Aa] )(?=\S+ (?:beat|groove|march|shuffle)\b)|(?<=\bin )(?=\S+?[.,;:)]))"
        r"(?P<beats>[2-79]|12)/(?P<note>[248])(?!\w)",
        _meter,
    ),
    english_rule(
        "crowd",
        rf"{BEFORE}(?P<n>{NUMBER})(?P<mag>[KM])(?=\s(?:copies|downloads|followers|likes|people|streams|subscribers"
        r"|users|views)\b)",
        lambda match: f"{decimal(match['n'])} {'thousand' if match['mag'] == 'K' else 'million'}",
    ),
    english_rule("range", r"(?<=\b[QH][1-4])\s?[–-]\s?(?=[QH]?[1-4]\b)", lambda _: " to "),
    english_rule("episode", r"\bS(?P<season>\d{1,2})E(?P<episode>\d{1,3})\b", _episode),
    english_rule("zip", r"(?<=, [A-Z][A-Z] )(?P<n>\d{5}(?:-\d{4})?)(?![\w-])", _zip),
    english_rule("isbn", r"\bISBN(?:-1[03])?:?\s*(?P<digits>\d[\d -]{8,16}[\dXx])\b", _isbn),
    english_rule(
        "phone",
        rf"{BEFORE}(?:\+?\d{{1,3}}[-. ])?(?:\(\d{{3}}\)\s?|\d{{3}}[-. ])\d{{3}}[-. ]\d{{4}}(?!\w)",
        _phone,
    ),
    english_rule("phone", rf"{BEFORE}\+\d{{1,3}}(?:[-. ]?\(?\d{{2,5}}\)?){{2,5}}(?!\w)", _phone),
    english_rule("phone", rf"{BEFORE}\d{{3}}-\d{{4}}(?!\w)", _phone),
    english_rule("phone", rf"{BEFORE}\(?0\d{{2,4}}\)?[ -]\d{{3,4}}[ -]?\d{{3,4}}(?!\w)", _phone),
)
_RATED = re.compile(
    r"\b(?:an?|solid|strong|perfect|it|them|him|her|me|rated|score[ds]?|rating|pain|gave)"
    r"(?: (?:at|as|about|of|is|was))?:? $",
    re.IGNORECASE,
)
# In tenths: a 3/10 mile, 1/10 the size.
_DIVIDED = "as|cloud|full|inch|interest|majority|mile|of|ounce|part|portion|second|share|size|stake|the"
_LOOK_BACK = 20  # characters
FRACTIONS = (
    english_rule("over", rf"{BEFORE}(?P<a>\d{{2,3}})/(?P<b>\d{{2,3}})(?![\w/])", _over),
    english_rule(
        "rating",
        rf"{BEFORE}(?P<a>\d(?:\.\d)?)/(?P<of>10|5(?=\sstars))(?!\w|\s(?:{_DIVIDED})\b|(?<=\b1/10)\s[a-z])",
        _rating,
    ),
    english_rule("about", r"(?<![\w~.])~\s?(?=[$£€¥]?\d)", lambda _: "about"),
    english_rule("pair", rf"{BEFORE}(?:{any_of(read_map('pairs_en.tsv'))})(?![\w/.,-]\d|\w)", _pair),
    english_rule("out-of", rf"{BEFORE}(?<!/)(?P<a>{_WHOLE})/(?P<b>{_WHOLE})(?![\w/])", _out_of),
    english_rule("score", rf"{BEFORE}(?P<a>2[5-9]|[3-9]\d):(?P<b>[0-5]\d)(?![\w:])", _score),
    english_rule("ratio", rf"{BEFORE}(?P<a>\d+):(?P<b>\d{{1,3}}(?:,\d{{3}})+|\d{{3,4}}|\d)(?![\w:])", _ratio),
    english_rule(
        "fraction",
        rf"(?:{BEFORE}(?P<whole>\d+)\s?)?(?P<sign>[{''.join(FRACTION_SIGNS)}])",
        _whole_and_fraction,
        needs="".join(FRACTION_SIGNS),
    ),
    english_rule(
        "fraction",
        rf"{BEFORE}(?<!/)(?:(?P<whole>\d+)[ -])?(?P<top>\d{{1,2}})[/⁄](?P<bottom>\d{{1,3}})"
        r"(?:(?:th|rd|nd)s?\b|(?![\w/]))",
        _slash_fraction,
    ),
    english_rule("version", rf"{BEFORE}\d+(?:\.\d+){{2,}}(?!\w)|\bv\d+(?:\.\d+)+(?!\w)", _version),
)
_THIRD = r"(?<=[23])d(?=\s(?:ult|inst|prox)\b)"  # the 3d ult.
ORDINALS = (
    english_rule("ordinal", rf"{BEFORE}(?P<n>\d[\d,]*)(?:st|nd|rd|th|ST|ND|RD|TH|{_THIRD})\b", _ordinal),
)
PLAIN = (
    english_rule("circled", f"[{''.join(CIRCLED)}]", _circled, needs="".join(CIRCLED)),
    english_rule(
        "phone", rf"(?i:{_CALLING})(?:911|999|988|112|211|311|411|511|000)(?![\w,.]\d|\w)", _emergency
    ),
    english_rule("phone", rf"{BEFORE}(?:911|999)(?=\s{_CALLED})", _emergency),
    english_rule("model", rf"(?:(?<=\bPorsche )|{BEFORE}(?=911\s(?:Turbo|Carrera|Targa)))911(?!\w)", _model),
    english_rule("power", r"(?<=[A-Za-z)])\^(?P<power>[-−–]?\d+)(?!\w)", _letter_power, needs="^"),
    english_rule("power", rf"{BEFORE}(?P<n>\d+)\^(?P<power>[-−–]?\d+)(?!\w)", _power, needs="^"),
    english_rule("number-sign", r"#(?P<n>\d[\d,]*)\b", _hash),
    english_rule("plural", rf"{BEFORE}(?<!Phone )(?P<n>\d{{1,4}})s\b", _plural),
    english_rule(
        "tagged", r"(?<![\w.,])(?:\d{1,4}[A-Za-z]{1,2}|[A-Za-z]{1,3}\d{1,4}[A-Za-z]?)(?!\w)", _tagged
    ),
    english_rule("number", rf"{SIGN}(?:{NUMBER})", _plain),
)
