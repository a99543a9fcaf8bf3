from __future__ import annotations

import numpy as np
import pytest

from ttsbook.voice.pitch import pitch_statistics, track_pitch

RATE_HZ = 16_000
# praat-parselmouth 0.4.7 on the clip: to_pitch_ac(time_step=0.0125, pitch_floor=60, pitch_ceiling=500)
PRAAT_MEAN_HZ, PRAAT_STD, PRAAT_VOICED = 192.94, 0.2490, 406


def harmonics(f0_hz, n_harmonics=12):
    """A buzz with the given pitch in Hz for every sample."""
    phase = 2 * np.pi * np.cumsum(f0_hz) / RATE_HZ
    return sum(0.1 / k * np.sin(k * phase) for k in range(1, n_harmonics + 1)).astype(np.float32)


@pytest.mark.parametrize("hz", [70, 100, 155, 240, 380, 480])
def test_steady_voice_has_its_pitch_in_every_frame(hz):
    tracked = track_pitch(harmonics(np.full(RATE_HZ, float(hz))), RATE_HZ)
    np.testing.assert_allclose(tracked[2:-2], hz, rtol=0.005)


def test_glide_is_followed():
    f0 = np.geomspace(100.0, 300.0, 2 * RATE_HZ)
    tracked = track_pitch(harmonics(f0), RATE_HZ)
    centres = (np.arange(tracked.size) * 0.0125 + 0.025) * RATE_HZ
    np.testing.assert_allclose(tracked, f0[centres.astype(int)], rtol=0.03)


def test_clip_agrees_with_praat(speech):
    tracked = track_pitch(speech, RATE_HZ)
    statistics = pitch_statistics(tracked)
    assert np.exp(statistics.log_f0_mean) == pytest.approx(PRAAT_MEAN_HZ, rel=0.03)
    assert statistics.log_f0_std == pytest.approx(PRAAT_STD, rel=0.15)
    assert np.count_nonzero(tracked) == pytest.approx(PRAAT_VOICED, rel=0.05)


def test_pitch_does_not_depend_on_the_sample_rate(speech):
    from ttsbook.voice.resample import resample

    here = pitch_statistics(track_pitch(speech, RATE_HZ))
    there = pitch_statistics(track_pitch(resample(speech, RATE_HZ, 24_000), 24_000))
    assert there.log_f0_mean == pytest.approx(here.log_f0_mean, abs=0.02)


def test_noise_and_silence_are_unvoiced():
    noise = np.random.default_rng(0).normal(0, 0.1, RATE_HZ).astype(np.float32)
    assert np.count_nonzero(track_pitch(noise, RATE_HZ)) < 4
    assert not track_pitch(np.zeros(RATE_HZ, dtype=np.float32), RATE_HZ).any()
    assert pitch_statistics(np.zeros(50)) is None


def test_less_than_one_window_has_no_frames():
    assert track_pitch(np.ones(799, dtype=np.float32), RATE_HZ).size == 0


def test_octave_errors_do_not_widen_the_deviation():
    """Subharmonics of a creaky voice may be tracked two octaves too low."""
    f0 = np.full(100, 200.0)
    f0[:3] = 200.0 / 4
    statistics = pitch_statistics(f0)
    assert statistics.log_f0_std == pytest.approx(0.0, abs=1e-9)
    assert np.exp(statistics.log_f0_mean) == pytest.approx(200.0)
