"""Chunks of a chapter to chunks that one person says each: narration and quoted speech apart.

A chunk of narration alone stays as it is, and with it its place in the cache.
Knows nothing of profiles: voices are names here.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Protocol

from ttsbook.render.cast import NARRATOR, QUOTED, Cast
from ttsbook.render.plan import ChunkMaker
from ttsbook.text.marks import marks_within
from ttsbook.text.markup import within
from ttsbook.text.quotes import quoted_spans
from ttsbook.text.sentence import split_sentences
from ttsbook.types import Boundary, Chapter, Chunk, Markup, SpokenWord


class Sayer(ChunkMaker, Protocol):
    """A maker of chunks that also says parts of them."""

    max_phonemes: int

    def say_part(
        self, text: str, language: str, boundary: Boundary, markup: tuple[Markup, ...] = ()
    ) -> tuple[str, str]:
        """Return (spoken, phonemes) of a text that ends with `boundary`."""
        ...


class RoleSplitter:
    """Makes chunks by role.

    Args:
        front_end: cuts the text, and says it as the narrator does.
        cast: who speaks which role.
        others: say it for voices with another accent.
    """

    def __init__(self, front_end: Sayer, cast: Cast, others: Mapping[str, Sayer] | None = None) -> None:
        self._front_end = front_end
        self._cast = cast
        self._others = others or {}

    def chunks(self, chapter: Chapter, default_language: str | None = None) -> Iterator[Chunk]:
        """Yield the chunks of a chapter, cut where quoted speech begins and ends."""
        index = 0
        spans: tuple[tuple[int, int], ...] = ()
        block = -1
        for chunk in self._front_end.chunks(chapter, default_language):
            if chunk.block != block:
                block, spans = chunk.block, quoted_spans(chapter.blocks[chunk.block].text)
            for part in self._parts(chunk, _overlapping(spans, chunk)):
                voice = self._cast.voice_of(part.role)
                yield replace(self._in_accent_of(voice, part), index=index, voice=voice)
                index += 1

    def sentence_ends(self, chunk: Chunk) -> tuple[tuple[int, int], ...]:
        return self._others.get(chunk.voice, self._front_end).sentence_ends(chunk)

    def words(self, chunk: Chunk) -> tuple[SpokenWord, ...]:
        return self._others.get(chunk.voice, self._front_end).words(chunk)

    def _in_accent_of(self, voice: str, part: Chunk) -> Chunk:
        other = self._others.get(voice)
        if other is None or not part.phonemes:
            return part
        spoken, phonemes = other.say_part(part.text, part.language, part.boundary, part.markup)
        if (
            len(phonemes) > other.max_phonemes
        ):  # a few more than the narrator needs: better said in his accent
            return part
        return replace(part, spoken=spoken, phonemes=phonemes)

    def _parts(self, chunk: Chunk, spans: tuple[tuple[int, int], ...]) -> Iterator[Chunk]:
        cuts = _cuts(chunk, spans)
        if len(cuts) == 2 or not chunk.phonemes:
            yield replace(chunk, role=_role(chunk.start, chunk.end, spans))
            return
        sentences = {chunk.start + end for _, end in split_sentences(chunk.text)}
        for start, end in pairwise(cuts):
            is_last = end == chunk.end
            inner = Boundary.SENTENCE if end in sentences else Boundary.CLAUSE
            boundary = chunk.boundary if is_last else inner
            text = chunk.text[start - chunk.start : end - chunk.start]
            low, high = start - chunk.start, end - chunk.start
            markup = within(chunk.markup, low, high)
            spoken, phonemes = self._front_end.say_part(text, chunk.language, boundary, markup)
            yield replace(
                chunk,
                start=start,
                end=end,
                text=text,
                spoken=spoken,
                phonemes=phonemes,
                boundary=boundary,
                pause_ms=chunk.pause_ms if is_last else 0,
                markup=markup,
                marks=marks_within(chunk.marks, low, high),
                role=_role(start, end, spans),
            )


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
