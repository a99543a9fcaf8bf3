"""Noise from a tape is noise, the same for a seed, and its spectra are those of what is heard."""

from __future__ import annotations

import numpy as np
import pytest

from ttsbook.vits2.config import ModelConfig
from ttsbook.vits2.noise import draw_noise, hiss_spectra
from ttsbook.vits2.waveform import LEVEL, stft

CONFIG = ModelConfig()


@pytest.mark.parametrize("n_frames", [1, 2, 3, 4, 40, 512, 513, 1_500])
def test_spectra_are_those_of_the_noise(n_frames: int) -> None:
    noise = draw_noise(7, CONFIG, n_frames, n_frames)
    assert len(noise.white) == (2 * n_frames - 1) * CONFIG.hop
    found = hiss_spectra(noise, CONFIG)
    for ours, theirs in zip(found, stft(noise.white * LEVEL, CONFIG.n_fft, CONFIG.hop), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_a_seed_gives_the_same_noise_and_another_one_other_noise() -> None:
    ours, again, other = (draw_noise(seed, CONFIG, 200, 200) for seed in (1, 1, 2))
    for name in ("latent", "start_phase", "white"):
        assert np.array_equal(getattr(ours, name), getattr(again, name))
        assert not np.array_equal(getattr(ours, name), getattr(other, name))


@pytest.mark.parametrize("n_frames", [300, 1_500])
def test_noise_is_white_and_normal(n_frames: int) -> None:
    noise = draw_noise(3, CONFIG, n_frames, n_frames)
    for values in (noise.latent.ravel(), noise.white):
        assert abs(values.mean()) < 0.02
        assert abs(values.std() - 1) < 0.02
    bands = np.square(hiss_spectra(noise, CONFIG)).sum(0).mean(0)[1:].reshape(20, -1).mean(1)
    assert bands.max() / bands.min() < 1.3


def test_what_is_changed_in_one_utterance_stays_there() -> None:
    noise = draw_noise(5, CONFIG, 50, 50)
    before = hiss_spectra(noise, CONFIG)
    for spectrum in hiss_spectra(noise, CONFIG):
        spectrum[:] = 0
    assert np.array_equal(before, hiss_spectra(noise, CONFIG))
