"""Small made-up clips and a small model: enough for every shape that training knows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ttsbook import symbols
from ttsbook.train.archive import Clip
from ttsbook.train.prepare import encode_opus
from ttsbook.vits2.config import ModelConfig

RATE_HZ = 24_000
UNIT = 600
TINY = ModelConfig(
    hidden_width=32,
    latent_width=16,
    decoder_width=32,
    decoder_blocks=2,
    text_blocks=3,
    posterior_width=32,
    posterior_blocks=1,
    frame_blocks=1,
    pitch_blocks=1,
    duration_blocks=1,
    flow_blocks=1,
)


def make_wave(n_samples: int, hz: float = 140.0, seed: int = 0) -> NDArray[np.float32]:
    """A buzz with some noise that swells and fades: voiced, and never twice the same."""
    t = np.arange(n_samples) / RATE_HZ
    tone = sum(np.sin(2 * np.pi * hz * k * t) / k for k in range(1, 12))
    hiss = np.random.default_rng(seed).standard_normal(n_samples)
    return ((0.12 * tone + 0.01 * hiss) * (0.6 + 0.4 * np.sin(5 * t + seed))).astype(np.float32)


def make_clip(
    name: str, *, n_phonemes: int = 20, language: str = "en", labelled: bool = True, seed: int = 0
) -> Clip:
    random = np.random.default_rng(seed)
    durations = tuple(int(d) for d in random.integers(2, 6, n_phonemes + 2))
    n_samples = sum(durations) * UNIT
    hz = 100.0 + 10 * (seed % 10)
    f0 = np.full(n_samples // 300 + 1, hz, np.float32)
    f0[: len(f0) // 4] = 0
    embedding = np.abs(random.standard_normal(256)).astype(np.float32)
    return Clip(
        id=name,
        opus=encode_opus(make_wave(n_samples, hz, seed)),
        n_samples=n_samples,
        f0=f0,
        embedding=embedding / np.linalg.norm(embedding),
        speaker=f"speaker-{seed % 3}",
        band_hz=12_000 if labelled else 8_000,
        language=language if labelled else "",
        phonemes="".join(random.choice(sorted(symbols.SYMBOL_IDS), n_phonemes)) if labelled else "",
        durations=durations if labelled else (),
        gain=1.0 if labelled else 1.5,
    )


def make_clips() -> list[Clip]:
    labelled = [
        make_clip(f"t{i}", n_phonemes=12 + 4 * i, language=("en", "zh")[i % 2], seed=i) for i in range(5)
    ]
    return labelled + [make_clip(f"r{i}", labelled=False, seed=10 + i) for i in range(3)]
