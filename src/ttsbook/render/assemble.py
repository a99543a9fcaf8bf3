"""Speech of chunks in, the samples of the whole book out: trimmed, faded, with pauses.

The same pieces come out every time, so a book is assembled twice: once while it is spoken, to count and
measure, and once into the encoder. No more than a chunk is held.
Knows nothing of caches, loudness targets or audio formats.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ttsbook.audio.spec import Mark
from ttsbook.audio.wave import fade_edges, n_samples, silence, sound_span
from ttsbook.render.plan import PlannedChapter, PlannedChunk, pauses_of
from ttsbook.render.settings import PauseTable
from ttsbook.types import Speech

# Kept of what is too quiet to count as sound behind a chunk: the t of "hat", the p of "soap". Of 50 words
# that end with such a consonant Whisper heard 37 without it (nora), 42 with 70 ms, and 43 with 120 or all.
TRAIL_MS = 120

Stream = Callable[[Iterable[PlannedChunk]], Iterator[Speech]]


@dataclass(frozen=True, slots=True)
class Piece:
    """The speech of a chunk, or a pause."""

    samples: NDArray[np.float32]
    planned: PlannedChunk | None  # None is a pause
    phoneme_ends: tuple[int, ...] = ()  # samples from the start of the piece, if the engine knows
    n_trail: int = 0  # samples at its end in which the speech trails off


def assemble(
    chapters: Iterable[PlannedChapter],
    stream: Stream,
    pauses: PauseTable,
    rate_hz: int,
    *,
    apart: bool = False,
    gains_db: Mapping[str, float] | None = None,
) -> Iterator[tuple[int, Piece]]:
    """Yield all pieces of the book with the position of their chapter among `chapters`.

    A pause belongs to the chapter that it ends; chapters without speech have no pieces. Between two
    chunks stands the longest pause that what lies between them asks for. Chapters that stand `apart`, in
    a file each, all begin and end as the whole book does. `gains_db` are those of voices, by name. A pause
    begins where the sound before it ends, as `sound_span` tells; what trails off is a part of it.
    """
    spoken = [(position, chapter) for position, chapter in enumerate(chapters) if chapter.is_spoken]
    speeches = stream(planned for _, chapter in spoken for planned in chapter.chunks if planned.key)
    n_trail = 0
    for position, chapter in spoken:
        pause_ms = pauses.head_ms if apart or position == spoken[0][0] else 0
        for planned, after_ms in pauses_of(chapter, pauses):
            if planned.key:
                yield from ((position, piece) for piece in _pause(pause_ms, rate_hz, n_trail))
                gain_db = gains_db.get(planned.chunk.voice, 0.0) if gains_db else 0.0
                most = n_samples(min(after_ms, TRAIL_MS), rate_hz)
                piece = _joint(next(speeches), planned, rate_hz, gain_db, most)
                yield position, piece
                pause_ms, n_trail = 0, piece.n_trail
            pause_ms = max(pause_ms, after_ms)
        is_last = apart or position == spoken[-1][0]
        least_ms = pauses.chapter_ms if chapter.chunks[-1].chunk.exact_pause_ms is None else 0
        pause_ms = pauses.tail_ms if is_last else max(pause_ms, least_ms)
        yield from ((position, piece) for piece in _pause(pause_ms, rate_hz, n_trail))
        n_trail = 0


class Timeline:
    """Where chapters lie, in samples: sums of whole samples, so nothing drifts."""

    def __init__(self) -> None:
        self.n_samples = 0
        self._starts: dict[int, int] = {}  # chapter position -> first sample

    def add(self, position: int, piece: Piece) -> None:
        """Append the next piece."""
        self._starts.setdefault(position, self.n_samples)
        self.n_samples += len(piece.samples)

    def spans(self) -> Iterator[tuple[int, int, int]]:
        """Yield (chapter position, start, end); each end is the next start."""
        starts = list(self._starts.items())
        ends = [start for _, start in starts[1:]] + [self.n_samples]
        for (position, start), end in zip(starts, ends, strict=True):
            yield position, start, end

    def marks(self, chapters: tuple[PlannedChapter, ...]) -> tuple[Mark, ...]:
        """Return the chapter marks of the file."""
        named = ((chapters[at].chapter, start, end) for at, start, end in self.spans())
        return tuple(Mark(start, end, chapter.title or str(chapter.index)) for chapter, start, end in named)


def _joint(speech: Speech, planned: PlannedChunk, rate_hz: int, gain_db: float, most: int) -> Piece:
    """Return the speech without the silence around it, but for `most` samples at its end."""
    start, end = sound_span(speech.samples, rate_hz)
    if start == end:  # all below the threshold: a whisper is still speech, and speech is never dropped
        end = len(speech.samples)
    samples = fade_edges(speech.samples[start : end + most], rate_hz)
    if gain_db:
        samples *= np.float32(10.0 ** (gain_db / 20.0))
    ends = tuple(min(max(0, at - start), end - start) for at in speech.phoneme_ends)
    return Piece(samples, planned, ends, len(samples) - (end - start))


def _pause(ms: float, rate_hz: int, n_trail: int) -> Iterator[Piece]:
    rest = silence(ms, rate_hz)[n_trail:]
    if len(rest):
        yield Piece(rest, None)
