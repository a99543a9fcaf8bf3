"""Who turns the text of chunks into words and phonemes: a front end for each accent of a book's voices.

Knows nothing of profiles: voices are names here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from ttsbook.render.plan import ChunkMaker
from ttsbook.types import Boundary, Chunk, Markup, SpokenWord


class Sayer(ChunkMaker, Protocol):
    """A maker of chunks that also says parts of them."""

    max_phonemes: int

    def say_part(
        self, text: str, language: str, boundary: Boundary, markup: tuple[Markup, ...] = ()
    ) -> tuple[str, str]:
        """Return (spoken, phonemes) of a text that ends with `boundary`."""
        ...


class BySeveral:
    """What is known of chunks that are said by several.

    Args:
        front_end: says them as the narrator does.
        others: say them for voices with another accent, by the names of these.
    """

    def __init__(self, front_end: Sayer, others: Mapping[str, Sayer] | None = None) -> None:
        self._front_end = front_end
        self._others = others or {}

    def sentence_ends(self, chunk: Chunk) -> tuple[tuple[int, int], ...]:
        return self._sayer(chunk.voice).sentence_ends(chunk)

    def words(self, chunk: Chunk) -> tuple[SpokenWord, ...]:
        return self._sayer(chunk.voice).words(chunk)

    def _sayer(self, voice: str) -> Sayer:
        return self._others.get(voice, self._front_end)
