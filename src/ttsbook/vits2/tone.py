"""Gains per auditory band: the timbre of one voice, beyond what the model makes of its embedding.

The decoder ends in a short-time spectrum, where a gain for each bin costs nothing.
Bands stand one ERB apart (Glasberg and Moore 1990, "Derivation of auditory filter shapes from
notched-noise data"): as the ear hears them, and as finely as the timbre of a voice is heard.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Real = NDArray[np.float32]

BANDS = np.arange(3.0, 33.0)  # centres in ERB numbers, 87 Hz to 7.6 kHz
N_BANDS = len(BANDS)


def erb_number(hz: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """How many equivalent rectangular bandwidths of hearing lie below a frequency in Hz."""
    return np.asarray(21.4 * np.log10(1 + 0.00437 * hz))


def band_hz() -> NDArray[np.float64]:
    """Centres of the bands [N_BANDS] in Hz."""
    return np.asarray((10 ** (BANDS / 21.4) - 1) / 0.00437)


def bin_gains(gains_db: Sequence[float], n_bins: int, rate_hz: int) -> Real | None:
    """Return factors [n_bins] for a spectrum up to half of `rate_hz`, or None for no gains at all.

    Args:
        gains_db: [N_BANDS], or empty; the outermost also hold beyond their bands.
    """
    if not gains_db:
        return None
    at = erb_number(np.linspace(0, rate_hz / 2, n_bins))
    factors: Real = (10 ** (np.interp(at, BANDS, gains_db) / 20)).astype(np.float32)
    return factors
