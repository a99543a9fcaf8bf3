"""Turns a 16 kHz wave into the power mel spectrogram that the speaker encoder was trained on.

The front end of Resemblyzer (Apache-2.0), which calls `librosa.feature.melspectrogram`: 25 ms Hann
windows every 10 ms, centred with zeros beyond the ends, 40 mel bands on Slaney's scale with unit
area, power, no logarithm. Knows nothing of speakers or files.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 16_000
HOP = 160  # samples, 10 ms
N_FFT = 400  # samples, 25 ms
N_MELS = 40

# Slaney's mel scale (Auditory Toolbox, 1998): linear below 1 kHz, logarithmic above.
_HZ_PER_MEL = 200.0 / 3.0
_KNEE_HZ = 1000.0
_KNEE_MEL = _KNEE_HZ / _HZ_PER_MEL
_LOG_STEP = np.log(6.4) / 27.0


def mel_spectrogram(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return mel power, [1 + n // 160, 40], of samples [n] at 16 kHz."""
    padded = np.pad(np.asarray(samples, dtype=np.float32), N_FFT // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, N_FFT)[::HOP]
    # The periodic Hann window (as in spectral analysis), not the symmetric one of np.hanning(N_FFT).
    window = np.hanning(N_FFT + 1)[:-1].astype(np.float32)
    spectrum = np.fft.rfft(frames * window, axis=1)
    power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
    return np.asarray(power @ _mel_filters().T)


@cache
def _mel_filters() -> NDArray[np.float32]:
    """Return triangular filters [40, 201] of unit area over frequency."""
    bins_hz = np.linspace(0.0, RATE_HZ / 2, N_FFT // 2 + 1)
    highest = _KNEE_MEL + np.log(RATE_HZ / 2 / _KNEE_HZ) / _LOG_STEP
    edges_hz = _mel_to_hz(np.linspace(0.0, highest, N_MELS + 2))
    lower, centre, upper = edges_hz[:-2, None], edges_hz[1:-1, None], edges_hz[2:, None]
    rising = (bins_hz - lower) / (centre - lower)
    falling = (upper - bins_hz) / (upper - centre)
    triangles = np.maximum(0.0, np.minimum(rising, falling))
    return np.asarray(triangles * 2.0 / (upper - lower), dtype=np.float32)


def _mel_to_hz(mels: NDArray[np.float64]) -> NDArray[np.float64]:
    linear = mels * _HZ_PER_MEL
    logarithmic = _KNEE_HZ * np.exp(_LOG_STEP * (mels - _KNEE_MEL))
    return np.where(mels < _KNEE_MEL, linear, logarithmic)
