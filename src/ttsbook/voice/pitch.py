"""Tracks the fundamental frequency of a voice, and sums it up in the two numbers the model takes.

Autocorrelation of a Hann-windowed frame divided by that of the window; the path through the
candidates pays for octaves and for jumps. P. Boersma, "Accurate short-term analysis of the
fundamental frequency and the harmonics-to-noise ratio of a sampled sound", IFA Proceedings 17 (1993),
with the costs that Praat uses, since the model learned from Praat's figures.
Knows nothing of speakers or files.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

STEP_S = 0.0125  # one frame of the model (80 Hz)
FLOOR_HZ = 60.0
CEILING_HZ = 500.0
WINDOW_S = 3.0 / FLOOR_HZ  # three periods of the lowest pitch
N_CANDIDATES = 8  # the unvoiced one included
SILENCE_THRESHOLD = 0.03  # of the loudest frame
VOICING_THRESHOLD = 0.45
OCTAVE_COST = 0.01  # per octave below the ceiling
JUMP_COST = 0.35  # per octave between frames 10 ms apart
VOICING_COST = 0.14  # to start or stop voicing
STEP_CORRECTION = 0.01 / STEP_S  # the two costs above are meant for steps of 10 ms
BLOCK = 2048  # frames analysed at once; bounds the memory
OUTLIER = 1.0  # natural log, an octave and a half; frames further from the median are tracking errors

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PitchStatistics:
    """Natural log of Hz over voiced frames."""

    log_f0_mean: float
    log_f0_std: float
    voiced_seconds: float


def pitch_statistics(f0_hz: Floats) -> PitchStatistics | None:
    """Return mean and deviation of the log pitch [n_frames], 0 = unvoiced; None without voiced frames."""
    voiced = np.log(f0_hz[f0_hz > 0.0])
    if voiced.size == 0:
        return None
    kept = voiced[np.abs(voiced - np.median(voiced)) <= OUTLIER]
    return PitchStatistics(float(kept.mean()), float(kept.std()), voiced.size * STEP_S)


def track_pitch(samples: NDArray[np.float32], rate_hz: int) -> Floats:
    """Return the pitch in Hz every 12.5 ms, 0 where unvoiced; empty if shorter than 50 ms."""
    n_window = round(WINDOW_S * rate_hz)
    if samples.size < n_window:
        return np.zeros(0)
    frames = np.lib.stride_tricks.sliding_window_view(samples, n_window)
    starts = np.round(np.arange(0.0, len(frames), STEP_S * rate_hz)).astype(np.int64)
    starts = starts[starts < len(frames)]
    global_peak = float(np.abs(samples - samples.mean()).max())
    if global_peak == 0.0:
        return np.zeros(starts.size)
    parts = [
        _candidates(frames[starts[i : i + BLOCK]].astype(np.float64), rate_hz, global_peak)
        for i in range(0, starts.size, BLOCK)
    ]
    hz, strength = (np.concatenate(part) for part in zip(*parts, strict=True))
    return _best_path(hz, strength)


def _candidates(frames: Floats, rate_hz: int, global_peak: float) -> tuple[Floats, Floats]:
    """Return frequency (0 = unvoiced) and strength of each frame's candidates, both [n, N_CANDIDATES]."""
    frames = frames - frames.mean(axis=1, keepdims=True)
    correlation = _autocorrelation(frames, rate_hz)
    centre = frames.shape[1] // 2
    half_period = max(1, round(rate_hz / FLOOR_HZ / 2))
    local_peak = np.abs(frames[:, centre - half_period : centre + half_period]).max(axis=1) / global_peak

    lag, height = _peaks(correlation)
    period_s = (lag + 1e-9) / rate_hz
    hz = np.where(height > 0.0, 1.0 / period_s, 0.0)
    in_range = (hz >= FLOOR_HZ) & (hz <= CEILING_HZ) & (height > 0.5 * VOICING_THRESHOLD)
    with np.errstate(divide="ignore"):
        octaves_down = np.where(in_range, np.log2(CEILING_HZ / np.where(in_range, hz, 1.0)), 0.0)
    strength = np.where(in_range, height - OCTAVE_COST * octaves_down, -np.inf)

    best = np.argsort(-strength, axis=1, kind="stable")[:, : N_CANDIDATES - 1]
    voiced_hz = np.take_along_axis(np.where(in_range, hz, 0.0), best, axis=1)
    voiced_strength = np.take_along_axis(strength, best, axis=1)
    silence = 2.0 - local_peak * (1.0 + VOICING_THRESHOLD) / SILENCE_THRESHOLD
    unvoiced = VOICING_THRESHOLD + np.maximum(0.0, silence)
    zeros = np.zeros((len(frames), 1))
    return np.hstack([zeros, voiced_hz]), np.hstack([unvoiced[:, None], voiced_strength])


def _autocorrelation(frames: Floats, rate_hz: int) -> Floats:
    """Return the normalised autocorrelation of the signal under the window, [n, max_lag + 2]."""
    n_window = frames.shape[1]
    max_lag = int(rate_hz / FLOOR_HZ) + 1
    window = np.hanning(n_window + 2)[1:-1]
    n_fft = 1 << (n_window + max_lag).bit_length()
    windowed = np.vstack([frames * window, window])
    power = np.abs(np.fft.rfft(windowed, n_fft, axis=1)) ** 2
    raw = np.fft.irfft(power, n_fft, axis=1)[:, : max_lag + 2]
    zero_lag = raw[:, :1]
    normalised = raw / np.where(zero_lag > 0.0, zero_lag, 1.0)
    return np.asarray(normalised[:-1] / normalised[-1])


def _peaks(correlation: Floats) -> tuple[Floats, Floats]:
    """Return place and height of the local maxima by parabolas, [n, max_lag]; height 0 elsewhere."""
    before, here, after = correlation[:, :-2], correlation[:, 1:-1], correlation[:, 2:]
    is_peak = (here > before) & (here >= after)
    curvature = np.where(is_peak, 2.0 * here - before - after, 1.0)
    curvature = np.maximum(curvature, 1e-12)
    slope = 0.5 * (after - before)
    lag = np.arange(1, correlation.shape[1] - 1) + np.where(is_peak, slope / curvature, 0.0)
    height = np.where(is_peak, here + 0.5 * slope**2 / curvature, 0.0)
    # Heights above one come from dividing by the window's small values at long lags.
    return lag, np.where(height > 1.0, 1.0 / np.maximum(height, 1e-9), height)


def _best_path(hz: Floats, strength: Floats) -> Floats:
    """Return the frequency of the candidate on the best path through all frames (Viterbi), [n]."""
    n_frames, n_candidates = hz.shape
    voiced = hz > 0.0
    octave = np.log2(np.where(voiced, hz, 1.0))
    came_from = np.zeros((n_frames, n_candidates), dtype=np.int64)
    score = strength[0]
    for t in range(1, n_frames):
        both = voiced[t - 1][:, None] & voiced[t][None, :]
        jump = JUMP_COST * np.abs(octave[t - 1][:, None] - octave[t][None, :])
        change = VOICING_COST * (voiced[t - 1][:, None] != voiced[t][None, :])
        total = score[:, None] - STEP_CORRECTION * np.where(both, jump, change)  # [from, to]
        came_from[t] = total.argmax(axis=0)
        score = total.max(axis=0) + strength[t]
    path = np.empty(n_frames, dtype=np.int64)
    path[-1] = score.argmax()
    for t in range(n_frames - 1, 0, -1):
        path[t - 1] = came_from[t, path[t]]
    return np.asarray(hz[np.arange(n_frames), path])
