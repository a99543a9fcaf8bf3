"""An audio file to its figures: levels, noise floor, silence at the ends, bit rate. Constant memory.

Several channels are measured as their mean. Knows nothing of what the figures ought to be (`standard`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ttsbook.audio.decode import decode_mono, sound_of
from ttsbook.audio.loudness import LoudnessMeter
from ttsbook.audio.source import open_source
from ttsbook.audio.wave import Samples
from ttsbook.errors import InputError

FRAME_MS = 10
NOISE_FRAMES = 50  # the noise floor is the quietest half second
QUIET_DB = -50.0  # what is louder at the ends is no longer room tone
_LOUDEST = 1e6  # some float files hold whole numbers of 16 bits; the powers of more would not be finite


@dataclass(frozen=True, slots=True)
class Survey:
    """Levels in dB full scale; -inf is digital silence."""

    seconds: float  # of decoded sound
    loudness_lufs: float
    true_peak_db: float
    rms_db: float
    noise_floor_db: float
    head_seconds: float  # quiet before the first sound
    tail_seconds: float
    bitrate: int  # bits per second, of the sound alone
    is_constant_bitrate: bool


def survey(path: Path) -> Survey:
    """Decode the first audio stream of a file and measure it.

    Raises:
        InputError: not there, not audio, or nothing can be decoded.
    """
    levels: _Levels | None = None
    with open_source(path) as container:
        for piece in decode_mono(container, sound_of(container, path)):
            levels = levels or _Levels(piece.rate_hz)
            if piece.rate_hz != levels.rate_hz:
                raise InputError(f"{path} changes its sample rate midway, so it cannot be measured")
            levels.add(piece.samples)
    if levels is None:
        raise InputError(f"{path} has an audio stream but no sound could be decoded from it")
    n_bytes, is_constant = _packets(path)
    return levels.survey(round(n_bytes * 8 / levels.seconds), is_constant)


class _Levels:
    """Measures a stream of samples."""

    def __init__(self, rate_hz: int) -> None:
        self.rate_hz = rate_hz
        self._meter = LoudnessMeter(rate_hz)
        self._frame = rate_hz * FRAME_MS // 1000
        self._rest = np.zeros(0, dtype=np.float32)
        self._recent = np.zeros(0)  # power of the last frames
        self._floor = math.inf
        self._n_samples = 0
        self._n_frames = 0
        self._first_loud: int | None = None
        self._last_loud = 0

    @property
    def seconds(self) -> float:
        return self._n_samples / self.rate_hz

    def add(self, samples: Samples) -> None:
        # Damaged files hold such samples; one of them would spoil every figure.
        samples = np.nan_to_num(samples, nan=0.0, posinf=1.0, neginf=-1.0).clip(-_LOUDEST, _LOUDEST)
        self._n_samples += samples.size
        self._meter.add(samples)
        joined = np.concatenate((self._rest, samples))
        n_frames = joined.size // self._frame
        self._rest = joined[n_frames * self._frame :]
        if n_frames:
            frames = joined[: n_frames * self._frame].reshape(n_frames, self._frame)
            self._add_frames(np.mean(np.square(frames, dtype=np.float64), axis=1))

    def survey(self, bitrate: int, is_constant: bool) -> Survey:
        quiet_frames = self._n_frames if self._first_loud is None else self._first_loud
        tail_frames = self._n_frames if self._first_loud is None else self._n_frames - 1 - self._last_loud
        floor = self._meter.rms_db() if math.isinf(self._floor) else _decibels(self._floor)
        return Survey(
            seconds=self.seconds,
            loudness_lufs=self._meter.integrated_lufs(),
            true_peak_db=self._meter.true_peak_db(),
            rms_db=self._meter.rms_db(),
            noise_floor_db=floor,
            head_seconds=quiet_frames * FRAME_MS / 1000,
            tail_seconds=tail_frames * FRAME_MS / 1000,
            bitrate=bitrate,
            is_constant_bitrate=is_constant,
        )

    def _add_frames(self, powers: NDArray[np.float64]) -> None:
        loud = np.flatnonzero(powers > 10.0 ** (QUIET_DB / 10.0))
        if loud.size:
            if self._first_loud is None:
                self._first_loud = self._n_frames + int(loud[0])
            self._last_loud = self._n_frames + int(loud[-1])
        self._n_frames += powers.size
        joined = np.concatenate((self._recent, powers))
        self._recent = joined[1 - NOISE_FRAMES :]
        if joined.size >= NOISE_FRAMES:
            windows = np.lib.stride_tricks.sliding_window_view(joined, NOISE_FRAMES)
            self._floor = min(self._floor, float(windows.mean(axis=1).min()))


def _packets(path: Path) -> tuple[int, bool]:
    """Return the bytes of all packets, and whether they have one size except for a byte of padding."""
    total, smallest, largest = 0, 1 << 62, 0
    with open_source(path) as container:
        for packet in container.demux(sound_of(container, path)):
            if packet.size:
                total += packet.size
                smallest, largest = min(smallest, packet.size), max(largest, packet.size)
    return total, largest - smallest <= 1


def _decibels(power: float) -> float:
    return 10.0 * math.log10(power) if power > 0.0 else -math.inf
