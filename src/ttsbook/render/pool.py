"""Requests in, speech out through `keep`, by one process or several.

    submit(key, request) ... finish(key)      # returns when keep(key, speech) has been called

A pool speaks in the order in which keys were submitted, apart from batching. The first error stops it,
unless going on with smaller batches, fewer processes or none besides this one may help.
Knows nothing of books or caches; `keep` decides what becomes of speech.
"""

from __future__ import annotations

import contextlib
import signal
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Protocol

from ttsbook.engines.base import Engine, Request
from ttsbook.engines.choose import load_engine
from ttsbook.render.backlog import Task
from ttsbook.render.ledger import Ledger
from ttsbook.render.limits import RemoteTraceback, Watch
from ttsbook.render.standby import Standby, start_worker
from ttsbook.render.stepping import ALL_THERE_ARE, IN_THIS_PROCESS, SteppingPool
from ttsbook.render.terms import Keep, Terms
from ttsbook.render.worker import Failed, Ready, Spoken, speak_batch

_QUEUED = 2  # batches per worker: one being spoken, one waiting, so that it never waits for the parent
_CLOSE_SECONDS = 1.0
_KILLED = "was killed (SIGKILL, often for want of memory)"


class Pool(Protocol):
    @property
    def n_workers(self) -> int: ...

    @property
    def window(self) -> int:
        """Chunks to submit ahead of the one that is waited for; more would only take memory."""
        ...

    @property
    def peak_rss_bytes(self) -> int:
        """Largest size of a worker process so far, 0 if there is none."""
        ...

    def submit(self, key: str, request: Request) -> None:
        """Ask for speech; a key that is already under way is not spoken twice."""
        ...

    def finish(self, key: str) -> None:
        """Return when the speech of a submitted key has been kept.

        Raises:
            RenderError: it, or something else under way, cannot be spoken.
            MissingError: the engine cannot be loaded.
        """
        ...

    def close(self) -> None:
        """Stop; what is under way is dropped."""
        ...


@contextlib.contextmanager
def open_pool(
    terms: Terms,
    n_workers: int,
    *,
    engine: Engine | None = None,
    cluster: str | None = None,
    standby: Standby | None = None,
) -> Iterator[Pool]:
    """Open a pool of processes, or for one worker the same in this process; or one on a Ray cluster.

    Args:
        terms: what to load, who speaks, and what becomes of it.
        n_workers: processes.
        engine: one loaded from `terms.spec`, for a pool in this process to use; the caller closes it.
        cluster: address of a Ray cluster, "" for one that Ray starts here; None is no cluster. On a cluster
            0 workers are as many as it has room for.
        standby: processes that were started before; they are taken first.
    """

    def open_one(n_processes: int, keep: Keep) -> Pool:
        own = replace(terms, keep=keep)
        if n_processes == IN_THIS_PROCESS:
            return LocalPool(own, engine)
        if cluster is not None:
            from ttsbook.render.ray_pool import RayPool

            fingerprint = engine.fingerprint if engine else ""
            return RayPool(own, max(0, n_processes), address=cluster, fingerprint=fingerprint)
        return ProcessPool(own, n_processes, standby)

    if cluster is not None:
        n_processes = n_workers or ALL_THERE_ARE
    else:
        n_processes = n_workers if n_workers > 1 else IN_THIS_PROCESS
    pool = SteppingPool(open_one, n_processes, keep=terms.keep, fallbacks=terms.fallbacks)
    try:
        yield pool
    finally:
        pool.close()


class LocalPool:
    """Speaks in this process, when it is waited for; on a GPU one batch more while the last is being kept."""

    n_workers = 1
    peak_rss_bytes = 0

    def __init__(self, terms: Terms, engine: Engine | None) -> None:
        self._terms = terms
        self._ledger = Ledger(terms, 1)
        self._engine = engine
        self._owned: Engine | None = None
        # On the processor nothing is won, and Ctrl-C would have to wait for the batch.
        is_beside = engine is not None and not engine.device.startswith("cpu")
        self._thread = ThreadPoolExecutor(1) if is_beside else None
        self._under_way: tuple[list[Task], Future[Spoken | Failed]] | None = None
        self.window = 4 * terms.batch

    def submit(self, key: str, request: Request) -> None:
        self._ledger.add(key, request)

    def finish(self, key: str) -> None:
        while key in self._ledger:
            tasks, answer = self._next()
            if self._thread is not None and isinstance(answer, Spoken) and len(self._ledger):
                self._under_way = self._begin(self._thread)
            self._ledger.settle(tasks, answer)

    def close(self) -> None:
        if self._thread is not None:
            self._thread.shutdown()
        if self._owned is not None:
            self._owned.close()
            self._owned = None

    def _next(self) -> tuple[list[Task], Spoken | Failed]:
        """Return the oldest batch and what became of it."""
        if self._thread is None:
            tasks = self._ledger.take()
            return tasks, self._speak(tasks)
        tasks, spoken = self._under_way or self._begin(self._thread)
        self._under_way = None
        return tasks, spoken.result()

    def _begin(self, thread: ThreadPoolExecutor) -> tuple[list[Task], Future[Spoken | Failed]]:
        tasks = self._ledger.take()
        return tasks, thread.submit(self._speak, tasks)

    def _speak(self, tasks: list[Task]) -> Spoken | Failed:
        if self._engine is None:
            self._engine = self._owned = load_engine(self._terms.spec)
        return speak_batch(self._engine, [task.request for task in tasks], self._terms.voice)


@dataclass(slots=True, eq=False)
class _Worker:
    process: SpawnProcess
    connection: Connection
    deadline: float  # monotonic; of what it does now
    ready: bool = False
    batches: deque[list[Task]] = field(default_factory=deque)  # sent and not answered, oldest first


class ProcessPool:
    """Speaks in worker processes; replaces those that die or hang."""

    def __init__(self, terms: Terms, n_workers: int, standby: Standby | None = None) -> None:
        self._terms, self._standby = terms, standby
        self._ledger = Ledger(terms, n_workers)
        self._workers: list[_Worker] = []
        self._watch = Watch()
        self.n_workers = n_workers
        self.window = (_QUEUED + 2) * terms.batch * n_workers

    @property
    def peak_rss_bytes(self) -> int:
        return self._ledger.peak_rss_bytes

    def submit(self, key: str, request: Request) -> None:
        if not self._ledger.add(key, request):
            return
        if len(self._workers) < self.n_workers:  # never more processes than chunks
            self._start()
        self._turn(wait_seconds=0)

    def finish(self, key: str) -> None:
        while key in self._ledger:
            self._turn(wait_seconds=1.0)

    def close(self) -> None:
        """Stop all workers. They hold nothing that would be lost."""
        for worker in self._workers:
            worker.connection.close()  # an idle worker reads the end of its pipe and leaves
        deadline = time.monotonic() + (_CLOSE_SECONDS if self._ledger.is_done else 0)
        for worker in self._workers:
            worker.process.join(max(0.0, deadline - time.monotonic()))
            worker.process.kill()
            worker.process.join()
        self._workers.clear()

    def _turn(self, wait_seconds: float) -> None:
        """Take what has arrived, see who died or hangs, and hand out work."""
        nearest = min(worker.deadline for worker in self._workers)
        pause = max(0.0, min(wait_seconds, nearest - time.monotonic()))
        arrived = set(wait([worker.connection for worker in self._workers], timeout=pause))
        away = self._watch.look(pause)
        for worker in list(self._workers):
            worker.deadline += away
            if worker.connection in arrived:
                self._receive(worker)
            elif self._watch.last > worker.deadline:
                self._replace(worker, "did not answer in time")
        for worker in self._workers:
            self._feed(worker)

    def _receive(self, worker: _Worker) -> None:
        try:
            message: Ready | Spoken | Failed = worker.connection.recv()
        except (EOFError, OSError):  # OSError: it was killed in the midst of its answer
            worker.process.join(_CLOSE_SECONDS)
            self._replace(worker, _describe_exit(worker.process.exitcode))
            return
        if isinstance(message, Ready):
            worker.ready = True
            self._ledger.note_start()
            return
        if isinstance(message, Failed) and not worker.ready:
            raise message.error from RemoteTraceback(message.trace)
        tasks = worker.batches.popleft()
        self._set_deadline(worker)
        self._ledger.settle(tasks, message)

    def _feed(self, worker: _Worker) -> None:
        while worker.ready and len(worker.batches) < _QUEUED and len(self._ledger):
            tasks = self._ledger.take()
            worker.batches.append(tasks)
            if len(worker.batches) == 1:
                self._set_deadline(worker)
            # A dead worker shows at the next turn, where its pipe is at its end.
            with contextlib.suppress(ConnectionError):
                worker.connection.send([task.request for task in tasks])

    def _set_deadline(self, worker: _Worker) -> None:
        limit = self._terms.limits.seconds_for(worker.batches[0]) if worker.batches else float("inf")
        worker.deadline = time.monotonic() + limit

    def _replace(self, worker: _Worker, why: str) -> None:
        """Start another worker for one that is gone, and have its chunks spoken again."""
        self._workers.remove(worker)
        worker.process.kill()
        worker.process.join()
        worker.connection.close()
        if not worker.ready:
            self._ledger.note_failed_start(f"a worker {why}", "use fewer --workers")
        # Whoever sends SIGKILL to a process that works is nearly always the system, short of memory.
        n_chunks = self._ledger.recover(worker.batches, f"a worker {why}", short_of_memory=why == _KILLED)
        self._terms.tell(f"a worker {why}; a new one renders its chunks again ({n_chunks})")
        self._start()

    def _start(self) -> None:
        spec, voice = self._terms.spec, self._terms.voice
        started = self._standby.take(spec, voice) if self._standby else None
        started = started or start_worker(spec, voice)
        deadline = time.monotonic() + self._terms.limits.start_seconds
        self._workers.append(_Worker(started.process, started.connection, deadline))


def _describe_exit(code: int | None) -> str:
    if code is None:
        return "closed its pipe"
    if code >= 0:
        return f"ended with code {code}"
    with contextlib.suppress(ValueError):
        name = signal.Signals(-code).name
        return _KILLED if name == "SIGKILL" else f"died of {name}"
    return f"died of signal {-code}"
