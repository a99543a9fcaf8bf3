"""Rules for printed English measures: 5 km, a 6 ft. man, ½ tsp., 5'9", 3 cm × 2 cm.

The units are a data file.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ttsbook.text.normalize.english_numbers import BEFORE, NUMBER, SIGN, cardinal, decimal, is_one, plural
from ttsbook.text.normalize.rewrite import DIGITS, Rule, any_of, english_rule, kept_stop, word_before
from ttsbook.text.normalize.signs import FRACTION_SIGNS
from ttsbook.text.tables import read_rows, read_words

_ARTICLE_BEFORE = re.compile(r"\b[Aa]n? $")
# A noun, that a quantity before it describes.
NOUN_AFTER = re.compile(
    r" (?!(?:and|are|but|each|for|from|had|into|more|per|than|that|the|was|with)\b)[a-z]{3}"
)
_MONEY_NOUN = re.compile(
    r"-an?-[a-z]|[ -](?:bank ?)?(?:note|bill|coin|ticket|fine|bet|prize|stamp|fee|cheque|check|reward|tip"
    r"|piece|apartment|bond|bonus|bottle|bounty|budget|business|car|contract|deal|dinner|donation|dress|fortune|grant"
    r"|haircut|house|industry|investment|lawsuit|loan|mansion|mortgage|policy|question|ransom|salary|settlement"
    r"|shoe|suit(?!s (?:me|you|h[ei][rm]|us|them)\b)|watch|yacht|Series [A-F])s?\b"
)
# What is named by a size: a roll of 35mm film, the 155mm howitzers, the 100 m relay, two 400g tins.
_SIZED_NOUN = re.compile(
    r" (?:autocannon|camera|cannon|dash|film|freestyle|gun|howitzer|hurdles|jar|lens|mortar|packet|projectile"
    r"|race|relay|sprint|tin)(?:e?s)?\b"
)
_PLURAL_NOUN = re.compile(  # what a few inches before it describe: 2" cookies, but 2" across, 2" seems
    r" (?!(?:across|always|besides|comes|does|gives|goes|has|his|its|less|looks|makes|means|minus|perhaps"
    r"|plus|rises|seems|shows|this|thickness|thus|versus|was|works|[a-z]+wards)\b)[a-z]{3,}s\b"
)
_NAMES = frozenset(("AU", "L", "Mya", "W", "bps"))
_MOST_BASIS_POINTS = 3  # digits
_BEFORE_YEARS = ("by", "in", "of", "since")
_LABELS = frozenset(("exit", "gate", "highway", "hwy", "route", "rte", "runway", "seat"))
_PACKED = (
    "bag|bar|block|bottle|box|can|carton|fillet|jar|pack|packet|piece|pot|pouch|sachet|slice|steak|tin|tub"
)
_SIGNED = rf"(?P<n>{SIGN}(?:{NUMBER}))"
_RATES = (
    "hour|hr|minute|min|second|sec|day|week|wk|month|mo|year|yr|night|person|head|page|word|lb|kg|oz|gal|gallon"
    "|barrel|acre|ton|share|mile|lap|user|serving|dose|liter|litre|bbl"
)
_HALVES = {"¼": "a quarter", "½": "a half", "¾": "three quarters"}
_AMOUNT_BEFORE = re.compile(
    rf"(?P<whole>\d[ -]?)?(?:[{''.join(FRACTION_SIGNS)}]|\d+[/⁄]\d+|(?P<one>(?<!\d)1))\s?$"
)
_LONGEST_AMOUNT = 10  # characters
_TIMES = {"s": "second", "h": "hour", "d": "day"}
_COUNTED_BEFORE = re.compile(r"\d(?:[a-z]{1,2})? (?:[a-z]+ ){0,2}[a-z]{3,}$")
_LOOK_BACK = 30  # characters
_FEET_AND_INCHES = {
    "'": ("foot", "feet"),
    "′": ("foot", "feet"),
    '"': ("inch", "inches"),
    "″": ("inch", "inches"),
}
_YEAR = re.compile(r"1\d{3}|20\d\d")  # “in 1917" closes what a sentence before has opened
_QUOTED = {"'": re.compile(r"(?<!\w)['‘]"), '"': re.compile(rf"(?<![\d{''.join(FRACTION_SIGNS)}])\"")}


@lru_cache(maxsize=1)
def english_units() -> dict[str, tuple[str, str]]:
    """Return the names of one and of many, by how a unit is printed."""
    return {row[0]: (row[1], row[2]) for row in read_rows("units_en.tsv")}


def describes(match: re.Match[str]) -> bool:
    """Return whether a quantity describes the noun after it: "a 6 ft. man", "a 16-GB card"."""
    if _MONEY_NOUN.match(match.string, match.end()) or _SIZED_NOUN.match(match.string, match.end()):
        return True
    after_article = _ARTICLE_BEFORE.search(match.string, max(0, match.start() - 4), match.start())
    return bool(after_article and NOUN_AFTER.match(match.string, match.end()))


def _unit(match: re.Match[str]) -> str | None:
    if match["unit"] in _NAMES and _is_name(match):
        return None
    one, many = english_units()[match["unit"]]
    if match["join"] == "-" or describes(match):  # a 10-km run
        many = one
    end = (f" {_per_one(match['per'])}" if match["per"] else "") + kept_stop(match)
    if match["to"]:
        return f"{decimal(match['n'])} to {decimal(match['to'])} {many}{end}"
    return f"{decimal(match['n'])} {one if is_one(match['n']) else many}{end}"


def _unit_of_part(match: re.Match[str]) -> str:
    """Read the unit of "½ lb." and "2 1/2 tsp.", whose number another rule reads, and of 10⁻³ kg."""
    one, many = english_units()[match["unit"]]
    return (one if match["join"] == "-" or _is_part(match) else many) + kept_stop(match)


def _cups(match: re.Match[str]) -> str:
    return "cup" if _is_part(match) else "cups"


def _is_part(match: re.Match[str]) -> bool:
    """Return whether the amount before a unit is less than two: 1, ½ or 3/4, but not 1½."""
    found = _AMOUNT_BEFORE.search(match.string, max(0, match.start() - _LONGEST_AMOUNT), match.start())
    return found is not None and not found["whole"]


def _feet_or_inches(match: re.Match[str]) -> str | None:
    """Read a 12' pole and a board 6" wide, where the text quotes nothing with the same mark."""
    if _may_quote(match) or _YEAR.fullmatch(match["n"]):
        return None
    one, many = _FEET_AND_INCHES[match["mark"]]
    return f"{decimal(match['n'])} {one if is_one(match['n']) or _is_size(match) else many}"


def _inch_of_part(match: re.Match[str]) -> str | None:
    """Read a 3/8" bolt."""
    return None if _may_quote(match) else "inch" if _is_part(match) or _is_size(match) else "inches"


def _is_size(match: re.Match[str]) -> bool:
    """Return whether feet or inches describe a noun: a 12' pole, 2" cookies."""
    return describes(match) or _PLURAL_NOUN.match(match.string, match.end()) is not None


def _may_quote(match: re.Match[str]) -> bool:
    return match["mark"] in _QUOTED and _QUOTED[match["mark"]].search(match.string) is not None


def _seconds(match: re.Match[str]) -> str:
    low = f"{decimal(match['low'])} to " if match["low"] else ""
    return f"{low}{decimal(match['n'])} seconds"


def _is_name(match: re.Match[str]) -> bool:
    """Return whether no unit is meant: Route 9W, runway 27L, "In 2005 Mya sang", a modem of 9600 bps."""
    unit, before = match["unit"], word_before(match).lower()
    if unit in ("W", "L"):
        return before in _LABELS
    if unit == "bps":
        return len(match["n"]) > _MOST_BASIS_POINTS
    return before in _BEFORE_YEARS and _YEAR.fullmatch(match["n"]) is not None


def _per(match: re.Match[str]) -> str:
    return _per_one(match["unit"]) + kept_stop(match)


def _per_one(unit: str) -> str:
    """Return "per kilogram" for kg, and "per hour" for what is printed in full."""
    return f"per {_TIMES.get(unit) or english_units().get(unit, (unit, ''))[0]}"


def _each(match: re.Match[str]) -> str | None:
    """Read 20g net carbs/day."""
    is_amount = _COUNTED_BEFORE.search(match.string, max(0, match.start() - _LOOK_BACK), match.start())
    return f" per {match['unit']}" if is_amount else None


def _packed(match: re.Match[str]) -> str:
    """Read 2 x 400g tins as a cook does."""
    return f"{cardinal(match['count'])} {decimal(match['n'])} {english_units()[match['unit']][0]}"


def _height(match: re.Match[str]) -> str:
    half = f" and {_HALVES[match['half']]}" if match["half"] else ""
    return f"{cardinal(match['feet'])} foot {cardinal(match['inches'])}{half}{kept_stop(match)}"


def _feet_and_inches(match: re.Match[str]) -> str:
    """Read "5ft 7in" as a height and "5 ft 7 in", with spaces, in full."""
    feet, inches = cardinal(match["feet"]), cardinal(match["inches"])
    if not match["space"] and len(match["feet"]) == 1:
        return f"{feet} foot {inches}{kept_stop(match)}"
    unit = "inch" if is_one(match["inches"]) else "inches"
    return f"{feet} {'foot' if is_one(match['feet']) else 'feet'} {inches} {unit}{kept_stop(match)}"


def _stones(match: re.Match[str]) -> str:
    return f"{cardinal(match['st'])} stone {cardinal(match['lb'])} pounds{kept_stop(match)}"


def _product(match: re.Match[str]) -> str:
    """Read 3x4, 3 cm × 2 cm, 10 x 20 x 30 cm and some 2x4s."""
    is_sum = match.string[match.end() :].lstrip().startswith("=")
    factors = [
        _factor(number, unit, describes(match))
        for number, unit in re.findall(rf"({NUMBER})\s?([^x×]*?)-?\s?(?:[x×]|$)", match.group())
    ]
    return (" times " if is_sum else " by ").join(factors) + kept_stop(match)


def _factor(number: str, unit: str, is_one_thing: bool) -> str:
    if unit == "s":
        return plural(decimal(number))
    one, many = english_units().get(unit) or _FEET_AND_INCHES.get(unit, ("", ""))
    return f"{decimal(number)} {one if is_one_thing or is_one(number) else many}".rstrip()


@lru_cache(maxsize=1)
def measure_rules() -> tuple[Rule, ...]:
    """Return the rules in the order of their claims."""
    units = any_of(english_units())
    signs, foods = "".join(FRACTION_SIGNS), any_of(read_words("foods_en.txt"))
    part = rf"(?:(?<=[{signs}⁰¹²³⁴-⁹])|(?<=\d[/⁄^]\d)|(?<=\d[/⁄^]\d\d)|(?<=\d 0\d\d)"
    part += r"|(?:(?<=\d [mb]illion)|(?<=\d trillion)|(?<=\d thousand))(?!\sin\.|\s?[A-Z](?:\.\s?[A-Z]|-)))"
    factor = rf"(?:{NUMBER})(?:\s?(?:{units})(?!\w)|[\"″'′])?"
    return (
        english_rule(
            "packed",
            rf"{BEFORE}(?P<count>\d+)\s?[x×]\s?(?P<n>{NUMBER})[\s-]?(?P<unit>{units})(?=\s(?:{_PACKED})(?:e?s)?\b)",
            _packed,
            needs="x×",
        ),
        english_rule(
            "dimensions",
            rf"{BEFORE}{factor}(?:-?\s?[x×]\s?{factor})+(?:(?<=\d)s)?(?![\w^⁰¹²³⁴-⁹⁻])",
            _product,
            needs="x×",
        ),
        english_rule("times", r"(?<=\d)\s?[x×]\s?(?=10[\^⁻⁰¹²³⁴-⁹])", lambda _: " times ", needs="x×"),
        english_rule("per", rf"(?<=\d)/(?P<unit>{_RATES})\b\.?", _per, needs="/"),
        english_rule("weight", rf"{BEFORE}(?P<st>\d+)\s?st\.?\s?(?P<lb>\d+)\s?lbs?\b\.?", _stones),
        english_rule(
            "height",
            r"(?<![\w.,])(?P<feet>\d\d?)(?P<space>\s?)ft\.?\s?(?P<inches>\d\d?)\s?in\b(?:\.|(?!\s(?:an?|her|his|my|the|this)\b))",
            _feet_and_inches,
        ),
        english_rule(
            "height",
            r"(?<!\w)(?P<feet>\d)['’′]\s?(?P<inches>\d\d?)(?P<half>[¼½¾])?(?:[\"”″]|'')",
            _height,
        ),
        english_rule(
            "height",
            r"(?<![\w.,'’])(?P<feet>[4-7])['’′](?P<inches>\d|1[01])(?P<half>[¼½¾])?(?![\w'’\"”])",
            _height,
        ),
        english_rule(
            "unit", rf"{BEFORE}(?<![/⁄])(?P<n>{NUMBER})(?P<mark>[\"″])(?![\w\"])", _feet_or_inches, needs='"″'
        ),
        english_rule("unit", rf"{BEFORE}(?P<n>\d+)(?P<mark>['′])(?=\s[a-z])", _feet_or_inches, needs="'′"),
        english_rule("unit", rf"{BEFORE}(?:(?P<low>{NUMBER})[-–])?(?P<n>\d+\.\d+)\s?s(?![\w.'’])", _seconds),
        english_rule(
            "unit",
            rf"{BEFORE}(?<!\d[/⁄^])(?<![⁄^]){_SIGNED}(?:\s?[-–]\s?(?P<to>{NUMBER}))?(?P<join>[\s-]?)(?P<unit>{units})"
            rf"(?:/(?P<per>{units}|{_RATES}|[dhs]))?(?![\w²³]|['’]s\b)",
            _unit,
        ),
        english_rule(
            "unit", rf"{part}(?P<join>[\s-]?)(?P<unit>{units})(?![\w²³])", _unit_of_part, needs=DIGITS + signs
        ),
        english_rule("unit", rf"{part}(?P<mark>[\"″])(?![\w\"])", _inch_of_part, needs='"″'),
        english_rule(
            "per",
            r"(?<=[a-z])(?<!day)(?<!hour)(?<!month)(?<!time)(?<!week)(?<!year)"
            r"/(?P<unit>day|week|month|year|hour|minute|night|person)\b",
            _each,
        ),
        english_rule("unit", rf"(?<=[\d{signs}])\s?c\.(?=\s(?:[a-z-]+,?\s){{0,2}}(?:{foods})\b)", _cups),
    )
