"""Sounds and images that the audio tests are made of."""

from __future__ import annotations

import io
from collections.abc import Callable

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from ttsbook.types import Cover

RATE_HZ = 24_000


def speech_like(seconds: float, rate_hz: int = RATE_HZ, level: float = 0.3) -> NDArray[np.float32]:
    """A harmonic sound with syllables, pauses and a little noise."""
    n = round(seconds * rate_hz)
    t = np.arange(n) / rate_hz
    harmonics = sum(np.sin(2 * np.pi * 140 * k * t) / k for k in range(1, 12))
    syllables = np.clip(np.sin(2 * np.pi * 1.7 * t) + 0.3, 0, None) * (np.sin(2 * np.pi * 0.2 * t) > -0.8)
    noise = np.random.default_rng(7).standard_normal(n) * 0.001
    return (level * syllables * harmonics / 2 + noise).astype(np.float32)


def image(codec: str = "mjpeg", size: int = 64) -> bytes:
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="image2pipe") as container:
        stream = container.add_stream(codec, rate=1)
        stream.width = stream.height = size
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "rgb24"
        pixels = np.random.default_rng(1).integers(0, 255, (size, size, 3), dtype=np.uint8)
        frame = av.VideoFrame.from_ndarray(pixels, format="rgb24").reformat(format=stream.pix_fmt)
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return buffer.getvalue()


@pytest.fixture(scope="session")
def speech() -> Callable[..., NDArray[np.float32]]:
    return speech_like


@pytest.fixture(scope="session")
def jpeg() -> Cover:
    return Cover(image("mjpeg"), "image/jpeg")


@pytest.fixture(scope="session")
def png() -> Cover:
    return Cover(image("png"), "image/png")
