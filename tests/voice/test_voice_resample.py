from __future__ import annotations

from math import ceil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ttsbook.voice.resample import resample

RATES = (8_000, 11_025, 16_000, 22_050, 24_000, 44_100, 48_000)


def tone(hz, rate_hz, seconds=1.0):
    return np.sin(2 * np.pi * hz * np.arange(int(seconds * rate_hz)) / rate_hz).astype(np.float32)


@pytest.mark.parametrize("rate_in", RATES)
@pytest.mark.parametrize("rate_out", [16_000, 24_000])
def test_tone_keeps_its_place_and_level(rate_in, rate_out):
    result = resample(tone(1000, rate_in), rate_in, rate_out)
    expected = tone(1000, rate_out)[: result.size]
    middle = slice(2000, min(result.size, expected.size) - 2000)
    assert np.abs(result[middle] - expected[middle]).max() < 1e-3


@pytest.mark.parametrize("hz", [8_500, 11_000, 15_000, 20_000])
def test_what_the_new_rate_cannot_hold_is_removed_not_folded(hz):
    result = resample(tone(hz, 48_000), 48_000, 16_000)[1000:-1000]
    assert np.abs(result).max() < 10 ** (-60 / 20)


@given(st.integers(0, 3000), st.sampled_from(RATES), st.sampled_from(RATES))
def test_length_is_the_ratio_rounded_up(n_samples, rate_in, rate_out):
    result = resample(np.ones(n_samples, dtype=np.float32), rate_in, rate_out)
    assert result.size == ceil(n_samples * rate_out / rate_in)
    assert np.isfinite(result).all()


def test_same_rate_changes_nothing(speech):
    np.testing.assert_array_equal(resample(speech, 16_000, 16_000), speech)
