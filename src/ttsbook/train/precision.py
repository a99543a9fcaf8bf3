"""Which numbers the processor is fast at, told by trying.

Processors with AMX multiply bfloat16 ten times faster than float32; those with AVX2 only, fifteen
times slower. Nothing but a measurement tells them apart safely.
"""

from __future__ import annotations

import time

import torch


def use_bfloat16(device: torch.device) -> bool:
    """Return whether mixed precision pays on this device."""
    if device.type == "cuda":
        # Emulated, it is slower than fp32.
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    times = {dtype: [_seconds(dtype) for _ in range(6)] for dtype in (torch.float32, torch.bfloat16)}
    return min(times[torch.bfloat16]) < 0.7 * min(times[torch.float32])


def _seconds(dtype: torch.dtype, size: int = 1_024) -> float:
    """Processor time of a matrix product: other programs on the machine should not decide."""
    a, b = torch.ones(size, size, dtype=dtype), torch.ones(size, size, dtype=dtype)
    start = time.thread_time()
    a @ b
    return time.thread_time() - start
