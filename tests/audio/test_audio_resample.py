from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ttsbook.audio.resample import resampled, resampled_length

RATES = [8000, 16_000, 22_050, 24_000, 44_100, 48_000]


def convert(samples, rate_in_hz, rate_out_hz, piece=4096):
    blocks = (samples[k : k + piece] for k in range(0, samples.size, piece))
    return np.concatenate(list(resampled(blocks, rate_in_hz, rate_out_hz)))


@settings(max_examples=40, deadline=None)
@given(n=st.integers(0, 9000), rates=st.tuples(st.sampled_from(RATES), st.sampled_from(RATES)))
def test_the_length_is_exact_for_any_number_of_samples(n, rates):
    assert convert(np.ones(n, np.float32), *rates).size == resampled_length(n, *rates)
    assert abs(resampled_length(n, *rates) - n * rates[1] / rates[0]) <= 0.5


@pytest.mark.parametrize("rate_out_hz", [16_000, 22_050, 44_100, 48_000])
def test_an_impulse_stays_where_it_was(rate_out_hz):
    impulse = np.zeros(48_000, np.float32)
    impulse[24_000] = 1.0
    assert int(np.argmax(convert(impulse, 24_000, rate_out_hz))) == rate_out_hz


def test_a_sine_comes_out_as_the_same_sine():
    t = np.arange(48_000) / 24_000
    converted = convert(np.sin(2 * np.pi * 1234.5 * t).astype(np.float32), 24_000, 22_050)
    expected = np.sin(2 * np.pi * 1234.5 * np.arange(converted.size) / 22_050)
    assert np.abs(converted - expected)[300:-300].max() < 1e-4


def test_sound_above_the_new_band_is_gone_and_below_it_kept():
    t = np.arange(48_000) / 24_000

    def level(hz):
        return convert(np.sin(2 * np.pi * hz * t).astype(np.float32), 24_000, 22_050)[500:-500].std() * 2**0.5

    assert level(10_000) == pytest.approx(1.0, abs=0.02)
    assert level(11_600) < 0.001


def test_equal_rates_pass_samples_through():
    samples = np.random.default_rng(0).standard_normal(1000).astype(np.float32)
    np.testing.assert_array_equal(convert(samples, 24_000, 24_000), samples)
