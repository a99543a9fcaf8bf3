"""Planned chunks in, their speech out, in book order: from the cache, else from the pool through it.

Looks far enough ahead to keep the pool busy. A chunk whose file turns out to be damaged or gone is
spoken again, at any point of the run.
Knows nothing of pauses, chapters or files to write.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from ttsbook.errors import RenderError
from ttsbook.render.cache import ChunkCache
from ttsbook.render.plan import Plan, PlannedChunk
from ttsbook.render.pool import Pool
from ttsbook.types import Speech

T = TypeVar("T")

_THREADS = 4
_READ_AHEAD = 8  # chunks
_MOST_WRITING = 4  # chunks: so many are lost if there is no room for them


class SpokenStore:
    """Keeps what the pool speaks, and remembers what was spoken in this run. Close it.

    Chunks are written and read on threads of their own. Whoever asks for one waits until it is there.
    """

    def __init__(self, cache: ChunkCache, *, resume: bool) -> None:
        self._cache = cache
        self._resume = resume
        self._threads = ThreadPoolExecutor(_THREADS)
        self._writing: dict[str, Future[None]] = {}
        self._reading: dict[str, Future[Speech | None]] = {}
        self.fresh: set[str] = set()  # keys spoken in this run
        self.seconds = 0.0  # of audio, spoken in this run

    def keep(self, key: str, speech: Speech) -> None:
        """Take a finished chunk from the pool: in a moment no kill loses it.

        Raises:
            OutputError: this chunk, or one before, cannot be written.
        """
        self._wait_for(key)
        self._writing[key] = self._threads.submit(self._cache.put, key, speech)
        self.fresh.add(key)
        self.seconds += len(speech.samples) / speech.rate_hz
        while len(self._writing) > _MOST_WRITING:
            self._wait_for(next(iter(self._writing)))

    def has(self, key: str) -> bool:
        """Return whether the chunk need not be spoken, as far as the cache's file names tell."""
        if key in self._writing:
            return True
        return (self._resume or key in self.fresh) and self._cache.has(key)

    def expect(self, key: str) -> None:
        """Begin to read a chunk that will be asked for soon."""
        self._wait_for(key)
        self._reading[key] = self._threads.submit(self._cache.get, key)

    def get(self, key: str) -> Speech | None:
        """Return the chunk, or None if it is missing or damaged."""
        self._wait_for(key)
        reading = self._reading.pop(key, None)
        return reading.result() if reading is not None else self._cache.get(key)

    def close(self) -> None:
        """Return when everything that was taken is written, or could not be."""
        self._threads.shutdown()

    def _wait_for(self, key: str) -> None:
        writing = self._writing.pop(key, None)
        if writing is not None:
            writing.result()


class SpeechSource:
    """Speech of the chunks of one plan."""

    def __init__(self, plan: Plan, store: SpokenStore, pool: Pool, rate_hz: int) -> None:
        self._plan = plan
        self._store = store
        self._pool = pool
        self._rate_hz = rate_hz

    def stream(self, chunks: Iterable[PlannedChunk]) -> Iterator[Speech]:
        """Yield the speech of each chunk; all of them have something to say."""
        submitted = _later(map(self._submit_missing, chunks), self._pool.window)
        for planned in _later(map(self._expect, submitted), _READ_AHEAD):
            yield self._take(planned)

    def _submit_missing(self, planned: PlannedChunk) -> tuple[PlannedChunk, bool]:
        """Return the chunk, and whether it was there."""
        is_there = self._store.has(planned.key)
        if not is_there:
            self._submit(planned)
        return planned, is_there

    def _expect(self, submitted: tuple[PlannedChunk, bool]) -> PlannedChunk:
        planned, was_there = submitted
        if was_there:
            self._store.expect(planned.key)
        return planned

    def _take(self, planned: PlannedChunk) -> Speech:
        self._pool.finish(planned.key)
        speech = self._store.get(planned.key)
        if speech is None:  # damaged, or removed since it was looked for
            self._submit(planned)
            self._pool.finish(planned.key)
            speech = self._store.get(planned.key)
        if speech is None:
            raise RenderError(
                "a chunk cannot be read back from the cache right after it was written",
                "see `ttsbook cache info` for its folder, and check the disk",
            )
        if speech.rate_hz != self._rate_hz:
            raise RenderError(
                f"a cached chunk has {speech.rate_hz} Hz, but the engine speaks at {self._rate_hz} Hz",
                "run `ttsbook cache clear`",
            )
        return speech

    def _submit(self, planned: PlannedChunk) -> None:
        self._pool.submit(planned.key, self._plan.request(planned.chunk, planned.attempt))


def _later(items: Iterable[T], n: int) -> Iterator[T]:
    """Yield each item when `n` more have been drawn, or there are no more."""
    held: deque[T] = deque()
    for item in items:
        held.append(item)
        if len(held) > n:
            yield held.popleft()
    yield from held
