"""First pass over a book, while it is being spoken: where everything lies, how loud it is, how far it is.

Knows nothing of what is done with the figures, or where speech comes from.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from ttsbook.aside import aside
from ttsbook.audio.loudness import LoudnessMeter
from ttsbook.render.account import spoken_characters
from ttsbook.render.assemble import Piece, Stream, Timeline, assemble
from ttsbook.render.cues import CueTrack
from ttsbook.render.plan import Plan, PlannedChunk
from ttsbook.render.report import ChapterReport
from ttsbook.render.reporter import Progress, Reporter
from ttsbook.render.settings import PauseTable
from ttsbook.render.speech import SpokenStore


@dataclass(frozen=True, slots=True)
class Place:
    """Where a spoken chunk lies, in samples."""

    start: int
    chapter_start: int
    n_samples: int


@dataclass(slots=True)
class Measured:
    """What the pass has found."""

    timeline: Timeline
    meter: LoudnessMeter
    cues: CueTrack | None  # None if no subtitles were requested
    chapters: list[ChapterReport] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)  # of the spoken chunks, in order
    n_cached: int = 0  # chunks that were not spoken in this run
    energies: dict[int, float] = field(default_factory=dict)  # by position of the chapter: sum of squares
    voices: dict[str, LoudnessMeter] = field(default_factory=dict)  # in a cast, by name

    def hear(self, positioned: tuple[int, Piece]) -> None:
        """Take the next piece, with the position of its chapter, for the figures of loudness."""
        position, piece = positioned
        self.meter.add(piece.samples)
        energy = float(np.square(piece.samples, dtype=np.float64).sum())
        self.energies[position] = self.energies.get(position, 0.0) + energy
        if piece.planned is not None and (voice := self.voices.get(piece.planned.chunk.voice)):
            voice.add(piece.samples)

    def hear_again(self, pieces: Iterable[tuple[int, Piece]]) -> None:
        """Take all pieces once more, now at another loudness."""
        self.meter = LoudnessMeter(self.meter.rate_hz)
        self.energies, self.voices = {}, {}
        for _ in aside(self.hear, pieces):
            pass

    def levels_db(self) -> dict[int, float]:
        """Return the RMS level of each chapter with sound, pauses included, dBFS."""
        return {
            position: 10 * math.log10(self.energies[position] / (end - start))
            for position, start, end in self.timeline.spans()
            if self.energies.get(position, 0) > 0
        }


def measure(
    plan: Plan,
    stream: Stream,
    store: SpokenStore,
    pauses: PauseTable,
    rate_hz: int,
    reporter: Reporter,
    cues: CueTrack | None = None,
    *,
    n_missing: int = 0,
    apart: bool = False,
) -> Measured:
    """Go through the whole book once, telling `reporter` about each chunk and chapter, and filling `cues`.

    `n_missing` chunks have to be spoken for that: from them follows how long it takes.
    """
    voices = {name: LoudnessMeter(rate_hz) for name in ("", *plan.voices)} if plan.voices else {}
    measured = Measured(Timeline(), LoudnessMeter(rate_hz), cues, voices=voices)
    pace = _Pace(plan, store, rate_hz, n_missing)

    def pieces() -> Iterator[tuple[int, Piece]]:
        at: int | None = None
        chapter_start = 0
        for position, piece in assemble(plan.chapters, stream, pauses, rate_hz, apart=apart):
            if position != at:
                if at is not None:
                    _close_chapter(measured, plan, at, chapter_start, store, rate_hz, reporter)
                at, chapter_start = position, measured.timeline.n_samples
            if cues is not None:
                cues.add(position, measured.timeline.n_samples, piece)
            measured.timeline.add(position, piece)
            if piece.planned is not None:
                start = measured.timeline.n_samples - len(piece.samples)
                measured.places.append(Place(start, chapter_start, len(piece.samples)))
                reporter.chunk_done(pace.after(position, piece.planned, measured.timeline.n_samples))
            yield position, piece
        if at is not None:
            _close_chapter(measured, plan, at, chapter_start, store, rate_hz, reporter)

    for _ in aside(measured.hear, pieces()):
        pass
    measured.n_cached = pace.n_cached
    return measured


def _close_chapter(
    measured: Measured,
    plan: Plan,
    position: int,
    start: int,
    store: SpokenStore,
    rate_hz: int,
    reporter: Reporter,
) -> None:
    planned = plan.chapters[position]
    keys = [chunk.key for chunk in planned.chunks if chunk.key]
    report = ChapterReport(
        index=planned.chapter.index,
        title=planned.chapter.title,
        start_seconds=start / rate_hz,
        seconds=(measured.timeline.n_samples - start) / rate_hz,
        chunks=len(keys),
        cached=sum(key not in store.fresh for key in keys),
        spoken_characters=spoken_characters(planned),
    )
    measured.chapters.append(report)
    reporter.chapter_done(report)


class _Pace:
    """How far the run is, how fast it speaks, and how long that will take."""

    def __init__(self, plan: Plan, store: SpokenStore, rate_hz: int, n_missing: int) -> None:
        self._plan = plan
        self._store = store
        self._rate_hz = rate_hz
        self._total = plan.n_chunks
        self._n_missing = n_missing
        self._began = time.monotonic()
        self._done = 0
        self.n_cached = 0

    def after(self, position: int, planned: PlannedChunk, n_samples: int) -> Progress:
        """Count one more chunk."""
        self._done += 1
        self.n_cached += planned.key not in self._store.fresh
        elapsed = time.monotonic() - self._began
        n_spoken = len(self._store.fresh)
        left = max(0, self._n_missing - n_spoken)
        return Progress(
            chapter=position + 1,
            n_chapters=len(self._plan.chapters),
            title=self._plan.chapters[position].chapter.title,
            text=planned.chunk.text,
            done=self._done,
            total=self._total,
            cached=self.n_cached,
            audio_seconds=n_samples / self._rate_hz,
            elapsed_seconds=elapsed,
            speed=self._store.seconds / elapsed if n_spoken and elapsed > 0 else None,
            eta_seconds=elapsed / n_spoken * left if n_spoken else None,
        )
