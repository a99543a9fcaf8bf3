"""The decoder's signal ends in numpy: pulse train, short-time spectra, and the inverse transform.

The same formulas as `source` and `spectrum`, for renders without torch. One utterance at a time.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Real = NDArray[np.float32]

LEVEL = np.float32(0.1)  # as `source.LEVEL`
# What is computed on the way stays in the cache, which is three times as fast.
_AT_ONCE = 32  # frames
_SAMPLES_AT_ONCE = 1 << 13


def pulse_train(f0: Real, hop: int, rate_hz: int, start_phase: float) -> Real:
    """f0: [F] Hz per frame, 0 = unvoiced → [(F-1)·hop]. See `source.pulse_train`.

    Half a hop is voiced or not as a whole, as its nearest frame is.
    """
    hz, voiced = _sample_pitch(f0, hop)
    samples = np.zeros(hz.shape, np.float32)
    hz = hz[voiced].ravel()
    # Phase stands still through unvoiced stretches; double precision keeps hours exact.
    phase = np.cumsum(hz / np.float64(rate_hz)) + start_phase
    pulses = np.empty_like(hz)
    for start in range(0, len(hz), _SAMPLES_AT_ONCE):
        few = slice(start, start + _SAMPLES_AT_ONCE)
        pulses[few] = _pulses(hz[few], phase[few], np.float32(rate_hz / 2))
    samples[voiced] = pulses.reshape(-1, hop // 2)
    return samples.ravel()


def _pulses(hz: Real, phase: NDArray[np.float64], nyquist_hz: np.float32) -> Real:
    """Return the sum of all harmonics below the Nyquist frequency, for each sample [L]."""
    distance = (phase - np.rint(phase)).astype(np.float32)
    harmonics = np.maximum(np.floor(nyquist_hz / np.maximum(hz, np.float32(40))), 1)
    bottom = np.sin(np.float32(np.pi) * distance)
    top = np.sin(np.float32(np.pi) * (2 * harmonics + 1) * distance)
    at_pulse = np.abs(bottom) < 1e-5
    bottom[at_pulse] = 1
    kernel = np.where(at_pulse, 2 * harmonics + 1, top / bottom)
    pulses: Real = (kernel - 1) / np.sqrt(2 * harmonics) * LEVEL
    return pulses


def _sample_pitch(f0: Real, hop: int) -> tuple[Real, NDArray[np.bool_]]:
    """Return Hz [2·(F-1), hop/2] by half hops, and which of these are voiced; see `source.sample_pitch`."""
    left, right = f0[:-1, None], f0[1:, None]
    weight = (np.arange(hop, dtype=np.float32) / hop).astype(np.float32)
    linear = (left + (right - left) * weight).reshape(-1, hop // 2)
    nearest = np.repeat(f0, 2)[1:-1, None]
    hz = np.where(linear < nearest * np.float32(0.8), nearest, linear)
    return hz, nearest[:, 0] > 0


def stft(samples: Real, n_fft: int, hop: int) -> tuple[Real, Real]:
    """[(F-1)·hop] → real and imaginary parts, each [F, bins]; Hann window, centred, reflected edges."""
    padded = np.pad(samples, n_fft // 2, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, n_fft)[::hop]
    window = hann(n_fft)
    real, imaginary = np.empty((2, len(frames), n_fft // 2 + 1), np.float32)
    for start in range(0, len(frames), _AT_ONCE):
        few = slice(start, start + _AT_ONCE)
        spectrum = np.fft.rfft(frames[few] * window)
        real[few], imaginary[few] = spectrum.real, spectrum.imag
    return real, imaginary


def istft(real: Real, imaginary: Real, n_fft: int, hop: int) -> Real:
    """Exact inverse of `stft`: two of [F, bins] → [(F-1)·hop]."""
    window = hann(n_fft)
    n_frames, overlap = len(real), n_fft // hop
    total = np.zeros((n_frames + overlap - 1, hop), np.float32)
    weight = np.zeros_like(total)
    squared = (window**2).reshape(overlap, hop)
    for part in range(overlap):
        weight[part : part + n_frames] += squared[part]
    for start in range(0, n_frames, _AT_ONCE):
        few = slice(start, start + _AT_ONCE)
        spectrum = np.empty(real[few].shape, np.complex64)
        spectrum.real, spectrum.imag = real[few], imaginary[few]
        frames = np.fft.irfft(spectrum, n_fft).astype(np.float32, copy=False) * window
        for part in range(overlap):
            total[start + part : start + part + len(frames)] += frames[:, part * hop : (part + 1) * hop]
    edge = n_fft // 2
    body = slice(edge, edge + (n_frames - 1) * hop)
    samples: Real = total.ravel()[body] / weight.ravel()[body]
    return samples


def hann(n: int) -> Real:
    """Periodic Hann window [n], as torch's."""
    window: Real = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n) / n)).astype(np.float32)
    return window
