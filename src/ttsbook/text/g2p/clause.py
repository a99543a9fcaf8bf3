"""Looks at the words around a word: what stands beside it, and whether its clause has a verb already.

"" among the words stands for punctuation, at which a clause ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from ttsbook.text.tables import read_map

_REST = 12  # words of a clause that are looked at


@cache
def context(name: str) -> frozenset[str]:
    """Return a list of `contexts_en.tsv`."""
    return frozenset(read_map("contexts_en.tsv")[name].split())


def word_at(words: Sequence[str], position: int) -> str:
    """Return a word in lower case; "" for punctuation and beyond either end."""
    return words[position].lower() if 0 <= position < len(words) else ""


def word_before(words: Sequence[str], index: int) -> tuple[str, int]:
    """Return the word before `index` and its place, skipping adverbs."""
    position = index - 1
    while position >= 0 and is_adverb(words[position].lower()):
        position -= 1
    return (words[position].lower(), position) if position >= 0 else ("", -1)


def is_adverb(word: str) -> bool:
    """Return whether a word may stand between a verb and what tells it for one."""
    return word in context("adverbs") or (word.endswith("ly") and len(word) > 4)


def is_plural_noun(word: str) -> bool:
    """Guess whether a word is a noun in the plural, as in "the muscles contract"."""
    if word in context("plurals"):
        return True
    return (
        len(word) > 3
        and word.endswith("s")
        and not word.endswith(("ss", "us", "is", "'s"))
        and word not in context("not-plural")
    )


def is_past(word: str) -> bool:
    """Return whether a word says that a thing has happened already."""
    return word in context("past") or (word.endswith("ed") and len(word) > 4)


def has_verb_after(words: Sequence[str], index: int) -> bool:
    """Return whether a verb follows in the same clause: "Record crowds lined the streets"."""
    after_past = context("objects") | context("after-plural") | {""}
    for position in range(index + 1, min(len(words), index + 1 + _REST)):
        word = words[position].lower()
        if word == "" or word in context("clause-starts"):
            return False
        if word in context("finite") or word.endswith("n't"):
            return True
        # "Crowds lined the streets", but "use finely chopped onions".
        if is_past(word) and word_at(words, position + 1) in after_past:
            return True
    return False
