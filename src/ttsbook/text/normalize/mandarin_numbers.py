"""Numbers to Chinese characters as they are said; cn2an does the counting.

Takes strings of digits as printed, so that nothing is rounded.
"""

from __future__ import annotations

import re
from functools import lru_cache

NUMBER = r"\d{1,3}(?:,\d{3})+(?:[.·]\d+)?|\d+(?:[.·]\d+)?"
BEFORE = r"(?<![\d.,])"  # where a number begins
DASH = r"\s?(?:[-–—－~～〜至]|--)\s?"
_DIGITS = "零一二三四五六七八九"
_PHONE_DIGITS = "零幺二三四五六七八九"
_MAX_COUNTED = 15  # digits; longer ones are read one by one


@lru_cache(maxsize=4096)
def cardinal(digits: str) -> str:
    """Read "1,234" as 一千二百三十四, "12" as 十二, "2000" as 两千."""
    plain = digits.replace(",", "").lstrip("0") or "0"
    if len(plain) > _MAX_COUNTED:
        return one_by_one(plain)
    from cn2an import an2cn

    said: str = an2cn(plain, "low")
    # In the lead 二 is said 两 before 千, 万 and 亿; 一十 loses its 一.
    said = re.sub(r"(?<![十])二(?=千|万|亿)", "两", said)
    return said[1:] if said.startswith("一十") else said


def quantity(number: str) -> str:
    """Read a number before what it counts: 2 is 两."""
    return "两" if number == "2" else decimal(number)


def decimal(number: str) -> str:
    """Read "-3.14" as 负三点一四; newspapers also print 3·14."""
    sign = "负" if number[0] in "-−负" else ""
    whole, dot, fraction = number.lstrip("-−+负").replace("·", ".").partition(".")
    return sign + cardinal(whole or "0") + (f"点{one_by_one(fraction)}" if dot and fraction else "")


def one_by_one(digits: str, phone: bool = False) -> str:
    """Read every digit by its name; on the telephone 1 is 幺."""
    names = _PHONE_DIGITS if phone else _DIGITS
    return "".join(names[int(c)] for c in digits if c.isascii() and c.isdigit())


def to_word(dash: str) -> str:
    """Return the word between the ends of a range."""
    return "至" if "至" in dash else "到"
