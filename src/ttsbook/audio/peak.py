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


def peak_envelope(samples: Samples, floor: float = 0.0) -> NDArray[np.float32]:
    """Return, for each sample, the highest of itself and the three values up to the next one. [n]

    Args:
        samples: mono, full scale is ±1. [n]
        floor: peaks up to it need not be found, which saves nearly all the work: then the sample stands.
    """
    envelope = np.abs(samples).astype(np.float32)
    if envelope.max(initial=0.0) * overshoot_bound() <= floor:
        return envelope
    padded = np.concatenate((np.zeros(HALF_TAPS - 1), samples, np.zeros(HALF_TAPS))).astype(np.float32)
    loud = np.pad(envelope * overshoot_bound() > floor, (HALF_TAPS - 1, HALF_TAPS))
    at = np.flatnonzero(_any_of_window(loud))
    if at.size:
        near = padded[at + np.arange(2 * HALF_TAPS)[:, None]]
        between = (np.abs(_filtered(near, taps)) for taps in _phases())
        envelope[at] = np.maximum.reduce([envelope[at], *between])
    return envelope


def true_peak(samples: Samples, known: float = 0.0) -> float:
    """Return the highest true peak in `samples`, or `known` if none is higher.

    The first and last `HALF_TAPS` samples are only context: overlap calls by twice that many.
    """
    inner = samples[HALF_TAPS:-HALF_TAPS]
    known = max(known, float(np.abs(inner).max()))
    return max(known, float(peak_envelope(samples, known)[HALF_TAPS:-HALF_TAPS].max()))


@lru_cache(maxsize=1)
def overshoot_bound() -> float:
    """Return how much higher than the samples an interpolated value can be at most."""
    return max(1.0, *(float(np.abs(taps).sum()) for taps in _phases()))


def _any_of_window(flags: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return for each place whether any of the next 2 * HALF_TAPS flags is set. [n - 2 * HALF_TAPS + 1]"""
    length = flags.size - 2 * HALF_TAPS + 1
    found = flags[:length].copy()
    for offset in range(1, 2 * HALF_TAPS):
        found |= flags[offset : offset + length]
    return found


def _filtered(near: NDArray[np.float32], taps: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the sum over the taps, each in turn: what comes out must not depend on how many there are. [n]

    Args:
        near: the samples under each tap. [taps, n]
        taps: [taps]
    """
    total = near[0] * taps[0]
    for samples, tap in zip(near[1:], taps[1:], strict=True):
        total += samples * tap
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
