"""Steps done aside: on a thread of their own, in order, while the caller gets the next item ready.

Worth it where a step is mostly work of libraries that run beside Python: FFT, filters, encoders.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
U = TypeVar("U")


def aside(step: Callable[[T], U], items: Iterable[T], *, ahead: int = 8) -> Iterator[U]:
    """Yield `step(item)` of each item, in order.

    Items are drawn on the caller's thread, steps run on one other, at most `ahead` items behind; so
    neither needs locks. What a step raises is raised here, and nothing is drawn after it.
    """
    waiting: deque[Future[U]] = deque()
    thread = ThreadPoolExecutor(1)
    try:
        for item in items:
            waiting.append(thread.submit(step, item))
            while waiting and (waiting[0].done() or len(waiting) > ahead):
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        thread.shutdown(cancel_futures=True)
