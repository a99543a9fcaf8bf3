"""Chooses between two readings of one spelling by the words around it: "to object", "an object".

The table says which readings there are and by what kind of test they are told apart; the tests are
short guesses at the part of speech, not a parser.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from ttsbook.text.g2p.arpabet import from_arpabet
from ttsbook.text.tables import read_map, read_rows

_REACH = 3  # words on either side that a cue may stand at
_HABIT_REACH = 6


@dataclass(frozen=True, slots=True)
class _Heteronym:
    kind: str
    reading_a: str
    reading_b: str
    cues: frozenset[str]


@lru_cache(maxsize=1)
def _heteronyms() -> dict[str, _Heteronym]:
    table = {}
    for word, kind, a, b, *cues in read_rows("heteronyms_en.tsv"):
        table[word] = _Heteronym(kind, from_arpabet(a), from_arpabet(b), frozenset(" ".join(cues).split()))
    return table


@cache
def _context(name: str) -> frozenset[str]:
    return frozenset(read_map("contexts_en.tsv")[name].split())


def is_heteronym(word: str) -> bool:
    """Tell whether a lower-case word has more than one reading."""
    return word in _heteronyms()


def choose_reading(words: Sequence[str], index: int) -> str:
    """Return the symbols of `words[index]`, a heteronym; "" among the words stands for punctuation."""
    entry = _heteronyms()[words[index].lower()]
    test = {"verb": _is_verb, "base": _is_base, "capital": _has_capital}.get(entry.kind)
    is_a = test(words, index) if test else _is_near(words, index, entry.cues)
    return entry.reading_a if is_a else entry.reading_b


def _is_near(words: Sequence[str], index: int, cues: frozenset[str]) -> bool:
    """Tell whether a cue stands within reach; "of>" is one right before, ">with" one right after."""
    around = (*words[max(0, index - _REACH) : index], *words[index + 1 : index + 1 + _REACH])
    if any(word.lower() in cues for word in around):
        return True
    before = words[index - 1].lower() if index else ""
    after = words[index + 1].lower() if index + 1 < len(words) else ""
    return bool(before and f"{before}>" in cues) or f">{after or 'END'}" in cues


def _has_capital(words: Sequence[str], index: int) -> bool:
    return words[index][0].isupper() and any(words[:index])


def _is_base(words: Sequence[str], index: int) -> bool:
    """Tell whether the word follows "to", a modal or do, adverbs and a subject in a question aside."""
    before, position = _before(words, index)
    if before in _context("plural-subjects") | _context("singular-subjects"):  # "did you read"
        around = words[max(0, index - 2) : index + _HABIT_REACH]
        if before in _context("plural-subjects") and any(w.lower() in _context("habit") for w in around):
            return True  # "I read the papers every morning"
        before, _ = _before(words, position)
    return before in _context("before-base")


def _is_verb(words: Sequence[str], index: int) -> bool:
    before, position = _before(words, index)
    after = words[index + 1].lower() if index + 1 < len(words) else ""
    if words[index].lower().endswith("s") and not words[index].lower().endswith("ss"):
        return before in _context("singular-subjects") or (
            before not in _context("determiners") and after in _context("objects") and before != ""
        )
    if before in _context("before-base") or before in _context("plural-subjects"):
        return True
    if before in ("which", "who") and after == "to":  # "letters which purport to come"
        return True
    if (
        before in _context("singular-subjects") and before != "that"
    ):  # "made him present it", "did she object"
        return _before(words, position)[0] in _context("before-base")
    # An order at the start of a clause, or a noun before and an object after: "boys object to it".
    return after in _context("objects") and before not in _context("determiners")


def _before(words: Sequence[str], index: int) -> tuple[str, int]:
    """Return the word before `index` and its place, adverbs passed over."""
    position = index - 1
    while position >= 0 and _is_adverb(words[position].lower()):
        position -= 1
    return (words[position].lower(), position) if position >= 0 else ("", -1)


def _is_adverb(word: str) -> bool:
    return word in _context("adverbs") or (word.endswith("ly") and len(word) > 4)
