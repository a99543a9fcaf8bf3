"""What should be said and what was heard, as words, to what is missing, too much, or not to be recognised.

Knows nothing of sound, or of how much of it is too much.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ttsbook.qa.align import Pair, align, likeness
from ttsbook.qa.words import Word

_PART_MISSING = 0.6  # of a word's symbols: then it is not there
_REPEATS = 0.7  # likeness of what is too much to what stands beside it


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch that one side has and the other lacks."""

    text: str
    sounds: int  # symbols in it
    at: float  # 0 to 1, how far through the chunk


@dataclass(frozen=True, slots=True)
class Difference:
    """How what was heard differs from what should be."""

    dropped: tuple[Gap, ...]
    repeated: tuple[Gap, ...]
    added: tuple[Gap, ...]
    n_unlike: int  # symbols that neither agree nor sound alike, gaps included
    n_said: int  # symbols that should be heard

    @property
    def unlike(self) -> float:
        """Part of the symbols that are not those of the text; more than 1 where much is added."""
        return self.n_unlike / max(1, self.n_said)


def compare(said: Sequence[Word], heard: Sequence[Word]) -> Difference:
    """Compare two sequences of words by their sounds; where words are separated does not matter."""
    left, right = ("".join(word.sound for word in words) for words in (said, heard))
    pairs = align(left, right)
    dropped: list[Gap] = []
    repeated: list[Gap] = []
    added: list[Gap] = []
    for run in _gaps(pairs):
        if run[0].right is None:
            place = [pair.left for pair in run if pair.left is not None]
            dropped.append(Gap(_words_at(said, place), len(place), place[0] / len(left)))
            continue
        place = [pair.right for pair in run if pair.right is not None]
        gap = Gap(_words_at(heard, place), len(place), place[0] / len(right))
        (repeated if _is_repeat(right, place[0], place[-1] + 1) else added).append(gap)
    n_unlike = _count_unlike(pairs, left, right)
    return Difference(tuple(dropped), tuple(repeated), tuple(added), n_unlike, len(left))


def _gaps(pairs: Sequence[Pair]) -> Iterator[list[Pair]]:
    """Yield the runs of neighbours that are alone on the same side."""
    run: list[Pair] = []
    for pair in pairs:
        side = (pair.left is None, pair.right is None)
        if run and (run[-1].left is None, run[-1].right is None) != side:
            yield run
            run = []
        if any(side):
            run.append(pair)
    if run:
        yield run


def _words_at(words: Sequence[Word], place: Sequence[int]) -> str:
    """Return the words of which enough symbols lie in `place`, else all that it touches."""
    inside, touched, start = [], [], 0
    for word in words:
        end = start + len(word.sound)
        common = max(0, min(end, place[-1] + 1) - max(start, place[0]))
        if common:
            touched.append(word.text)
        if common >= _PART_MISSING * len(word.sound):
            inside.append(word.text)
        start = end
    return " ".join(inside or touched)


def _is_repeat(sounds: str, start: int, end: int) -> bool:
    """Return whether a stretch sounds like what stands right before or after it."""
    own = sounds[start:end]
    neighbours = (sounds[max(0, start - len(own)) : start], sounds[end : end + len(own)])
    return any(_alike(own, other) >= _REPEATS for other in neighbours if other)


def _alike(one: str, other: str) -> float:
    pairs = align(one, other)
    agree = sum(
        one[pair.left] == other[pair.right]
        for pair in pairs
        if pair.left is not None and pair.right is not None
    )
    return agree / max(len(one), len(other))


def _count_unlike(pairs: Sequence[Pair], left: str, right: str) -> int:
    return sum(
        pair.left is None or pair.right is None or likeness(left[pair.left], right[pair.right]) < 0
        for pair in pairs
    )
