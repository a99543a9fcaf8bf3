"""A pool of actors on a Ray cluster: requests in, speech out through `keep`, as from processes here.

Each actor holds a loaded engine and has at most two batches to speak; what it has spoken is taken out of the
object store at once. Actors that are lost are replaced and their batches spoken again.
Every node needs this version of ttsbook and, where engine options name files, those files.
Knows nothing of books or caches.
"""

from __future__ import annotations

import contextlib
import time
import traceback
from collections import deque
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any

from ttsbook import __version__, paths
from ttsbook.engines.base import Engine, EngineSpec, Request
from ttsbook.engines.choose import load_engine
from ttsbook.errors import MissingError, RenderError, TtsbookError, first_line
from ttsbook.render.backlog import Task
from ttsbook.render.ledger import Ledger
from ttsbook.render.limits import RemoteTraceback, Watch
from ttsbook.render.stepping import NoWorkers
from ttsbook.render.terms import Terms
from ttsbook.render.worker import Failed, Spoken, speak_batch
from ttsbook.types import VoiceProfile

_QUEUED = 2  # batches per actor: one being spoken, one waiting, so that it never waits for the network
_GET_RAY = "pip install 'ttsbook[ray]'"


def check_ray() -> None:
    """Raise `MissingError` if Ray is not installed."""
    if find_spec("ray") is None:
        raise MissingError("Ray is not installed", _GET_RAY)


class Speaker:
    """What runs on the cluster: one engine."""

    def __init__(self, spec: EngineSpec, voice: VoiceProfile) -> None:
        self._spec, self._voice = spec, voice
        self._engine: Engine | None = None

    def start(self) -> tuple[str, str] | Failed:
        """Load the engine; return the version of ttsbook and the engine's fingerprint."""
        try:
            self._engine = load_engine(self._spec)
            return __version__, self._engine.fingerprint
        except TtsbookError as error:
            return Failed(error, traceback.format_exc())

    def speak(self, requests: list[Request]) -> Spoken | Failed:
        """Speak a batch."""
        assert self._engine is not None
        return speak_batch(self._engine, requests, self._voice)


@dataclass(slots=True, eq=False)
class _Actor:
    handle: Any
    starting: Any  # reference to the answer of `start`, None once it is there
    deadline: float  # monotonic; of what it does now
    batches: deque[tuple[Any, list[Task]]] = field(default_factory=deque)  # answers to come, oldest first


class RayPool:
    """Speaks on a cluster.

    Args:
        terms: what to load, who speaks, and what becomes of it.
        n_workers: actors; 0 is as many as the cluster has processors for (or GPUs, if the engine uses one).
        address: of the cluster, as Ray writes it; "" is one that Ray starts on this machine.
        fingerprint: of the engine here; actors must have the same.

    Raises:
        NoWorkers: the cluster cannot be reached.
    """

    def __init__(self, terms: Terms, n_workers: int, *, address: str = "", fingerprint: str = "") -> None:
        self._terms = terms
        self._fingerprint = fingerprint
        self._ray, self._is_ours = _connected(address)
        on_gpu = not terms.spec.device.startswith(("cpu", "auto"))
        self._needs = {"num_cpus": terms.spec.threads, "num_gpus": int(on_gpu)}
        self.n_workers = n_workers or self._room()
        self.window = (_QUEUED + 2) * terms.batch * self.n_workers
        self._ledger = Ledger(terms, self.n_workers)
        self._actors: list[_Actor] = []
        self._watch = Watch()

    @property
    def peak_rss_bytes(self) -> int:
        return self._ledger.peak_rss_bytes

    def submit(self, key: str, request: Request) -> None:
        if not self._ledger.add(key, request):
            return
        if len(self._actors) < self.n_workers:  # never more actors than chunks
            self._start()
        self._turn(wait_seconds=0)

    def finish(self, key: str) -> None:
        while key in self._ledger:
            self._turn(wait_seconds=1.0)

    def close(self) -> None:
        """Stop all actors, and Ray if it was started for them."""
        for actor in self._actors:
            self._kill(actor)
        self._actors.clear()
        if self._is_ours:
            self._ray.shutdown()
            self._is_ours = False

    def _turn(self, wait_seconds: float) -> None:
        """Take what has arrived, see who is lost or hangs, and hand out work."""
        awaited = {self._next_answer(actor): actor for actor in self._actors if self._is_busy(actor)}
        arrived: list[Any] = []
        if awaited:
            arrived, _ = self._ray.wait(list(awaited), num_returns=1, timeout=wait_seconds)
        away = self._watch.look(wait_seconds if awaited else 0.0)
        for actor in self._actors:
            actor.deadline += away
        for answer in arrived:
            self._receive(awaited[answer], answer)
        for actor in list(self._actors):
            if self._watch.last > actor.deadline:
                self._replace(actor, "did not answer in time")
        for actor in self._actors:
            self._feed(actor)

    def _is_busy(self, actor: _Actor) -> bool:
        return actor.starting is not None or bool(actor.batches)

    def _next_answer(self, actor: _Actor) -> Any:
        return actor.starting if actor.starting is not None else actor.batches[0][0]

    def _receive(self, actor: _Actor, answer: Any) -> None:
        try:
            message: Any = self._ray.get(answer)
        except self._ray.exceptions.RayError as error:
            self._replace(actor, f"was lost ({type(error).__name__})")
            return
        if actor.starting is not None:
            self._check_start(message)
            actor.starting, actor.deadline = None, float("inf")
            self._ledger.note_start()
            return
        _, tasks = actor.batches.popleft()
        self._set_deadline(actor)
        self._ledger.settle(tasks, message)

    def _check_start(self, message: tuple[str, str] | Failed) -> None:
        """Refuse a node that would speak differently from this machine.

        Raises:
            TtsbookError: what the node met when it loaded the engine.
            RenderError: its engine is another one.
        """
        if isinstance(message, Failed):
            raise message.error from RemoteTraceback(message.trace)
        version, fingerprint = message
        if fingerprint != self._fingerprint and self._fingerprint:
            raise RenderError(
                f"engine {self._terms.spec.name} is another one on the cluster (ttsbook {version} there)",
                f"install ttsbook {__version__} with the same runtime on every node",
            )

    def _feed(self, actor: _Actor) -> None:
        while actor.starting is None and len(actor.batches) < _QUEUED and len(self._ledger):
            tasks = self._ledger.take()
            answer = actor.handle.speak.remote([task.request for task in tasks])
            actor.batches.append((answer, tasks))
            if len(actor.batches) == 1:
                self._set_deadline(actor)

    def _set_deadline(self, actor: _Actor) -> None:
        limit = self._terms.limits.seconds_for(actor.batches[0][1]) if actor.batches else float("inf")
        actor.deadline = time.monotonic() + limit

    def _replace(self, actor: _Actor, why: str) -> None:
        """Start another actor for one that is gone, and have its chunks spoken again."""
        self._actors.remove(actor)
        self._kill(actor)
        if actor.starting is not None:
            hint = "look at `ray status`: are there free processors, and is ttsbook on every node?"
            self._ledger.note_failed_start(f"an actor {why}", hint)
        n_chunks = self._ledger.recover([tasks for _, tasks in actor.batches], f"an actor {why}")
        self._terms.tell(f"an actor {why}; a new one renders its chunks again ({n_chunks})")
        self._start()

    def _start(self) -> None:
        # An actor that Ray restarted by itself would have no engine: `_replace` does it.
        remote = self._ray.remote(max_restarts=0, max_task_retries=0, **self._needs)(Speaker)
        handle = remote.remote(self._terms.spec, self._terms.voice)
        deadline = time.monotonic() + self._terms.limits.start_seconds
        self._actors.append(_Actor(handle, handle.start.remote(), deadline))

    def _kill(self, actor: _Actor) -> None:
        with contextlib.suppress(Exception):  # it may be gone already, and its cluster with it
            self._ray.kill(actor.handle)

    def _room(self) -> int:
        """Return how many actors the cluster has room for."""
        there = self._ray.cluster_resources()
        if self._needs["num_gpus"]:
            return max(1, int(there.get("GPU", 0)))
        return max(1, int(there.get("CPU", 1)) // max(1, self._needs["num_cpus"]))


def _connected(address: str) -> tuple[Any, bool]:
    """Return Ray, connected, and whether the connection was made here."""
    check_ray()
    paths.set_for_children("RAY_USAGE_STATS_ENABLED", "0")  # nothing is told to anyone
    import ray

    if ray.is_initialized():
        return ray, False
    try:
        ray.init(
            address=address or "local",
            log_to_driver=False,
            logging_level="ERROR",
            configure_logging=False,
            **({} if address else {"include_dashboard": False}),
        )
    except (ConnectionError, ValueError, RuntimeError, OSError) as error:
        where = address or "on this machine"
        raise NoWorkers(f"the Ray cluster {where} cannot be reached: {first_line(error)}") from error
    return ray, True
