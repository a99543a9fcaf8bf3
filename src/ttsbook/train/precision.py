"""Which numbers the processor is fast at, told by trying.

Processors with AMX multiply bfloat16 ten times faster than float32; those with AVX2 only, fifteen
times slower. Nothing but a measurement tells them apart safely.
"""

from __future__ import annotations

import time

import torch


def use_bfloat16(device: torch.device) -> bool:
    """Tell whether mixed precision pays on this device."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported())
    return _seconds(torch.bfloat16) < 0.7 * _seconds(torch.float32)


def _seconds(dtype: torch.dtype, size: int = 768) -> float:
    """Best of three matrix products, after one to warm up."""
    a, b = torch.ones(size, size, dtype=dtype), torch.ones(size, size, dtype=dtype)
    times = []
    for _ in range(4):
        start = time.monotonic()
        a @ b
        times.append(time.monotonic() - start)
    return min(times[1:])
