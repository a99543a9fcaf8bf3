"""Latents and pitch read at another rate keep their order, their ends and their voicing."""

from __future__ import annotations

import numpy as np
import pytest

from ttsbook.vits2.tempo import frames_at, pace, read_at

RATES = [0.5, 0.7, 0.85, 1.3, 2.0]


@pytest.mark.parametrize("speed", [0.5, 0.7, 0.85, 1.15, 1.3, 1.5, 2.0])
def test_speech_is_as_fast_as_asked_for_though_phonemes_have_few_frames(speed: float) -> None:
    log_frames = np.log(np.random.default_rng(0).gamma(9, 0.27, 100).astype(np.float32))  # 2.4 on average
    natural, alone = pace(log_frames, 1.0)
    assert alone == 1.0
    durations, rate = pace(log_frames, speed)
    assert durations.min() >= 1
    assert natural[1:-1].sum() / durations[1:-1].sum() * rate == pytest.approx(speed)
    assert min(1, speed) <= rate <= max(1, speed)


@pytest.mark.parametrize("rate", RATES)
def test_frames_lie_where_their_middles_do(rate: float) -> None:
    middles = np.arange(40, dtype=np.float32)[None] + 0.5
    z, f0 = read_at(rate, middles, np.full(80, 100, np.float32))
    n_heard = frames_at(rate, 40)
    assert z.shape == (1, n_heard)
    assert f0.shape == (2 * n_heard,)
    wanted = ((np.arange(n_heard) + 0.5) * rate).clip(0.5, 39.5)
    np.testing.assert_allclose(z[0, 4:-4], wanted[4:-4], atol=1e-4)  # at the ends they are held


@pytest.mark.parametrize("rate", RATES)
def test_pitch_does_not_glide_to_where_there_is_none(rate: float) -> None:
    f0 = np.zeros(80, np.float32)
    f0[21:47], f0[50:51], f0[60:] = 200, 150, 100
    _, heard = read_at(rate, np.zeros((1, 40), np.float32), f0)
    assert set(heard) <= {0, 100, 150, 200}
    assert np.count_nonzero(heard) * rate == pytest.approx(np.count_nonzero(f0), abs=2)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("n_frames", [1, 2, 77])
def test_torch_and_numpy_agree(rate: float, n_frames: int) -> None:
    torch = pytest.importorskip("torch")
    random = np.random.default_rng(n_frames)
    z = random.standard_normal((4, n_frames)).astype(np.float32)
    f0 = (random.uniform(80, 300, 2 * n_frames) * (random.random(2 * n_frames) > 0.3)).astype(np.float32)
    ours = read_at(rate, z, f0)
    theirs = read_at(rate, torch.from_numpy(z), torch.from_numpy(f0), torch.from_numpy)
    for array, tensor in zip(ours, theirs, strict=True):
        assert array.dtype == np.float32
        np.testing.assert_allclose(array, tensor.numpy(), rtol=1e-5, atol=1e-6)
