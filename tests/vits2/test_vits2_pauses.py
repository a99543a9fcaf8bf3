"""Pauses get quieter; what is said does not."""

from __future__ import annotations

import numpy as np

from ttsbook.vits2.pauses import MOST_DB, quiet_pauses

HOP, RATE_HZ = 300, 24_000


def decibels(x: np.ndarray) -> float:
    return float(10 * np.log10(np.square(x).mean()))


def spoken(hiss: float) -> np.ndarray:
    """Half a second of a loud sound, half a second of hiss, and again."""
    random = np.random.default_rng(0)
    x = hiss * random.standard_normal(RATE_HZ * 2)
    for start in (0, RATE_HZ):
        x[start : start + RATE_HZ // 2] += 0.1 * random.standard_normal(RATE_HZ // 2)
    return x.astype(np.float32)


def test_hiss_between_sounds_is_made_quieter_and_sounds_stay() -> None:
    before = spoken(hiss=1e-3)  # 40 dB below
    after = quiet_pauses(before, HOP)
    pause, sound = slice(RATE_HZ * 6 // 10, RATE_HZ * 9 // 10), slice(RATE_HZ // 10, RATE_HZ * 4 // 10)
    assert decibels(before[pause]) - decibels(after[pause]) > MOST_DB - 1
    assert np.array_equal(before[sound], after[sound])


def test_a_quiet_sound_is_not_a_pause() -> None:
    before = spoken(hiss=0.01)  # 20 dB below, as an f is
    assert np.allclose(before, quiet_pauses(before, HOP), atol=1e-3)


def test_gains_glide() -> None:
    before = spoken(hiss=1e-3)
    ratio = quiet_pauses(before, HOP) / before
    assert np.abs(np.diff(ratio)).max() < 0.01


def test_silence_and_scraps_stay() -> None:
    assert not quiet_pauses(np.zeros(RATE_HZ, np.float32), HOP).any()
    scrap = np.full(HOP * 2, 0.5, np.float32)
    assert np.array_equal(quiet_pauses(scrap, HOP), scrap)
    odd = spoken(hiss=1e-3)[:-7]
    assert quiet_pauses(odd, HOP).shape == odd.shape
