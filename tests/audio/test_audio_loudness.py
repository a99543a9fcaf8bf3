from __future__ import annotations

import math

import numpy as np
import pytest

from ttsbook.audio.limiter import Limiter
from ttsbook.audio.loudness import LoudnessMeter, gain_for, track_gain_db
from ttsbook.audio.peak import peak_envelope, true_peak

pyloudnorm = pytest.importorskip("pyloudnorm")


def meter_of(samples, rate_hz, piece=9999):
    meter = LoudnessMeter(rate_hz)
    for start in range(0, samples.size, piece):
        meter.add(samples[start : start + piece])
    return meter


@pytest.mark.parametrize("rate_hz", [8000, 11_025, 16_000, 22_050, 24_000, 44_100, 48_000])
def test_loudness_agrees_with_pyloudnorm_at_every_rate(rate_hz, speech):
    samples = speech(20, rate_hz)
    samples[: 5 * rate_hz] *= 0.03  # quiet enough for the relative gate to leave it out
    reference = pyloudnorm.Meter(rate_hz, filter_class="DeMan").integrated_loudness(samples.astype(float))
    assert meter_of(samples, rate_hz).integrated_lufs() == pytest.approx(reference, abs=0.02)


def test_loudness_does_not_depend_on_how_the_stream_is_cut(speech):
    samples = speech(5)
    whole, cut = meter_of(samples, 24_000, samples.size), meter_of(samples, 24_000, 777)
    assert cut.integrated_lufs() == pytest.approx(whole.integrated_lufs(), abs=1e-9)
    assert cut.true_peak_db() == pytest.approx(whole.true_peak_db(), abs=1e-9)
    assert cut.rms_db() == pytest.approx(whole.rms_db(), abs=1e-9)


def test_a_full_scale_sine_reads_as_the_standard_says():
    """BS.1770: 0 dBFS at 997 Hz in one channel is -3.01 LKFS."""
    t = np.arange(48_000 * 5) / 48_000
    meter = meter_of(np.sin(2 * np.pi * 997 * t).astype(np.float32), 48_000)
    assert meter.integrated_lufs() == pytest.approx(-3.01, abs=0.02)
    assert meter.rms_db() == pytest.approx(-3.01, abs=0.01)


def test_true_peak_finds_what_lies_between_the_samples():
    """A sine at a quarter of the rate, 45 degrees off, has samples 3 dB below its peak."""
    sine = np.sin(2 * np.pi * 0.25 * np.arange(4800) + np.pi / 4).astype(np.float32)
    assert 20 * math.log10(float(np.abs(sine).max())) == pytest.approx(-3.01, abs=0.01)
    assert meter_of(sine * 0.5, 24_000).true_peak_db() == pytest.approx(-6.02, abs=0.2)


@pytest.mark.parametrize("floor", [0.02, 0.3, 0.9])
def test_no_peak_above_the_floor_is_passed_over(floor, speech):
    samples = speech(3)
    sure, sought = peak_envelope(samples), peak_envelope(samples, floor)
    np.testing.assert_array_equal(np.maximum(sure, floor), np.maximum(sought, floor))


def test_the_very_last_sample_counts_as_a_peak():
    samples = np.zeros(1000, dtype=np.float32)
    samples[-1] = 0.5
    assert meter_of(samples, 24_000).true_peak_db() >= -6.03


@pytest.mark.parametrize("n", [0, 100, 9599])
def test_silence_and_sounds_under_400_ms_have_no_loudness(n):
    meter = meter_of(np.zeros(n, dtype=np.float32), 24_000)
    assert meter.integrated_lufs() == -math.inf
    assert meter.true_peak_db() == -math.inf
    assert gain_for(meter.integrated_lufs(), meter.true_peak_db(), target_lufs=-19) == 0.0


def test_the_meter_keeps_nothing_of_what_it_heard(speech):
    samples = speech(2)
    meter = LoudnessMeter(24_000)
    meter.add(samples)
    sizes = {name: np.size(value) for name, value in vars(meter).items()}
    for _ in range(20):
        meter.add(samples)
    assert {name: np.size(value) for name, value in vars(meter).items()} == sizes


def test_gain_brings_loudness_to_the_target_unless_the_ceiling_is_nearer():
    assert gain_for(-25.0, -12.0, target_lufs=-19.0) == pytest.approx(6.0)
    assert gain_for(-25.0, -3.0, target_lufs=-19.0, ceiling_db=-1.5) == pytest.approx(1.5)
    assert gain_for(-25.0, -3.0, target_lufs=-19.0, ceiling_db=-1.5, limiter_db=6.0) == pytest.approx(6.0)
    assert gain_for(-12.0, -1.0, target_lufs=-19.0) == pytest.approx(-7.0)


def limit(samples, ceiling_db=-3.0, piece=5000):
    limiter = Limiter(24_000, ceiling_db)
    blocks = [limiter.push(samples[k : k + piece]) for k in range(0, samples.size, piece)]
    return np.concatenate([*blocks, limiter.finish()]), limiter


def test_limited_sound_stays_under_the_ceiling_and_keeps_its_length(speech):
    samples = speech(5) * 4
    limited, limiter = limit(samples)
    assert limited.size == samples.size
    assert limiter.n_limited > 0
    assert 20 * math.log10(true_peak(np.pad(limited, 12))) <= -3.0 + 0.05


def test_the_limiter_changes_nothing_below_the_ceiling(speech):
    samples = speech(3, level=0.1)
    limited, limiter = limit(samples)
    np.testing.assert_array_equal(limited, samples)
    assert limiter.n_limited == 0


def test_the_limiter_touches_only_the_neighbourhood_of_a_peak(speech):
    samples = speech(3, level=0.1)
    samples[36_000] = 0.99
    limited, _ = limit(samples)
    changed = np.flatnonzero(limited != samples)
    assert abs(limited[36_000]) <= 10 ** (-3 / 20)
    assert np.abs(changed - 36_000).max() <= 500


@pytest.mark.parametrize("n", [0, 1, 500, 961, 4000])
def test_short_sounds_pass_the_limiter_whole(n):
    assert limit(np.full(n, 0.9, np.float32), piece=300)[0].size == n


def test_the_limiter_does_not_care_how_the_stream_is_cut(speech):
    samples = speech(2) * 4
    np.testing.assert_allclose(limit(samples, piece=701)[0], limit(samples, piece=48_000)[0], atol=1e-6)


@pytest.mark.parametrize(
    ("level_db", "gain_db"),
    [
        (-26.5, 6.0),  # right where it should be
        (-27.9, 6.0),  # near enough
        (-31.0, 9.0),  # a title alone: up to the edge of what is near enough
        (-22.0, 3.0),
        (-60.0, 14.0),  # meant to be quiet
    ],
)
def test_a_part_keeps_the_gain_of_the_book_unless_it_is_too_far_off(level_db, gain_db):
    assert track_gain_db(6.0, level_db, -20.5) == gain_db
