"""Pitch moves as far as asked for and no deeper than a voice can, and climbs where a question ends."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from ttsbook.vits2.intonation import ABOVE, DEPTH, LIFT, WIDER, intone, lift_ends, raise_ends, widen

Change = Callable[[np.ndarray, np.ndarray, list[tuple[int, int]]], np.ndarray]  # type: ignore[type-arg]
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


@pytest.mark.parametrize("change", [raise_ends, lift_ends])
@pytest.mark.parametrize("voiced", [0, 1, 3])
def test_too_little_voice_is_left_as_it_is(change: Change, voiced: int) -> None:
    f0 = np.zeros(80, np.float32)
    f0[50 : 50 + voiced] = 100
    np.testing.assert_array_equal(change(f0, DURATIONS, [(3, 3)]), f0)


def test_what_is_lifted_keeps_its_tones() -> None:
    f0 = np.array([100, 130, 100, 0, 120, 90] * 10, np.float32)
    lifted = lift_ends(f0, np.array([10, 10, 10]), [(1, 2)])
    np.testing.assert_array_equal(lifted[:21], f0[:21])
    np.testing.assert_array_equal(lifted == 0, f0 == 0)
    factor = lifted[f0 > 0] / f0[f0 > 0]
    assert (np.diff(factor) >= -1e-6).all()
    assert factor[-1] == pytest.approx(LIFT, rel=1e-4)


def test_distances_from_the_mean_are_multiplied_in_semitones() -> None:
    f0 = np.array([0, 100, 0, 100 * 1.1, 0, 100 * 1.1**2], np.float32)
    widened = widen(f0, 1.5)
    np.testing.assert_array_equal(widened == 0, f0 == 0)
    assert widened[3] == pytest.approx(110, rel=1e-3)  # the mean stays
    assert widened[5] == pytest.approx(110 * 1.1**1.5, rel=1e-3)
    assert 110 * 1.1**-1.5 < widened[1] < 101  # downwards a little less
    assert widened.dtype == np.float32


def test_pitch_falls_no_deeper_than_a_voice_does() -> None:
    f0 = np.full(100, 100, np.float32)
    f0[-1] = 30
    mean = np.exp(np.log(f0).mean())
    assert widen(f0, 1.6)[-1] == pytest.approx(mean * np.exp(-DEPTH), rel=0.01)


def test_silence_has_no_range() -> None:
    np.testing.assert_array_equal(widen(np.zeros(4, np.float32), 1.6), np.zeros(4))


def test_a_range_that_is_right_is_left_to_the_bit() -> None:
    f0 = np.array([0, 30, 100, 117.3], np.float32)
    np.testing.assert_array_equal(widen(f0, 1.0), f0)


def test_a_question_is_widened_before_its_end_is_raised() -> None:
    f0 = np.linspace(120, 80, 80).astype(np.float32)
    spoken = intone(f0, DURATIONS, "en", [(3, 3)])
    np.testing.assert_array_equal(spoken, raise_ends(widen(f0, WIDER["en"]), DURATIONS, [(3, 3)]))
    assert spoken[69] > ABOVE * f0.mean()
    np.testing.assert_array_equal(intone(f0, DURATIONS, "zh"), f0)
    np.testing.assert_array_equal(intone(f0, DURATIONS, "zh", [(3, 3)]), lift_ends(f0, DURATIONS, [(3, 3)]))
