"""The decoder's signal ends in numpy: pulse train, short-time spectra, and the inverse transform.

The same formulas as `source` and `spectrum`, for renders without torch. One utterance at a time.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Real = NDArray[np.float32]
Complex = NDArray[np.complex64]

LEVEL = np.float32(0.1)  # as `source.LEVEL`


def pulse_train(f0: Real, hop: int, rate_hz: int, start_phase: float) -> Real:
    """f0: [F] Hz per frame, 0 = unvoiced → [(F-1)·hop]. See `source.pulse_train`."""
    hz, voiced = _sample_pitch(f0, hop)
    samples = np.zeros(len(hz), np.float32)
    # Phase runs on through unvoiced stretches at 0 Hz; double precision keeps hours exact.
    phase = np.cumsum(hz / np.float64(rate_hz)) + start_phase
    phase = phase[voiced]
    phase = (phase - np.rint(phase)).astype(np.float32)
    harmonics = np.maximum(np.floor(np.float32(rate_hz / 2) / np.maximum(hz[voiced], np.float32(40))), 1)
    bottom = np.sin(np.float32(np.pi) * phase)
    top = np.sin(np.float32(np.pi) * (2 * harmonics + 1) * phase)
    at_pulse = np.abs(bottom) < 1e-5
    bottom[at_pulse] = 1
    kernel = np.where(at_pulse, 2 * harmonics + 1, top / bottom)
    samples[voiced] = (kernel - 1) / np.sqrt(2 * harmonics) * LEVEL
    return samples


def _sample_pitch(f0: Real, hop: int) -> tuple[Real, NDArray[np.bool_]]:
    left, right = f0[:-1, None], f0[1:, None]
    weight = (np.arange(hop, dtype=np.float32) / hop).astype(np.float32)
    linear = left + (right - left) * weight
    nearest = np.where(weight < 0.5, left, right)
    hz = np.where((linear < nearest * np.float32(0.8)) | (nearest == 0), nearest, linear)
    return hz.ravel(), (nearest > 0).ravel()


def stft(samples: Real, n_fft: int, hop: int) -> Complex:
    """[(F-1)·hop] → [bins, F]; Hann window, centred, reflected edges."""
    padded = np.pad(samples, n_fft // 2, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, n_fft)[::hop]
    spectrum: Complex = np.fft.rfft(frames * hann(n_fft)).T.astype(np.complex64, copy=False)
    return spectrum


def istft(spectrum: Complex, n_fft: int, hop: int) -> Real:
    """Exact inverse of `stft`: [bins, F] → [(F-1)·hop]."""
    window = hann(n_fft)
    frames = np.fft.irfft(spectrum.T, n_fft).astype(np.float32, copy=False) * window
    n_frames, overlap = len(frames), n_fft // hop
    total = np.zeros((n_frames + overlap - 1, hop), np.float32)
    weight = np.zeros_like(total)
    squared = (window**2).reshape(overlap, hop)
    for part in range(overlap):
        total[part : part + n_frames] += frames[:, part * hop : (part + 1) * hop]
        weight[part : part + n_frames] += squared[part]
    edge = n_fft // 2
    body = slice(edge, edge + (n_frames - 1) * hop)
    samples: Real = total.ravel()[body] / weight.ravel()[body]
    return samples


def hann(n: int) -> Real:
    """Periodic Hann window [n], as torch's."""
    window: Real = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n) / n)).astype(np.float32)
    return window
