"""The characters 子 儿 得 地: an ending or a particle in one place, and a word of its own in another.

Knows which characters stand beside them, and no other readings.
"""

from __future__ import annotations

from collections.abc import Sequence

from ttsbook.text.g2p.segment import is_listed
from ttsbook.text.tables import read_words

PARTICLES = "地得只儿子"
_DE_KEEPS_TONE = "获取赢夺博难心应懂所"  # 获得者
_DE_OBTAINS = (
    _DE_KEEPS_TONE + "求征购捧摘录竞觅讨谋劫募窃贪偷拾兼易既始已独共可休焉彼乍奥乐梦未方才能白犹互各"
)
_TIMES = "一二三四五六七八九"  # 二三|得六
_MUST_BEFORE = "我你您他她它们就总也都还不可非必咱谁"  # last before a lone 得: "must"
_MUST_ALONE = "真准先前那这又须便事钱人话车饭"  # the whole word before a lone 得, or all but 这 and 那
_NOUN_ENDINGS = "子者"
_NO_MUST_AFTER = ("很", "慌", "像", "象", "厉害", "利害", "要命", "要死", "不得了")  # 给面子得很
# After a lone 得: "to get".
_OBTAINED = (
    *("了", "到", "过", "之", "令", "便宜", "点", "些", "啦", "嘞", "哪"),
    *("天下", "真传", "实惠", "冠军", "金牌"),
)
_OBTAINED_FIRST = "第奖病胜"  # as the first character
_ILLNESSES = "病症癌炎"  # last character of what a lone 得 gets
_HOW_AFTER = "象像够太很极响"  # after 得 in no word with it: 脸红|得|象
_ER_BEFORE = (
    "女婴孤幼少男健宠胎妻孙侄弃患生血能托徒痴乞运潮吾犬娇"  # before 儿: a child; else the ending of a noun
)
_ER_NAMES = "蓉婉灵宏瑜康迅秀莺雪霜凤鸾芸菊静倩娟瑶琳琪婷娜媚嫣霞萍珊薰萱瑾柔曦宸昊晴翠媛婵妍馨蕊芷璃"  # 蓉儿
_ER_WORDS = ("孩儿", "小儿", "我儿", "呼儿", "过儿", "育儿", "畸形儿", "早产儿")
_ER_ALONE = _ER_BEFORE + _ER_NAMES + "我的呼"  # before a lone 儿: 我的|儿
_FIELDS = "块亩片顷垧"  # before 地: the ground that they measure
_DEGREES = "多好久深快慢早低高"  # before 地: 更多|地, but 在|地
_MORE = "更越最量能很太么较"  # before 多|地
_SOUNDS = "砰噌嗖啪嘭哗轰腾唰刷咚呼嗡咣扑噗嘶嗤哐咔当吱蹭倏忽蓦霍哇嘎咕哧"  # before 地 and a verb: 砰|地|一声
_GROUND_BEFORE = (
    "等三四五六七八九买租卖占种在到落倒满遍扫拖触跪下着某此各本两异外内"  # before 地: 满|地|一片, 落|地|一声
)
_REACHES = "着了过到在等开"  # before 地 at the end of a run: a place is reached or left
# Of a place and its first character: what follows if 地 was a particle, 满意地|点|了, 高兴地|带|他.
_VERB_BEFORE = {
    "地点": "了着上头点燃",
    "地理": "了",
    "地带": "着他她我你它走",
    "地面": "对向",
    "地主": "动",
    "地上": "了",
}


def part_particles(words: Sequence[str]) -> Sequence[str]:
    """Separate 地 and 得 from words that they were taken for one with: 高兴|地笑, 这事得|问他."""
    parted: list[str] = []
    for word, after in zip(words, (*words[1:], ""), strict=True):
        parted += _parts(parted, word, after)
    return parted


def _parts(earlier: Sequence[str], word: str, after: str) -> tuple[str, ...]:
    before = earlier[-1] if earlier else ""
    if len(word) == 1:
        return (word,)
    if word[0] == "地":
        return ("地", word[1:]) if _begins_with_particle(before, word, after) else (word,)
    if is_listed(word):
        return (word,)
    says_must = before[-1:] != "不" and calls_for_must(before)
    if word[0] == "得" and before and (says_must or word[1] in _HOW_AFTER):
        return ("得", word[1:])
    if word[-1] == "得" and after and (word[:-1] in _MUST_ALONE or word[-2] == "可"):
        return (word[:-1], "得")
    if word[-1] == "地" and len(word) == 2 and _ends_adverb((*earlier, word[0]), after):
        return (word[0], "地")
    return (word,)


def _begins_with_particle(before: str, word: str, after: str) -> bool:
    """Tell 微笑|地点|了 and 慢慢|地上|车 from places."""
    if not is_listed(word) or len(before) < 2:
        return not is_listed(word)
    return before[-1] == before[-2] or bool(after and after[0] in _VERB_BEFORE.get(word, ""))


def read_ending(word: str, i: int, is_composed: bool) -> str:
    """Return how a particle inside a word is read, "" if that is as a dictionary has it.

    `is_composed` tells of a word without a reading as a whole.
    """
    before, is_last = word[i - 1], i == len(word) - 1
    if word[i] == "子":
        return "zi3" if _is_full_zi(word, i, is_composed) else ""
    if word[i] == "得":
        return "de5" if _is_complement(word, i, is_composed) else ""
    if word[i] == "地":
        return "de5" if i > 1 and (before == word[i - 2] or _is_adverb(word, is_composed)) else ""
    if word[i] == "儿" and is_last:
        return "er2" if before in _ER_BEFORE + _ER_NAMES or word in _ER_WORDS else "er5"
    return ""


def _is_full_zi(word: str, i: int, is_composed: bool) -> bool:
    """Tell 男子, 原子弹 and 赵子龙 from 孩子气."""
    if not read_words("zi_zh.txt").isdisjoint((word[i - 1 : i + 1], word[: i + 1])):
        return True
    is_inside = is_composed and i < len(word) - 1 and is_listed(word)
    return is_inside and not any(is_listed(word[start : i + 1]) for start in range(i))


def _is_complement(word: str, i: int, is_composed: bool) -> bool:
    """Tell 冻得, 跑得快, 舍不得 from 求得 and 获得者."""
    before, is_last = word[i - 1], i == len(word) - 1
    if len(word) == 2:
        return before not in _DE_OBTAINS and is_composed
    if len(word) == 3 and i == 1:
        return word[0] not in _DE_KEEPS_TONE
    if len(word) == 3 and is_last:
        is_new = is_composed and not is_listed(word)
        return before == "不" or (is_new and before not in _DE_OBTAINS + _TIMES)
    return False


def _is_adverb(word: str, is_composed: bool) -> bool:
    """Tell 细心地 from 出生地; what is in no dictionary is an adverb."""
    if word[-1] != "地" or not is_composed:
        return False
    return word in read_words("adverbs_zh.txt") if is_listed(word) else word[-2] not in "着了"


def read_particle(word: str, earlier: Sequence[str], later: Sequence[str]) -> str:
    """Return how 得, 地 or 儿 is read that stands alone between the words of a run, "" of others."""
    before, after = earlier[-1] if earlier else "", later[0] if later else ""
    if word == "地":  # after an adverb it is the particle, after a verb or alone the ground
        return "de5" if _ends_adverb(earlier, after) else "di4"
    if word == "得":
        return _lone_de(before, after)
    if word == "儿":
        return "er5" if before and before[-1] not in _ER_ALONE else "er2"
    return ""


def _lone_de(before: str, after: str) -> str:
    if not after or after == "之":
        return "de2"
    if before and (not calls_for_must(before) or (before[-1] in _NOUN_ENDINGS and after in _NO_MUST_AFTER)):
        return "de5"
    return "de2" if after in _OBTAINED or after[0] in _OBTAINED_FIRST or after[-1] in _ILLNESSES else "dei3"


def calls_for_must(before: str) -> bool:
    """Tell 今天|得 and 孩子|得 from 跑|得."""
    return bool(before) and (
        before[-1] in _MUST_BEFORE
        or before in _MUST_ALONE
        or (before[0] in "这那" and before[1:] in _MUST_ALONE)
        or before in read_words("before_must_zh.txt")
        or (len(before) > 1 and before[-1] in _NOUN_ENDINGS)
    )


def _ends_adverb(earlier: Sequence[str], after: str) -> bool:
    """Return whether a lone 地 after these words makes an adverb of them: 轻轻|地, 砰|地|一声."""
    before = "".join(earlier[-2:])
    if len(before) > 1 and before[-1] == before[-2]:
        return True
    if not earlier or before[-1] in _FIELDS:
        return False
    if len(earlier[-1]) == 1:
        return bool(after) and _goes_on_from_one(earlier, after)
    if after:
        return True
    return len(earlier) > 1 and earlier[-2][-1] != "的" and before[-1] not in _REACHES


def _goes_on_from_one(earlier: Sequence[str], after: str) -> bool:
    """Tell 砰|地|关上, 邪魅|地|一笑 and 头也不回|地|走 from 满|地|一片."""
    before = earlier[-1]
    if before == "多" and (len(earlier) < 2 or earlier[-2][-1] not in _MORE):
        return False  # 国内|多|地
    if before in _SOUNDS + _DEGREES or tuple(earlier[-3:-1]) == ("也", "不"):
        return True
    return after[0] == "一" and len(after) > 1 and before not in _GROUND_BEFORE
