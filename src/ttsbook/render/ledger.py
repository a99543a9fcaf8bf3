"""What was asked of a pool and what became of it: the book-keeping that all pools share.

Knows nothing of processes or clusters.
"""

from __future__ import annotations

from collections.abc import Collection

from ttsbook.engines.base import Request
from ttsbook.errors import OutOfMemory, RenderError
from ttsbook.render.backlog import Backlog, Task
from ttsbook.render.fallback import Fallback
from ttsbook.render.limits import RemoteTraceback
from ttsbook.render.stepping import NoWorkers
from ttsbook.render.terms import Terms
from ttsbook.render.worker import Failed, Spoken


class Ledger:
    """Requests from `add` to `keep`.

    Args:
        terms: of the pool; whether a batch that does not fit may be made smaller, its fallbacks say.
        n_workers: who share the requests.
    """

    def __init__(self, terms: Terms, n_workers: int) -> None:
        self._backlog = Backlog(terms.batch, n_workers)
        self._keep, self._limits, self._fallbacks = terms.keep, terms.limits, terms.fallbacks
        self._waiting: set[str] = set()
        self._failed_starts = 0
        self.peak_rss_bytes = 0

    def __len__(self) -> int:
        """Return how many requests nobody has taken yet."""
        return len(self._backlog)

    def __contains__(self, key: str) -> bool:
        """Return whether a key is asked for and not kept yet."""
        return key in self._waiting

    @property
    def is_done(self) -> bool:
        return not self._waiting

    def add(self, key: str, request: Request) -> bool:
        """Note a request; return whether it is new."""
        if key in self._waiting:
            return False
        self._waiting.add(key)
        self._backlog.add(Task(key, request))
        return True

    def take(self) -> list[Task]:
        """Return the next batch."""
        return self._backlog.take()

    def settle(self, tasks: list[Task], answer: Spoken | Failed) -> None:
        """Keep what was spoken, or put a batch that did not fit into memory back as smaller ones.

        Raises:
            TtsbookError: the batch failed for good.
        """
        if isinstance(answer, Failed):
            self._retry_smaller(tasks, answer)
            return
        self.peak_rss_bytes = max(self.peak_rss_bytes, answer.peak_rss_bytes)
        for task, speech in zip(tasks, answer.speeches, strict=True):
            self._keep(task.key, speech)
            self._waiting.discard(task.key)

    def note_start(self) -> None:
        """Note that a worker has loaded its engine."""
        self._failed_starts = 0

    def note_failed_start(self, who: str, hint: str) -> None:
        """Note that a worker was lost while it loaded its engine.

        Raises:
            NoWorkers: too often in a row.
        """
        self._failed_starts += 1
        if self._failed_starts >= self._limits.deaths:
            raise NoWorkers(f"{who} while loading the engine, {self._failed_starts} times", hint)

    def recover(self, batches: Collection[list[Task]], who: str, *, short_of_memory: bool = False) -> int:
        """Put back what a lost worker had taken, the oldest batch first; return how many chunks it was.

        Raises:
            RenderError: a chunk has cost too many workers; `OutOfMemory` if memory was short.
        """
        for task in next(iter(batches), []):  # the batches behind it had not begun
            task.deaths += 1
        tasks = [task for batch in batches for task in batch]
        for task in tasks:
            if task.deaths >= self._limits.deaths:
                cause = OutOfMemory if short_of_memory else RenderError
                raise cause(
                    f"{who} {task.deaths} times while speaking {task.request.spoken[:60]!r}",
                    "if memory is short, use fewer --workers",
                )
        self._backlog.put_back(tasks)
        return len(tasks)

    def _retry_smaller(self, tasks: list[Task], failed: Failed) -> None:
        if not isinstance(failed.error, OutOfMemory) or len(tasks) == 1:
            raise failed.error from RemoteTraceback(failed.trace)
        smaller = f"batches of at most {len(tasks) // 2}"
        step = Fallback("batch", f"batches of {len(tasks)}", smaller, failed.error.message)
        self._fallbacks.step(step, failed.error)
        self._backlog.shrink(len(tasks))
        self._backlog.put_back(tasks)
