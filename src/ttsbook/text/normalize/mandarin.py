"""Rules that turn digits and symbols in Chinese text into the characters a reader says."""

from __future__ import annotations

import re
from functools import lru_cache

from ttsbook.text.normalize.mandarin_codes import (
    called_number,
    digit_by_digit,
    help_lines,
    isbn,
    phone_number,
    vehicle_number,
    version,
)
from ttsbook.text.normalize.mandarin_numbers import cardinal, decimal, one_by_one, quantity
from ttsbook.text.normalize.rewrite import DIGITS, Rule, any_of
from ttsbook.text.normalize.roman import ROMAN, ROMAN_SIGNS, roman_value
from ttsbook.text.normalize.signs import CIRCLED, FRACTION_SIGNS, sign_value
from ttsbook.text.script import HAN
from ttsbook.text.tables import read_map, read_words

_SERVICES = r"110|119|120|122|114|1[02]\d{3}|9[56]\d{3}"  # numbers of public services
_MODELS = "歼轰运直教强苏米图弹风舟征旗击浪"  # 歼-20, 东风-41, 神舟-5
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"  # on number plates
_N = r"\d{1,3}(?:,\d{3})+(?:[.·]\d+)?|\d+(?:[.·]\d+)?"
_BEFORE = r"(?<![\d.,])"
_SIGN = r"(?:(?<![\dA-Za-z)）-])[-−])?"
_POWERS = {"2": "平方", "3": "立方"}
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻−–", "0123456789+---")
_LOWERED = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_COUNTS_YEARS = "了过過有整共近约約达達满滿长長这這前后後等第用花经經"  # 住了12年: twelve years
_NEEDS = {"fraction": frozenset(DIGITS).union(FRACTION_SIGNS)}


def _date(match: re.Match[str]) -> str:
    said = f"{one_by_one(match['y'])}年"
    if match["m"]:
        said += f"{cardinal(match['m'])}月"
    if match["d"]:
        said += f"{cardinal(match['d'])}{match['day'] or '日'}"
    return said


def _year(match: re.Match[str]) -> str:
    return one_by_one(match["y"]) + "年"


def _counted_year(match: re.Match[str]) -> str:
    return cardinal(match.group())


def _decade(match: re.Match[str]) -> str:
    return (one_by_one(match["c"] + match["y"]) if match["c"] else cardinal(match["y"])) + "年代"


def _month_day(match: re.Match[str]) -> str:
    return f"{cardinal(match['m'])}月{cardinal(match['d'])}{match['day']}"


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
    return f"{decimal(match['a'])}{_to(match)}{decimal(match['b'])}"


def _counted_range(match: re.Match[str]) -> str:
    return f"{quantity(match['a'])}{_to(match)}{quantity(match['b'])}"


def _to(match: re.Match[str]) -> str:
    return "至" if "至" in match.group() else "到"


def _difference(match: re.Match[str]) -> str:
    return f"{decimal(match['a'])}减{decimal(match['b'])}"


def _roman(match: re.Match[str]) -> str:
    return cardinal(str(roman_value(match.group())))


def _roman_sign(match: re.Match[str]) -> str:
    return cardinal(str(sign_value(match.group())))


def _circled(match: re.Match[str]) -> str:
    return cardinal(str(sign_value(match.group())))


def _years(match: re.Match[str]) -> str:
    return f"{one_by_one(match['a'])}{match['year'] or ''}{_to(match)}{one_by_one(match['b'])}{match['end']}"


def _score(match: re.Match[str]) -> str:
    lead = match["lead"] if "lead" in match.re.groupindex else ""
    return f"{lead}{decimal(match['a'])}比{decimal(match['b'])}"


def _episode(match: re.Match[str]) -> str:
    return f"第{cardinal(match['season'])}季第{cardinal(match['episode'])}集"


def _level(match: re.Match[str]) -> str:
    return cardinal(match["n"]) + "级"


def _gauge(match: re.Match[str]) -> str:
    return f"{match['lead']}{cardinal(match['n'])}斜杠{cardinal(match['of'])}"


def _model(match: re.Match[str]) -> str:
    """Read 歼-20, whose hyphen is no minus."""
    return cardinal(match["n"])


def _ten_thousands(match: re.Match[str]) -> str:
    return quantity(match["n"]) + "万"


def _and_odd(match: re.Match[str]) -> str:
    """Read 1米75 as 一米七五: what follows the unit is said digit by digit."""
    return f"{quantity(match['n'])}{match['unit']}{one_by_one(match['odd'])}"


def _power(match: re.Match[str]) -> str:
    power = match.group().lstrip("^").translate(_RAISED)
    return (
        f"的{_POWERS.get(power) or ('负' if power[0] == '-' else '') + cardinal(power.lstrip('+-')) + '次方'}"
    )


def _lowered(match: re.Match[str]) -> str:
    return one_by_one(match.group().translate(_LOWERED))


def _per(match: re.Match[str]) -> str:
    per = "分钟" if match["per"] == "分" else match["per"]
    low = f"{quantity(match['low'])}到" if match["low"] else ""
    return f"每{per}{low}{quantity(match['n'])}{match['unit']}"


def _per_unit(match: re.Match[str]) -> str:
    return "每" + read_map("units_zh.tsv")[match["unit"]]


def _unit(match: re.Match[str]) -> str:
    number = (
        f"{quantity(match['n'])}{_to(match)}{quantity(match['to'])}" if match["to"] else quantity(match["n"])
    )
    return number + (match["mag"] or "") + read_map("units_zh.tsv")[match["unit"]]


def _temperature(match: re.Match[str]) -> str:
    minus = "零下" if match["minus"] else ""
    scale = "华氏" if match["scale"] in ("℉", "°F") else "摄氏" if match["scale"] in ("℃", "°C") else ""
    low = f"{decimal(match['low'])}到" if match["low"] else ""
    return f"{scale}{minus}{low}{decimal(match['n'])}度"


def _temperatures(match: re.Match[str]) -> str:
    """Read -20~-10℃, whose second minus is no range."""
    scale = "华氏" if match["scale"] in ("℉", "°F") else "摄氏" if match["scale"] in ("℃", "°C") else ""
    low = ("零下" if match["minus"] else "") + decimal(match["low"])
    return f"{scale}{low}到零下{decimal(match['n'])}度"


def _money(match: re.Match[str]) -> str:
    return f"{quantity(match['n'])}{match['mag'] or ''}{read_map('currencies_zh.tsv')[match['sign']]}"


def _ordinal(match: re.Match[str]) -> str:
    return "第" + cardinal(match["n"])


def _counted(match: re.Match[str]) -> str | None:
    """Read 2 as 两 before what is counted."""
    return quantity(match["n"]) if match["n"] == "2" else None


def _plain(match: re.Match[str]) -> str:
    return decimal(match.group())


def _two(_: re.Match[str]) -> str:
    return "两"


def _compared(match: re.Match[str]) -> str:
    return "小于" if match.group().strip() in "<＜" else "大于"


def _symbol(match: re.Match[str]) -> str:
    return read_map("symbols_zh.tsv")[match.group()]


@lru_cache(maxsize=1)
def mandarin_rules() -> tuple[Rule, ...]:
    """Return all Mandarin rules in the order of their claims."""
    units = any_of(read_map("units_zh.tsv"))
    currencies = any_of(read_map("currencies_zh.tsv"))
    measures = any_of(read_words("measures_zh.txt"))
    symbols = "".join(re.escape(symbol) for symbol in read_map("symbols_zh.tsv"))
    dash = r"\s?(?:[-–—－~～〜至]|--)\s?"
    minus = r"(?P<minus>(?<![\dA-Za-z)）-])[-−])?"
    is_, high = "[是为為:：]{0,2}", "(?P<mag>[万萬亿億千百]*)"
    callers = any_of(read_words("before_phone_zh.txt"))
    codes = any_of(read_words("codes_zh.txt"))
    life = rf"(?P<a>1\d{{3}}|20\d\d)(?P<year>年)?{dash}(?P<b>1\d{{3}}|20\d\d)(?P<end>年?)"
    day = r"(?P<d>\d\d?)\s?(?P<day>[日号號])"
    dates_end = r"年(?:的|[春夏秋冬初底末，。]|$)"
    clause = r"(?<![^，。！？!?“”「『…~～\s扣刷])"  # where one begins
    events = "洪水|抗洪|奥运|世界杯|高考|毕业|入伍|参军|下岗|春节|国庆|金融危机|大地震|生人|那"
    won = "[险險大小完惨慘再]?[胜勝负負赢贏输輸败敗领領落平战戰击擊]"
    beaten = "领先|領先|落后|落後|战胜|戰勝|击败|擊敗|逆转|逆轉|[大完险]胜"
    rooms = "(?:教|办公|会议)?室|号房|號房|号病房|房间|房間|病房|路(?:公交|公共|巴士|电车|電車|车|車)"
    days = "事件|事变|事變|运动|運動|起义|惨案|特大|大?地震|空难|晚会|讲话|指示"  # 9·11, not 41·90
    term = "(?=[赛賽]季|学年|學年|财年)"
    named = "工作制|事件|事变|事變|部队|部隊|高校|工程|大学(?!生)|院校|计划|晚会|大促"
    counted = "公里|千米|米|元|次|步|字|升|毫升|克|公斤|千克|吨|个|件|张|页|转|块"
    pers = "小时|秒|分钟?|天|日|周|月|季度|年|人|位|斤|公斤|千克|吨|次|个|台|件|平方?米|亩|晚|页"
    low = rf"(?:{_BEFORE}(?P<low>{_N}){dash})?"
    gauges = "HP|MP|SP|EXP|XP|血量|血条|(?:生命|魔力|法力|体力|耐力|经验|精神)[值力]?|进度"
    born = "(?:00|[4-9][05])"
    plates = rf"(?<=[{_PROVINCES}][A-Z])|(?<=[{_PROVINCES}][A-Z][·•])"
    answering = "网站|網站|平台|报警|報警|急救|救护|指挥中心|客服|电话|電話"
    services = rf"(?:{_SERVICES})(?![\d.]|[个個次元块塊米])"
    scale = "(?P<scale>℃|℉|°[CF]?)"
    table = (
        ("year", rf"(?<=[{HAN}])(?:19|20)\d\d$", digit_by_digit),
        ("episode", r"(?<![A-Za-z])S(?P<season>\d{1,2})E(?P<episode>\d{1,3})(?!\w)", _episode),
        ("shop", r"(?<!\d)7-11(?=便利|超市|店|买)", lambda _: "seven eleven"),
        ("level", r"(?<![A-Za-z])[Ll][Vv]\.?\s?(?P<n>\d+)级?(?![\d.])", _level),
        ("versus", r"(?<=\d)[vV](?=\d)", lambda _: "V"),
        ("gauge", rf"(?P<lead>(?:{gauges})[：: ]?\s?)(?P<n>\d+)/(?P<of>\d+)(?![\d/])", _gauge),
        ("model", rf"(?<=[{_MODELS}])-(?P<n>\d{{1,3}})(?!\d)", _model),
        ("isbn", r"(?<=ISBN)(?:-1[03])?[:： ]*\d[\d-]{8,15}[\dXx]\b", isbn),
        ("date", rf"{_BEFORE}(?P<y>\d{{4}})\s?年\s?(?P<m>\d\d?)\s?月\s?(?:{day})?", _date),
        ("date", rf"{_BEFORE}(?P<y>\d{{4}})[-/.](?P<m>\d\d?)[-/.](?P<d>\d\d?)(?P<day>)(?![\d.])", _date),
        ("year", rf"{_BEFORE}(?P<c>(?:1\d|20)(?=\d0年代))?(?P<y>\d0)年代", _decade),
        ("year", r"(?<=[（(])(?:1\d|20)\d\d(?=[）)])", digit_by_digit),
        ("year", rf"(?<=[（(]){life}(?=[）)，])", _years),
        ("year", rf"{_BEFORE}(?P<a>\d{{4}})(?P<year>年)?{dash}(?P<b>\d{{4}})(?P<end>年|{term})", _years),
        ("year", r"(?<=《)(?:1[4-9]|20)\d\d(?![\d年])", digit_by_digit),
        ("year", rf"(?<={any_of(read_words('eras_zh.txt'))})\d{{1,2}}(?=年)", _counted_year),
        ("year", r"(?<=[A-Za-z]\s)(?:19|20)\d\d(?![\d.])", digit_by_digit),
        ("date", rf"{_BEFORE}\d\d?[·•]\d\d?(?=[”’」』》]?(?:{days}))", digit_by_digit),
        ("times", r"(?<=\d)\*(?=\d)", lambda _: "乘"),
        ("year", rf"{_BEFORE}(?<![{_COUNTS_YEARS}])(?P<y>[789][1-9]|0\d)年(?={events})", _year),
        ("year", rf"{_BEFORE}(?P<y>\d{{4}}|(?<![{_COUNTS_YEARS}])\d{{2}}(?={dates_end}))\s?年", _year),
        ("date", rf"{_BEFORE}(?P<m>\d\d?)\s?月\s?{day}", _month_day),
        ("score", rf"{_BEFORE}(?P<a>\d+)[:：∶](?P<b>\d+)(?={won})", _score),
        ("score", rf"(?P<lead>比分{is_}\s?)(?P<a>\d+)[-–:：∶](?P<b>\d+)", _score),
        ("score", rf"{_BEFORE}(?P<a>\d\d?)[-–](?P<b>\d\d?)(?={beaten})", _score),
        ("time", rf"{_BEFORE}(?P<h>\d\d?)[:：](?P<m>\d\d)(?:[:：](?P<s>\d\d))?分?(?![\d:：])", _time),
        ("percent", rf"{_BEFORE}(?:(?P<low>{_N})%?{dash})?(?P<n>{_SIGN}(?:{_N}))\s?(?P<sign>[%‰])", _percent),
        ("angle", r"(?P<d>\d{1,3})°(?P<m>\d\d?)′(?:(?P<s>\d\d?)″)?", _angle),
        ("temperature", rf"{minus}(?P<low>{_N})\s?[~～〜至到]\s?[-−](?P<n>{_N})\s?{scale}", _temperatures),
        ("temperature", rf"{minus}(?:(?P<low>{_N}){dash})?(?P<n>{_N})\s?{scale}", _temperature),
        ("phone", rf"{_BEFORE}(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{{4}}){{2}}(?!\d)", phone_number),
        ("phone", rf"{_BEFORE}(?:0\d{{1,3}}|400|800)-\d{{3,4}}-?\d{{3,4}}(?!\d)", phone_number),
        ("phone", rf"(?P<lead>(?:{callers}){is_}\s?)(?P<n>\d{{3,12}})(?![\d.%{HAN}])", called_number),
        ("phone", r"[（(]0\d{2,3}[)）]\s?\d{3,4}[- ]?\d{3,4}(?!\d)", phone_number),
        ("phone", rf"(?<=[拨撥打])\s?{services}(?:[或和及、]{services})*", help_lines),
        ("phone", rf"{_BEFORE}{services}(?={answering})", help_lines),
        ("phone", r"(?<=\d)(?P<lead>转|轉)(?P<n>\d{2,5})(?!\d)", called_number),
        ("phone", rf"{_BEFORE}\d{{3,8}}(?=热线|熱線)", vehicle_number),
        ("code", rf"{_BEFORE}(?!\d00)\d{{3,4}}(?={rooms}|{named})", digit_by_digit),
        ("code", rf"(?<![\d.,点點:：]){born}(?=(?:[、和]{born})?后(?![\d天日年个位名]))", digit_by_digit),
        ("code", rf"{_BEFORE}\d{{3}}(?=[/、]\d{{3}}(?:{named}))", digit_by_digit),
        ("code", r"(?:(?<=[GDKTZCLYS])|(?<=[A-Z]{2}))\d{2,4}(?=次|号列车|航班)", vehicle_number),
        ("code", rf"(?:(?<=航班[A-Z]{{2}})|{plates})\d{{3,5}}(?!\d)", vehicle_number),
        ("code", r"(?<=[“「『‘])(?!\d00|250)\d{3}(?=[”」』’])", digit_by_digit),
        ("code", rf"{_BEFORE}(?:404|403|50[0234])(?=页面|頁面|错误|錯誤|报错)", digit_by_digit),
        ("code", r"(?<=波音)7\d7(?!\d)", digit_by_digit),
        ("code", rf"{_BEFORE}(?:5201314|1314520|520(?=快乐|告白|表白|情人节|礼物))(?![\d.])", digit_by_digit),
        ("code", rf"{clause}(?:6{{3,}}|23{{3,}})(?=[，。！!~～…”」』]|$)", digit_by_digit),
        ("code", rf"{_BEFORE}\d+(?:\.\d+){{2,}}(?!\d)", version),
        ("odd", rf"{_BEFORE}(?P<n>\d+)(?P<unit>[米秒块塊])(?P<odd>\d{{1,2}})(?![\d年月日.])", _and_odd),
        ("code", rf"(?:(?<={codes})|(?<=房间号)|(?<=房間號))[：:]?\d{{3,}}", digit_by_digit),
        ("code", r"(?<=[A-Z])\d{3,}(?![\d.A-Za-z])", digit_by_digit),
        ("difference", rf"{_BEFORE}(?P<a>{_N})\s?[-−]\s?(?P<b>{_N})(?=\s?=)", _difference),
        ("fraction", rf"(?P<whole>\d+)?(?P<sign>[{''.join(FRACTION_SIGNS)}])", _fraction_sign),
        ("fraction", rf"{_BEFORE}(?P<top>\d+)[/⁄](?P<bottom>\d+)(?![\d/])", _fraction),
        ("money", rf"(?P<sign>{currencies})\s?(?P<n>{_N})(?P<mag>[万亿萬億千百]+)?元?", _money),
        ("money", rf"(?P<n>{_N})\s?[¥￥]", lambda match: f"{quantity(match['n'])}元"),
        ("magnitude", rf"(?P<n>{_N})w(?=\+?(?:[{HAN}，。！？、]|$))", _ten_thousands),
        ("ordinal", r"(?<![A-Za-z])[Nn][Oo]\.\s?(?P<n>\d+)(?![\d.])", _ordinal),
        ("per", rf"(?<=元)[/／](?P<unit>{units})(?![A-Za-z])", _per_unit),
        ("per", rf"{low}(?P<n>{_N})(?P<unit>{counted})[/／](?P<per>{pers})", _per),
        ("unit", rf"(?P<n>{_N})(?:{dash}(?P<to>{_N}))?{high}\s?(?P<unit>{units})(?![A-Za-z])", _unit),
        ("about", r"(?<![\dA-Za-z~～.%℃约一二三四五六七八九十百千万亿])~\s?(?=[¥￥$]?\d)", lambda _: "约"),
        ("range", rf"{_BEFORE}(?P<a>{_N}){dash}(?P<b>{_N})(?=\s?(?:{measures}))", _counted_range),
        ("range", r"(?<=\d[日号號月年时時点點℃℉])\s?[-–—－~～〜]\s?(?=\d)", lambda _: "到"),
        ("range", r"(?<=\d[:：]\d\d)\s?[-–—－~～〜]\s?(?=\d\d?[:：]\d\d)", lambda _: "到"),
        ("time", r"(?P<m>\d{1,3})′(?P<s>\d\d?)″", _minutes),
        ("range", rf"{_BEFORE}(?P<a>{_N}){dash}(?P<b>{_N})(?![\d-])", _range),
        ("score", rf"{_BEFORE}(?P<a>\d+)\s?[:：∶]\s?(?P<b>\d+)(?!\d)", _score),
        ("ordinal", r"第\s?(?P<n>\d+)", _ordinal),
        ("counted", rf"(?<![\d.,、])2(?=、3\s?(?:{measures}))", _two),
        ("counted", rf"{_BEFORE}(?P<n>\d+)(?=\s?(?:{measures}))", _counted),
        ("code", rf"{_BEFORE}(?:0\d+|\d{{12,}})(?![\d.])", digit_by_digit),
        ("number", rf"{_SIGN}(?:{_N})", _plain),
    )  # fmt: skip
    numbers = tuple(
        Rule(name, re.compile(text), speak, "zh", _NEEDS.get(name, frozenset(DIGITS)))
        for name, text, speak in table
    )
    signs = frozenset(read_map("symbols_zh.tsv"))
    return (
        Rule(
            "power",
            re.compile(r"(?<=[A-Za-z\d)])\^[-−–]?\d{1,3}(?!\w)", re.ASCII),
            _power,
            "zh",
            frozenset("^"),
        ),
        *numbers,
        # 第XII章 and 三体II, but XX stands for a name
        Rule("roman", re.compile(rf"(?<=第){ROMAN}(?=[{HAN}])"), _roman, "zh", frozenset("第")),
        Rule(
            "roman",
            re.compile(rf"(?<=[{HAN}])(?=[IVX]{{2}})(?!(?:X+|[VX]I)(?![IVX])){ROMAN}(?![A-Za-z\d])"),
            _roman,
            "zh",
        ),
        Rule("roman", re.compile(f"[{''.join(ROMAN_SIGNS)}]"), _roman_sign, "zh", ROMAN_SIGNS),
        Rule("circled", re.compile(f"[{''.join(CIRCLED)}]"), _circled, "zh", CIRCLED),
        Rule("power", re.compile(r"(?<=[A-Za-z\d)])[⁺⁻]?[⁰¹²³⁴-⁹]+"), _power, "zh", frozenset("⁰¹²³⁴⁵⁶⁷⁸⁹")),
        Rule("lowered", re.compile("[₀-₉]+"), _lowered, "zh", frozenset("₀₁₂₃₄₅₆₇₈₉")),
        Rule(
            "compare",
            re.compile(r"(?<=\w)\s?[<>＜＞]\s?(?=[\dA-Za-z])"),
            _compared,
            "zh",
            frozenset("<>＜＞"),
        ),
        Rule("symbol", re.compile(f"[{symbols}]"), _symbol, "zh", signs),
    )
