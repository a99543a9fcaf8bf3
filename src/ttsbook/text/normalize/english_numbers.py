"""Numbers to English words: cardinals, ordinals, years, decimals, digits one by one.

num2words does the counting; here are the choices a reader makes (no commas, "oh" in years).
Takes strings of digits as printed, so that nothing is rounded.
"""

from __future__ import annotations

from functools import lru_cache

_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
# Pieces of patterns: a number as printed, not inside a longer number or word, perhaps with a sign.
NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
BEFORE = r"(?<![\w.,])"
SIGN = r"(?:(?<![\w)-])[-−])?"
_MAX_COUNTED = 15  # digits; longer ones are read one by one


def _count(value: int, to: str) -> str:
    from num2words import num2words

    words: str = num2words(value, lang="en", to=to)
    return words.replace(",", "")


@lru_cache(maxsize=4096)
def cardinal(digits: str) -> str:
    """Read "1,234" as a number; commas are skipped."""
    plain = digits.replace(",", "")
    if len(plain) > _MAX_COUNTED:
        return one_by_one(plain)
    return _count(int(plain), "cardinal")


@lru_cache(maxsize=4096)
def ordinal(digits: str) -> str:
    """Read "21" as "twenty-first"."""
    plain = digits.replace(",", "")
    return _count(int(plain), "ordinal") if len(plain) <= _MAX_COUNTED else one_by_one(plain)


def one_by_one(digits: str) -> str:
    """Read every digit by its name; other characters are skipped."""
    return " ".join(_DIGITS[int(c)] for c in digits if c.isascii() and c.isdigit())


def two_digits(digits: str) -> str:
    """Read "05" as "oh five" and "30" as "thirty", as behind an hour or a century."""
    return ("oh " if digits[0] == "0" else "") + cardinal(digits[1:] if digits[0] == "0" else digits)


def house_number(digits: str) -> str:
    """Read a number that names rather than counts: 221 as "two twenty-one", 1080 as "ten eighty"."""
    if digits[0] == "0":
        return one_by_one(digits)
    if len(digits) not in (3, 4) or digits[-3:] == "000" or digits[1:] == "00":
        return cardinal(digits)
    last = "hundred" if digits[-2:] == "00" else two_digits(digits[-2:])
    return f"{cardinal(digits[:-2])} {last}"


@lru_cache(maxsize=4096)
def year(digits: str) -> str:
    """Read "1914" as "nineteen fourteen", "1905" as "nineteen oh five", "2004" as a number."""
    value = int(digits)
    if len(digits) != 4 or value < 1000 or 2000 <= value < 2010:
        return cardinal(digits)
    century, rest = divmod(value, 100)
    if rest == 0:
        return cardinal(digits) if century % 10 == 0 else f"{cardinal(str(century))} hundred"
    return f"{cardinal(str(century))} {two_digits(digits[2:])}"


@lru_cache(maxsize=1024)
def decade(digits: str) -> str:
    """Read "1990" or "90" as the decade: "nineteen nineties", "nineties"."""
    return plural(year(digits) if len(digits) == 4 else cardinal(digits))


def plural(words: str) -> str:
    """Return several of a number: "sixes", "twenties"."""
    return words[:-1] + "ies" if words.endswith("y") else words + ("es" if words.endswith("x") else "s")


def decimal(number: str) -> str:
    """Read "3.14" as "three point one four", "-2" as "minus two", ".5" as "point five"."""
    sign = "minus " if number[0] in "-−–" else ""
    whole, dot, fraction = number.lstrip("-−–+").partition(".")
    words = cardinal(whole) if whole else ""
    return (sign + words + (f" point {one_by_one(fraction)}" if dot and fraction else "")).strip()


def fraction(top: str, bottom: str) -> str:
    """Read 3 and 4 as "three quarters"."""
    if bottom == "2":
        return f"{cardinal(top)} {'half' if top == '1' else 'halves'}"
    name = "quarter" if bottom == "4" else ordinal(bottom)
    return f"{cardinal(top)} {name}{'' if top == '1' else 's'}"


def is_one(number: str) -> bool:
    """Return whether a quantity takes the singular."""
    return number.lstrip("-−–") in ("1", "1.0")
