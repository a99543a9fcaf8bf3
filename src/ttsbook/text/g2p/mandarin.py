"""Runs of Chinese characters to phonemes: words by jieba, readings by pypinyin, sandhi, symbols.

Takes traditional and simplified characters; words are separated by spaces in the result, as the
voice learned them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import accumulate, pairwise

from ttsbook.text.g2p.particles import PARTICLES, part_particles, read_ending, read_particle
from ttsbook.text.g2p.pinyin import from_pinyin
from ttsbook.text.g2p.sandhi import Word, apply_sandhi
from ttsbook.text.g2p.segment import is_listed, split_words
from ttsbook.text.g2p.traditional import is_sure, read_sure, simplify
from ttsbook.text.tables import read_map, read_rows, read_words

_MEASURED = "一二两三四五六七八九十百千几每这那哪数半"  # before 只: the measure word zhī, not "only"
_ME = ("么", "麼", "麽", "幺")  # after 什: shén
_CENG_BEFORE = "用任多一当在奉领率效亲"  # after 曾: once
_PLACES = ("县", "市", "区", "府")
_NO_AGENT = ("所以", "所有", "所谓", "所在", "所长", "所属", "所有人", "所在地")  # begin with 所 and no verb
_ASKED = {"嗯": "n2", "哦": "o2", "啊": "a2"}  # alone before a question mark; else they agree or wonder
_ENDINGS = "了吧呢啊吗的"  # after 还给他: nothing more is said
_FAMILIAR = "小老阿"  # before a surname
_BODY = ("着眼", "着手", "着想", "着火", "着数")  # after a verb its particle and what it acts with: 闭着|眼
# Before a whole 着手, "to begin": what is no verb.
_NO_VERB = (
    "便就已正才即先又也再还都将会能可要应该须并未不没由从在半只倒"
    "我你您他她它们人谁己家国处上中里下外内面与而且了"
)

_Context = tuple[tuple[tuple[str, frozenset[str]], ...], str]  # conditions that all hold, and the pinyin


@lru_cache(maxsize=1 << 14)
def pronounce_run(run: str, asked: bool = False) -> str:
    """Return the symbols of one run of characters without punctuation; `asked` of one before a "?"."""
    return " ".join(map(_symbols, read_run(run, asked)))


def pronounce_words(run: str, asked: bool = False) -> list[tuple[int, int, str]]:
    """Return (start, end, symbols) of each word of a run; words that have no reading are not among them."""
    return [(start, end, _symbols(syllables)) for start, end, syllables in _say_words(run, asked)]


def read_run(run: str, asked: bool = False) -> list[tuple[str, ...]]:
    """Return the pinyin of a run as it is said, word by word."""
    return apply_sandhi(_readings(run, _words_of(run), asked))


def _words_of(run: str) -> Sequence[str]:
    words: Sequence[str] = split_words(simplify(run))
    if "得" in run or "地" in run:
        words = part_particles(words)
    return _part_body(words)


def _readings(run: str, words: Sequence[str], asked: bool) -> list[Word]:
    if asked and all(word in _ASKED for word in words):
        return [(word, (_ASKED[word],)) for word in words]
    readings = _read_words(words)
    if not is_sure(run) or len(readings) != len(words):
        return readings
    starts = accumulate(map(len, words), initial=0)
    return [
        (word, read_sure(run[start : start + len(word)], word, syllables))
        for (word, syllables), start in zip(readings, starts, strict=False)
    ]


def _say_words(run: str, asked: bool) -> list[tuple[int, int, tuple[str, ...]]]:
    words = _words_of(run)
    readings = _readings(run, words, asked)
    said = deque(zip(readings, apply_sandhi(readings), strict=True))
    found = []
    start = 0
    for word in words:
        if said and said[0][0][0] == word:
            found.append((start, start + len(word), said.popleft()[1]))
        start += len(word)
    return found


@lru_cache(maxsize=1 << 16)
def _symbols(syllables: tuple[str, ...]) -> str:
    return "".join(map(from_pinyin, syllables))


def _part_body(words: Sequence[str]) -> Sequence[str]:
    """Separate the particle of a verb from a noun that was taken for one word with it: 闭|着|眼."""
    if not any(word in _BODY for word in words[1:]):
        return words
    parted = list(words[:1])
    for before, word in pairwise(words):
        # Characters that are no word together are a verb and what it is about: 他闭, 半闭.
        is_verb = len(before) == 1 or (len(before) == 2 and before[0] in _NO_VERB and not is_listed(before))
        is_particle = word in _BODY and is_verb and before[-1] not in _NO_VERB
        parted += (word[0], word[1:]) if is_particle else (word,)
    return parted


@lru_cache(maxsize=1 << 17)
def read_word(word: str) -> tuple[str, ...]:
    """Return the pinyin of a word, one syllable with a tone digit for each character that has one."""
    own = read_map("polyphones_zh.tsv").get(word)
    if own:
        return tuple(own.split())
    surname = _surname(word)
    if surname:
        return surname
    syllables = _look_up(word)
    if len(syllables) > 1 and not read_words("neutral_zh.txt").isdisjoint((word, word[-2:])):  # 老太太
        syllables[-1] = _toneless(syllables[-1])
    if word[0] == "子" and len(word) > 1 and is_listed(word):
        syllables[0] = "zi3"  # 子夜
    _fix_names(word, syllables)
    is_composed = not _has_reading(word)
    for i in range(1, min(len(word), len(syllables))):
        if word[i] == "只" and word[i - 1] in _MEASURED:
            syllables[i] = "zhi1"
        else:
            syllables[i] = read_ending(word, i, is_composed) or syllables[i]
    return tuple(filter(_is_pinyin, syllables))


def _fix_names(word: str, syllables: list[str]) -> None:
    """Correct two characters that are read differently in names than as a word: 塔什干, 宜都市."""
    if len(word) < 2 or len(syllables) != len(word) or _has_reading(word) or not is_listed(word):
        return
    for i, character in enumerate(word):
        if character == "什" and word[i + 1 : i + 2] not in _ME:
            syllables[i] = "shi2"
        elif character == "都" and i and word[i + 1 :] in _PLACES:
            syllables[i] = "du1"


def _surname(word: str) -> tuple[str, ...] | None:
    """Read 仇先生 and 小单: a surname that is read differently as a word."""
    surnames = read_map("surnames_zh.tsv")
    is_title = len(word) > 1 and word[1:] in read_words("titles_zh.txt")
    if is_title and word[0] in surnames and (len(word) > 2 or not is_listed(word)):  # 员工 is no Mr. Yun
        return (surnames[word[0]], *read_word(word[1:]))
    is_long = len(word) > 2 and is_listed(word) and not _has_reading(word)
    if word[0] == "曾" and is_long and word[1] not in _CENG_BEFORE:
        return ("zeng1", *read_word(word[1:]))  # long words with it are names: 曾庆红
    if len(word) == 2 and word[0] in _FAMILIAR and word[1] in surnames and not is_listed(word):
        return (*read_word(word[0]), surnames[word[1]])
    return None


def _look_up(word: str) -> list[str]:
    """Return what pypinyin's dictionaries say, by phrases and then by characters."""
    from pypinyin.constants import PHRASES_DICT, PINYIN_DICT

    own = read_map("polyphones_zh.tsv")
    syllables: list[str] = []
    for piece in _pieces(word):
        if piece in own:  # 大汗 in 满头大汗
            syllables += own[piece].split()
            continue
        phrase = PHRASES_DICT.get(piece)
        if phrase:
            syllables += (_with_digit(readings[0]) for readings in phrase)
            if piece != word and piece in read_words("neutral_zh.txt"):
                syllables[-1] = _toneless(syllables[-1])  # 商量一下
            continue
        for character in piece:
            readings = PINYIN_DICT.get(ord(character))
            # Rare characters without a known reading stay as they are.
            first = _with_digit(readings.partition(",")[0]) if readings else character
            syllables.append(own.get(character, first))
    return syllables


def _toneless(syllable: str) -> str:
    return syllable.rstrip("12345") + "5"


def _pieces(word: str) -> Sequence[str]:
    """Cut a word into the phrases that have a reading, ours first, and characters."""
    from pypinyin.constants import PHRASES_DICT
    from pypinyin.seg.mmseg import seg

    # The rule of maximal matches would find no longer piece than these.
    if len(word) == 1 or word in PHRASES_DICT:
        return (word,)
    own = read_map("polyphones_zh.tsv")
    for length in range(len(word) - 1, 1, -1):
        for start in range(len(word) - length + 1):
            piece, rest = word[start : start + length], word[start + length :]
            if piece in own:  # 心脏 in 心脏病
                before = _pieces(word[:start]) if start else ()
                return (*before, piece, *(_pieces(rest) if rest else ()))
    return tuple(seg.cut(word))


@lru_cache(maxsize=4096)
def _with_digit(syllable: str) -> str:
    from pypinyin.contrib.tone_convert import to_tone3

    return str(to_tone3(syllable, neutral_tone_with_five=True))


def _read_words(words: Sequence[str]) -> list[Word]:
    readings: list[Word] = []
    for index, word in enumerate(words):
        syllables = _settled(word)
        if syllables is None:
            syllables = _read_between(words, index)
        if syllables:
            readings.append((word, syllables))
    return readings


@lru_cache(maxsize=1 << 17)
def _settled(word: str) -> tuple[str, ...] | None:
    """Return the reading of a word, or None if what stands around it can matter."""
    if word in _lone() or word[0] in "只子" or word == "还给":
        return None
    is_composed = len(word) > 1 and not _has_reading(word)
    return None if is_composed and not _by_context().isdisjoint(word) else read_word(word)


def _has_reading(word: str) -> bool:
    """Return whether a word has a reading as a whole; others are read character by character."""
    from pypinyin.constants import PHRASES_DICT

    return word in read_map("polyphones_zh.tsv") or word in PHRASES_DICT


def _read_between(words: Sequence[str], index: int) -> tuple[str, ...]:
    """Read a word by what stands around it."""
    word = words[index]
    before = words[index - 1] if index else ""
    if word in _lone():
        return (_lone_reading(word, words[:index], words[index + 1 :]),)
    if word == "还给":
        return ("huan2" if _gives_back(words[:index], words[index + 1 :]) else "hai2", "gei3")
    has_reading = len(word) == 1 or _has_reading(word)
    syllables = read_word(word) if has_reading else _compose(word, words[:index], words[index + 1 :])
    if word[0] == "子" and not before:
        return ("zi3", *syllables[1:])  # 子曰
    if word[0] == "只" and before and before[-1] in _MEASURED and not is_listed(word):
        return ("zhi1", *syllables[1:])  # 两|只手, but 这|只有
    return syllables


def _compose(word: str, earlier: Sequence[str], later: Sequence[str]) -> tuple[str, ...]:
    """Read a word that no dictionary of readings has, 想弹: its characters as if they stood alone."""
    syllables = list(read_word(word))
    if len(syllables) != len(word) or _surname(word):
        return tuple(syllables)
    i = 0
    for piece in _pieces(word):
        # 教材 is no matter of what is taught.
        is_fixed = piece == "教" and is_listed(word) and word[i + 1 : i + 2] not in ("课", "完", "书")
        if len(piece) == 1 and piece in _by_context() and not is_fixed:
            before = (*earlier, word[:i]) if i else earlier
            after = (word[i + 1 :], *later) if word[i + 1 :] else later
            syllables[i] = _lone_reading(piece, before, after)
        i += len(piece)
    return tuple(syllables)


@cache
def _lone() -> frozenset[str]:
    """Return the characters whose reading, when they are words, depends on the words around them."""
    from_tables = {row[0] for row in read_rows("contexts_zh.tsv")} | set(read_map("surnames_zh.tsv"))
    return frozenset(PARTICLES) | from_tables


@cache
def _by_context() -> frozenset[str]:
    """Return those of them that are read so inside a composed word, too."""
    return _lone().difference(PARTICLES)


def _lone_reading(word: str, earlier: Sequence[str], later: Sequence[str]) -> str:
    """Choose the reading of a character that stands alone between the words of a run."""
    before, after = earlier[-1] if earlier else "", later[0] if later else ""
    particle = read_particle(word, earlier, later)
    if particle:
        return particle
    if word == "只":
        return "zhi1" if before and before[-1] in _MEASURED else "zhi3"
    if word == "为" and _is_passive(later):
        return "wei2"
    for conditions, pinyin in _contexts().get(word, ()):
        if all(_fits(where, cues, earlier, later) for where, cues in conditions):
            return pinyin
    surname = read_map("surnames_zh.tsv").get(word)
    if surname and (after in read_words("titles_zh.txt") or (before and before[-1] in _FAMILIAR + "姓叫")):
        return surname
    return next(iter(read_word(word)), "")


def _gives_back(earlier: Sequence[str], later: Sequence[str]) -> bool:
    """Tell 把书|还给|他 and 还给|他 from 还给|他|讲故事."""
    said = [word for word in later if word not in _ENDINGS]
    return len(said) < 2 or not {"把", "将"}.isdisjoint(earlier)


def _is_passive(later: Sequence[str]) -> bool:
    """Return whether these words go on from 为 to who does it and 所: 为|世间|所知, but 为|你|所|做|的|事."""
    for i, word in enumerate(later):
        if word[0] == "所" and word not in _NO_AGENT:
            return 0 < i < 5 and "的" not in later[i:]
    return False


@cache
def _contexts() -> dict[str, tuple[_Context, ...]]:
    table: dict[str, tuple[_Context, ...]] = {}
    for character, *conditions, pinyin in read_rows("contexts_zh.tsv"):
        wanted = tuple(
            (where, frozenset(cues.split() if where in ("word", "next", "then") else cues))
            for where, cues in zip(conditions[::2], conditions[1::2], strict=True)
        )
        table[character] = (*table.get(character, ()), (wanted, pinyin))
    return table


def _fits(where: str, cues: frozenset[str], earlier: Sequence[str], later: Sequence[str]) -> bool:
    """Return whether one condition of a context holds between these words."""
    match where:
        case "after":
            return (later[0][:1] if later else "。") in cues
        case "before":
            return (earlier[-1][-1:] if earlier else "。") in cues
        case "earlier" | "later":
            return any(not cues.isdisjoint(other) for other in (earlier if where == "earlier" else later))
        case "starts":
            return bool(earlier) and earlier[-1][:1] in cues
        case "word":
            return not cues.isdisjoint(earlier)
        case "next":
            return bool(later) and later[0] in cues
        case "closing":
            ends = not later or (later[0] in "的了" and len(later) == 1)
            return ends and bool(earlier) and earlier[-1][-1:] in cues
        case "then":
            return not cues.isdisjoint(later)
        case _:
            return where == "alone"


@lru_cache(maxsize=4096)
def _is_pinyin(syllable: str) -> bool:
    try:
        return bool(from_pinyin(syllable))
    except ValueError:
        return False
