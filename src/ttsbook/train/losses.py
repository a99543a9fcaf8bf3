"""What training minimises. All in float32: logarithms and square roots do not survive less."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ttsbook.vits2.discriminator import Judgement
from ttsbook.vits2.prior import centred_log_f0
from ttsbook.vits2.spectrum import magnitude, mel_filters


class SpectralLoss(nn.Module):
    """Log-mel L1, and spectral convergence plus log-magnitude L1, at three resolutions.

    One transform serves both; per clip, so that kinds of clips can be told apart in the log.
    """

    resolutions = ((512, 40), (1024, 80), (2048, 120))  # window, mel bands

    def __init__(self, rate_hz: int) -> None:
        super().__init__()
        for n_fft, n_mels in self.resolutions:
            self.register_buffer(
                f"mel_{n_fft}", mel_filters(n_fft // 2 + 1, n_mels, rate_hz), persistent=False
            )

    def forward(self, rendered: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
        """[B, L], [B, L] → mel loss [B], spectral loss [B]."""
        mel_loss = spectral_loss = torch.zeros(len(rendered), device=rendered.device)
        for n_fft, _ in self.resolutions:
            filters = getattr(self, f"mel_{n_fft}")
            ours = magnitude(rendered, n_fft, n_fft // 4)
            with torch.no_grad():
                theirs = magnitude(target, n_fft, n_fft // 4)
            mel_loss = mel_loss + (_log(filters @ ours) - _log(filters @ theirs)).abs().mean((1, 2))
            distance = (ours - theirs).flatten(1).norm(dim=1)
            convergence = distance / theirs.flatten(1).norm(dim=1).clamp(min=1e-2)
            spectral_loss = spectral_loss + convergence + (_log(ours) - _log(theirs)).abs().mean((1, 2))
        return mel_loss / len(self.resolutions), spectral_loss / len(self.resolutions)


def _log(x: Tensor) -> Tensor:
    return torch.log(x.clamp(min=1e-4))


def kl_divergence(
    log_variance: Tensor, prior_space: Tensor, mean: Tensor, log_deviation: Tensor, mask: Tensor
) -> Tensor:
    """Of the posterior from the prior, in nats per frame, summed over channels.

    All [B, Z, N]; `prior_space` is the posterior's sample sent through the flow. VITS, eq. 4.
    """
    spread = (log_deviation - 0.5 * log_variance - 0.5) * mask
    return spread.sum() / mask.sum() + prior_distance(prior_space, mean, log_deviation, mask)


def prior_distance(prior_space: Tensor, mean: Tensor, log_deviation: Tensor, mask: Tensor) -> Tensor:
    """How far from the prior's mean, in nats per frame; shapes as above."""
    squares = ((prior_space - mean) * torch.exp(-log_deviation)) ** 2
    return 0.5 * (squares * mask).sum() / mask.sum()


def kl_from_normal(mean: Tensor, log_variance: Tensor) -> Tensor:
    """Of the posterior from a standard normal: keeps recordings without text in the same space."""
    return 0.5 * (mean**2 + log_variance.exp() - 1 - log_variance).sum(1).mean()


def duration_loss(predicted: Tensor, frames: Tensor, mask: Tensor) -> Tensor:
    """L1 on logarithms. predicted: [B, T] log; frames: [B, T] at speed 1."""
    target = torch.log(frames.clamp(min=0.5))
    return ((predicted - target).abs() * mask).sum() / mask.sum()


def real_log_frames(frames: Tensor) -> Tensor:
    """Return what a judge hears of real lengths: spread evenly within their unit, as predictions are."""
    return torch.log((frames + torch.rand_like(frames) - 0.5).clamp(min=0.5))


def masked_square(scores: Tensor, target: float, mask: Tensor) -> Tensor:
    """Least squares of scores against one target (LSGAN); scores, mask: [B, T]."""
    return ((scores.float() - target).square() * mask).sum() / mask.sum()


def pitch_loss(predicted: Tensor, f0: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """L1 of log-F0 where voiced, cross-entropy of voicing. predicted: [B, 2, F]; f0, mask: [B, F]."""
    voiced = (f0 > 0).float()
    glide = ((predicted[:, 0] - centred_log_f0(f0)).abs() * voiced).sum() / voiced.sum().clamp(min=1)
    entropy = F.binary_cross_entropy_with_logits(predicted[:, 1], voiced, reduction="none")
    return glide, (entropy * mask).sum() / mask.sum()


def discriminator_loss(real: Sequence[Judgement], rendered: Sequence[Judgement]) -> Tensor:
    """Least squares (LSGAN): real is 1, rendered is 0; mean over judges."""
    pairs = zip(real, rendered, strict=True)
    total = sum((1 - a.float()).square().mean() + b.float().square().mean() for (a, _), (b, _) in pairs)
    return torch.as_tensor(total) / len(real)


def adversarial_loss(rendered: Sequence[Judgement]) -> Tensor:
    """How far the judges are from calling it real; mean over judges."""
    return torch.as_tensor(sum((1 - score.float()).square().mean() for score, _ in rendered)) / len(rendered)


def feature_loss(real: Sequence[Judgement], rendered: Sequence[Judgement]) -> Tensor:
    """L1 between feature maps, relative to the real ones' size, mean over all maps."""
    terms = [
        (ours.float() - theirs.float()).abs().mean() / theirs.float().abs().mean().clamp(min=1e-2)
        for (_, a), (_, b) in zip(rendered, real, strict=True)
        for ours, theirs in zip(a, b, strict=True)
    ]
    return torch.stack(terms).mean()


class PauseLoss(nn.Module):
    """What sounds in pauses: by how much bands are louder there than in real speech, as a share of its level.

    A hiss between words costs a mean over all frames next to nothing, and is what listeners notice. The wave
    compared with need not be of the same voice, only of the same words in the same time.
    """

    filters: Tensor
    n_fft, hop, n_mels = 600, 300, 40  # at 24 kHz: 25 ms every 12.5 ms
    quiet = 3.5  # nats of amplitude below the loudest tenth of the frames, 30 dB: a pause
    deepest = 6.9  # 60 dB: nobody hears what is below
    margin = 0.35  # 3 dB

    def __init__(self, rate_hz: int) -> None:
        super().__init__()
        filters = mel_filters(self.n_fft // 2 + 1, self.n_mels, rate_hz)
        self.register_buffer("filters", filters, persistent=False)

    def forward(self, rendered: Tensor, target: Tensor) -> Tensor:
        """[B, L], [B, L] → nats of amplitude, mean over the bands of all frames that are a pause."""
        with torch.no_grad():
            theirs, loudness, loud = self._bands(target)
            pause = (loudness < loud - self.quiet).float()[:, None]
            allowed = (theirs - loud[..., None]).clamp(min=-self.deepest) + self.margin
        ours, _, our_loud = self._bands(rendered)
        excess = F.relu(ours - our_loud.detach()[..., None] - allowed) * pause
        return excess.sum() / (pause.sum() * self.n_mels).clamp(min=1)

    def _bands(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """[B, L] → log-mel [B, n_mels, F], how loud frames are [B, F], and the loudest tenth [B, 1]."""
        mel = self.filters @ magnitude(x, self.n_fft, self.hop)
        loudness = torch.log(mel.mean(1).clamp(min=1e-6))
        return torch.log(mel.clamp(min=1e-6)), loudness, loudness.quantile(0.9, 1, keepdim=True)


class LowPass(nn.Module):
    """Linear-phase FIR, so that 16 kHz recordings are compared only where they hold something."""

    kernel: Tensor

    def __init__(self, cutoff_hz: float, rate_hz: int, half_length: int = 63) -> None:
        super().__init__()
        t = torch.arange(-half_length, half_length + 1).float()
        ratio = 2 * cutoff_hz / rate_hz
        kernel = ratio * torch.sinc(ratio * t) * torch.hann_window(2 * half_length + 1, periodic=False)
        self.register_buffer("kernel", (kernel / kernel.sum())[None, None], persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """[B, L] → [B, L]."""
        return F.conv1d(x[:, None], self.kernel, padding=self.kernel.shape[-1] // 2)[:, 0]
