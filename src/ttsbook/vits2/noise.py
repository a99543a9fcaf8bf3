"""All randomness of an utterance, drawn before it is needed: the same seed gives the same noise.

White noise of a length costs less as a stretch of a long one: the seed chooses where it begins, and its
short-time spectra are those of the long one but for the ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ttsbook.vits2.config import ModelConfig
from ttsbook.vits2.waveform import LEVEL, stft

Real = NDArray[np.float32]
_TAPE_FRAMES = 2_048  # hops, 26 s: 10 MB of spectra; three times as long as most utterances
_TAPE_SEED = 20_240


@dataclass(frozen=True, slots=True)
class Noise:
    """The noise of one utterance of N latent frames, read as M; see `tempo`."""

    latent: Real  # [Z, N] standard normal
    start_phase: float  # cycles
    white: Real  # [L] standard normal, L = (2M - 1) · hop
    at: int | None  # the hop of the tape at which `white` begins; None if it is not from there


@dataclass(frozen=True, slots=True)
class _Tape:
    white: Real  # [(F-1)·hop]
    real: Real  # [F, bins], of its short-time spectra at `LEVEL`
    imaginary: Real


def draw_noise(seed: int, config: ModelConfig, n_frames: int, n_heard: int) -> Noise:
    """Draw the noise of an utterance of `n_frames` latent frames, read as `n_heard`."""
    random = np.random.Generator(np.random.Philox(seed))
    latent = random.standard_normal((config.latent_width, n_frames), dtype=np.float32)
    start_phase = float(random.random())
    n_hops = 2 * n_heard - 1
    if n_hops > _TAPE_FRAMES // 2:
        white = random.standard_normal(n_hops * config.hop, dtype=np.float32)
        return Noise(latent, start_phase, white, None)
    at = int(random.integers(_TAPE_FRAMES - n_hops))
    white = _tape(config.n_fft, config.hop).white[at * config.hop : (at + n_hops) * config.hop]
    return Noise(latent, start_phase, white, at)


def hiss_spectra(noise: Noise, config: ModelConfig) -> tuple[Real, Real]:
    """Return real and imaginary parts [2N, bins] of the spectra of the white noise at `LEVEL`."""
    n_fft, hop = config.n_fft, config.hop
    if noise.at is None:
        return stft(noise.white * LEVEL, n_fft, hop)
    tape, n_hops = _tape(n_fft, hop), len(noise.white) // hop
    stretch = slice(noise.at, noise.at + n_hops + 1)
    spectra = tape.real[stretch].copy(), tape.imaginary[stretch].copy()
    # The tape goes on at the ends, where an utterance is reflected: these frames see beyond.
    n_ends = min(n_fft // 2 // hop, n_hops)
    few = min(2 * n_ends, n_hops) * hop
    first, last = (stft(part * LEVEL, n_fft, hop) for part in (noise.white[:few], noise.white[-few:]))
    for spectrum, head, tail in zip(spectra, first, last, strict=True):
        spectrum[:n_ends], spectrum[-n_ends:] = head[:n_ends], tail[-n_ends:]
    return spectra


@lru_cache(maxsize=1)
def _tape(n_fft: int, hop: int) -> _Tape:
    random = np.random.Generator(np.random.Philox(_TAPE_SEED))
    white = random.standard_normal(_TAPE_FRAMES * hop, dtype=np.float32)
    return _Tape(white, *stft(white * LEVEL, n_fft, hop))
