"""Samples to samples under a true-peak ceiling, in a stream.

The gain at each sample depends on the 20 ms before and after it, wherever the stream was cut into blocks.
Knows nothing of loudness or files.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ttsbook.audio.peak import HALF_TAPS, peak_envelope
from ttsbook.audio.wave import Samples, n_samples

# Reach to each side: half of it holds the gain down, half fades. The hold spans a period of the lowest
# voice, so that the gain does not follow the waveform (which would be heard as distortion).
REACH_MS = 20.0

_UNIT = 1 << 20  # of gain, 0.00001 dB


class Limiter:
    """Turns down peaks above the ceiling in one stream; leaves everything else bit for bit as it was."""

    def __init__(self, rate_hz: int, ceiling_db: float) -> None:
        self.n_limited = 0
        self._ceiling = np.float32(10.0 ** (ceiling_db / 20.0))
        self._half = n_samples(REACH_MS, rate_hz) // 4
        self._context = 4 * self._half + 2 * HALF_TAPS
        # [past context | to be put out | future context]
        self._held = np.zeros(self._context, dtype=np.float32)

    def push(self, block: Samples) -> Samples:
        """Take the next samples; return those whose look-ahead is known."""
        self._held = np.concatenate((self._held, block))
        if self._held.size <= 2 * self._context:
            return self._held[:0]
        ready = self._inner(self._held)
        self._held = self._held[-2 * self._context :]
        return ready

    def finish(self) -> Samples:
        """Return the rest: as many samples come out as went in."""
        if self._held.size <= self._context:
            return self._held[:0]
        return self._inner(np.concatenate((self._held, np.zeros(self._context, dtype=np.float32))))

    def _inner(self, held: Samples) -> Samples:
        """Return `held` without its contexts, limited."""
        inner = held[self._context : -self._context]
        envelope = peak_envelope(held, float(self._ceiling))
        if float(envelope.max()) <= self._ceiling:
            return inner
        needed = np.asarray(self._ceiling / np.maximum(envelope, self._ceiling), dtype=np.float32)
        gain = self._smooth(needed)[self._context : -self._context]
        self.n_limited += int(np.count_nonzero(gain < 1.0))
        return np.asarray(inner * gain, dtype=np.float32)

    def _smooth(self, needed: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return a smooth gain that is nowhere above `needed`.

        The minimum over ±2h, averaged over ±h twice, weighs only values of at most `needed[n]` at n.
        """
        lowest = _running_minimum(needed, 2 * self._half)
        # Whole numbers: sums of floats would depend on where the block began.
        units = np.floor(lowest.astype(np.float64) * _UNIT).astype(np.int64)
        sums = _running_sum(_running_sum(units, self._half), self._half)
        return (sums / float(_UNIT * (2 * self._half + 1) ** 2)).astype(np.float32)


def _running_minimum(values: NDArray[np.float32], reach: int) -> NDArray[np.float32]:
    """Return the minimum over ±reach around each value (van Herk and Gil-Werman: linear time)."""
    width = 2 * reach + 1
    n_rows = -(-(values.size + 2 * reach) // width)
    padded = np.ones(n_rows * width, dtype=np.float32)
    padded[reach : reach + values.size] = values
    rows = padded.reshape(n_rows, width)
    ahead = np.minimum.accumulate(rows, axis=1).ravel()
    behind = np.minimum.accumulate(rows[:, ::-1], axis=1)[:, ::-1].ravel()
    return np.minimum(behind[: values.size], ahead[width - 1 : width - 1 + values.size])


def _running_sum(values: NDArray[np.int64], reach: int) -> NDArray[np.int64]:
    """Return the sum over ±reach around each value; the ends, which are context, are repeated."""
    width = 2 * reach + 1
    padded = np.concatenate(([0], np.pad(values, reach, mode="edge")))
    sums = np.cumsum(padded)
    return np.asarray(sums[width:] - sums[:-width])
