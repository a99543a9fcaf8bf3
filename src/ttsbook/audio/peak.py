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

_PIECE = 8192  # fits the nearest cache


def peak_envelope(samples: Samples) -> NDArray[np.float32]:
    """Return, for each sample, the highest of itself and the three values up to the next one. [n]"""
    envelope = np.abs(samples).astype(np.float32)
    padded = np.concatenate((np.zeros(HALF_TAPS - 1), samples, np.zeros(HALF_TAPS))).astype(np.float32)
    for start in range(0, samples.size, _PIECE):
        end = min(start + _PIECE, samples.size)
        for taps in _phases():
            between = np.abs(_filtered(padded[start : end + 2 * HALF_TAPS - 1], taps))
            np.maximum(envelope[start:end], between, out=envelope[start:end])
    return envelope


def true_peak(samples: Samples, known: float = 0.0) -> float:
    """Return the highest true peak in `samples`, or `known` if none is higher.

    The first and last `HALF_TAPS` samples are only context: overlap calls by twice that many.
    """
    starts = range(0, samples.size - 2 * HALF_TAPS, _PIECE)
    pieces = [samples[start : start + _PIECE + 2 * HALF_TAPS] for start in starts]
    highest = [float(np.abs(piece).max()) for piece in pieces]
    # The loudest piece first: mostly it rules all others out.
    for position in sorted(range(len(pieces)), key=lambda position: -highest[position]):
        if highest[position] * overshoot_bound() <= known:
            break
        known = max(known, float(peak_envelope(pieces[position])[HALF_TAPS:-HALF_TAPS].max()))
    return known


@lru_cache(maxsize=1)
def overshoot_bound() -> float:
    """Return how much higher than the samples an interpolated value can be at most."""
    return max(1.0, *(float(np.abs(taps).sum()) for taps in _phases()))


def _filtered(samples: Samples, taps: NDArray[np.float32]) -> Samples:
    """Return the valid part of the correlation, as sums of arrays: much faster than `np.correlate`."""
    length = samples.size - taps.size + 1
    total = samples[:length] * taps[0]
    scaled = np.empty_like(total)
    for offset, tap in enumerate(taps[1:], start=1):
        np.multiply(samples[offset : offset + length], tap, out=scaled)
        total += scaled
    return np.asarray(total)


@lru_cache(maxsize=1)
def _phases() -> tuple[NDArray[np.float32], ...]:
    """Return the filters for 1/4, 2/4 and 3/4 of the way to the next sample. 3 x [12]"""
    offsets = np.arange(-HALF_TAPS + 1, HALF_TAPS + 1)
    phases = []
    for phase in range(1, OVERSAMPLING):
        distance = offsets - phase / OVERSAMPLING
        window = 0.5 + 0.5 * np.cos(np.pi * distance / HALF_TAPS)
        taps = np.sinc(distance) * window
        phases.append((taps / taps.sum()).astype(np.float32))
    return tuple(phases)
