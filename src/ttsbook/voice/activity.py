"""Finds where someone speaks, and brings speech to the level that the speaker encoder expects.

Resemblyzer (Apache-2.0), whose encoder we use, trims silence with WebRTC's detector. This one
decides by energy alone but keeps the same frames (30 ms), smoothing and margins, so that the
embedding stays the same (mean cosine above 0.99). Knows nothing of pitch, speakers or files.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ttsbook.voice.mel import RATE_HZ

FRAME = RATE_HZ * 30 // 1000  # samples
QUIETEST_DB = -30.0  # RMS relative to full scale; quieter waves are raised to it
LOUDEST_DB = -22.0  # typical of the speech that the voice model learned from
SMOOTHING = 8  # frames in the moving average of the decisions
MARGIN = 3  # frames kept on either side of speech
BELOW_LOUD_DB = 25.0  # speech spans about this much below its loud frames
ABOVE_NOISE_DB = 6.0  # and stands out of the noise by at least this much
FLOOR_DB = -90.0  # digital silence


def raise_level(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return `samples` amplified to an RMS of -30 dBFS, or unchanged if they are louder or all zero."""
    gain_db = QUIETEST_DB - _rms_db(samples)
    return _amplify(samples, gain_db) if 0.0 < gain_db < np.inf else samples


def settle_level(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return `samples` with an RMS between -30 and -22 dBFS.

    The encoder sees power, not its logarithm, so the level affects the embedding: measured on 50
    LibriSpeech readers, similarity to another part of the same reading falls from 0.90 at -24 dBFS
    to 0.82 at -15, where mastered recordings lie. Lowering those brings it back.
    """
    gain_db = LOUDEST_DB - _rms_db(samples)
    return _amplify(samples, gain_db) if gain_db < 0.0 else raise_level(samples)


def without_offset(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return `samples` with a mean of zero, which those of cheap sound cards have not.

    The encoder hears a constant in its lowest bands, though no ear does: 0.5 % of full scale take the
    similarity to the same clip without it to 0.92, 2 % to 0.83. A mean that is 40 dB below the sound costs
    nothing (0.9998), and stays.
    """
    mean = float(np.mean(samples, dtype=np.float64))
    is_slight = mean**2 <= 1e-4 * float(np.var(samples, dtype=np.float64))
    return samples if is_slight else np.asarray(samples - np.float32(mean))


def frame_levels_db(samples: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the level of every whole 30 ms frame in dB relative to full scale, [n // 480]."""
    frames = samples[: samples.size // FRAME * FRAME].reshape(-1, FRAME)
    power = np.mean(np.square(frames, dtype=np.float64), axis=1)
    return np.asarray(10.0 * np.log10(np.maximum(power, 10.0 ** (FLOOR_DB / 10.0))))


def active_frames(samples: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return for every whole 30 ms frame of samples at 16 kHz whether it is speech, [n // 480]."""
    levels = frame_levels_db(samples)
    if levels.size == 0:
        return np.zeros(0, dtype=np.bool_)
    loud = np.percentile(levels, 95)
    noise = np.percentile(levels, 5)
    # Without pauses the quietest frames are speech too, and the first bound decides.
    threshold = max(loud - BELOW_LOUD_DB, min(noise + ABOVE_NOISE_DB, loud - ABOVE_NOISE_DB), FLOOR_DB + 1.0)
    return _dilate(_smooth(levels > threshold))


def keep_active(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return `samples` at 16 kHz without long silences."""
    return samples[: samples.size // FRAME * FRAME][np.repeat(active_frames(samples), FRAME)]


def _smooth(active: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Take the majority of SMOOTHING frames around each; a tie counts as silence."""
    padded = np.pad(active.astype(np.int64), ((SMOOTHING - 1) // 2, SMOOTHING // 2))
    votes = np.convolve(padded, np.ones(SMOOTHING, dtype=np.int64), mode="valid")
    return np.asarray(2 * votes > SMOOTHING)


def _dilate(active: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Widen every active run by MARGIN frames on either side."""
    spread = np.convolve(active.astype(np.int64), np.ones(2 * MARGIN + 1, dtype=np.int64), mode="same")
    return (
        np.asarray(spread[: active.size] > 0)
        if active.size > 2 * MARGIN
        else np.full(active.shape, active.any())
    )


def _rms_db(samples: NDArray[np.float32]) -> float:
    """Return the level over all samples; minus infinity if they are all zero."""
    power = float(np.mean(np.square(samples, dtype=np.float64))) if samples.size else 0.0
    return float(10.0 * np.log10(power)) if power > 0.0 else -np.inf


def _amplify(samples: NDArray[np.float32], gain_db: float) -> NDArray[np.float32]:
    return np.asarray(samples * np.float32(10.0 ** (gain_db / 20.0)))
