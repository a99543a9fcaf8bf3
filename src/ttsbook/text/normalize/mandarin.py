"""Rules that turn digits and symbols in Chinese text into the characters a reader says."""

from __future__ import annotations

import re
from functools import lru_cache

from ttsbook.text.normalize.mandarin_codes import code_table, digit_by_digit, isbn, phone_table, version
from ttsbook.text.normalize.mandarin_dates import clock_table, date_table
from ttsbook.text.normalize.mandarin_formulas import formula_rules, power_rule
from ttsbook.text.normalize.mandarin_measures import measure_table, temperature_table
from ttsbook.text.normalize.mandarin_numbers import (
    BEFORE,
    DASH,
    NUMBER,
    cardinal,
    decimal,
    one_by_one,
    quantity,
    to_word,
)
from ttsbook.text.normalize.rewrite import DIGITS, Rule, any_of
from ttsbook.text.normalize.roman import ROMAN, ROMAN_SIGNS, roman_value
from ttsbook.text.normalize.signs import CIRCLED, FRACTION_SIGNS, sign_value
from ttsbook.text.script import HAN
from ttsbook.text.tables import read_map, read_words

_MODELS = "歼轰运直教强苏米图弹风舟征旗击浪碳铀氦氢钚钴碘铯锶氪"  # 歼-20, 神舟-5, 碳-14
_SIGN = r"(?:(?<![\dA-Za-z)）-])[-−])?"
# J.K.罗琳, 约翰·D.洛克菲勒, F.斯科特·菲茨杰拉德, but A.苹果 is the first of several
_INITIALS = rf"(?<![A-Za-z.])(?:(?:[A-Z]\.\s?){{2,}}(?=[{HAN}])|[A-Z]\.(?=[{HAN}]{{1,6}}·))"
_INITIALS += rf"|(?<=·)(?:[A-Z]\.\s?)+(?=[{HAN}·])"
_TITLES = {"Mr.": "Mister", "Mrs.": "Missis", "Ms.": "Miz", "Prof.": "Professor", "Dr.": "Doctor"}
_NEEDS = {"fraction": frozenset(DIGITS).union(FRACTION_SIGNS)}


def _minutes(match: re.Match[str]) -> str:
    return f"{quantity(match['m'])}分{cardinal(match['s'])}秒"


def _angle(match: re.Match[str]) -> str:
    """Read 39°54′, of places on the globe."""
    seconds = f"{cardinal(match['s'])}秒" if match["s"] else ""
    return f"{cardinal(match['d'])}度{cardinal(match['m'])}分{seconds}"


def _percent(match: re.Match[str]) -> str:
    whole = "百分之" if match["sign"] == "%" else "千分之"
    low = f"{whole}{decimal(match['low'])}到" if match["low"] else ""
    return f"{low}{whole}{decimal(match['n'])}"


def _fraction(match: re.Match[str]) -> str | None:
    if match["bottom"].lstrip("0") in ("", "1"):
        return None
    return f"{cardinal(match['bottom'])}分之{cardinal(match['top'])}"


def _fraction_sign(match: re.Match[str]) -> str:
    top, bottom = FRACTION_SIGNS[match["sign"]].split("/")
    whole = cardinal(match["whole"]) + "又" if match["whole"] else ""
    return f"{whole}{cardinal(bottom)}分之{cardinal(top)}"


def _range(match: re.Match[str]) -> str:
    return f"{decimal(match['a'])}{to_word(match.group())}{decimal(match['b'])}"


def _to(match: re.Match[str]) -> str:
    return to_word(match.group())


def _counted_range(match: re.Match[str]) -> str:
    return f"{quantity(match['a'])}{to_word(match.group())}{quantity(match['b'])}"


def _difference(match: re.Match[str]) -> str:
    return f"{decimal(match['a'])}减{decimal(match['b'])}"


def _roman(match: re.Match[str]) -> str:
    return cardinal(str(roman_value(match.group())))


def _roman_sign(match: re.Match[str]) -> str:
    return cardinal(str(sign_value(match.group())))


def _circled(match: re.Match[str]) -> str:
    return cardinal(str(sign_value(match.group())))


def _score(match: re.Match[str]) -> str:
    lead = match["lead"] if "lead" in match.re.groupindex else ""
    return f"{lead}{decimal(match['a'])}比{decimal(match['b'])}"


def _episode(match: re.Match[str]) -> str:
    return f"第{cardinal(match['season'])}季第{cardinal(match['episode'])}集"


def _level(match: re.Match[str]) -> str:
    return cardinal(match["n"]) + "级"


def _ratio(match: re.Match[str]) -> str:
    return "比".join(map(decimal, re.split(r"\s?[:：∶]\s?", match.group())))


def _figure(match: re.Match[str]) -> str:
    """Read 图3-1, the first figure of chapter three."""
    return f"{match['lead']}{cardinal(match['a'])}杠{cardinal(match['b'])}"


def _gauge(match: re.Match[str]) -> str:
    return f"{match['lead']}{cardinal(match['n'])}斜杠{cardinal(match['of'])}"


def _model(match: re.Match[str]) -> str:
    """Read 歼-20 and 铀-235, whose hyphen is no minus."""
    return (one_by_one if len(match["n"]) > 2 else cardinal)(match["n"])


def _ten_thousands(match: re.Match[str]) -> str:
    return quantity(match["n"]) + "万"


def _and_odd(match: re.Match[str]) -> str:
    """Read 1米75 as 一米七五: what follows the unit is said digit by digit."""
    return f"{quantity(match['n'])}{match['unit']}{one_by_one(match['odd'])}"


def _money(match: re.Match[str]) -> str:
    return f"{quantity(match['n'])}{match['mag'] or ''}{read_map('currencies_zh.tsv')[match['sign']]}"


def _ordinal(match: re.Match[str]) -> str:
    return "第" + cardinal(match["n"])


def _counted(match: re.Match[str]) -> str | None:
    """Read 2 as 两 before what is counted."""
    return quantity(match["n"]) if match["n"] == "2" else None


def _letters(match: re.Match[str]) -> str:
    return " ".join(re.findall("[A-Z]", match.group())) + " "


def _title(match: re.Match[str]) -> str:
    return _TITLES[match.group().rstrip()] + " "


def _plain(match: re.Match[str]) -> str:
    return decimal(match.group())


def _two(_: re.Match[str]) -> str:
    return "两"


@lru_cache(maxsize=1)
def mandarin_rules() -> tuple[Rule, ...]:
    """Return all Mandarin rules in the order of their claims."""
    units = any_of(read_map("units_zh.tsv"))
    currencies = any_of(read_map("currencies_zh.tsv"))
    measures = any_of(read_words("measures_zh.txt"))
    low = rf"(?:(?P<low>{NUMBER})%?{DASH})?"
    is_ = "[是为為:：]{0,2}"
    won = "[险險大小完惨慘再]?[胜勝负負赢贏输輸败敗领領落平战戰击擊]"
    beaten = "获胜|取胜|力克|不敌|负于|输给|惜败|领先|領先|落后|落後|战胜|戰勝|击败|擊敗|逆转|逆轉|[大完险]胜"
    large = "大[匙勺块塊片碗杯盘盤张張袋桶包罐把类類步批群]"
    no_times = "次[方元函曲]|元[一二三]次(?:方程|函|不等)"  # 2次元 is no 两次
    # 图2人口, the second figure, but 手表2块
    no_label = "(?<!^[图圖表例题題式注])(?<![如见見附下上，。（(][图圖表例题題式注])"
    gauges = "HP|MP|SP|EXP|XP|血量|血条|血压|(?:生命|魔力|法力|体力|耐力|经验|精神)[值力]?|进度"
    no_points = r"(?<![HMSX]P\s)(?<!(?:EXP|ATK|DEF|DPS|USD|RMB|CNY|HKD|EUR|GBP|JPY|GDP|CPI)\s)"
    figures = "(?:(?<![试企意拼画])[图圖]|(?<![比病])例|公式|(?<![代外手仪发电])表)"
    no_amount = rf"(?![\d.,%万亿元美]|\s?(?:{measures}|{units}))"
    no_count = rf"(?![\d.-]|\s?(?:{measures}))"
    table = (
        ("year", rf"(?<=[{HAN}])(?:19|20)\d\d$", digit_by_digit),
        ("episode", r"(?<![A-Za-z])S(?P<season>\d{1,2})E(?P<episode>\d{1,3})(?!\w)", _episode),
        ("shop", r"(?<!\d)7-11(?=便利|超市|店|买)", lambda _: "seven eleven"),
        ("level", r"(?<![A-Za-z])[Ll][Vv]\.?\s?(?P<n>\d+)级?(?![\d.])", _level),
        ("trade", r"(?<=(?<![A-Za-z\d])[BCDFGOP])2(?=[BCFMOPV](?![A-Za-z\d]))", lambda _: " two "),
        ("versus", r"(?<=\d)[vV](?=\d)", lambda _: "V"),
        ("gauge", rf"(?P<lead>(?:{gauges})[：: ]?\s?)(?P<n>\d+)/(?P<of>\d+)(?![\d/])", _gauge),
        ("gauge", r"(?P<lead>(?<=[值度力量血蓝验气命])[：:]\s?)(?P<n>\d+)/(?P<of>\d{2,}0)(?![\d/])", _gauge),
        ("gauge", rf"{BEFORE}(?P<lead>)(?P<n>\d{{2,3}})/(?P<of>\d{{2,3}})(?=\s?(?:mmHg|毫米汞柱))", _gauge),
        ("gauge", r"(?P<lead>[（(])(?P<n>\d{2,}|0)/(?P<of>\d+00)(?=[)）](?!\s?[×÷+=*/-]))", _gauge),
        ("figure", rf"(?P<lead>{figures}\s?)(?P<a>\d\d?)[-–—](?P<b>\d\d?){no_count}", _figure),
        ("model", rf"(?:(?<=天问)|(?<=(?<!\d)[{_MODELS}]))-(?P<n>\d{{1,3}})(?!\d)", _model),
        ("isbn", r"(?<=ISBN)(?:-1[03])?[:： ]*\d[\d-]{8,15}[\dXx]\b", isbn),
        *date_table(),
        ("times", r"(?<=\d)\*(?=\d)", lambda _: "乘"),
        ("score", rf"{BEFORE}(?P<a>\d+)[:：∶](?P<b>\d+)(?={won})", _score),
        ("score", rf"(?P<lead>比分{is_}\s?)(?P<a>\d+)[-–:：∶](?P<b>\d+)", _score),
        ("score", rf"{BEFORE}(?P<a>\d\d?)[-–](?P<b>\d\d?)(?={beaten})", _score),
        *clock_table(),
        ("percent", rf"{BEFORE}{low}(?P<n>{_SIGN}(?:{NUMBER}))\s?(?P<sign>[%‰])", _percent),
        ("angle", r"(?P<d>\d{1,3})°(?P<m>\d\d?)′(?:(?P<s>\d\d?)″)?", _angle),
        *temperature_table(),
        *phone_table(),
        *code_table(),
        ("code", rf"(?<=[A-Z]{{2}}\s){no_points}(?!\d\d00)\d{{4}}{no_amount}", digit_by_digit),
        ("odd", rf"{BEFORE}(?P<n>\d+)(?P<unit>[米秒块塊])(?P<odd>\d{{1,2}})(?![\d年月日.])", _and_odd),
        ("difference", rf"{BEFORE}(?P<a>{NUMBER})\s?[-−]\s?(?P<b>{NUMBER})(?=\s?=)", _difference),
        ("fraction", rf"(?P<whole>\d+)?(?P<sign>[{''.join(FRACTION_SIGNS)}])", _fraction_sign),
        ("fraction", rf"{BEFORE}(?P<top>\d+)[/⁄](?P<bottom>\d+)(?![\d/])", _fraction),
        ("money", rf"(?P<sign>{currencies})\s?(?P<n>{NUMBER})(?P<mag>[万亿萬億千百]+)?元?", _money),
        ("money", rf"(?P<n>{NUMBER})\s?[¥￥]", lambda match: f"{quantity(match['n'])}元"),
        ("magnitude", rf"(?P<n>{NUMBER})w(?=\+?(?:[{HAN}，。！？、]|$))", _ten_thousands),
        ("ordinal", r"(?<![A-Za-z])[Nn][Oo]\.\s?(?P<n>\d+)(?![\d.])", _ordinal),
        *measure_table(),
        ("range", r"(?<=\d[日号號月年时時点點℃℉])\s?[-–—－~～〜]\s?(?=\d)", lambda _: "到"),
        ("range", rf"(?<=\d(?P<unit>[{HAN}A-Za-z]))\s?[-–—－~～〜]\s?(?=\d[\d.,]*(?P=unit))", lambda _: "到"),
        ("range", r"(?<=\d(?P<unit>[a-z]{2}))\s?[-–—－~～〜]\s?(?=\d[\d.,]*(?P=unit))", lambda _: "到"),
        ("range", r"(?<=(?P<letter>[A-Z])\d)\s?[-–—~～]\s?(?=(?P=letter)\d)", lambda _: "到"),
        ("range", rf"(?<=\d[{HAN}]){DASH}(?=第\d)", _to),
        ("range", rf"(?<=[\d年]){DASH}(?=(?:公元)?前\d)", _to),
        ("range", r"(?<=[℃℉])\s?[–—~～〜]\s?(?=[-−]\d)", lambda _: "到"),
        ("about", r"(?<![\dA-Za-z~～.%℃约一二三四五六七八九十百千万亿])~\s?(?=[¥￥$]?\d)", lambda _: "约"),
        ("range", rf"{BEFORE}(?P<a>{NUMBER}){DASH}(?P<b>{NUMBER})(?=\s?(?:{measures}))", _counted_range),
        ("range", r"(?<=\d[:：]\d\d)\s?[-–—－~～〜]\s?(?=\d\d?[:：]\d\d)", lambda _: "到"),
        ("time", r"(?P<m>\d{1,3})′(?P<s>\d\d?)″", _minutes),
        ("range", rf"{BEFORE}(?P<a>{NUMBER}){DASH}(?P<b>{NUMBER})(?![\d-])", _range),
        ("score", rf"{BEFORE}\d+(?:\.\d+)?(?:\s?[:：∶]\s?\d+(?:\.\d+)?){{2,}}(?!\d)", _ratio),
        ("score", rf"{BEFORE}(?P<a>\d+)\s?[:：∶]\s?(?P<b>\d+)(?!\d)", _score),
        ("ordinal", r"(?<=第)\d{5,}(?=期)", digit_by_digit),
        ("ordinal", r"(?<=第)\s?\d+(?:\.\d+)+", version),
        ("ordinal", r"第\s?(?P<n>\d+)", _ordinal),
        ("counted", rf"(?<![\d.,、])2(?=、3\s?(?:{measures}))", _two),
        ("counted", rf"{BEFORE}{no_label}(?P<n>\d+)(?=\s?(?:{measures}|{large}))(?!{no_times})", _counted),
        ("code", rf"{BEFORE}(?:0\d+|\d{{12,}})(?![\d.])", digit_by_digit),
        ("number", rf"{_SIGN}(?:{NUMBER})", _plain),
    )  # fmt: skip
    digits = frozenset(DIGITS)
    numbers = tuple(
        Rule(name, re.compile(text), speak, "zh", _NEEDS.get(name, digits)) for name, text, speak in table
    )
    return (
        power_rule(),
        *numbers,
        # 第XII章 and 三体II, but XX stands for a name
        Rule("roman", re.compile(rf"(?<=第){ROMAN}(?=[{HAN}])"), _roman, "zh", frozenset("第")),
        Rule(
            "roman",
            re.compile(rf"(?<=[{HAN}])(?=[IVX]{{2}})(?!(?:X+|[VX]I)(?![IVX])){ROMAN}(?![A-Za-z\d])"),
            _roman,
            "zh",
        ),
        Rule(
            "roman",
            re.compile(r"(?<![A-Za-z\d.])(?:I{1,3}|IV|VI{1,3}|IX)(?=[型级類类期度])"),
            _roman,
            "zh",
            frozenset("IV"),
        ),
        Rule("roman", re.compile(f"[{''.join(ROMAN_SIGNS)}]"), _roman_sign, "zh", ROMAN_SIGNS),
        Rule("circled", re.compile(f"[{''.join(CIRCLED)}]"), _circled, "zh", CIRCLED),
        Rule("initials", re.compile(_INITIALS), _letters, "zh", frozenset(".")),
        Rule(
            "title",
            re.compile(rf"(?<![A-Za-z])(?:Mr|Mrs|Ms|Prof|Dr)\.\s?(?=[A-Z{HAN}])"),
            _title,
            "zh",
            frozenset("."),
        ),
        *formula_rules(),
    )
