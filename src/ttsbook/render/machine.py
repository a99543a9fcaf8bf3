"""What this machine offers a render: cores, memory, and how much of it was used.

Knows nothing of engines; the memory that one worker takes is the caller's estimate.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import sys
from pathlib import Path

_CHUNKS_PER_WORKER = 32  # fewer are spoken sooner than another process is ready
_CGROUP = Path("/sys/fs/cgroup")


def n_cores() -> int:
    """Return the cores that this process may use: affinity and container quota respected."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota, _, period = _read(_CGROUP / "cpu.max").partition(" ")
    if quota.isdigit() and period.strip().isdigit():
        cores = min(cores, max(1, int(quota) // int(period)))
    return max(1, cores)


def free_memory_bytes() -> int | None:
    """Return the memory that can be taken without swapping, or None where that is unknown."""
    free = [number for number in (_meminfo_available(), _cgroup_available()) if number is not None]
    return min(free) if free else None


def peak_rss_bytes() -> int:
    """Return the largest resident size of this process so far."""
    for line in _read(Path("/proc/self/status")).splitlines():
        if line.startswith("VmHWM:"):  # getrusage also counts the parent's pages before exec
            return int(line.split()[1]) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def choose_workers(
    asked: int | None, *, n_chunks: int, device: str, worker_bytes: int, at_least: int = 1
) -> int:
    """Return how many worker processes to use; 1 means none besides this one.

    Args:
        asked: the user's number, or None.
        n_chunks: chunks to speak. A process takes seconds to start, in which one speaks many sentences.
        device: where the engine runs; a GPU is shared badly by several processes.
        worker_bytes: estimate of what one takes.
        at_least: processes that the engine's name stands for, if there is work for them; with more than
            one asked for in this way, a short book is not left to one either.
    """
    if asked is not None:
        return asked
    floor = max(1, min(at_least, n_chunks))
    # A process of a `multiprocessing.Pool` may start none, and has others beside it.
    if not device.startswith("cpu") or multiprocessing.current_process().daemon:
        return floor
    free = free_memory_bytes()
    by_memory = n_cores() if free is None else int(free * 0.8) // worker_bytes
    by_work = n_chunks if at_least > 1 else n_chunks // _CHUNKS_PER_WORKER
    return max(floor, min(n_cores(), by_memory, by_work))


def _meminfo_available() -> int | None:
    for line in _read(Path("/proc/meminfo")).splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    return None


def _cgroup_available() -> int | None:
    limit = _read(_CGROUP / "memory.max").strip()
    used = _read(_CGROUP / "memory.current").strip()
    if not (limit.isdigit() and used.isdigit()):
        return None
    statistics = dict(line.split(" ", 1) for line in _read(_CGROUP / "memory.stat").splitlines())
    pages = int(statistics.get("inactive_file", "0"))  # counted as used, but given back on demand
    return max(0, int(limit) - int(used) + pages)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
