"""Shapes of every module, and what must hold of them whatever the weights."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the model in torch needs the extra `train` or `gpu`")

from ttsbook.vits2 import align, waveform  # noqa: E402
from ttsbook.vits2.config import ModelConfig  # noqa: E402
from ttsbook.vits2.decoder import Decoder  # noqa: E402
from ttsbook.vits2.discriminator import Discriminators  # noqa: E402
from ttsbook.vits2.duration import DurationPredictor  # noqa: E402
from ttsbook.vits2.flow import Flow  # noqa: E402
from ttsbook.vits2.layers import TransformerBlock  # noqa: E402
from ttsbook.vits2.model import Synthesizer  # noqa: E402
from ttsbook.vits2.posterior import PosteriorEncoder  # noqa: E402
from ttsbook.vits2.prior import FramePrior, spread_frames  # noqa: E402
from ttsbook.vits2.source import pulse_train  # noqa: E402
from ttsbook.vits2.spectrum import istft, stft  # noqa: E402
from ttsbook.vits2.text_encoder import TextEncoder  # noqa: E402

TINY = ModelConfig(
    hidden_width=32,
    latent_width=16,
    decoder_width=32,
    decoder_blocks=2,
    text_blocks=3,
    posterior_width=32,
    frame_blocks=1,
    pitch_blocks=1,
    duration_blocks=1,
    flow_blocks=1,
)
B, T, N = 2, 7, 11


@pytest.fixture(autouse=True)
def _seed() -> None:
    torch.manual_seed(0)


def speaker() -> torch.Tensor:
    return torch.nn.functional.normalize(torch.randn(B, TINY.speaker_width), dim=1)


def test_text_encoder_and_duration_predictor_give_one_state_and_length_per_phoneme() -> None:
    mask = torch.ones(B, T)
    hidden = TextEncoder(TINY)(torch.randint(0, 100, (B, T)), mask, speaker(), torch.tensor([0, 1]))
    assert hidden.shape == (B, TINY.hidden_width, T)
    assert DurationPredictor(TINY)(hidden, speaker(), mask[:, None]).shape == (B, T)


def test_padding_does_not_change_what_the_rest_sounds_like_and_how_long_it_is() -> None:
    model = Synthesizer(TINY).eval()
    torch.nn.init.normal_(model.text.norm.bias)  # of a trained model: what is normalised is never zero
    ids, language, pitch = torch.randint(1, 100, (1, T)), torch.tensor([0]), torch.zeros(1, 2)
    embedding = speaker()[:1]
    _, alone, lengths = model.encode(ids, torch.ones(1, T), embedding, pitch, language)
    padded_ids = torch.cat([ids, torch.zeros(1, 5, dtype=torch.long)], 1)
    mask = torch.cat([torch.ones(1, T), torch.zeros(1, 5)], 1)
    _, hidden, log_frames = model.encode(padded_ids, mask, embedding, pitch, language)
    torch.testing.assert_close(hidden[..., :T], alone, atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(log_frames[:, :T], lengths, atol=1e-5, rtol=1e-4)


def test_frames_follow_the_durations() -> None:
    hidden = torch.arange(3.0).expand(1, 2, 3)
    spread, position, mask = spread_frames(hidden, torch.tensor([[2, 0, 3]]), 7)
    assert spread[0, 0, :5].tolist() == [0, 0, 2, 2, 2]
    assert mask[0, 0].tolist() == [1, 1, 1, 1, 1, 0, 0]
    torch.testing.assert_close(position[0, 0, :5], torch.tensor([0.25, 0.75, 1 / 6, 0.5, 5 / 6]))
    assert position[0, :, 5:].abs().sum() == 0
    spread, _, _ = spread_frames(hidden + 1, torch.tensor([[2, 0, 3]]), 7)
    assert spread[0, 0].tolist() == [1, 1, 3, 3, 3, 0, 0]


def test_the_prior_gives_pitch_at_twice_the_frame_rate() -> None:
    prior, mask = FramePrior(TINY), torch.ones(B, 1, N)
    frames, pitch = prior(torch.randn(B, TINY.hidden_width, N), torch.rand(B, 2, N), speaker(), mask)
    assert pitch.shape == (B, 2, 2 * N)
    mean, log_deviation = prior.gaussian(frames, torch.full((B, 2 * N), 120.0), mask)
    assert mean.shape == log_deviation.shape == (B, TINY.latent_width, N)


def test_the_flow_inverts() -> None:
    flow = Flow(TINY).eval()
    for parameter in flow.parameters():  # as created it is the identity, which would prove nothing
        torch.nn.init.normal_(parameter, std=0.1)
    z, g, mask = torch.randn(B, TINY.latent_width, N), speaker(), torch.ones(B, 1, N)
    forward = flow(z, g, mask)
    assert (forward - z).abs().max() > 0.1
    assert (flow.inverse(forward, g, mask) - z).abs().max() < 1e-4


def test_posterior_and_decoder_agree_on_rates() -> None:
    wave = torch.randn(B, 2 * N * TINY.hop) * 0.1
    mean, log_variance = PosteriorEncoder(TINY)(wave, speaker(), N)
    assert mean.shape == log_variance.shape == (B, TINY.latent_width, N)
    length = (2 * N - 1) * TINY.hop
    decoded = Decoder(TINY)(
        mean, torch.full((B, 2 * N), 120.0), speaker(), torch.zeros(B), torch.randn(B, length)
    )
    assert decoded.shape == (B, length)


def test_one_convolution_over_latents_does_what_two_steps_do() -> None:
    decoder, g = Decoder(TINY).eval(), speaker()
    z, f0 = torch.randn(B, TINY.latent_width, N), torch.randint(0, 2, (B, 2 * N)) * 150.0
    mask = (torch.arange(2 * N) < torch.tensor([[2 * N], [2 * N - 8]])).float()[:, None]
    ours = decoder.shape_from_latents(z, f0, g, mask).transpose(1, 2) * mask
    torch.testing.assert_close(ours, decoder.shape(z, f0, g, mask), atol=1e-5, rtol=1e-4)


def test_positions_far_apart_share_a_bias() -> None:
    block = TransformerBlock(8)
    torch.nn.init.normal_(block.relative_bias)
    bias = block._bias(80)
    assert bias.shape == (block.heads, 80, 80)
    for here, there in itertools.product((0, 1, 40, 79), (0, 2, 39, 79)):
        distance = max(-block.reach, min(block.reach, there - here))
        assert torch.equal(bias[:, here, there], block.relative_bias[:, block.reach + distance])


def test_discriminators_return_scores_and_features_with_finite_gradients_in_silence() -> None:
    wave = torch.zeros(B, 4_000, requires_grad=True)
    judgements = Discriminators()(wave)
    assert len(judgements) == 6
    sum(score.square().mean() for score, _ in judgements).backward()
    assert torch.isfinite(wave.grad).all()


def test_spectra_invert_exactly() -> None:
    wave = torch.randn(1, 20 * 300)
    assert (istft(stft(wave, 1200, 300), 1200, 300) - wave).abs().max() < 1e-5


def test_numpy_and_torch_make_the_same_spectra_and_pulses() -> None:
    wave = torch.randn(1, 50 * 300)
    real, imaginary = waveform.stft(wave[0].numpy(), 1200, 300)
    theirs = stft(wave, 1200, 300)[0].T
    np.testing.assert_allclose(real, theirs.real.numpy(), atol=2e-4)
    np.testing.assert_allclose(imaginary, theirs.imag.numpy(), atol=2e-4)
    np.testing.assert_allclose(waveform.istft(real, imaginary, 1200, 300), wave[0].numpy(), atol=1e-5)
    f0 = torch.tensor([[0, 0, 110, 112, 230, 0, 0, 180, 180.5, 0]])
    pulses = pulse_train(f0, 300, 24_000, torch.tensor([0.3]))[0].numpy()
    np.testing.assert_allclose(waveform.pulse_train(f0[0].numpy(), 300, 24_000, 0.3), pulses, atol=2e-4)


def test_pulses_hold_their_pitch_and_are_silent_where_unvoiced() -> None:
    f0 = np.array([0.0] * 10 + [230.0] * 90, np.float32)
    pulses = waveform.pulse_train(f0, 300, 24_000, 0.0)
    assert not pulses[: 9 * 300].any()
    spectrum = np.abs(np.fft.rfft(pulses[-24_000:]))
    peaks = np.flatnonzero(spectrum > spectrum.max() / 4)
    assert set(peaks) == set(range(230, 12_000, 230))


def brute_force(score: np.ndarray) -> float:
    """Best total over every way to cut the frames into as many runs as there are phonemes."""
    n_phonemes, n_frames = score.shape
    best = -np.inf
    for cuts in itertools.combinations(range(1, n_frames), n_phonemes - 1):
        edges = (0, *cuts, n_frames)
        total = sum(score[i, a:b].sum() for i, (a, b) in enumerate(itertools.pairwise(edges)))
        best = max(best, total)
    return float(best)


@pytest.mark.parametrize(("n_phonemes", "n_frames"), [(1, 4), (2, 5), (3, 7), (4, 4), (4, 9)])
def test_alignment_search_finds_the_best_path(n_phonemes: int, n_frames: int) -> None:
    # Items of different lengths share a batch; what lies outside must not matter.
    score = torch.full((2, n_phonemes + 2, n_frames + 3), 50.0)
    score[:, :n_phonemes, :n_frames] = torch.randn(2, n_phonemes, n_frames)
    sizes = torch.tensor([n_phonemes] * 2), torch.tensor([n_frames] * 2)
    for item, durations in enumerate(align.search(score, *sizes)):
        assert durations.sum() == n_frames
        runs = durations[:n_phonemes].tolist()
        assert min(runs) >= 1
        path = np.repeat(np.arange(n_phonemes), runs)
        total = score[item, path, np.arange(n_frames)].sum().item()
        assert total == pytest.approx(brute_force(score[item, :n_phonemes, :n_frames].numpy()), abs=1e-4)


def test_alignment_noise_decays_to_nothing() -> None:
    assert align.noise_scale(0) == 0.01
    assert align.noise_scale(5_000) == 0.0
