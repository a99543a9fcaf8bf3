"""Samples to loudness: ITU-R BS.1770-4 integrated loudness, true peak and RMS, in constant memory.

Feed a book of any length piece by piece. The K-weighting is applied as a finite impulse response by FFT,
in single precision, so numpy alone is enough and fast. The gating
needs all block loudnesses at once; they are kept as a histogram of 0.01 LU, each bin with its energy.
Knows nothing of files.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ttsbook.audio.peak import HALF_TAPS, true_peak
from ttsbook.audio.wave import Samples

BLOCK_PARTS = 4  # blocks of 400 ms every 100 ms
PARTS_PER_SECOND = 10
ABSOLUTE_GATE_LUFS = -70.0
RELATIVE_GATE_LU = -10.0
OFFSET_LU = -0.691  # makes a 997 Hz sine at 0 dBFS read -3.01 LKFS

_BIN_LU = 0.01
_HIGHEST_LUFS = 10.0
_N_BINS = round((_HIGHEST_LUFS - ABSOLUTE_GATE_LUFS) / _BIN_LU)
_LEAST_FFT = 1 << 13  # samples; longer transforms fall out of the processor's nearest cache
_TRANSFORMS = 16  # at a time: fewer calls
_TAPS_PER_SECOND = 16  # 1/16 s: by then the response has decayed below -100 dB
TRACK_TOLERANCE_DB = 1.5  # of a file of a book in parts from the level asked for; ACX grants 2.5
MAX_TRACK_DB = 8.0  # a file is not moved further from the book: what is that quiet is meant to be


class LoudnessMeter:
    """Measures one mono programme. Not thread-safe."""

    def __init__(self, rate_hz: int) -> None:
        self.rate_hz = rate_hz
        taps = k_weighting_taps(rate_hz, rate_hz // _TAPS_PER_SECOND)
        self._n_past = taps.size - 1
        self._size = max(_LEAST_FFT, 1 << (4 * taps.size).bit_length())
        self._response = np.fft.rfft(taps.astype(np.float32), self._size)
        # [the filter's past | sound that is not measured yet]
        room = _TRANSFORMS * (self._size - self._n_past)
        self._window = np.zeros(self._n_past + room, dtype=np.float32)
        self._n_held = 0
        self._part = _PartSums(rate_hz)
        self._counts = np.zeros(_N_BINS, dtype=np.int64)
        self._powers = np.zeros(_N_BINS)
        self._n_samples = 0
        self._energy = 0.0
        self._peak = 0.0

    def add(self, samples: Samples) -> None:
        """Measure the next samples of the programme, any number of them."""
        start = 0
        while start < samples.size:
            free = self._window[self._n_past + self._n_held :]
            piece = samples[start : start + free.size]
            free[: piece.size] = piece
            self._n_held += piece.size
            start += piece.size
            if piece.size == free.size:
                self._measure()

    def integrated_lufs(self) -> float:
        """Return the gated loudness so far; -inf for silence and for less than 400 ms."""
        self._measure()
        n_blocks = int(self._counts.sum())
        if n_blocks == 0:
            return -math.inf
        relative = _lufs(float(self._powers.sum()) / n_blocks) + RELATIVE_GATE_LU
        first = min(max(0, math.floor((relative - ABSOLUTE_GATE_LUFS) / _BIN_LU)), _N_BINS - 1)
        return _lufs(float(self._powers[first:].sum()) / int(self._counts[first:].sum()))

    def true_peak_db(self) -> float:
        """Return the highest inter-sample peak so far (4 times oversampled), dBTP."""
        self._measure()
        # The interpolator looks ahead: the last samples are judged as if silence followed.
        past = self._window[self._n_past - 2 * HALF_TAPS : self._n_past]
        padded = np.concatenate((past, np.zeros(2 * HALF_TAPS, dtype=np.float32)))
        return _decibels(true_peak(padded, self._peak))

    def rms_db(self) -> float:
        """Return the level of everything so far, pauses included, dBFS."""
        self._measure()
        return _decibels(math.sqrt(self._energy / self._n_samples)) if self._n_samples else -math.inf

    def _measure(self) -> None:
        """Measure what is held, and keep its end as the filter's past."""
        if self._n_held == 0:
            return
        end = self._n_past + self._n_held
        held = self._window[self._n_past : end]
        self._n_samples += held.size
        self._energy += float(np.square(held, dtype=np.float64).sum())
        self._peak = true_peak(self._window[self._n_past - 2 * HALF_TAPS : end], self._peak)
        self._count(self._part.block_powers(np.square(self._weighted(held.size))))
        self._window[: self._n_past] = self._window[self._n_held : end].copy()
        self._n_held = 0

    def _weighted(self, n_samples: int) -> Samples:
        """Filter what is held by FFT (overlap-save): each transform begins with the past of its sound."""
        step = self._size - self._n_past
        pieces = np.lib.stride_tricks.sliding_window_view(self._window, self._size)[:n_samples:step]
        filtered = np.fft.irfft(np.fft.rfft(pieces) * self._response, self._size)
        return np.asarray(filtered[:, self._n_past :].reshape(-1)[:n_samples], dtype=np.float32)

    def _count(self, powers: NDArray[np.float64]) -> None:
        powers = powers[powers > 10.0 ** ((ABSOLUTE_GATE_LUFS - OFFSET_LU) / 10.0)]
        lufs = OFFSET_LU + 10.0 * np.log10(powers)
        bins = np.clip(((lufs - ABSOLUTE_GATE_LUFS) / _BIN_LU).astype(int), 0, _N_BINS - 1)
        self._counts += np.bincount(bins, minlength=_N_BINS)
        self._powers += np.bincount(bins, weights=powers, minlength=_N_BINS)


class _PartSums:
    """Cuts a stream of squares into 100 ms parts and returns the mean power of each 400 ms block."""

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._n_done = 0  # samples in finished parts
        self._rest = np.zeros(0, dtype=np.float32)
        self._sums = np.zeros(0)  # the last three finished parts
        self._sizes = np.zeros(0, dtype=np.int64)

    def block_powers(self, squares: Samples) -> NDArray[np.float64]:
        rest = np.concatenate((self._rest, squares))
        # Rates such as 11025 Hz have no whole 100 ms: the part edges are rounded, never summed up.
        first = self._n_done * PARTS_PER_SECOND // self._rate_hz
        last = (self._n_done + rest.size) * PARTS_PER_SECOND // self._rate_hz
        parts = np.arange(first, last + 2)
        edges = -(-parts * self._rate_hz // PARTS_PER_SECOND) - self._n_done
        edges = edges[edges <= rest.size]
        if edges.size < 2:
            self._rest = rest
            return np.zeros(0)
        sums = np.add.reduceat(rest[: edges[-1]], edges[:-1], dtype=np.float64)
        self._n_done += int(edges[-1])
        self._rest = rest[edges[-1] :]
        return self._slide(sums, np.diff(edges))

    def _slide(self, sums: NDArray[np.float64], sizes: NDArray[np.int64]) -> NDArray[np.float64]:
        sums, sizes = np.concatenate((self._sums, sums)), np.concatenate((self._sizes, sizes))
        keep = BLOCK_PARTS - 1
        self._sums, self._sizes = sums[-keep:], sizes[-keep:]
        if sums.size < BLOCK_PARTS:
            return np.zeros(0)
        windows = np.lib.stride_tricks.sliding_window_view
        total = windows(sums, BLOCK_PARTS).sum(axis=1)
        return np.asarray(total / windows(sizes, BLOCK_PARTS).sum(axis=1))


def gain_for(
    measured_lufs: float,
    peak_db: float,
    *,
    target_lufs: float,
    ceiling_db: float = -1.5,
    limiter_db: float = 0.0,
) -> float:
    """Return the one linear gain, in dB, that brings a book to its target.

    Args:
        limiter_db: by how much peaks may exceed the ceiling, for a limiter to catch. At 0 the ceiling wins.
    """
    if not math.isfinite(measured_lufs):
        return 0.0  # silence stays silence
    gain_db = min(target_lufs - measured_lufs, ceiling_db + limiter_db - peak_db)
    return math.floor(gain_db * 100.0) / 100.0  # a hundredth of a decibel keeps equal inputs equal


def track_gain_db(book_gain_db: float, level_db: float, wanted_db: float) -> float:
    """Return the gain of one file of a book in parts: the book's, unless that leaves it too far off.

    Args:
        book_gain_db: what suits the book as a whole.
        level_db: RMS of the file before any gain.
        wanted_db: RMS that is asked for; a file may be `TRACK_TOLERANCE_DB` away from it.
    """
    away = level_db + book_gain_db - wanted_db
    excess = away - min(TRACK_TOLERANCE_DB, max(-TRACK_TOLERANCE_DB, away))
    moved = min(MAX_TRACK_DB, max(-MAX_TRACK_DB, excess))
    return round(book_gain_db - moved, 2)  # a hundredth of a decibel keeps equal inputs equal


def k_weighting_taps(rate_hz: int, n_taps: int) -> NDArray[np.float64]:
    """Return the impulse response of BS.1770's pre-filter and RLB filter in series."""
    size = 1 << (4 * n_taps).bit_length()  # long enough that nothing folds back
    z = np.exp(-2j * np.pi * np.arange(size // 2 + 1) / size)
    response = np.ones_like(z)
    for numerator, denominator in _k_weighting_biquads(rate_hz):
        response *= np.polyval(numerator[::-1], z) / np.polyval(denominator[::-1], z)
    return np.asarray(np.fft.irfft(response, size)[:n_taps])


def _k_weighting_biquads(rate_hz: int) -> tuple[tuple[list[float], list[float]], ...]:
    """Return (b, a) of the two stages at any rate.

    The standard lists coefficients at 48 kHz only; these are the analogue prototypes behind them
    (B. De Man, "Evaluation of implementations of the EBU R128 loudness measurement", AES 145, 2018).
    """
    k, q, gain = math.tan(math.pi * 1681.974450955533 / rate_hz), 0.7071752369554196, 3.999843853973347
    high = 10.0 ** (gain / 20.0)
    middle = high**0.4996667741545416
    norm = 1.0 + k / q + k * k
    shelf_b = [(high + middle * k / q + k * k), 2.0 * (k * k - high), (high - middle * k / q + k * k)]
    shelf_a = [norm, 2.0 * (k * k - 1.0), 1.0 - k / q + k * k]
    k, q = math.tan(math.pi * 38.13547087602444 / rate_hz), 0.5003270373238773
    norm = 1.0 + k / q + k * k
    # Not normalised by its gain in the standard: b is 1, -2, 1 over the normalised denominator.
    cut_b = [1.0, -2.0, 1.0]
    cut_a = [1.0, 2.0 * (k * k - 1.0) / norm, (1.0 - k / q + k * k) / norm]
    return (shelf_b, shelf_a), (cut_b, cut_a)


def _lufs(power: float) -> float:
    return OFFSET_LU + 10.0 * math.log10(power)


def _decibels(amplitude: float) -> float:
    return 20.0 * math.log10(amplitude) if amplitude > 0.0 else -math.inf
