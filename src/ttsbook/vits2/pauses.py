"""Quiet pauses: a downward expander for the faint hiss that the decoder leaves where nothing is said.

What teaches the voice to be clear (`train.recogniser`) also leaves a hiss between words. Frames far below the
level of the speech are made quieter still, two decibels for each. On 36 clips a language DistillMOS rises
from 4.28 to 4.36 (English) and from 4.50 to 4.64 (Mandarin), and as many words are heard as before.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Real = NDArray[np.float32]

BELOW_DB = 24.0  # the loudest tenth of the frames: what is quieter than that is a pause
SLOPE = 2.0  # decibels taken for each below
MOST_DB = 20.0
BLUR = 5  # frames
_FLOOR = 1e-9  # power of a sixteen-bit step


def quiet_pauses(samples: Real, hop: int) -> Real:
    """Return samples [L] of one utterance with the pauses in it made quieter; `hop` samples are a frame."""
    n_frames = len(samples) // hop
    if n_frames < BLUR:
        return samples
    power = np.square(samples[: n_frames * hop].reshape(n_frames, hop)).mean(1)
    level = 10 * np.log10(power + _FLOOR)
    below = np.percentile(level, 90) - BELOW_DB - level
    gain = -np.clip(SLOPE * below, 0, MOST_DB)
    edge = BLUR // 2
    gain = np.convolve(np.pad(gain, edge, mode="edge"), np.full(BLUR, 1 / BLUR), "valid")
    if not gain.any():
        return samples
    factors = (10 ** (np.pad(gain, 1, mode="edge") / 20)).astype(np.float32)
    ends = (factors[:-1] + factors[1:]) / 2  # where one frame becomes the next
    ramp = np.arange(hop, dtype=np.float32) / np.float32(hop)
    quieter = samples.copy()
    quieter[: n_frames * hop] *= (ends[:-1, None] + np.diff(ends)[:, None] * ramp).ravel()
    quieter[n_frames * hop :] *= ends[-1]
    return quieter
