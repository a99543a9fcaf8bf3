"""The loss on likeness hears voices as the shipped encoder does, and can be descended."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs the extra `train`")
pytest.importorskip("onnx")

from ttsbook.audio.decode import read_clip  # noqa: E402
from ttsbook.train.likeness import SpeakerLikeness, mistaken  # noqa: E402
from ttsbook.voice.encode import SpeakerEncoder  # noqa: E402

RATE_HZ = 24_000
CLIP = Path(__file__).parents[1] / "data" / "clip.opus"


@pytest.fixture(scope="module")
def pieces() -> np.ndarray:
    """Three stretches of 1.6 s of someone speaking."""
    samples = read_clip(CLIP, rate_hz=RATE_HZ).samples
    length = RATE_HZ * 8 // 5
    return np.stack([samples[at : at + length] for at in range(RATE_HZ, RATE_HZ + 3 * length, length)])


def test_it_agrees_with_the_shipped_encoder(pieces: np.ndarray) -> None:
    ours = SpeakerLikeness(RATE_HZ)(torch.from_numpy(pieces)).numpy()
    encoder = SpeakerEncoder()
    cosines = [float(a @ encoder.embed(piece, RATE_HZ)) for a, piece in zip(ours, pieces, strict=True)]
    # The encoder also cuts pauses out, which moves a short piece a little.
    assert min(cosines) > 0.85
    assert max(cosines) > 0.97


def test_gradients_reach_the_wave_and_not_the_encoder(pieces: np.ndarray) -> None:
    likeness = SpeakerLikeness(RATE_HZ)
    wave = torch.from_numpy(pieces[:1]).clone().requires_grad_()
    target = likeness(torch.from_numpy(pieces[1:2]))
    before = likeness(wave) @ target[0]
    (-before).sum().backward()
    assert wave.grad is not None
    assert torch.isfinite(wave.grad).all()
    assert all(parameter.grad is None for parameter in likeness.parameters())
    step = wave.detach() - 1e-3 * wave.grad / wave.grad.abs().max()
    assert float(likeness(step) @ target[0]) > float(before.detach())


def test_silence_gives_no_nan() -> None:
    likeness = SpeakerLikeness(RATE_HZ)
    wave = torch.zeros(1, RATE_HZ, requires_grad=True)
    likeness(wave).sum().backward()
    assert wave.grad is not None
    assert torch.isfinite(wave.grad).all()


def test_a_voice_is_mistaken_only_for_others() -> None:
    axes = torch.eye(4)
    wanted, others = axes[:1], axes[1:]
    certain = mistaken(wanted, wanted, others)
    assert float(certain) == pytest.approx(np.log1p(3 * np.exp(-10.0)), rel=1e-3)
    between = torch.nn.functional.normalize(axes[:1] + axes[1:2])
    assert float(mistaken(between, wanted, others)) > np.log(2)
    # What is common to all voices does not count, nor do other clips of the speaker.
    shared = torch.nn.functional.normalize(axes + 0.5)
    assert float(mistaken(torch.full((1, 4), 0.5), shared[:1], shared[1:2])) == pytest.approx(np.log(2))
    assert float(mistaken(between, wanted, torch.cat([others, wanted]))) == pytest.approx(
        float(mistaken(between, wanted, others))
    )
