"""Samples to inter-sample peaks: what a converter would reach between the samples.

Four times oversampled with a 48-tap interpolator, as ITU-R BS.1770-4 annex 2 describes. Knows nothing of
loudness or files.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ttsbook.audio.wave import Samples

OVERSAMPLING = 4
HALF_TAPS = 6  # samples on each side that one interpolated value looks at

_PIECE = 4096  # pieces that cannot hold a new highest peak are passed over


def peak_envelope(samples: Samples) -> NDArray[np.float32]:
    """Return, for each sample, the highest of itself and the three values up to the next one. [n]"""
    envelope = np.abs(samples)
    padded = np.concatenate((np.zeros(HALF_TAPS - 1), samples, np.zeros(HALF_TAPS))).astype(np.float32)
    for taps in _phases():
        np.maximum(envelope, np.abs(np.convolve(padded, taps, mode="valid")), out=envelope)
    return np.asarray(envelope, dtype=np.float32)


def true_peak(samples: Samples, known: float = 0.0) -> float:
    """Return the highest true peak in `samples`, or `known` if none is higher.

    The first and last `HALF_TAPS` samples are only context: overlap calls by twice that many.
    """
    bound = overshoot_bound()
    end = samples.size - HALF_TAPS
    for start in range(HALF_TAPS, end, _PIECE):
        piece = samples[start - HALF_TAPS : min(start + _PIECE, end) + HALF_TAPS]
        if float(np.abs(piece).max()) * bound > known:
            known = max(known, float(peak_envelope(piece)[HALF_TAPS:-HALF_TAPS].max()))
    return known


@lru_cache(maxsize=1)
def overshoot_bound() -> float:
    """Return how much higher than the samples an interpolated value can be at most."""
    return max(1.0, *(float(np.abs(taps).sum()) for taps in _phases()))


@lru_cache(maxsize=1)
def _phases() -> tuple[NDArray[np.float32], ...]:
    """Return the filters for 1/4, 2/4 and 3/4 of the way to the next sample. 3 x [12]"""
    offsets = np.arange(-HALF_TAPS + 1, HALF_TAPS + 1)
    phases = []
    for phase in range(1, OVERSAMPLING):
        distance = offsets - phase / OVERSAMPLING
        window = 0.5 + 0.5 * np.cos(np.pi * distance / HALF_TAPS)
        taps = np.sinc(distance) * window
        # np.convolve runs the filter backwards.
        phases.append((taps / taps.sum())[::-1].astype(np.float32))
    return tuple(phases)
