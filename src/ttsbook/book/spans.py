"""Marks on the raw text of a block, carried over to the text as it is kept.

The two differ in whitespace and invisible characters only, so that counting the visible ones aligns them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import replace

from ttsbook.book.printed import is_visible
from ttsbook.book.ssml import Said
from ttsbook.types import Block, Markup, MarkupKind

Span = tuple[int, int, Said]  # first and last place, counted in visible characters
_WHOLE = (MarkupKind.PHONEMES, MarkupKind.ALIAS, MarkupKind.SAY_AS)


class Ruler:
    """Tells where the n-th visible character of a text stands."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._counts = [0]  # visible characters before each place
        for character in text:
            self._counts.append(self._counts[-1] + is_visible(character))

    @property
    def n_visible(self) -> int:
        return self._counts[-1]

    def start(self, n: int) -> int:
        """Return the place of visible character `n`."""
        return min(max(0, bisect_left(self._counts, n + 1) - 1), len(self.text))

    def end(self, n: int) -> int:
        """Return the place right behind the first `n` visible characters."""
        return bisect_left(self._counts, n) if n <= self.n_visible else len(self.text)


def lay_spans(texts: Sequence[str], spans: Iterable[Span]) -> list[tuple[Markup, ...]]:
    """Return the markup of each text; `spans` count visible characters through all of them."""
    waiting = deque(sorted(spans, key=lambda span: (span[0], -span[1])))
    if not waiting:
        return [() for _ in texts]
    laid = []
    here: list[Span] = []  # those that have begun and not ended
    first = 0
    for index, text in enumerate(texts):
        ruler = Ruler(text)
        is_last = index == len(texts) - 1
        last = first + ruler.n_visible
        while waiting and (waiting[0][0] < last or is_last):
            here.append(waiting.popleft())
        laid.append(tuple(_lay(ruler, first, is_last, here)))
        here = [span for span in here if span[1] > last]
        first = last
    return laid


def _lay(ruler: Ruler, first: int, is_last: bool, spans: list[Span]) -> Iterable[Markup]:
    for begin, stop, said in spans:
        low, high = begin - first, stop - first
        if said.kind is MarkupKind.BREAK:
            if 0 <= low < ruler.n_visible or (is_last and low == ruler.n_visible):
                place = ruler.start(low) if low < ruler.n_visible else len(ruler.text)
                yield said.over(place, place)
        elif said.kind in _WHOLE and not 0 <= low < high <= ruler.n_visible:
            continue  # half of a word has no reading
        elif high > 0 and low < ruler.n_visible and high > low:
            yield said.over(ruler.start(max(0, low)), ruler.end(min(high, ruler.n_visible)))


def with_markup(block: Block, markup: Iterable[Markup]) -> Block:
    """Return a block with more markup, in order."""
    merged = sorted((*block.markup, *markup), key=lambda mark: (mark.start, -mark.end))
    return replace(block, markup=tuple(merged))


def with_pause(block: Block, milliseconds: Iterable[int]) -> Block:
    """Return a block with a break at its end; of several the longest counts."""
    end = len(block.text)
    longest = max(milliseconds, default=-1)
    last = block.markup[-1] if block.markup else None
    if last is not None and last.kind is MarkupKind.BREAK and last.start == end:
        if int(last.value) >= longest:
            return block
        block = replace(block, markup=block.markup[:-1])
    return with_markup(block, [Markup(end, end, MarkupKind.BREAK, str(longest))]) if longest >= 0 else block
