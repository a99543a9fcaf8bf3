"""Changes the sample rate of a wave by an exact ratio, without aliasing.

A polyphase filter: a windowed sinc, sampled once per output phase (J. O. Smith, "Digital Audio
Resampling Home Page", CCRMA). Knows nothing of files or speech; samples in, samples out.
"""

from __future__ import annotations

from math import ceil, gcd

import numpy as np
from numpy.typing import NDArray

ZERO_CROSSINGS = 32  # of the sinc on either side; with the window below -80 dB in the stop band
KAISER_BETA = 9.0
ROLLOFF = 0.945  # pass band edge relative to the lower Nyquist frequency; the rest is transition
BLOCK = 1 << 14  # outputs computed at once; bounds the memory


def resample(samples: NDArray[np.float32], rate_in_hz: int, rate_out_hz: int) -> NDArray[np.float32]:
    """Return `samples` [n] at another rate; ceil(n * out / in) of them, aligned at the first sample."""
    divisor = gcd(rate_in_hz, rate_out_hz)
    up, down = rate_out_hz // divisor, rate_in_hz // divisor
    if up == down or samples.size == 0:
        return np.asarray(samples, dtype=np.float32)
    bank = _filter_bank(up, down)
    n_taps = bank.shape[1]
    padded = np.pad(np.asarray(samples, dtype=np.float32), (n_taps // 2 - 1, n_taps // 2 + 1))
    windows = np.lib.stride_tricks.sliding_window_view(padded, n_taps)
    n_out = ceil(samples.size * up / down)
    result = np.empty(n_out, dtype=np.float32)
    for start in range(0, n_out, BLOCK):
        ticks = np.arange(start, min(start + BLOCK, n_out), dtype=np.int64) * down
        result[start : start + ticks.size] = np.einsum("nt,nt->n", windows[ticks // up], bank[ticks % up])
    return result


def _filter_bank(up: int, down: int) -> NDArray[np.float32]:
    """Return the low-pass filter of every output phase, [up, n_taps], each with unit gain at 0 Hz."""
    cutoff = min(1.0, up / down)
    half = ceil(ZERO_CROSSINGS / cutoff)
    phase = np.arange(up)[:, None] / up
    distance = np.arange(1 - half, half + 1)[None, :] - phase  # in input samples, within ±half
    window = np.i0(KAISER_BETA * np.sqrt(np.maximum(0.0, 1.0 - (distance / half) ** 2)))
    taps = np.sinc(ROLLOFF * cutoff * distance) * window
    return np.asarray(taps / taps.sum(axis=1, keepdims=True), dtype=np.float32)
