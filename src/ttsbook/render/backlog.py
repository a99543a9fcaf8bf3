"""Requests waiting to be spoken, handed out as batches of similar length, oldest first.

Knows nothing of processes or engines.
"""

from __future__ import annotations

from dataclasses import dataclass

from ttsbook.engines.base import Request

_SIMILAR = 1.3  # longest by shortest in a batch: engines pad to the longest, and padding is work thrown away


@dataclass(slots=True)
class Task:
    """One request and what has happened to it."""

    key: str
    request: Request
    deaths: int = 0  # of workers that were speaking it

    @property
    def length(self) -> int:
        return max(1, len(self.request.phonemes))


class Backlog:
    """Tasks in the order in which they will be needed.

    Args:
        batch: most tasks in a batch.
        n_workers: who share the backlog; none takes more than its part.
    """

    def __init__(self, batch: int, n_workers: int) -> None:
        self._batch = batch
        self._n_workers = n_workers
        self._tasks: list[Task] = []

    def __len__(self) -> int:
        return len(self._tasks)

    def add(self, task: Task) -> None:
        self._tasks.append(task)

    def put_back(self, tasks: list[Task]) -> None:
        """Return tasks that were taken and not spoken; they are the oldest."""
        self._tasks[:0] = tasks

    def shrink(self, failed: int) -> None:
        """Make batches at most half of `failed`, which did not fit into memory."""
        self._batch = max(1, min(self._batch, failed // 2))

    def take(self) -> list[Task]:
        """Remove and return the oldest task with others of similar length.

        A task that a worker died of goes alone, so that it takes no other down again.
        """
        oldest = self._tasks[0]
        share = -(-len(self._tasks) // self._n_workers)
        size = 1 if oldest.deaths else min(self._batch, share)
        similar = [task for task in self._tasks[1:] if _ratio(task, oldest) <= _SIMILAR and not task.deaths]
        similar.sort(key=lambda task: _ratio(task, oldest))
        batch = [oldest, *similar[: size - 1]]
        taken = {task.key for task in batch}
        self._tasks = [task for task in self._tasks if task.key not in taken]
        return batch


def _ratio(one: Task, other: Task) -> float:
    return max(one.length, other.length) / min(one.length, other.length)
