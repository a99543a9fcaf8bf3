"""Chooses between two readings of one spelling by the words around it: "to object", "an object".

The table says which readings there are and by what kind of test they are told apart; the tests are
short guesses at the part of speech, not a parser.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from ttsbook.text.g2p.arpabet import from_arpabet
from ttsbook.text.g2p.derive import plural
from ttsbook.text.tables import read_map, read_rows

_REACH = 3  # words on either side that a cue may stand at
_HABIT_REACH = 6


@dataclass(frozen=True, slots=True)
class _Heteronym:
    kind: str
    reading_a: str
    reading_b: str
    cues: frozenset[str]  # within reach
    beside: tuple[tuple[str, str], ...]  # (right before, right after), "" for any
    vetoes: frozenset[str]  # right before
    vetoes_after: frozenset[str]  # right after


@lru_cache(maxsize=1)
def _heteronyms() -> dict[str, _Heteronym]:
    table = {}
    for word, kind, a, b, *rest in read_rows("heteronyms_en.tsv"):
        cues = " ".join(rest).split()
        table[word] = _Heteronym(
            kind,
            from_arpabet(a),
            from_arpabet(b),
            frozenset(cue for cue in cues if ">" not in cue),
            tuple((cue.partition(">")[0], cue.partition(">")[2]) for cue in cues if ">" in cue),
            frozenset(cue[1:-1] for cue in cues if cue[0] == "!" and cue[-1] == ">"),
            frozenset(cue[2:] for cue in cues if cue.startswith("!>")),
        )
    return table


@lru_cache(maxsize=1 << 12)
def _entry(word: str) -> _Heteronym | None:
    """Return the entry of a lower-case word; a plural follows the word that is a verb and a noun."""
    table = _heteronyms()
    if word in table or word in _context("only-verbs"):  # 'produces' is no noun, 'houses' sounds alike
        return table.get(word)
    stems = [word.removesuffix(ending) for ending in ("s", "es") if word.endswith(ending)]
    for entry in (table[stem] for stem in stems if stem in table and table[stem].kind == "verb"):
        return replace(entry, reading_a=plural(entry.reading_a), reading_b=plural(entry.reading_b))
    return None


@cache
def _context(name: str) -> frozenset[str]:
    return frozenset(read_map("contexts_en.tsv")[name].split())


def is_heteronym(word: str) -> bool:
    """Return whether a lower-case word has more than one reading."""
    return _entry(word) is not None


def choose_reading(words: Sequence[str], index: int) -> str:
    """Return the symbols of `words[index]`, a heteronym; "" among the words stands for punctuation."""
    entry = _entry(words[index].lower())
    assert entry is not None
    if _at(words, index + 1) in entry.vetoes_after:
        return entry.reading_b
    tests = {"verb": _is_verb, "base": _is_base, "capital": _has_capital, "habit": _is_habit}
    test = tests.get(entry.kind)
    is_a = (test is not None and test(words, index)) or _is_near(words, index, entry)
    return entry.reading_a if is_a else entry.reading_b


def _is_near(words: Sequence[str], index: int, entry: _Heteronym) -> bool:
    """Return whether a cue stands within reach, or beside the word."""
    before, after = _at(words, index - 1), _at(words, index + 1) or "END"
    if before in entry.vetoes:
        return False
    around = (*words[max(0, index - _REACH) : index], *words[index + 1 : index + 1 + _REACH])
    if any(word.lower() in entry.cues for word in around):
        return True
    return any(left in ("", before) and right in ("", after) for left, right in entry.beside)


def _at(words: Sequence[str], position: int) -> str:
    return words[position].lower() if 0 <= position < len(words) else ""


def _has_capital(words: Sequence[str], index: int) -> bool:
    """Distinguish "Polish rye" and "August came." from "Polish the silver."."""
    is_order = not any(words[:index]) and _at(words, index + 1) in _context("objects") | {"and"}
    return words[index][0].isupper() and not is_order


def _is_habit(words: Sequence[str], index: int) -> bool:
    """Distinguish "used to sing" and "was used to him" from "was used to cut"."""
    if _at(words, index + 1) != "to":
        return False
    after = _at(words, index + 2)
    is_noun = after in _context("objects") | _context("determiners") or after.endswith("ing")
    return is_noun or _before(words, index)[0] not in _context("being")


def _is_base(words: Sequence[str], index: int) -> bool:
    """Return whether the word follows "to", a modal or do, adverbs and a subject in a question aside."""
    before, position = _before(words, index)
    after = _at(words, index + 1)
    if words[index][0].isupper() and before == "" and after not in ("by", "in", "with"):
        return True  # "Read that again", “Read it aloud.”
    if after in ("nor", "or") and _at(words, index + 2) == "write":
        return True  # "could neither read nor write"
    if before in ("and", "or") and _is_coordinate(words, position):
        return True  # "must sit down and read"
    if before in _context("object-pronouns") and _before(words, position)[0] in _context("before-bare"):
        return True  # "let me read it"
    if before in _context("plural-subjects") | _context("singular-subjects"):  # "did you read"
        around = {word.lower() for word in words[max(0, index - 2) : index + _HABIT_REACH]}
        following = {word.lower() for word in words[index : index + 2 * _HABIT_REACH]}
        is_habit = not around.isdisjoint(_context("habit")) and following.isdisjoint(_context("past"))
        if before in _context("plural-subjects") and is_habit:
            return True  # "I read the papers every morning"
        before, _ = _before(words, position)
    return before in _context("before-base")


def _is_coordinate(words: Sequence[str], position: int) -> bool:
    """Return whether the "and" at `position` joins what follows to a verb after "to" or a modal."""
    for index in range(position - 1, max(-1, position - _HABIT_REACH), -1):
        word = words[index].lower()
        if word in _context("before-base"):
            return index < position - 1
        if word in (
            "",
            "be",
            "been",
            "have",
            *_context("plural-subjects"),
            *_context("singular-subjects"),
        ) or word.endswith("ed"):
            return False
    return False


def _is_verb(words: Sequence[str], index: int) -> bool:
    before, position = _before(words, index)
    after = _at(words, index + 1)
    if words[index].lower().endswith("s") and not words[index].lower().endswith("ss"):
        has_object = after in _context("objects") | _context("after-verb") or _is_adverb(after)
        return before in _context("singular-subjects") or (
            before not in _context("determiners") and has_object and before != ""
        )
    if before in _context("before-base") or before in _context("plural-subjects"):
        return True
    if before in ("which", "who") and (after == "to" or after in _context("objects") | {"such"}):
        return True  # "letters which purport to come", "which present any feature"
    if (
        before in _context("singular-subjects") and before != "that"
    ):  # "made him present it", "did she object"
        return _before(words, position)[0] in _context("before-base")
    if _is_plural_noun(words[index - 1].lower() if index else ""):
        is_object = after != "" and _at(words, index + 2) == "" and not after.endswith("ed")
        return after in _context("objects") | _context("after-plural") or is_object
    # An order at the start of a clause, or a noun before and an object after: "boys object to it".
    return after in _context("objects") and before not in _context("determiners")


def _is_plural_noun(word: str) -> bool:
    """Guess whether a word is a noun in the plural, as in "the muscles contract"."""
    return (
        len(word) > 3
        and word.endswith("s")
        and not word.endswith(("ss", "us", "is", "'s", "’s"))
        and word not in _context("not-plural")
    )


def _before(words: Sequence[str], index: int) -> tuple[str, int]:
    """Return the word before `index` and its place, skipping adverbs."""
    position = index - 1
    while position >= 0 and _is_adverb(words[position].lower()):
        position -= 1
    return (words[position].lower(), position) if position >= 0 else ("", -1)


def _is_adverb(word: str) -> bool:
    return word in _context("adverbs") or (word.endswith("ly") and len(word) > 4)
