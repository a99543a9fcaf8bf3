"""Stand-ins for the decoder, and profiles made from nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ttsbook.types import Provenance, VoiceProfile

RATE_HZ = 16_000


@dataclass
class FakeClip:
    samples: NDArray[np.float32]
    rate_hz: int = RATE_HZ
    truncated: bool = False


@dataclass
class FakeReader:
    """A decoder that gives what it was told to, and counts how often it was asked."""

    clip: FakeClip
    calls: list[Path] = field(default_factory=list)

    def __call__(self, path: Path, *, max_seconds: float) -> FakeClip:
        assert max_seconds > 0
        self.calls.append(path)
        return self.clip


def make_profile(name: str, seed: int = 0, tone_db: tuple[float, ...] = ()) -> VoiceProfile:
    vector = np.random.default_rng(seed).random(256).astype(np.float32)
    vector /= np.linalg.norm(vector)
    pitch = np.array([5.2, 0.25], dtype=np.float32).tolist()
    return VoiceProfile(
        name=name,
        embedding=tuple(vector.tolist()),
        log_f0_mean=pitch[0],
        log_f0_std=pitch[1],
        provenance=Provenance("me.wav", "ab" * 32, 12.5, "plain", "my own voice"),
        tone_db=tone_db,
    )
