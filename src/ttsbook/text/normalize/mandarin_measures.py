"""Speaks Chinese quantities with a unit: 5km, 30元/天, 30s, -20~-10℃."""

from __future__ import annotations

import re

from ttsbook.text.normalize.mandarin_numbers import BEFORE, DASH, NUMBER, decimal, quantity, to_word
from ttsbook.text.normalize.rewrite import Row, any_of
from ttsbook.text.tables import read_map

_COUNTED = (
    "美元|港元|欧元|日元|英镑|分钟|小时|公里|千米|米|元|次|步|字|升|毫升|克|公斤|千克|吨|个|件|张|页|转|块"
)
_PERS = (
    "小时|秒|分钟?|天|日|周|月|季度|年|人|位|斤|公斤|千克|吨|次|个|台|件|平方?米|亩|晚|页"
    "|枚|股|平|桶|盎司|瓶|箱|户|场|度"
)
_SCALES = {"℉": "华氏", "°F": "华氏", "℃": "摄氏", "°C": "摄氏"}
_TAKES = "时间|用时|耗时|冷却|间隔|持续|超过|不到|仅需|只需"  # before 30s


def temperature_table() -> tuple[Row, ...]:
    """Return the rules for temperatures, in the order of their claims."""
    minus = r"(?P<minus>(?<![\dA-Za-z)）-])[-−])?"
    low = rf"{minus}(?P<low>{NUMBER})"
    scale = "(?P<scale>℃|℉|°[CF]?)"
    return (
        ("temperature", rf"{low}\s?[~～〜至到]\s?[-−](?P<n>{NUMBER})\s?{scale}", _temperatures),
        ("temperature", rf"{minus}(?:(?P<low>{NUMBER}){DASH})?(?P<n>{NUMBER})\s?{scale}", _temperature),
    )  # fmt: skip


def measure_table() -> tuple[Row, ...]:
    """Return the rules for what is measured, in the order of their claims."""
    units = any_of(read_map("units_zh.tsv"))
    low, large = rf"(?:{BEFORE}(?P<low>{NUMBER}){DASH})?", "(?P<mag>[万萬亿億]+)?"
    range_ = rf"(?P<n>{NUMBER})(?:{DASH}(?P<to>{NUMBER}))?(?P<mag>[万萬亿億千百]*)"
    seconds = r"(?<!iPhone)(?<!iPhone\s)\d+s(?=[内內后後钟鐘])(?!内[存置]|后期)"
    powers = r"(?:(?<=[⁰¹²³⁴-⁹])|(?<=\^\d)|(?<=\^\d\d))"
    return (
        ("per", rf"(?<=元)[/／](?P<unit>{units})(?![A-Za-z])", _per_unit),
        ("per", rf"{low}(?P<n>{NUMBER}){large}(?P<unit>{_COUNTED}|(?<=[万萬]))[/／](?P<per>{_PERS})", _per),
        ("unit", rf"(?<={_TAKES})[是為为:：]?\s?(?:{NUMBER})s(?![A-Za-z])", _seconds),
        ("unit", rf"{BEFORE}(?:\d+\.\d+s(?![A-Za-z])|{seconds})", _seconds),
        ("unit", rf"{powers}\s?(?P<unit>{units})(?![A-Za-z])", _unit_of_power),
        ("unit", r"(?:(?<=/\d\d)|(?<=/\d\d\d))\s?(?P<unit>mmHg)", _unit_of_power),
        ("unit", rf"{range_}\s?(?P<unit>{units})(?![A-Za-z])", _unit),
    )  # fmt: skip


def _per(match: re.Match[str]) -> str:
    per = "分钟" if match["per"] == "分" else match["per"]
    low = f"{quantity(match['low'])}到" if match["low"] else ""
    return f"每{per}{low}{quantity(match['n'])}{match['mag'] or ''}{match['unit']}"


def _per_unit(match: re.Match[str]) -> str:
    return "每" + read_map("units_zh.tsv")[match["unit"]]


def _unit(match: re.Match[str]) -> str:
    number = (
        f"{quantity(match['n'])}{to_word(match.group())}{quantity(match['to'])}"
        if match["to"]
        else quantity(match["n"])
    )
    return number + (match["mag"] or "") + read_map("units_zh.tsv")[match["unit"]]


def _unit_of_power(match: re.Match[str]) -> str:
    return read_map("units_zh.tsv")[match["unit"]]


def _seconds(match: re.Match[str]) -> str:
    return re.sub(rf"({NUMBER})s", lambda found: f"{quantity(found[1])}秒", match.group())


def _temperature(match: re.Match[str]) -> str:
    minus = "零下" if match["minus"] else ""
    low = f"{decimal(match['low'])}到" if match["low"] else ""
    return f"{_SCALES.get(match['scale'], '')}{minus}{low}{decimal(match['n'])}度"


def _temperatures(match: re.Match[str]) -> str:
    """Read -20~-10℃, whose second minus is no range."""
    low = ("零下" if match["minus"] else "") + decimal(match["low"])
    return f"{_SCALES.get(match['scale'], '')}{low}到零下{decimal(match['n'])}度"
