"""Pitch climbs where a question ends, and is untouched elsewhere."""

from __future__ import annotations

import numpy as np
import pytest

from ttsbook.vits2.intonation import ABOVE, raise_ends

DURATIONS = np.array([5, 10, 10, 10, 5])  # latent frames: 40, and 80 of pitch


def test_pitch_climbs_from_where_it_is_to_above_the_mean() -> None:
    f0 = np.linspace(120, 80, 80).astype(np.float32)
    raised = raise_ends(f0, DURATIONS, [(3, 3)])
    np.testing.assert_array_equal(raised[:50], f0[:50])
    np.testing.assert_array_equal(raised[70:], f0[70:])
    assert raised[50] == f0[50]
    assert raised[69] == pytest.approx(ABOVE * 100, rel=1e-3)
    assert (np.diff(raised[54:70]) > 0).all()
    assert raised.dtype == np.float32


def test_what_is_unvoiced_stays_so_and_the_last_voiced_frame_is_the_highest() -> None:
    f0 = np.full(80, 100, np.float32)
    f0[55:58], f0[64:] = 0, 0
    raised = raise_ends(f0, DURATIONS, [(3, 4)])
    np.testing.assert_array_equal(raised == 0, f0 == 0)
    assert raised.argmax() == 63


@pytest.mark.parametrize("voiced", [0, 1, 3])
def test_too_little_voice_is_left_as_it_is(voiced: int) -> None:
    f0 = np.zeros(80, np.float32)
    f0[50 : 50 + voiced] = 100
    np.testing.assert_array_equal(raise_ends(f0, DURATIONS, [(3, 3)]), f0)
