"""Two sequences of symbols to the parts in which they agree: what one has and the other lacks.

Alignment with affine gaps (Gotoh 1982): a phrase that is missing comes out as one gap, not as many small
ones. Symbols that sound alike cost less than others. Knows nothing of words or languages.
"""

from __future__ import annotations

from dataclasses import dataclass

from ttsbook.symbols import VOWELS

_MATCH, _ALIKE, _OTHER = 1.0, 0.1, -1.0
_OPEN, _EXTEND = -1.6, -0.2  # of a gap: its first symbol, each further one
_NEVER = float("-inf")
# fmt: off
_GROUPS = (
    "sʂʃθz", "ʦꭧʧʨ", "ʨʤʒɕʧʃ", "nŋm", "lɹɻɾ", "tdɾ", "pb", "kɡ", "fv", "vw", "szðθ", "xhf", "jʝi", "wu",
)
# fmt: on
_ALIKE_PAIRS = frozenset(
    (one, other) for group in _GROUPS for one in group for other in group if one != other
)


@dataclass(frozen=True, slots=True)
class Pair:
    """One step of an alignment; None is a gap."""

    left: int | None
    right: int | None


def likeness(left: str, right: str) -> float:
    """Return how well two symbols agree: 1 equal, little if alike, below 0 if not."""
    if left == right:
        return _MATCH
    both_vowels = left in VOWELS and right in VOWELS
    return _ALIKE if both_vowels or (left, right) in _ALIKE_PAIRS else _OTHER


def align(left: str, right: str) -> list[Pair]:
    """Return the best alignment of two sequences of symbols, from first to last."""
    steps, state = _trace_table(left, right)
    i, j = len(left), len(right)
    pairs = []
    while i or j:
        before = steps[i][j][state]
        if state == 0:
            i, j = i - 1, j - 1
            pairs.append(Pair(i, j))
        elif state == 1:
            i -= 1
            pairs.append(Pair(i, None))
        else:
            j -= 1
            pairs.append(Pair(None, j))
        state = before
    return pairs[::-1]


# States of the alignment that ends at (i, j): 0 pairs both symbols, 1 leaves the left one alone, 2 the right.
_Steps = list[list[tuple[int, int, int]]]


def _trace_table(left: str, right: str) -> tuple[_Steps, int]:
    """Return for each place and state the state before it on the best way, and the state at the end."""
    scores = {symbol: [likeness(symbol, other) for other in right] for symbol in set(left)}
    width = len(right) + 1
    row = [(0.0, _NEVER, _NEVER)] + [(_NEVER, _NEVER, _gap(j)) for j in range(1, width)]
    steps: _Steps = [[(0, 0, 2 if j > 1 else 0) for j in range(width)]]
    for i, symbol in enumerate(left, 1):
        above, row = row, [(_NEVER, _gap(i), _NEVER)]
        traces = [(0, 1 if i > 1 else 0, 0)]
        likely = scores[symbol]
        for j in range(1, width):
            paired, paired_from = _best(above[j - 1], 0.0, 0.0, 0.0)
            alone, alone_from = _best(above[j], _OPEN, _EXTEND, _OPEN)
            added, added_from = _best(row[j - 1], _OPEN, _OPEN, _EXTEND)
            row.append((paired + likely[j - 1], alone, added))
            traces.append((paired_from, alone_from, added_from))
        steps.append(traces)
    return steps, row[-1].index(max(row[-1]))


def _gap(length: int) -> float:
    return _OPEN + (length - 1) * _EXTEND


def _best(states: tuple[float, float, float], a: float, b: float, c: float) -> tuple[float, int]:
    paired, alone, added = states[0] + a, states[1] + b, states[2] + c
    if paired >= alone and paired >= added:
        return paired, 0
    return (alone, 1) if alone >= added else (added, 2)
