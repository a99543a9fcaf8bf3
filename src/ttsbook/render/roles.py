"""Chunks of a chapter to chunks that one person says each: narration and quoted speech apart.

A chunk of narration alone stays as it is, and with it its place in the cache.
Knows nothing of profiles: voices are names here.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise

from ttsbook.render.cast import NARRATOR, QUOTED, Cast
from ttsbook.render.sayer import BySeveral, Sayer
from ttsbook.text.marks import marks_within
from ttsbook.text.markup import within
from ttsbook.text.quotes import quoted_spans
from ttsbook.text.sentence import split_sentences
from ttsbook.types import Boundary, Chapter, Chunk


class RoleSplitter(BySeveral):
    """Makes chunks by role.

    Args:
        front_end: cuts the text, and says it as the narrator does.
        cast: who speaks which role.
        others: say it for voices with another accent.
    """

    def __init__(self, front_end: Sayer, cast: Cast, others: Mapping[str, Sayer] | None = None) -> None:
        super().__init__(front_end, others)
        self._cast = cast

    def chunks(self, chapter: Chapter, default_language: str | None = None) -> Iterator[Chunk]:
        """Yield the chunks of a chapter, cut where quoted speech begins and ends."""
        index = 0
        spans: tuple[tuple[int, int], ...] = ()
        block = -1
        for chunk in self._front_end.chunks(chapter, default_language):
            if chunk.block != block:
                block, spans = chunk.block, quoted_spans(chapter.blocks[chunk.block].text)
            for part in self._parts(chunk, _overlapping(spans, chunk)):
                yield replace(part, index=index)
                index += 1

    def _parts(self, chunk: Chunk, spans: tuple[tuple[int, int], ...]) -> Iterator[Chunk]:
        cuts = _cuts(chunk, spans)
        if len(cuts) == 2 or not chunk.phonemes:
            yield self._said(self._cast_as(_role(chunk.start, chunk.end, spans), chunk), is_cut=False)
            return
        sentences = {chunk.start + end for _, end in split_sentences(chunk.text)}
        for start, end in pairwise(cuts):
            is_last = end == chunk.end
            inner = Boundary.SENTENCE if end in sentences else Boundary.CLAUSE
            low, high = start - chunk.start, end - chunk.start
            part = replace(
                chunk,
                start=start,
                end=end,
                text=chunk.text[low:high],
                boundary=chunk.boundary if is_last else inner,
                pause_ms=chunk.pause_ms if is_last else 0,
                markup=within(chunk.markup, low, high),
                marks=marks_within(chunk.marks, low, high),
            )
            yield self._said(self._cast_as(_role(start, end, spans), part), is_cut=True)

    def _cast_as(self, role: str, part: Chunk) -> Chunk:
        return replace(part, role=role, voice=self._cast.voice_of(role))

    def _said(self, part: Chunk, *, is_cut: bool) -> Chunk:
        """Have a part said in its voice's accent, or the narrator's where that takes more than fits."""
        if not part.phonemes:
            return part
        own = self._others.get(part.voice)
        if own is not None:
            said = _say(own, part)
            if len(said.phonemes) <= own.max_phonemes:
                return said
        return _say(self._front_end, part) if is_cut else part  # as a whole it is said already


def _say(sayer: Sayer, part: Chunk) -> Chunk:
    spoken, phonemes = sayer.say_part(part.text, part.language, part.boundary, part.markup)
    return replace(part, spoken=spoken, phonemes=phonemes)


def _cuts(chunk: Chunk, spans: tuple[tuple[int, int], ...]) -> list[int]:
    """Return where a chunk begins, is cut and ends; a part without a letter goes with its neighbour."""
    edges = {edge for span in spans for edge in span if chunk.start < edge < chunk.end}
    cuts = [chunk.start]
    for edge in sorted(edges):
        at = edge + len(_spaces(chunk.text[edge - chunk.start :]))
        if at < chunk.end and _has_word(chunk, cuts[-1], at) and _has_word(chunk, at, chunk.end):
            cuts.append(at)
    return [*cuts, chunk.end]


def _overlapping(spans: tuple[tuple[int, int], ...], chunk: Chunk) -> tuple[tuple[int, int], ...]:
    """Return the spans, sorted and apart, that have something in a chunk."""
    first = bisect_right(spans, chunk.start, key=lambda span: span[1])
    return spans[first : bisect_left(spans, chunk.end, key=lambda span: span[0])]


def _spaces(text: str) -> str:
    return text[: len(text) - len(text.lstrip())]


def _has_word(chunk: Chunk, start: int, end: int) -> bool:
    return any(c.isalnum() for c in chunk.text[start - chunk.start : end - chunk.start])


def _role(start: int, end: int, spans: tuple[tuple[int, int], ...]) -> str:
    """Return the role of most of a stretch."""
    quoted = sum(max(0, min(end, high) - max(start, low)) for low, high in spans)
    return QUOTED if 2 * quoted > end - start else NARRATOR
