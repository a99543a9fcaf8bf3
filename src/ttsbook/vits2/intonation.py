"""The rise of pitch at the end of a question.

The voice learned from speech in which all questions fall: at their end they are 5 to 8 semitones below the
middle, as statements are.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Real = NDArray[np.float32]
Whole = NDArray[np.int64]

ABOVE = 2 ** (4 / 12)  # the end over the mean of the utterance: four semitones
_TURN = 0.25  # of the way: there pitch has left its own course
_FEWEST = 4  # voiced frames, 50 ms: less is no course


def raise_ends(f0: Real, durations: Whole, rises: Sequence[tuple[int, int]]) -> Real:
    """Return pitch [2N] in Hz, 0 where unvoiced, that climbs through some stretches of phonemes.

    Args:
        durations: [T] latent frames of the phonemes, of which f0 has two values each.
        rises: first and last phoneme of each stretch, by place in `durations`.
    """
    if not rises:
        return f0
    voiced = f0 > 0
    if not voiced.any():
        return f0
    raised = f0.copy()
    mean = float(f0[voiced].mean())
    ends = 2 * np.cumsum(durations)
    for first, last in rises:
        start = ends[first] - 2 * durations[first]
        places = start + np.flatnonzero(voiced[start : ends[last]])
        if len(places) < _FEWEST:
            continue
        way = ((places - places[0]) / (places[-1] - places[0])).astype(np.float32)
        low = min(float(f0[places[0]]), mean)
        climb = low * (ABOVE * mean / low) ** way
        weight = np.minimum(way / np.float32(_TURN), 1)
        raised[places] = f0[places] * (1 - weight) + climb * weight
    return raised
