"""Samples to packets of MP3 or AAC, by several encoders side by side.

One encoder is slow, since each frame depends on the one before. So the sound is cut where nothing depends
on what came before, in digital silence at the edge of a frame, and each part has an encoder of its own, which
begins in silence anyway. Where the cuts are depends on the sound alone, so that any number of threads gives
the same packets. Sound without such silence is one part.
Knows nothing of files or containers.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from fractions import Fraction
from threading import Lock
from types import TracebackType
from typing import TypeAlias

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext

from ttsbook.audio.wave import Samples

PART_SECONDS = 20  # before the next silence is looked for
GUARD_FRAMES = 4  # of silence before a cut: as far back as a frame overlaps and an encoder looks
_HELD_PARTS = 2  # per thread
_SWITCH_SECONDS = 0.0002  # an encoder that comes back to Python waits so long for whoever runs there

Packet: TypeAlias = "av.Packet[av.AudioStream]"
Make = Callable[[], AudioCodecContext]


class Lanes:
    """Encodes one stream; leave the `with` block when all packets have been taken.

    Args:
        make: opens an encoder for float32 mono in planes.
        threads: encoders at work at the same time.
    """

    def __init__(self, make: Make, *, threads: int) -> None:
        self._make = make
        self._threads = ThreadPoolExecutor(threads)
        context = make()
        context.open()
        self._frame = context.frame_size
        self._rate_hz = context.sample_rate
        self._max_held = max(1, threads) * _HELD_PARTS * 2 * PART_SECONDS * self._rate_hz
        self._parts: deque[_Part] = deque()
        self._zeros = 0  # how many samples at the end so far were silent
        self.n_samples = 0
        self._open_part(context)

    def __enter__(self) -> Lanes:
        self._switch_seconds = sys.getswitchinterval()
        sys.setswitchinterval(_SWITCH_SECONDS)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        sys.setswitchinterval(self._switch_seconds)
        for part in self._parts:
            part.abandon()
        self._threads.shutdown(cancel_futures=True)

    def write(self, block: Samples) -> Iterator[Packet]:
        """Take the next samples; yield packets that are ready, in order."""
        start = 0
        for cut in self._cuts(block):
            self._put(block[start:cut])
            self._close_part()
            self._open_part(self._make())
            start = cut
        self._put(block[start:])
        while sum(part.n_held for part in self._parts) > self._max_held:
            yield from self._take()

    def finish(self) -> Iterator[Packet]:
        """Yield the rest."""
        self._close_part(last=True)
        while self._parts:
            yield from self._take()

    def _cuts(self, block: Samples) -> Iterator[int]:
        """Yield the positions in a block at which a new part begins."""
        sound = np.flatnonzero(block)
        first = self.n_samples
        guard = GUARD_FRAMES * self._frame
        at = self._edge(max(first, self._parts[-1].start + PART_SECONDS * self._rate_hz))
        while at < first + block.size:
            position = at - first
            before = int(np.searchsorted(sound, position))
            silent = position - int(sound[before - 1]) - 1 if before else position + self._zeros
            if silent >= guard:
                yield position
                at = self._edge(at + PART_SECONDS * self._rate_hz)
            else:
                at += self._frame
        self._zeros = block.size - int(sound[-1]) - 1 if sound.size else self._zeros + block.size

    def _edge(self, at: int) -> int:
        """Return the first edge of a frame that is not before `at`."""
        return -(-at // self._frame) * self._frame

    def _open_part(self, context: AudioCodecContext) -> None:
        self._parts.append(_Part(context, self.n_samples, self._threads))

    def _put(self, samples: Samples) -> None:
        if samples.size:
            self._parts[-1].put(samples)
            self.n_samples += samples.size

    def _close_part(self, *, last: bool = False) -> None:
        part = self._parts[-1]
        # Beyond its frames a part has only the silence with which the next begins.
        part.close(None if last else (self.n_samples - part.start) // self._frame)

    def _take(self) -> Iterator[Packet]:
        """Wait for the oldest step under way, and yield its packets."""
        part = self._parts[0]
        yield from part.take()
        if part.is_done:
            self._parts.popleft()


class _Part:
    """One encoder and what it has still to do, step by step; never on more than one thread at a time."""

    def __init__(self, context: AudioCodecContext, start: int, threads: ThreadPoolExecutor) -> None:
        self.start = start
        self._context = context
        self._threads = threads
        self._n_in = 0
        self._n_out = 0  # packets taken
        self._limit: int | None = None
        self._closed = False
        self._steps: deque[tuple[int, Future[list[Packet]]]] = deque()
        # A step must not be handed to a thread before the one it follows is done: it would only wait there,
        # and the thread be lost for the next part.
        self._waiting: deque[tuple[Samples | None, int, Future[list[Packet]]]] = deque()
        self._at_work = False
        self._lock = Lock()

    @property
    def n_held(self) -> int:
        return sum(size for size, _ in self._steps)

    @property
    def is_done(self) -> bool:
        return self._closed and not self._steps

    def put(self, samples: Samples) -> None:
        self._submit(np.ascontiguousarray(samples))

    def close(self, n_packets: int | None) -> None:
        """Flush; of the packets only the first `n_packets` count."""
        self._limit = n_packets
        self._submit(None)
        self._closed = True

    def abandon(self) -> None:
        """Forget the steps that no thread has begun."""
        with self._lock:
            self._waiting.clear()

    def take(self) -> Iterator[Packet]:
        _, step = self._steps.popleft()
        for packet in step.result():
            if self._limit is None or self._n_out < self._limit:
                self._n_out += 1
                yield packet

    def _submit(self, samples: Samples | None) -> None:
        step: Future[list[Packet]] = Future()
        with self._lock:
            self._waiting.append((samples, self.start + self._n_in, step))
            rests, self._at_work = not self._at_work, True
        if rests:
            self._threads.submit(self._work)
        size = 0 if samples is None else samples.size
        self._n_in += size
        self._steps.append((size, step))

    def _work(self) -> None:
        """Take the steps that wait, one after the other, until there are none."""
        while True:
            with self._lock:
                if not self._waiting:
                    self._at_work = False
                    return
                samples, at, step = self._waiting.popleft()
            try:
                step.set_result(self._encode(samples, at))
            except Exception as error:
                step.set_exception(error)

    def _encode(self, samples: Samples | None, at: int) -> list[Packet]:
        if samples is None:
            return list(self._context.encode(None))
        frame = av.AudioFrame.from_ndarray(samples[None], format="fltp", layout="mono")
        frame.sample_rate = self._context.sample_rate
        frame.time_base = Fraction(1, self._context.sample_rate)
        frame.pts = at
        return list(self._context.encode(frame))
