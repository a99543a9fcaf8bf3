"""Speaks powers, indices and the signs of Chinese formulas: x², CO₂, a-b, √2, →."""

from __future__ import annotations

import re

from ttsbook.text.normalize.mandarin_numbers import cardinal, one_by_one
from ttsbook.text.normalize.rewrite import Rule
from ttsbook.text.normalize.signs import LOWERED, SUBSCRIPTS
from ttsbook.text.script import HAN
from ttsbook.text.tables import read_map

_POWERS = {"2": "平方", "3": "立方"}
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻−–", "0123456789+---")
# 1+1=？ and “A”=“B”, but =_=, =口= and 好==
_OPERAND_BEFORE = r"(?<!=[口皿])(?:(?<=[^\W_])|(?<=[)）\]}′”’」』》】%°₀-₉⁰¹²³⁴-⁹!|]))"
_OPERAND_BEHIND = r"(?=[^\W_]|[(（\[{\-−+√±∠￥¥$“‘「『《【])"
_EQUALS = (
    rf"{_OPERAND_BEFORE}\s?=(?:=\s?{_OPERAND_BEHIND}|(?![\s_.。^-]*=))\s?"
    rf"|^={{1,2}}(?!.{{0,3}}=)\s?{_OPERAND_BEHIND}"
)
_MINUS = re.compile(
    r"(?:(?<=(?<![A-Za-z])[a-z])|(?<=(?<![A-Za-z])[A-Z])(?!-\d\d)|(?<=[\d)²³]))"  # not F-35
    r"\s?[-−–]\s?(?=\d*[A-Za-z](?![A-Za-z])|[(\d√])"
)
_DEGREES = {"C": "摄氏度", "F": "华氏度"}
_FORMULA = re.compile(f"[^{HAN}，。、；：！？“”《》\n]*")
_FORMULA_SIGNS = frozenset("+=<>≥≤≠√²³×÷")


def formula_rules() -> tuple[Rule, ...]:
    """Return the rules for them; they come behind those for numbers."""
    signs = frozenset(read_map("symbols_zh.tsv"))
    symbols = "".join(map(re.escape, signs))
    raised = "⁰¹²³⁴⁵⁶⁷⁸⁹"
    table = (
        ("ion", r"(?<=[A-Za-z₀-₉)])[²³⁴]?[⁺⁻](?![⁰¹²³⁴-⁹])", _ion, "⁺⁻"),
        ("power", r"(?<=[A-Za-z\d)])[⁺⁻]?[⁰¹²³⁴-⁹]+", _power, raised),
        ("lowered", "[₀-₉]+", _lowered, SUBSCRIPTS),
        ("compare", r"(?<=\w)\s?[<>＜＞]\s?(?=[\dA-Za-z])", _compared, "<>＜＞"),
        ("minus", _MINUS.pattern, _minus, "-−–"),
        ("equals", _EQUALS, lambda _: "等于", "="),
        ("degree", r"°[CF](?![A-Za-z])", lambda match: _DEGREES[match.group()[1]], "°"),
        ("degree", r"(?<=[A-Za-zα-ω\d)）零〇一二两三四五六七八九十百千半几])\s?°", lambda _: "度", "°"),
        ("tick", r"√(?!\s?[\dA-Za-zα-ω(（])", lambda _: "勾", "√"),
        ("arrow", r"(?<=[^\W_]|[)）】」”℃%])\s?→\s?(?=[^\W_]|[(（【「“])", lambda _: "到", "→"),
    )
    return (
        *(Rule(name, re.compile(text), speak, "zh", frozenset(needs)) for name, text, speak, needs in table),
        Rule("symbol", re.compile(f"[{symbols}]"), _symbol, "zh", signs),
    )


def power_rule() -> Rule:
    """Return the rule for 10^6, which comes before those for numbers."""
    return Rule(
        "power",
        re.compile(r"(?<=[A-Za-z\d)])\^[-−–]?\d{1,3}(?!\d)", re.ASCII),
        _power,
        "zh",
        frozenset("^"),
    )


def _power(match: re.Match[str]) -> str:
    power = match.group().lstrip("^").translate(_RAISED)
    return (
        f"的{_POWERS.get(power) or ('负' if power[0] == '-' else '') + cardinal(power.lstrip('+-')) + '次方'}"
    )


def _ion(match: re.Match[str]) -> str:
    """Read Ca²⁺, whose two is a charge."""
    charge = "正" if match.group()[-1] == "⁺" else "负"
    return one_by_one(match.group()[:-1].translate(_RAISED)) + charge


def _lowered(match: re.Match[str]) -> str:
    """Read C₆H₁₂O₆, and a₁₂ of a matrix."""
    digits = match.group().translate(LOWERED)
    is_counted = len(digits) == 2 and match.string[match.start() - 1 : match.start()].isupper()
    return (cardinal if is_counted else one_by_one)(digits)


def _compared(match: re.Match[str]) -> str:
    return "小于" if match.group().strip() in "<＜" else "大于"


def _minus(match: re.Match[str]) -> str | None:
    """Read a-b of a formula, which has other signs, too."""
    run = next(run for run in _FORMULA.finditer(match.string) if run.end() > match.start())
    return None if _FORMULA_SIGNS.isdisjoint(run.group().lstrip(" +")) else "减"


def _symbol(match: re.Match[str]) -> str:
    return read_map("symbols_zh.tsv")[match.group()]
