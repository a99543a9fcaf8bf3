"""A pool that continues with less when it cannot continue with what it has.

    processes ── no room for one chunk ──► half as many ──► … ──► one process
    processes ── none can be started ────► this process

What was asked for and is not spoken yet is asked for again, so nobody who waits on the pool notices.
Knows nothing of how the pools that it steps between work.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from ttsbook.engines.base import Request
from ttsbook.errors import OutOfMemory, RenderError
from ttsbook.render.fallback import Fallback, Fallbacks
from ttsbook.types import Speech

if TYPE_CHECKING:
    from ttsbook.render.pool import Pool
    from ttsbook.render.terms import Keep

IN_THIS_PROCESS = 0
ALL_THERE_ARE = -1  # processes on a cluster: as many as it has room for


class NoWorkers(RenderError):
    """Worker processes cannot be started, or die before they have loaded the engine."""


class Opener(Protocol):
    """Opens a pool of so many processes; `IN_THIS_PROCESS` for none besides this one."""

    def __call__(self, n_processes: int, keep: Keep) -> Pool: ...


class SteppingPool:
    """Several pools one after the other, seen as one."""

    def __init__(self, opener: Opener, n_processes: int, *, keep: Keep, fallbacks: Fallbacks) -> None:
        self._open = opener
        self._n_processes = n_processes
        self._keep = keep
        self._fallbacks = fallbacks
        self._under_way: dict[str, Request] = {}
        self._earlier_peak = 0
        self._pool = self._opened(n_processes)

    @property
    def n_workers(self) -> int:
        return self._pool.n_workers

    @property
    def window(self) -> int:
        return self._pool.window

    @property
    def peak_rss_bytes(self) -> int:
        return max(self._earlier_peak, self._pool.peak_rss_bytes)

    def submit(self, key: str, request: Request) -> None:
        self._under_way[key] = request
        try:
            self._pool.submit(key, request)
        except (NoWorkers, OutOfMemory) as error:
            self._step_down(error)

    def finish(self, key: str) -> None:
        while key in self._under_way:
            try:
                self._pool.finish(key)
            except (NoWorkers, OutOfMemory) as error:
                self._step_down(error)

    def close(self) -> None:
        self._pool.close()

    def _opened(self, n_processes: int) -> Pool:
        """Open the first pool, or the one of this process where there is no cluster to reach."""
        try:
            return self._open(n_processes, self._kept)
        except NoWorkers as error:
            step, self._n_processes = self._next(error)
            self._fallbacks.step(step, error)
            return self._open(self._n_processes, self._kept)

    def _kept(self, key: str, speech: Speech) -> None:
        self._under_way.pop(key, None)
        self._keep(key, speech)

    def _step_down(self, error: NoWorkers | OutOfMemory) -> None:
        """Open the next pool that takes what is under way; raise `error` if there is none to try."""
        while True:
            step, n_processes = self._next(error)
            self._fallbacks.step(step, error)
            self._earlier_peak = self.peak_rss_bytes
            self._pool.close()
            self._n_processes = n_processes
            self._pool = self._open(n_processes, self._kept)
            try:
                self._submit_again()
                return
            except (NoWorkers, OutOfMemory) as again:
                error = again

    def _submit_again(self) -> None:
        for key, request in tuple(self._under_way.items()):
            if key in self._under_way:  # the pool may have spoken it while it took others
                self._pool.submit(key, request)

    def _next(self, error: NoWorkers | OutOfMemory) -> tuple[Fallback, int]:
        before = _workers(self._n_processes)
        if isinstance(error, NoWorkers) and self._n_processes != IN_THIS_PROCESS:
            return Fallback("pool", before, "this process alone", error.message), IN_THIS_PROCESS
        # One process is the end of it: without it, the system would kill this one the next time.
        if isinstance(error, OutOfMemory) and self._pool.n_workers > 1:
            fewer = self._pool.n_workers // 2
            return Fallback("workers", before, _workers(fewer), error.message), fewer
        raise error


def _workers(number: int) -> str:
    if number == ALL_THERE_ARE:
        return "a cluster"
    return "1 worker" if number == 1 else f"{number} workers"
