"""What a model frees is kept: counted in page faults, in a process of its own."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

_COUNT = """
import ctypes, resource
from ttsbook.engines.heap import keep_freed_memory

size, count = 16 << 20, 6  # together beyond what glibc learns to keep by itself
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
libc.free.argtypes = [ctypes.c_void_p]
kept = keep_freed_memory()

def use():
    blocks = [libc.malloc(size) for _ in range(count)]
    for block in blocks:
        ctypes.memset(block, 1, size)
    for block in blocks:
        libc.free(block)

use()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(4):
    use()
print(int(kept), resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def _count(*, keep: bool) -> tuple[bool, int]:
    program = _COUNT if keep else _COUNT.replace("keep_freed_memory()", "False")
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    kept, faults = done.stdout.split()
    return kept == "1", int(faults)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries have no such setting")
def test_freed_memory_is_kept_and_used_again() -> None:
    _, anew = _count(keep=False)
    kept, faults = _count(keep=True)
    assert kept
    assert anew > 50
    assert faults < 50  # four times 96 MiB anew would be 98,304 pages, or 192 huge ones
