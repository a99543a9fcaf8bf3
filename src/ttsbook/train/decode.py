"""Opus bytes → samples at 24 kHz, with nothing but PyAV."""

from __future__ import annotations

import io

import av
import numpy as np
from numpy.typing import NDArray

RATE_HZ = 24_000


def decode(data: bytes, n_samples: int | None = None) -> NDArray[np.float32]:
    """Decode a clip to mono float32 [n] at 24 kHz, cut or padded to `n_samples` if given."""
    pieces = []
    with av.open(io.BytesIO(data), mode="r") as container:
        resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE_HZ)
        for frame in container.decode(audio=0):
            pieces += [out.to_ndarray()[0] for out in resampler.resample(frame)]
        pieces += [out.to_ndarray()[0] for out in resampler.resample(None)]
    samples = np.concatenate(pieces) if pieces else np.zeros(0, np.float32)
    if n_samples is None:
        return samples
    return np.pad(samples[:n_samples], (0, max(0, n_samples - len(samples))))
