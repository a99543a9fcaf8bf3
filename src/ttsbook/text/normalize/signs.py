"""Characters that are numbers in themselves, in both languages: ½, ①, ₂."""

from __future__ import annotations

import unicodedata

# fmt: off
FRACTION_SIGNS = {
    "½": "1/2", "⅓": "1/3", "⅔": "2/3", "¼": "1/4", "¾": "3/4", "⅕": "1/5", "⅖": "2/5", "⅗": "3/5",
    "⅘": "4/5", "⅙": "1/6", "⅚": "5/6", "⅛": "1/8", "⅜": "3/8", "⅝": "5/8", "⅞": "7/8", "⅐": "1/7",
    "⅑": "1/9", "⅒": "1/10",
}
# fmt: on
SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉"
LOWERED = str.maketrans(SUBSCRIPTS, "0123456789")
# In circles, black ones too, in brackets, with a full stop: ①, ❶, ㉑, ⑴, ⒈, ㈠.
_CIRCLED = "①-⒛⓪-⓿❶-➓㈠-㈩㉈-㉏㉑-㉟㊀-㊉㊱-㊿🄀-🄌"


def characters(ranges: str) -> frozenset[str]:
    """Return the characters of some ranges: "a-cx-z" has six."""
    return frozenset(
        chr(code)
        for first, last in zip(ranges[::3], ranges[2::3], strict=True)
        for code in range(ord(first), ord(last) + 1)
    )


CIRCLED = characters(_CIRCLED)
LIGATURES = {chr(code): unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB00, 0xFB07)}  # ﬁ


def sign_value(sign: str) -> int:
    """Return the value of a character that is a whole number."""
    return int(unicodedata.numeric(sign))
