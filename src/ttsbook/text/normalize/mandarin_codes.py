"""Speaks Chinese numbers that count nothing, digit by digit: of telephones, cars, books and programs."""

from __future__ import annotations

import re

from ttsbook.text.normalize.mandarin_numbers import BEFORE, cardinal, one_by_one
from ttsbook.text.normalize.rewrite import Row, any_of
from ttsbook.text.script import HAN
from ttsbook.text.tables import read_words

_SERVICES = r"110|119|120|122|114|1[02]\d{3}|9[56]\d{3}"  # numbers of public services
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"  # on number plates
_IS = "[是为為:：]{0,2}"
_CLAUSE = r"(?<![^，。！？!?“”「『…~～\s扣刷])"  # where one begins
_ROOMS = "(?:教|办公|会议)?室|号房|號房|号病房|房间|房間|病房|路(?:公交|公共|巴士|电车|電車|车|車)"
_NAMED = "工作制|事件|事变|事變|部队|部隊|高校|工程|大学(?!生)|院校|计划|晚会|大促"
_NO_AMOUNT = r"(?![\d.%个個位种種次元块塊万萬亿億多余行条條字年人])"  # 账号500元, app1000多个
_BORN = "(?:00|[4-9][05])"
_ANSWERING = "网站|網站|平台|报警|報警|急救|救护|指挥中心|客服|电话|電話"


def phone_table() -> tuple[Row, ...]:
    """Return the rules for numbers that are called or stated as a code, in the order of their claims."""
    callers = any_of(read_words("before_phone_zh.txt"))
    codes = any_of(read_words("codes_zh.txt"))
    end = rf"(?![\d.%{HAN}]|[、～-]\d)"
    services = rf"(?:{_SERVICES})(?![\d.]|[个個次元块塊米])"
    return (
        ("code", rf"(?P<lead>(?:{codes}){_IS}\s?)(?P<n>\d{{3,}}(?: \d{{3,4}})*){_NO_AMOUNT}", coded),
        ("phone", rf"{BEFORE}(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{{4}}){{2}}(?!\d)", phone_number),
        ("phone", rf"{BEFORE}(?:0\d{{1,3}}|400|800)-\d{{3,4}}-?\d{{3,4}}(?!\d)", phone_number),
        (
            "phone",
            rf"(?P<lead>(?:{callers}){_IS}\s?)(?P<n>\d{{3,12}}(?:、\d{{3,12}})*)(?![\d.%{HAN}])",
            called_number,
        ),
        ("phone", r"[（(]0\d{2,3}[)）]\s?\d{3,4}[- ]?\d{3,4}(?!\d)", phone_number),
        ("phone", rf"(?<=[拨撥打])\s?{services}(?:[或和及、]{services})*", with_digits_called),
        ("phone", rf"{BEFORE}(?<!\d[、和])11[09](?:[和、]1(?:1[09]|2[02]))+{end}", with_digits_called),
        ("phone", rf"{BEFORE}{services}(?={_ANSWERING})", with_digits_called),
        ("phone", r"(?<=\d)(?P<lead>转|轉)(?P<n>\d{2,5})(?!\d)", called_number),
        ("phone", rf"{BEFORE}\d{{3,8}}(?=热线|熱線)", vehicle_number),
    )


def code_table() -> tuple[Row, ...]:
    """Return the rules for numbers that name something, in the order of their claims."""
    trains, flights = r"(?<=(?<![A-Z])[GDKTZCLYS])\d{1,4}", r"(?<=(?<![A-Z])[A-Z]{2})\d{3,4}"  # not CS10次
    plates = rf"(?<=[{_PROVINCES}][A-Z])|(?<=[{_PROVINCES}][A-Z][·•])"
    return (
        ("code", rf"{BEFORE}(?!\d00)\d{{3,4}}(?={_ROOMS}|{_NAMED})", digit_by_digit),
        ("code", rf"(?<![\d.,点點:：]){_BORN}(?=(?:[、和]{_BORN})?后(?![\d天日年个位名]))", digit_by_digit),
        ("code", rf"{BEFORE}\d{{3}}(?=[/、]\d{{3}}(?:{_NAMED}))", digit_by_digit),
        ("code", rf"(?:{trains}|{flights})(?=次|号列车|航班)", vehicle_number),
        ("code", rf"(?:(?<=航班[A-Z]{{2}})|{plates})\d{{3,5}}(?!\d)", vehicle_number),
        ("code", rf"(?:{plates})(?=[A-Z]*\d)[A-Z\d]{{5,6}}(?![A-Za-z\d])", with_digits_called),
        ("code", r"(?<=[“「『‘])(?!\d00|250)\d{3}(?=[”」』’])", digit_by_digit),
        ("code", rf"{BEFORE}(?:404|403|50[0234])(?=页面|頁面|错误|錯誤|报错)", digit_by_digit),
        ("code", r"(?<=波音)7\d7(?!\d)", digit_by_digit),
        ("code", rf"{BEFORE}(?:5201314|1314520|520(?=快乐|告白|表白|情人节|礼物))(?![\d.])", digit_by_digit),
        ("code", rf"{_CLAUSE}(?:6{{3,}}|23{{3,}}|886|1314)(?=[，。！!~～…”」』]|$)", digit_by_digit),
        ("code", r"(?<=[死哈了啊吧])23{2,}(?=[，。！!~～…”」』]|$)", digit_by_digit),
        ("code", rf"{BEFORE}\d+(?:\.\d+){{2,}}(?!\d)", version),
        ("code", r"(?<=[A-Z])\d{3,}(?![\d.A-Za-z])", digit_by_digit),
        ("code", rf"(?<!log)(?<!l[gn])(?<=[a-wyz])\d{{3,}}(?![A-Za-z点]){_NO_AMOUNT}", digit_by_digit),
    )  # fmt: skip


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
    return match["lead"] + "、".join(one_by_one(number, phone=True) for number in match["n"].split("、"))


def coded(match: re.Match[str]) -> str:
    return match["lead"] + "，".join(map(one_by_one, match["n"].split(" ")))


def with_digits_called(match: re.Match[str]) -> str:
    """Read 110或120 and A12B45."""
    return re.sub(r"\d+", lambda number: one_by_one(number.group(), phone=True), match.group())


def vehicle_number(match: re.Match[str]) -> str:
    return one_by_one(match.group(), phone=True)
