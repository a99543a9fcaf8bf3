"""Samples to a picture of their spectrum: a PNG for people who look at what they cannot play.

Knows nothing of where it is shown.
"""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

from ttsbook.audio.wave import Samples

WIDTH, HEIGHT = 640, 120
TOP_HZ = 8000.0
_WINDOW_SECONDS = 0.025
_RANGE_DB = 70.0


def spectrogram_png(samples: Samples, rate_hz: int) -> bytes:
    """Return a greyscale PNG, time from left to right, 0 Hz to `TOP_HZ` from the bottom, dark is loud."""
    window = max(16, round(_WINDOW_SECONDS * rate_hz))
    padded = np.pad(samples, (window // 2, window))
    starts = np.linspace(0, max(0, samples.size - 1), WIDTH).astype(np.intp)
    frames = padded[starts[:, None] + np.arange(window)[None]] * np.hanning(window)[None]
    power = np.abs(np.fft.rfft(frames, n=max(window, 8 * HEIGHT), axis=1)) ** 2
    bins = np.linspace(0, min(1.0, 2 * TOP_HZ / rate_hz) * (power.shape[1] - 1), HEIGHT).astype(np.intp)
    levels = 10 * np.log10(np.maximum(power[:, bins], 1e-12))
    shade = np.clip((levels.max() - levels) / _RANGE_DB, 0, 1)
    return _png(np.asarray(np.rint(255 * shade.T[::-1]), dtype=np.uint8))


def _png(pixels: NDArray[np.uint8]) -> bytes:
    """Write an 8-bit greyscale image [height, width] (PNG specification, third edition)."""
    height, width = pixels.shape
    rows = np.concatenate((np.zeros((height, 1), np.uint8), pixels), axis=1)  # each row without a filter
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = _part(b"IHDR", header) + _part(b"IDAT", zlib.compress(rows.tobytes(), 9)) + _part(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def _part(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
