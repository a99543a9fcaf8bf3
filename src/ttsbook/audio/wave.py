"""Samples to samples: conversion to 16 bit, fades, and where the sound is.

Knows nothing of files or codecs.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]  # [n] mono, full scale is ±1

INT16_SCALE = 32767
TRIM_FRAME_MS = 5.0
_SEARCHED_FRAMES = 40  # at a time: sound begins and ends near the edges


def to_int16(samples: NDArray[np.floating[Any]]) -> NDArray[np.int16]:
    """Convert samples in [-1, 1] to 16 bit; what lies outside clips and never wraps."""
    clipped = np.clip(np.asarray(samples, dtype=np.float32), -1.0, 1.0)
    # A NaN has no integer value: casting one gives whatever the processor likes.
    if np.isnan(clipped.sum()):
        clipped = np.nan_to_num(clipped, nan=0.0)
    return np.asarray(np.rint(clipped * np.float32(INT16_SCALE)), dtype=np.int16)


def silence(ms: float, rate_hz: int) -> Samples:
    """Return digital silence of the nearest whole number of samples."""
    return np.zeros(n_samples(ms, rate_hz), dtype=np.float32)


def n_samples(ms: float, rate_hz: int) -> int:
    """Return how many samples `ms` milliseconds take, rounded to the nearest."""
    return max(0, round(ms * rate_hz / 1000))


def fade_edges(samples: Samples, rate_hz: int, ms: float = 5.0) -> Samples:
    """Return a copy that starts and ends in silence, so that no joint clicks.

    The ramp is half a raised cosine; waves shorter than two ramps get shorter ramps.
    """
    faded = np.array(samples, dtype=np.float32)
    length = min(n_samples(ms, rate_hz), faded.size // 2)
    if length == 0:
        return faded
    ramp = (0.5 - 0.5 * np.cos(np.pi * np.arange(length) / length)).astype(np.float32)
    faded[:length] *= ramp
    faded[-length:] *= ramp[::-1]
    return faded


def sound_span(
    samples: Samples, rate_hz: int, *, threshold_db: float = -50.0, keep_ms: float = 30.0
) -> tuple[int, int]:
    """Return where the first sample that is kept stands, and the one after the last; (0, 0) if none is.

    What is quieter than `threshold_db` (RMS of 5 ms) at both ends is cut, save `keep_ms` of it.
    The threshold is absolute (dBFS), so that a quiet sentence is not cut like a loud one.
    """
    frame = max(1, n_samples(TRIM_FRAME_MS, rate_hz))
    step = _SEARCHED_FRAMES * frame
    starts = range(0, samples.size, step)

    def loud(start: int) -> NDArray[np.int64]:
        powers = _frame_power(samples[start : start + step], frame)
        return start // frame + np.flatnonzero(powers > 10.0 ** (threshold_db / 10.0))

    first = next((int(found[0]) for found in map(loud, starts) if found.size), None)
    if first is None:
        return 0, 0
    last = next(int(found[-1]) for found in map(loud, reversed(starts)) if found.size)
    keep = n_samples(keep_ms, rate_hz)
    return max(0, first * frame - keep), min(samples.size, (last + 1) * frame + keep)


def _frame_power(samples: Samples, frame: int) -> NDArray[np.float64]:
    """Return the mean square of each frame; the last may be shorter."""
    starts = np.arange(0, samples.size, frame)
    sums = np.add.reduceat(np.square(samples, dtype=np.float64), starts)
    return np.asarray(sums / np.diff(np.append(starts, samples.size)))
