"""Worker processes: how one is started, and some that load the engine while the book is still being planned.

Planning keeps one core busy, starting a worker another; together they take no longer than one of them.
Knows nothing of chunks.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing import resource_tracker, spawn
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Any

from ttsbook.engines.base import EngineSpec
from ttsbook.render.stepping import NoWorkers
from ttsbook.render.worker import work
from ttsbook.types import VoiceProfile

_NAME = "ttsbook-worker"


@dataclass(frozen=True, slots=True)
class Started:
    """A process that loads its engine, then says so through the pipe."""

    process: SpawnProcess
    connection: Connection

    def kill(self) -> None:
        self.connection.close()
        self.process.kill()
        self.process.join()


def start_worker(spec: EngineSpec, voice: VoiceProfile) -> Started:
    """Start a process that runs `worker.work`.

    Raises:
        NoWorkers: the system starts none, or this process may have none.
    """
    if multiprocessing.current_process().daemon:
        raise NoWorkers("no worker process can be started by a process of a multiprocessing.Pool or the like")
    # The class of an engine may be in the main module.
    name = "ttsbook-main-worker" if spec.name.startswith("__main__:") else _NAME
    context = multiprocessing.get_context("spawn")
    try:
        ours, theirs = context.Pipe()
        process = context.Process(target=work, args=(theirs, spec, voice), name=name, daemon=True)
        with _signals_held():
            process.start()
    except OSError as error:
        raise NoWorkers(f"no worker process can be started: {error.strerror}") from error
    theirs.close()  # else the pipe would not end with the worker
    return Started(process, ours)


_all_it_needs = spawn.get_preparation_data


def _without_main(name: str) -> dict[str, Any]:
    """Return what Python tells a new process; our workers not to import the main module.

    They need nothing of it, and a script that renders without `if __name__ == "__main__":` would render again
    in each of them. Python has no switch for this.
    """
    told = _all_it_needs(name)
    if name == _NAME:
        told.pop("init_main_from_name", None)
        told.pop("init_main_from_path", None)
    return told


spawn.get_preparation_data = _without_main


class Standby:
    """Workers for a pool that is not open yet. What was not taken is stopped by `close`."""

    def __init__(self, spec: EngineSpec, voice: VoiceProfile, n_workers: int) -> None:
        self._spec, self._voice = spec, voice
        self._started: deque[Started] = deque()
        # Where none can be started, the pool meets the same trouble, and knows what to do then.
        with contextlib.suppress(NoWorkers):
            for _ in range(n_workers):
                self._started.append(start_worker(spec, voice))

    def __len__(self) -> int:
        return len(self._started)

    def take(self, spec: EngineSpec, voice: VoiceProfile) -> Started | None:
        """Return a worker that loads just this, if one is left."""
        if not self._started or (spec, voice) != (self._spec, self._voice):
            return None
        return self._started.popleft()

    def keep(self, spec: EngineSpec, n_workers: int) -> None:
        """Stop those for which a pool of so many that load `spec` has no use."""
        n_used = n_workers if n_workers > 1 and spec == self._spec else 0
        while len(self._started) > n_used:
            self._started.pop().kill()

    def close(self) -> None:
        """Stop the rest."""
        self.keep(self._spec, 0)


@contextlib.contextmanager
def _signals_held() -> Iterator[None]:
    """Start a child that never sees Ctrl-C, not even before it can say that it ignores it.

    SIGTERM waits too: a child whose parent leaves before it was told what to do ends with a traceback.
    The child inherits the block. Here it is not enough: another thread may take the signal, and Python
    would still run the handler in this one, so handlers take note and are called afterwards.
    """
    resource_tracker.ensure_running()  # started along with the first child, it would lift the block
    numbers: tuple[int, ...] = (signal.SIGINT, signal.SIGTERM)
    held: list[int] = []
    handlers = {}
    if threading.current_thread() is threading.main_thread():
        handlers = {number: signal.signal(number, lambda got, _: held.append(got)) for number in numbers}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, numbers)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        for number, handler in handlers.items():
            signal.signal(number, handler)
        for number in dict.fromkeys(held):
            signal.raise_signal(number)
