"""Speaks Chinese numbers that count nothing, digit by digit: of telephones, cars, books and programs."""

from __future__ import annotations

import re

from ttsbook.text.normalize.mandarin_numbers import cardinal, one_by_one


def digit_by_digit(match: re.Match[str]) -> str:
    return one_by_one(match.group())


def phone_number(match: re.Match[str]) -> str:
    country = "加" if "+" in match.group() else ""
    return country + "，".join(one_by_one(group, phone=True) for group in re.findall(r"\d+", match.group()))


def isbn(match: re.Match[str]) -> str:
    return one_by_one(re.sub(r"^-1[03]", "", match.group())) + ("X" if match.group()[-1] in "Xx" else "")


def version(match: re.Match[str]) -> str:
    parts = match.group().split(".")
    return "点".join(one_by_one(part) if len(part) > 2 else cardinal(part) for part in parts)


def called_number(match: re.Match[str]) -> str:
    return match["lead"] + one_by_one(match["n"], phone=True)


def help_lines(match: re.Match[str]) -> str:
    """Read 110或120."""
    return re.sub(r"\d+", lambda number: one_by_one(number.group(), phone=True), match.group())


def vehicle_number(match: re.Match[str]) -> str:
    return one_by_one(match.group(), phone=True)
