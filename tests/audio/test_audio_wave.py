from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ttsbook.audio.wave import fade_edges, silence, sound_span, to_int16

RATE_HZ = 24_000


@given(arrays(np.float32, st.integers(0, 50), elements=st.floats(width=32)))
def test_conversion_to_16_bit_keeps_the_sign_of_every_number(samples):
    converted = to_int16(samples)
    assert converted.dtype == np.int16
    assert (np.sign(converted) * np.sign(np.nan_to_num(samples)) >= 0).all()


def test_conversion_to_16_bit_clips_and_never_wraps():
    loud = np.array([1.0, -1.0, 1.5, -1.5, 1e30, -1e30, np.inf, np.nan], dtype=np.float32)
    expected = [32767, -32767, 32767, -32767, 32767, -32767, 32767, 0]
    np.testing.assert_array_equal(to_int16(loud), expected)


def test_faded_edges_start_and_end_in_silence_and_leave_the_middle():
    ones = np.ones(RATE_HZ, dtype=np.float32)
    faded = fade_edges(ones, RATE_HZ, ms=5.0)
    assert faded[0] == faded[-1] == 0.0
    assert (np.diff(faded[:120]) > 0).all()
    np.testing.assert_array_equal(faded[120:-120], 1.0)
    assert ones[0] == 1.0  # the input is not written to


def test_fading_a_wave_shorter_than_its_ramps_gives_as_many_samples():
    for n in range(4):
        assert fade_edges(np.ones(n, dtype=np.float32), RATE_HZ).size == n


def test_trimming_keeps_the_sound_and_a_little_silence():
    quiet, sound = silence(500, RATE_HZ), np.full(RATE_HZ, 0.1, dtype=np.float32)
    start, end = sound_span(np.concatenate((quiet, sound, quiet)), RATE_HZ, keep_ms=30)
    assert quiet.size - 720 - 120 <= start <= quiet.size - 720
    assert quiet.size + sound.size + 720 <= end <= quiet.size + sound.size + 720 + 120


def test_trimming_does_not_touch_pauses_inside():
    sound, pause = np.full(2400, 0.1, dtype=np.float32), silence(2000, RATE_HZ)
    samples = np.concatenate((sound, pause, sound))
    assert sound_span(samples, RATE_HZ) == (0, samples.size)


def test_of_a_silent_wave_nothing_is_kept():
    assert sound_span(silence(100, RATE_HZ), RATE_HZ) == (0, 0)
    assert sound_span(silence(0, RATE_HZ), RATE_HZ) == (0, 0)
