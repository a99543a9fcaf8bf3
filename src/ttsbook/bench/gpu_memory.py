"""How much more memory of the GPUs is in use while something runs, as the driver tells it."""

from __future__ import annotations

import threading
from types import TracebackType

from ttsbook.engines.gpu import Gpu, list_gpus

INTERVAL_S = 0.25  # nvidia-smi itself takes about a tenth of a second


class GpuMemory:
    """A context in which the memory in use is watched; `peak_bytes` is what came on top, at most.

    Other programs on the same GPU are counted too. Without a GPU nothing is started and the peak is None.
    """

    def __init__(self) -> None:
        self._before = _used(list_gpus())
        self._most = self._before
        self._done = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def peak_bytes(self) -> int | None:
        return max(0, self._most - self._before) if self._before else None

    def __enter__(self) -> GpuMemory:
        if self._before:
            self._thread = threading.Thread(target=self._watch, daemon=True)
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        if self._thread is not None:
            self._thread.join()

    def _watch(self) -> None:
        while True:
            self._most = max(self._most, _used(list_gpus()))
            if self._done.wait(INTERVAL_S):
                return


def _used(gpus: tuple[Gpu, ...]) -> int:
    known = ((gpu.total_bytes, gpu.free_bytes) for gpu in gpus)
    return sum(total - free for total, free in known if total is not None and free is not None)
