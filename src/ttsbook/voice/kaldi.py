"""Log mel filterbanks as Kaldi computes them, for encoders that were trained on those.

The defaults of Kaldi's `compute-fbank-feats` (D. Povey et al., ASRU 2011) with 80 bands and no dither: 25 ms
frames every 10 ms that lie wholly inside the sound, each freed of its mean, pre-emphasised and windowed.
Knows nothing of encoders or files.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 16_000
FRAME, SHIFT = 400, 160  # samples
N_FFT = 512
N_BANDS = 80
LOW_HZ = 20.0
PREEMPHASIS = 0.97
WINDOW_POWER = 0.85  # of a Hann window: "Povey's"
FLOOR = np.finfo(np.float32).eps

Real = NDArray[np.float32]


def filterbank(samples: Real) -> Real:
    """Return log energies, [1 + (n - 400) // 160, 80], of samples [n] at 16 kHz; [0, 80] if n < 400."""
    if samples.size < FRAME:
        return np.zeros((0, N_BANDS), np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(samples.astype(np.float32), FRAME)[::SHIFT]
    frames = frames - frames.mean(axis=1, keepdims=True)
    before = np.concatenate([frames[:, :1], frames[:, :-1]], axis=1)  # the first sample precedes itself
    spectrum = np.fft.rfft((frames - np.float32(PREEMPHASIS) * before) * _window(), N_FFT)
    power = np.square(np.abs(spectrum)).astype(np.float32)
    energies: Real = np.log(np.maximum(power @ _triangles(), FLOOR))
    return energies


@cache
def _window() -> Real:
    return (np.hanning(FRAME) ** WINDOW_POWER).astype(np.float32)


@cache
def _triangles() -> Real:
    """Return filters [257, 80], triangles over mel; the highest frequency is in none."""
    low, high = _mel(np.array([LOW_HZ, RATE_HZ / 2]))
    edges = low + (high - low) / (N_BANDS + 1) * np.arange(N_BANDS + 2)
    bins = _mel(np.linspace(0.0, RATE_HZ / 2, N_FFT // 2 + 1))[:, None]
    rising = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    triangles = np.maximum(0.0, np.minimum(rising, falling))
    triangles[-1] = 0.0
    filters: Real = triangles.astype(np.float32)
    return filters


def _mel(hz: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1127.0 * np.log1p(hz / 700.0), np.float64)
