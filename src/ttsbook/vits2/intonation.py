"""Pitch as it is spoken: as lively as a reader's, and rising at the end of a question.

A predictor trained for the least error stays near the mean: in English pitch deviates by 2.9 semitones where
that of the clips deviates by 4.0. It is widened to theirs, as T. Toda and K. Tokuda do with the "global
variance" of spectra ("A speech parameter generation algorithm considering global variance for HMM-based
speech synthesis", IEICE Transactions E90-D, 2007). In Mandarin tones have their range already.

The voice learned from speech in which all questions fall: at their end they are 5 to 8 semitones below the
middle, as statements are. English ones climb from the last stress on; Mandarin ones are lifted more and more,
tones and all.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

Real = NDArray[np.float32]
Whole = NDArray[np.int64]

WIDER = {"en": 1.4, "zh": 1.0}  # by language; see "The range of pitch" in train/RUNS.md
DEPTH = math.log(2) * 10 / 12  # natural log; the widened pitch stays above ten semitones below its mean
ABOVE = 2 ** (6 / 12)  # the end of a question over the mean of the utterance: six semitones
LIFT = 2 ** (5 / 12)  # the end of a question over where its tones would be
_TURN = 0.25  # of the way: there pitch has left its own course
_FEWEST = 4  # voiced frames, 50 ms: less is no course


def intone(f0: Real, durations: Whole, language: str, rises: Sequence[tuple[int, int]] = ()) -> Real:
    """Return pitch [2N] in Hz, 0 where unvoiced, as it is to be spoken.

    Args:
        f0: [2N] Hz, 0 where unvoiced, as the model predicts it.
        durations: [T] latent frames of the phonemes, of which f0 has two values each.
        rises: first and last phoneme of each stretch that climbs, by place in `durations`.
    """
    widened = widen(f0, WIDER[language])
    if not rises:
        return widened
    end = lift_ends if language == "zh" else raise_ends
    return end(widened, durations, rises)


def widen(f0: Real, factor: float) -> Real:
    """Return pitch [2N] in Hz whose distance from its mean is multiplied, on a scale of semitones.

    Downwards it comes no nearer to `DEPTH` than a voice does, which creaks there instead of going lower.
    """
    voiced = f0 > 0
    if factor == 1.0 or not voiced.any():
        return f0
    log_f0 = np.log(f0[voiced])
    mean = log_f0.mean()
    distance = (log_f0 - mean) * np.float32(factor)
    low = np.tanh(distance / np.float32(DEPTH)) * np.float32(DEPTH)
    widened = f0.copy()
    widened[voiced] = np.exp(mean + np.where(distance < 0, low, distance))
    return widened


def raise_ends(f0: Real, durations: Whole, rises: Sequence[tuple[int, int]]) -> Real:
    """Return pitch [2N] in Hz, 0 where unvoiced, that climbs through some stretches of phonemes.

    Args:
        durations: [T] latent frames of the phonemes, of which f0 has two values each.
        rises: first and last phoneme of each stretch, by place in `durations`.
    """
    raised = f0.copy()
    for places, way in _stretches(f0, durations, rises):
        mean = float(f0[f0 > 0].mean())
        low = min(float(f0[places[0]]), mean)
        climb = low * (ABOVE * mean / low) ** way
        weight = np.minimum(way / np.float32(_TURN), 1)
        raised[places] = f0[places] * (1 - weight) + climb * weight
    return raised


def lift_ends(f0: Real, durations: Whole, rises: Sequence[tuple[int, int]]) -> Real:
    """Return pitch [2N] in Hz, 0 where unvoiced, that is multiplied more and more along some stretches.

    Args:
        durations: [T] latent frames of the phonemes, of which f0 has two values each.
        rises: first and last phoneme of each stretch, by place in `durations`.
    """
    lifted = f0.copy()
    for places, way in _stretches(f0, durations, rises):
        lifted[places] = f0[places] * np.float32(LIFT) ** way
    return lifted


def _stretches(f0: Real, durations: Whole, rises: Sequence[tuple[int, int]]) -> Iterator[tuple[Whole, Real]]:
    """Yield the voiced frames of each stretch and how far along each is, from 0 to 1."""
    ends = 2 * np.cumsum(durations)
    for first, last in rises:
        start = ends[first] - 2 * durations[first]
        places = start + np.flatnonzero(f0[start : ends[last]] > 0)
        if len(places) >= _FEWEST:
            yield places, ((places - places[0]) / (places[-1] - places[0])).astype(np.float32)
