"""How the timbre of a clip differs from what the model says in its voice, as gains per auditory band.

The speaker embedding tells the model who is speaking, not how bright or full that is to the last
decibel. So the model speaks in the new voice, and the long-term average spectra of both are compared
(matching spectra is an old tool of mastering). Three quarters of the difference are made up for: the rest
is as much of the words, and a dull recording would make the voice dull.

How much was chosen by similarity to other speech of 24 LibriSpeech readers, by two instruments that no part
of the voice learned from, and by predicted opinion: figures in train/RUNS.md, "By other ears". Noise takes
the gain away (at a signal-to-noise ratio of 20 dB a third is left, at 15 dB next to nothing), so the noisier
the clip, the less of the difference is used.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ttsbook.types import VoiceProfile
from ttsbook.vits2.tone import BANDS, band_hz, erb_number
from ttsbook.voice.mel import RATE_HZ
from ttsbook.voice.resample import resample

SHARE = 0.75  # of the difference that is made up for, in a clip without noise
NOISY_DB, CLEAN_DB = 10.0, 25.0  # signal-to-noise ratios where nothing, and all, of `SHARE` is used
MAX_GAIN_DB = 8.0
TOP_HZ, BOTTOM_HZ = 7_400.0, 90.0
LOST_DB = 18.0  # a band that much weaker is missing in the recording, not in the voice
BLUR = 0.35  # ERBs, standard deviation
N_FFT, HOP = 1_024, 256
LOUD_DB = 25.0  # frames that much below the loudest do not count


class Rehearsal(Protocol):
    """Says something in a voice, so that it can be compared with the clip it was made from."""

    @property
    def fingerprint(self) -> str:
        """Hash of whatever may change the samples."""

    def __call__(self, profile: VoiceProfile) -> tuple[NDArray[np.float32], int]:
        """Return samples [n] in [-1, 1], and their rate in Hz."""


def match_tone(
    clip: NDArray[np.float32],
    rehearsed: NDArray[np.float32],
    rehearsed_hz: int,
    *,
    snr_db: float,
    top_hz: float = TOP_HZ,
) -> tuple[float, ...]:
    """Return the gains in dB [N_BANDS] that bring the timbre of what was rehearsed closer to the clip's.

    They leave the level as it is. Empty if the clip is too noisy to tell.

    Args:
        clip: speech at 16 kHz [n].
        rehearsed: the same voice as the model has it [m], at `rehearsed_hz`.
        snr_db: signal-to-noise ratio of the clip.
        top_hz: where the clip ends.
    """
    share = SHARE * float(np.clip((snr_db - NOISY_DB) / (CLEAN_DB - NOISY_DB), 0, 1))
    if share == 0:
        return ()
    ours = average_spectrum(resample(rehearsed, rehearsed_hz, RATE_HZ))
    difference = average_spectrum(clip) - ours
    hz = band_hz()
    known = (hz > BOTTOM_HZ) & (hz < min(TOP_HZ, top_hz))
    difference -= np.median(difference[known])
    known &= difference > -LOST_DB
    difference -= difference[known].mean()
    gains = np.clip(share * _blur(difference, known), -MAX_GAIN_DB, MAX_GAIN_DB)
    power = 10 ** (ours / 10)
    gains -= 10 * np.log10((power * 10 ** (gains / 10)).sum() / power.sum())
    return tuple(gains.astype(np.float32).tolist())  # as stored, so that a reload changes nothing


def average_spectrum(speech: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the mean level in dB of the bands [N_BANDS] in the loud frames of speech at 16 kHz."""
    padded = np.pad(speech, N_FFT // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, N_FFT)[::HOP]
    power = np.abs(np.fft.rfft(frames * np.hanning(N_FFT))) ** 2
    level = power.sum(1)
    loud = power[level > np.percentile(level, 95) * 10 ** (-LOUD_DB / 10)]
    at = erb_number(np.fft.rfftfreq(N_FFT, 1 / RATE_HZ))
    filters = np.maximum(0, 1 - np.abs(at[:, None] - BANDS))
    return np.asarray((10 * np.log10(loud @ filters + 1e-12)).mean(0))


def _blur(difference: NDArray[np.float64], known: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Smooth over the bands that are known; the others take after the nearest of them."""
    weight = np.exp(-0.5 * (np.subtract.outer(BANDS, BANDS) / BLUR) ** 2) * known
    return np.asarray(weight @ difference / weight.sum(1))
