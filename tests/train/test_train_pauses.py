"""What sounds in pauses, as a loss: hiss is heard there and nowhere else, however loud the voice."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="training needs the extra `train`")

from ttsbook.train.losses import PauseLoss  # noqa: E402

RATE_HZ = 24_000


def speech() -> torch.Tensor:
    """Half a second of noise at a tenth of full scale, as much silence, noise again: [1, L]."""
    wave = torch.randn(1, RATE_HZ * 3 // 2, generator=torch.Generator().manual_seed(1)) * 0.1
    wave[:, RATE_HZ // 2 : RATE_HZ] = 0
    return wave


def hiss(level: float, begin: int, end: int) -> torch.Tensor:
    wave = torch.zeros(1, RATE_HZ * 3 // 2)
    wave[:, begin:end] = torch.randn(1, end - begin, generator=torch.Generator().manual_seed(2)) * level
    return wave


PAUSE = (RATE_HZ // 2, RATE_HZ)


def test_hiss_in_a_pause_costs_the_more_the_louder_it_is() -> None:
    loss, real = PauseLoss(RATE_HZ), speech()
    faint, loud = (float(loss(real + hiss(level, *PAUSE), real)) for level in (0.001, 0.005))
    assert float(loss(real, real)) == 0
    assert 0 < faint < loud


def test_hiss_in_speech_and_hiss_that_real_speech_has_too_cost_nothing() -> None:
    loss, real = PauseLoss(RATE_HZ), speech()
    assert float(loss(real + hiss(0.005, 0, RATE_HZ // 4), real)) == pytest.approx(0, abs=1e-3)
    noisy = real + hiss(0.005, *PAUSE)
    assert float(loss(noisy, noisy)) == 0


def test_how_loud_a_voice_is_changes_nothing() -> None:
    loss, real = PauseLoss(RATE_HZ), speech()
    hissing = real + hiss(0.005, *PAUSE)
    assert float(loss(hissing * 0.3, real)) == pytest.approx(float(loss(hissing, real)), rel=0.02)


def test_gradients_make_a_pause_quieter() -> None:
    loss, real = PauseLoss(RATE_HZ), speech()
    added = hiss(0.005, *PAUSE).requires_grad_(True)
    loss(real + added, real).backward()
    assert added.grad is not None
    middle = slice(RATE_HZ * 5 // 8, RATE_HZ * 7 // 8)
    assert float((added.detach() * added.grad)[:, middle].sum()) > 0
