"""Speaks Chinese years, days and times of day."""

from __future__ import annotations

import re

from ttsbook.text.normalize.mandarin_codes import digit_by_digit
from ttsbook.text.normalize.mandarin_numbers import BEFORE, DASH, cardinal, one_by_one, quantity, to_word
from ttsbook.text.normalize.rewrite import Row, any_of
from ttsbook.text.script import HAN
from ttsbook.text.tables import read_words

_COUNTS_YEARS = "了过過有整共近约約达達满滿长長这這前后後等第用花经經"  # 住了12年: twelve years
# Where a clause begins, or a word that leads to a date: 在98年, but 结婚10年.
_DATED = r"(?:^|(?<=[，。！？；：、“「『（(\s在从從自于於至到]))"
_EVENTS = "洪水|抗洪|奥运|世界杯|高考|毕业|入伍|参军|下岗|春节|国庆|金融危机|大地震|生人|那"
_DAYS = "事件|事变|事變|运动|運動|起义|惨案|特大|大?地震|空难|晚会|讲话|指示"  # 9·11, not 41·90
_HOLIDAYS = "(?:妇女|劳动|青年|儿童|建党|建军|教师|护士|国庆|植树)节|国庆|黄金周|小?长假|假期"
_GAMES = f"[{HAN}]{{0,3}}(?:奥运|冬奥|残奥|亚运|世界杯|欧洲杯|世博)|春晚|赛季"
_NAMED_BY_YEAR = f"(?![名位人个個])(?:{_GAMES})|Q[1-4]|H[12]|[款届]|级(?!台阶|石阶|楼梯)"
_LASTS = "倒计时|剩余时间|剩余|还剩|用时|时长|耗时|历时|通话"


def date_table() -> tuple[Row, ...]:
    """Return the rules for years and days, in the order of their claims."""
    no_price = r"(?!\d\d00\D+\d\d00)"  # 1500-2000
    whole = rf"{no_price}(?:1\d|20)\d\d{DASH}(?:1\d|20)\d\d"
    life = rf"{no_price}(?P<a>1\d{{3}}|20\d\d)(?P<year>年)?{DASH}(?P<b>1\d{{3}}|20\d\d)(?P<end>年?)"
    day = r"(?P<d>\d\d?)\s?(?P<day>[日号號])"
    term = "(?=[赛賽]季|学年|學年|财年)"
    season = "[春夏秋冬底末]|初(?!次|见|恋)"
    of_a_year = "[春夏秋冬]|时候|時候|那|某|元旦|春节|暑假|寒假"
    # 98年春, but 20年来, 12年的努力 and 坐牢10年，他
    two_digits = (
        rf"0\d(?=年(?:的|{season}|[，。]|$))|[1-9]\d(?=年(?:{season}))"
        rf"|{_DATED}(?:[1-9]\d(?=年的(?:{of_a_year}))|[789][1-9](?=年(?:[，。]|$)))"
    )
    holiday = rf"(?=[”’」』》]?(?:{_HOLIDAYS}))"
    return (
        ("date", rf"{BEFORE}(?P<y>\d{{4}})\s?年\s?(?P<m>\d\d?)\s?月\s?(?:{day})?", _date),
        ("date", rf"{BEFORE}(?P<y>\d{{4}})[-/.](?P<m>\d\d?)[-/.](?P<d>\d\d?)(?P<day>)(?![\d.])", _date),
        ("year", rf"{BEFORE}(?P<c>(?:1\d|20)(?=\d0年代))?(?P<y>\d0)年代", _decade),
        ("year", rf"{BEFORE}(?P<c>1[5-9]|20)(?P<y>\d0)[’']?s(?![A-Za-z])", _decade),
        ("year", r"(?<=[（(])(?:1\d|20)\d\d(?=[）)])", digit_by_digit),
        ("year", r"(?<=[（(，,])(?:1\d|20)\d\d(?=\s?[-–—－~～]{1,2}\s?[）)])", digit_by_digit),
        ("year", rf"(?<=[（(]){life}(?=[）)，])", _years),
        ("year", rf"(?:^|(?<=[，,、《])){life}(?=[）)》])|^{whole}$", _years),
        ("year", rf"{BEFORE}(?P<a>\d{{4}})(?P<year>年)?{DASH}(?P<b>\d{{4}})(?P<end>年|{term})", _years),
        ("year", r"(?<=《)(?:1[4-9]|20)\d\d(?![\d年])", digit_by_digit),
        ("year", rf"(?<={any_of(read_words('eras_zh.txt'))})\d{{1,3}}(?=年)", _counted_year),
        ("year", r"(?<=[A-Za-z]\s)(?:19|20)\d\d(?![\d.])", digit_by_digit),
        ("year", rf"{BEFORE}(?:19\d\d|20[0-4]\d)(?<!00)(?={_NAMED_BY_YEAR})", digit_by_digit),
        ("date", rf"{BEFORE}\d\d?[·•]\d\d?(?=[”’」』》]?(?:{_DAYS}))", digit_by_digit),
        ("date", rf"{BEFORE}(?P<m>\d\d?)(?:[·•.]|/(?=1\D))(?P<d>\d\d?){holiday}", _holiday),
        ("year", rf"{BEFORE}(?<![{_COUNTS_YEARS}])(?P<y>[789][1-9]|0\d)年(?={_EVENTS})", _year),
        ("year", rf"{BEFORE}(?P<y>\d{{4}}|(?<![{_COUNTS_YEARS}])(?:{two_digits}))\s?年", _year),
        ("date", rf"{BEFORE}(?P<m>\d\d?)\s?月\s?{day}", _month_day),
    )  # fmt: skip


def clock_table() -> tuple[Row, ...]:
    """Return the rules for times of day and how long something lasts."""
    seconds = r"(?P<h>\d\d?)[:：](?P<m>\d\d)[:：](?P<s>\d\d)(?![\d:：])"
    minutes = r"(?P<h>)(?P<m>\d{1,3})[:：](?P<s>\d\d)(?![\d:：])"
    return (
        ("time", rf"(?P<lead>(?:{_LASTS})[是为為:：]?\s?){seconds}", _duration),
        ("time", rf"(?P<lead>){BEFORE}{seconds}(?=的成绩|的用时|打破)", _duration),
        ("time", rf"(?P<lead>(?:用时|时长|耗时|通话(?=[:：\s]))[是为為:：]?\s?){minutes}", _duration),
        ("time", rf"{BEFORE}(?P<h>\d\d?)[:：](?P<m>\d\d)(?:[:：](?P<s>\d\d))?分?(?![\d:：])", _time),
    )


def _date(match: re.Match[str]) -> str:
    said = f"{one_by_one(match['y'])}年"
    if match["m"]:
        said += f"{cardinal(match['m'])}月"
    if match["d"]:
        said += f"{cardinal(match['d'])}{match['day'] or '日'}"
    return said


def _year(match: re.Match[str]) -> str:
    return one_by_one(match["y"]) + "年"


def _years(match: re.Match[str]) -> str:
    first, last = re.findall(r"\d{4}", match.group())
    to = to_word(match.group())
    year, end = ("年" if place in match.group() else "" for place in (f"{first}年", f"{last}年"))
    return f"{one_by_one(first)}{year}{to}{one_by_one(last)}{end}"


def _counted_year(match: re.Match[str]) -> str:
    return cardinal(match.group())


def _decade(match: re.Match[str]) -> str:
    return (one_by_one(match["c"] + match["y"]) if match["c"] else cardinal(match["y"])) + "年代"


def _month_day(match: re.Match[str]) -> str:
    return f"{cardinal(match['m'])}月{cardinal(match['d'])}{match['day']}"


def _holiday(match: re.Match[str]) -> str:
    """Read 3·8 as 三八 and 10.1 as 十一."""
    return (cardinal if match["m"] == "10" else one_by_one)(match["m"]) + one_by_one(match["d"])


def _duration(match: re.Match[str]) -> str | None:
    if int(match["s"]) > 59:
        return None
    hours = f"{quantity(match['h'].lstrip('0'))}小时" if match["h"].strip("0") else ""
    counted = cardinal if hours else quantity
    minutes = f"{counted(str(int(match['m'])))}分" if hours or int(match["m"]) else ""
    return f"{match['lead']}{hours}{minutes}{cardinal(match['s'])}秒"


def _time(match: re.Match[str]) -> str | None:
    hour, minute = int(match["h"]), int(match["m"])
    if hour > 24 or minute > 59:
        return None
    said = quantity(str(hour)) + "点"
    if minute:
        said += ("零" if minute < 10 else "") + cardinal(str(minute)) + "分"
    elif not match["s"]:
        said += "整"
    if match["s"]:
        said += cardinal(str(int(match["s"]))) + "秒"
    return said
