"""Sound of one chunk to its measures: are the ends cut off, how long is it silent, does the level jump.

Levels are in dB relative to full scale, over frames of 10 ms. Knows nothing of words or thresholds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ttsbook.audio.wave import Samples

FRAME_SECONDS = 0.010
EDGE_SECONDS = 0.010
_FLOOR_DB = -100.0
_QUIET_BELOW_DB = 32.0  # what is so far below the speech is a pause
_SIDE_SECONDS = 1.0  # of speech on each side of a place where the level may jump


@dataclass(frozen=True, slots=True)
class Measures:
    """What there is to judge about the sound alone."""

    seconds: float
    level_db: float  # of the speech: 90th percentile of the frames
    head_db: float  # of the first moments, relative to the speech
    tail_db: float  # of the last
    silence_seconds: float  # longest pause between the first sound and the last
    silence_start: float  # where it begins, seconds
    jump_db: float  # largest change of level, up or down
    jump_start: float  # where, seconds


def measure(samples: Samples, rate_hz: int) -> Measures:
    """Measure one chunk; one without a sound has silence from end to end."""
    seconds = samples.size / rate_hz
    levels = _levels(samples, max(1, round(FRAME_SECONDS * rate_hz)))
    speech_db = float(np.percentile(levels, 90)) if levels.size else _FLOOR_DB
    if speech_db <= _FLOOR_DB + 1:
        return Measures(seconds, speech_db, _FLOOR_DB, _FLOOR_DB, seconds, 0.0, 0.0, 0.0)
    edge = max(1, round(EDGE_SECONDS * rate_hz))
    loud = levels > speech_db - _QUIET_BELOW_DB
    silence, silence_start = _longest_pause(loud)
    jump_db, jump_at = _largest_jump(levels, loud)
    return Measures(
        seconds=seconds,
        level_db=speech_db,
        head_db=_level(samples[:edge]) - speech_db,
        tail_db=_level(samples[-edge:]) - speech_db,
        silence_seconds=silence * FRAME_SECONDS,
        silence_start=silence_start * FRAME_SECONDS,
        jump_db=jump_db,
        jump_start=jump_at * FRAME_SECONDS,
    )


def _levels(samples: Samples, frame: int) -> NDArray[np.float64]:
    n_frames = samples.size // frame
    frames = samples[: n_frames * frame].reshape(n_frames, frame)
    power = np.mean(np.square(frames, dtype=np.float64), axis=1)
    return np.asarray(np.maximum(_FLOOR_DB, 10 * np.log10(np.maximum(power, 1e-12))))


def _level(samples: Samples) -> float:
    power = float(np.mean(np.square(samples, dtype=np.float64)))
    return max(_FLOOR_DB, 10 * float(np.log10(max(power, 1e-12))))


def _longest_pause(loud: NDArray[np.bool_]) -> tuple[int, int]:
    """Return (frames, first frame) of the longest pause between two sounds."""
    places = np.flatnonzero(loud)
    if places.size < 2:
        return 0, 0
    gaps = np.diff(places) - 1
    longest = int(np.argmax(gaps))
    return int(gaps[longest]), int(places[longest]) + 1


def _largest_jump(levels: NDArray[np.float64], loud: NDArray[np.bool_]) -> tuple[float, int]:
    """Return (dB, frame) of the largest step between the speech before and after a place.

    Compared are the 70th percentiles of a second of speech on each side, pauses left out: vowels, which
    keep their level through an utterance better than its mean does.
    """
    places = np.flatnonzero(loud)
    side = round(_SIDE_SECONDS / FRAME_SECONDS)
    if places.size <= side:
        return 0.0, 0
    spoken = levels[places]
    cuts = range(side // 2, places.size - side // 2)
    steps = np.array(
        [_typical(spoken[cut : cut + side]) - _typical(spoken[max(0, cut - side) : cut]) for cut in cuts]
    )
    largest = float(steps[np.argmax(np.abs(steps))])
    # The step is about as large a little earlier and later: the place is in the middle of these.
    nearly = np.flatnonzero(steps * np.sign(largest) > abs(largest) - 0.5)
    return largest, int(places[cuts[int(np.median(nearly))]])


def _typical(levels: NDArray[np.float64]) -> float:
    return float(np.percentile(levels, 70))
