"""What all pools share: when they give up, and how the traceback of an error gets back.

Knows nothing of processes or clusters.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from ttsbook.render.backlog import Task

_AWAY_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Limits:
    """When to give up on a worker, and on a chunk."""

    start_seconds: float = 300.0  # loading an engine, cold disk included
    batch_seconds: float = 60.0
    phoneme_seconds: float = 1.0  # ten times slower than speech
    deaths: int = 3  # of workers while speaking the same chunk, or in a row while loading

    def seconds_for(self, tasks: list[Task]) -> float:
        return self.batch_seconds + self.phoneme_seconds * sum(task.length for task in tasks)


class Watch:
    """Tells for how long nobody looked at the workers: this process was stopped (Ctrl-Z) or kept busy.

    They may have been stopped with it, or have answered meanwhile: it is no time that they took.
    """

    def __init__(self) -> None:
        self.last = time.monotonic()

    def look(self, waited_seconds: float) -> float:
        """Note that somebody looks, after waiting for an answer; return how long nobody did before that."""
        away = time.monotonic() - self.last - waited_seconds
        self.last = time.monotonic()
        return away if away > _AWAY_SECONDS else 0.0


class RemoteTraceback(Exception):
    """Carries a worker's traceback as the cause of the error that it sent."""

    def __init__(self, trace: str) -> None:
        super().__init__(trace)
        self.trace = trace

    def __str__(self) -> str:
        return f"\n{self.trace}"
