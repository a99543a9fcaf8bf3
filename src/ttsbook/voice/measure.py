"""Measures what a clip is worth as a model of a voice: level, noise, clipping, bandwidth, speakers.

Numbers only; what they mean to the user is said in `ttsbook.voice.advice`. Knows nothing of files.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ttsbook.voice.activity import FLOOR_DB, FRAME, active_frames, frame_levels_db
from ttsbook.voice.encode import mean_direction
from ttsbook.voice.mel import RATE_HZ

CLIPPED_LEVEL = 0.98  # of the largest sample; a flat top stays above it for several samples
CLIPPED_RUN = 4  # samples in a row
CLIPPED_MIN_PEAK = 0.3  # full scale; below it nobody clips
MAX_SNR_DB = 60.0  # reported for pauses of digital silence
MIN_GROUP = 0.2  # share of the pieces that a second speaker must have


@dataclass(frozen=True, slots=True)
class Measures:
    """What was measured on one clip."""

    seconds: float
    seconds_speech: float
    level_db: float  # RMS of speech, relative to full scale
    snr_db: float  # speech over the noise in the pauses; too low if there are no pauses
    clipped: float  # share of samples in flat tops
    high_band_db: float  # 4.5-7.5 kHz relative to 0.3-3.5 kHz
    group_similarity: float  # between the two most different groups of pieces, 1 if they are one
    coherence: float  # similarity to the mean of all pieces that four in five of them reach


def measure(samples: NDArray[np.float32], wave: NDArray[np.float32], pieces: NDArray[np.float32]) -> Measures:
    """Measure a clip.

    Args:
        samples: as decoded, at any rate: clipping is visible only there.
        wave: the same at 16 kHz and its own level.
        pieces: speaker embeddings of its pieces, [n, 256].
    """
    active = active_frames(wave)
    levels_db = frame_levels_db(wave)
    speech_db = _mean_db(levels_db[active])
    return Measures(
        seconds=wave.size / RATE_HZ,
        seconds_speech=int(active.sum()) * FRAME / RATE_HZ,
        level_db=speech_db,
        snr_db=signal_to_noise_db(levels_db, active),
        clipped=clipped_share(samples),
        high_band_db=_high_band_db(wave, active),
        group_similarity=group_similarity(pieces),
        coherence=float(np.percentile(pieces @ mean_direction(pieces), 20)),
    )


def signal_to_noise_db(levels_db: NDArray[np.float64], active: NDArray[np.bool_]) -> float:
    """Return speech over noise in dB: active frames against the quietest tenth of all frames."""
    if not active.any():
        return 0.0
    noise_db = _mean_db(np.sort(levels_db)[: max(1, levels_db.size // 10)])
    if noise_db <= FLOOR_DB + 1.0:
        return MAX_SNR_DB
    ratio = 10.0 ** ((_mean_db(levels_db[active]) - noise_db) / 10.0)
    # Active frames hold speech plus noise.
    return float(np.clip(10.0 * np.log10(max(ratio - 1.0, 0.1)), -10.0, MAX_SNR_DB))


def clipped_share(samples: NDArray[np.float32]) -> float:
    """Return the share of samples that lie in flat tops."""
    magnitude = np.abs(samples)
    peak = float(magnitude.max(initial=0.0))
    if peak < CLIPPED_MIN_PEAK:
        return 0.0
    top = np.pad(magnitude >= CLIPPED_LEVEL * peak, 1)
    edges = np.flatnonzero(np.diff(top.astype(np.int8)))  # starts and ends of runs in turn
    lengths = edges[1::2] - edges[::2]
    return float(lengths[lengths >= CLIPPED_RUN].sum() / samples.size)


def group_similarity(pieces: NDArray[np.float32]) -> float:
    """Return the cosine between the two groups that split the pieces [n, 256] best; 1 if they are one.

    Two means, started from the two pieces that differ most: one speaker gives two groups that are
    alike, two speakers give one group each.
    """
    if len(pieces) < 4:
        return 1.0
    similarity = pieces @ pieces.T
    first, second = np.unravel_index(int(similarity.argmin()), similarity.shape)
    centres = pieces[[first, second]]
    for _ in range(10):
        nearest = (pieces @ centres.T).argmax(axis=1)
        if min(np.count_nonzero(nearest == 0), np.count_nonzero(nearest == 1)) < max(
            2, MIN_GROUP * len(pieces)
        ):
            return 1.0
        centres = np.stack([mean_direction(pieces[nearest == group]) for group in (0, 1)])
    return float(centres[0] @ centres[1])


def _high_band_db(wave: NDArray[np.float32], active: NDArray[np.bool_]) -> float:
    frames = wave[: active.size * FRAME].reshape(-1, FRAME)[active]
    if frames.size == 0:
        return FLOOR_DB
    power = np.mean(np.abs(np.fft.rfft(frames * np.hanning(FRAME), axis=1)) ** 2, axis=0)
    hz = np.fft.rfftfreq(FRAME, 1.0 / RATE_HZ)
    low = power[(hz > 300.0) & (hz < 3500.0)].mean()
    high = power[(hz > 4500.0) & (hz < 7500.0)].mean()
    return float(10.0 * np.log10(max(high, 1e-20) / max(low, 1e-20)))


def _mean_db(levels_db: NDArray[np.float64]) -> float:
    """Return the level of the mean power of frames given in dB."""
    if levels_db.size == 0:
        return FLOOR_DB
    return float(10.0 * np.log10(np.mean(10.0 ** (levels_db / 10.0))))
