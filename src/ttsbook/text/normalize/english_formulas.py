"""Rules for what scientists write: CO₂, Fe2O3, 1.6e-19, the 5′ end, 65 000."""

from __future__ import annotations

import re

from ttsbook.text.g2p.dictionary import has_word
from ttsbook.text.normalize.english_numbers import BEFORE, NUMBER, cardinal, decimal
from ttsbook.text.normalize.rewrite import DIGITS, english_rule
from ttsbook.text.normalize.signs import LOWERED, SUBSCRIPTS

_TWO_LETTERS = "Ag|Al|Ar|Au|Ba|Be|Br|Ca|Cl|Cr|Cu|Fe|He|Hg|Li|Mg|Mn|Na|Ne|Ni|Pb|Pt|Si|Sn|Ti|Zn"
_ATOMS = rf"(?:{_TWO_LETTERS}|[BCFHIKNOPSU])[\d{SUBSCRIPTS}]{{0,2}}"
_PART = re.compile(r"[A-Z][a-z]?|\d+|[()]")
_LONGEST_FORMULA = 3  # capitals of which the first number stands behind the last, as in HNO₃
_STRANDS = "carbon|ends?|exonuclease|overhang|phosphate|splice|untranslated|UTR"


def _formula(match: re.Match[str]) -> str | None:
    """Read CO₂ as "C O two" and Fe2O3 by letters, as chemists do."""
    written = match.group().translate(LOWERED)
    parts = _PART.findall(written)
    name = written.rstrip(DIGITS)
    is_word = len(name) > _LONGEST_FORMULA and name.isupper() and has_word(name.lower())  # SOCKS5
    if is_word or not any(part.isdigit() for part in parts):
        return None
    return " ".join(cardinal(part) if part.isdigit() else " ".join(part.upper()) for part in parts)


def _exponent(match: re.Match[str]) -> str:
    return f"{decimal(match['n'])} times ten to the power of minus {cardinal(match['power'])}"


def _grouped(match: re.Match[str]) -> str | None:
    """Read 65 000 and 1 200 000, of which some group can be no number of its own."""
    return cardinal(match.group().replace(" ", "")) if " 0" in match.group() else None


FORMULAS = (
    english_rule(
        "tagged", rf"(?<![\w.#-])(?:{_ATOMS}){{2,}}(?![\w{SUBSCRIPTS}])", _formula, needs=DIGITS + SUBSCRIPTS
    ),
    english_rule("exponent", rf"{BEFORE}(?P<n>{NUMBER})[eE][-−](?P<power>\d{{1,3}})(?!\w)", _exponent),
    english_rule("prime", rf"(?<=\b[35])[′'](?=[- ](?:{_STRANDS})\b)", lambda _: " prime", needs="′'"),
    english_rule("number", rf"{BEFORE}(?<!\d )[1-9]\d{{0,2}}(?: \d{{3}})+(?![\w-]|[.,]\d| \d)", _grouped),
)
