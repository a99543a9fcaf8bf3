"""Chooses between two readings of one spelling by the words around it: "to object", "an object".

The table says which readings there are and by what kind of test they are told apart; the tests are
short guesses at the part of speech, not a parser.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from ttsbook.text.g2p.arpabet import from_arpabet
from ttsbook.text.g2p.clause import context, word_at, word_before
from ttsbook.text.g2p.derive import plural
from ttsbook.text.g2p.verb import is_base, is_verb
from ttsbook.text.tables import read_rows

_REACH = 3  # words on either side that a cue may stand at
_EDGES = ("START", "END")


@dataclass(frozen=True, slots=True)
class _Beside:
    """Words right before and right after, in reading order: "" for punctuation, "*" for any word."""

    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Heteronym:
    kind: str
    reading_a: str
    reading_b: str
    cues: frozenset[str]  # within reach
    beside: tuple[_Beside, ...]
    against: tuple[_Beside, ...]


@lru_cache(maxsize=1)
def _heteronyms() -> dict[str, _Heteronym]:
    table = {}
    for word, kind, a, b, *rest in read_rows("heteronyms_en.tsv"):
        cues = " ".join(rest).split()
        places = [cue for cue in cues if ">" in cue]
        table[word] = _Heteronym(
            kind,
            from_arpabet(a),
            from_arpabet(b),
            frozenset(cue for cue in cues if ">" not in cue),
            tuple(_beside(cue) for cue in places if cue[0] != "!"),
            tuple(_beside(cue[1:]) for cue in places if cue[0] == "!"),
        )
    return table


def _beside(cue: str) -> _Beside:
    before, after = (
        tuple("" if word in _EDGES else word for word in side.split("_") if word) for side in cue.split(">")
    )
    return _Beside(before, after)


@lru_cache(maxsize=1 << 12)
def _entry(word: str) -> _Heteronym | None:
    """Return the entry of a lower-case word; a plural follows a word that is a verb, a possessive a name."""
    table = _heteronyms()
    if word in table or word in context("only-verbs"):  # 'produces' is no noun, 'houses' sounds alike
        return table.get(word)
    for ending, kind in (("'s", "name"), ("s", "verb"), ("es", "verb")):
        entry = table.get(word.removesuffix(ending)) if word.endswith(ending) else None
        if entry and entry.kind == kind:
            return replace(entry, reading_a=plural(entry.reading_a), reading_b=plural(entry.reading_b))
    return None


def is_heteronym(word: str) -> bool:
    """Return whether a lower-case word has more than one reading."""
    return _entry(word) is not None


def choose_reading(words: Sequence[str], index: int) -> str:
    """Return the symbols of `words[index]`, a heteronym; "" among the words stands for punctuation."""
    entry = _entry(words[index].lower())
    assert entry is not None
    is_common = entry.kind == "name" and (words[index][0].islower() or words[index].isupper())
    if is_common or any(_fits(words, index, beside) for beside in entry.against):
        return entry.reading_b
    tests = {"verb": is_verb, "base": is_base, "capital": _has_capital, "habit": _is_habit}
    test = tests.get(entry.kind)
    is_a = (test is not None and test(words, index)) or _is_near(words, index, entry)
    return entry.reading_a if is_a else entry.reading_b


def _is_near(words: Sequence[str], index: int, entry: _Heteronym) -> bool:
    """Return whether a cue stands within reach, or beside the word."""
    around = (*words[max(0, index - _REACH) : index], *words[index + 1 : index + 1 + _REACH])
    if any(word.lower() in entry.cues for word in around):
        return True
    return any(_fits(words, index, beside) for beside in entry.beside)


def _fits(words: Sequence[str], index: int, beside: _Beside) -> bool:
    before = zip(range(index - len(beside.before), index), beside.before, strict=True)
    after = enumerate(beside.after, index + 1)
    return all(_is_like(word_at(words, place), word) for place, word in (*before, *after))


def _is_like(word: str, pattern: str) -> bool:
    return word == pattern or (pattern == "*" and word != "")


def _has_capital(words: Sequence[str], index: int) -> bool:
    """Distinguish "Polish rye" and "August came." from "Polish the silver."."""
    is_order = not any(words[:index]) and word_at(words, index + 1) in context("objects") | {"and"}
    return words[index][0].isupper() and not is_order


def _is_habit(words: Sequence[str], index: int) -> bool:
    """Distinguish "used to sing" and "was used to him" from "was used to cut"."""
    if word_at(words, index + 1) != "to":
        return False
    after = word_at(words, index + 2)
    is_noun = after in context("objects") | context("determiners") or after.endswith("ing")
    return is_noun or word_before(words, index)[0] not in context("being")
