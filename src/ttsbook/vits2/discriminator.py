"""Real or rendered? Two kinds of judges: of spectra, and of samples folded by a period."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.parametrizations import weight_norm

from ttsbook.vits2.spectrum import stft

Judgement = tuple[Tensor, list[Tensor]]  # scores, feature maps


class SpectrumDiscriminator(nn.Module):
    """2-D convolutions over a magnitude spectrogram (UnivNet, arXiv:2106.07889, and Vocos).

    The square root needs its offset: its gradient at zero is infinite, and silence is zero.
    """

    def __init__(self, n_fft: int, width: int = 32) -> None:
        super().__init__()
        self.n_fft = n_fft
        layers = [weight_norm(nn.Conv2d(1, width, (3, 9), (1, 3), (1, 4)))]
        layers += [weight_norm(nn.Conv2d(width, width, (3, 7), (1, 2), (1, 3))) for _ in range(3)]
        layers += [weight_norm(nn.Conv2d(width, width, 3, 1, 1))]
        self.layers = nn.ModuleList(layers)
        self.score = weight_norm(nn.Conv2d(width, 1, 3, 1, 1))

    def forward(self, x: Tensor) -> Judgement:
        """x: [B, L] → scores and the feature maps of every layer."""
        with torch.autocast(x.device.type, enabled=False):
            spectrum = stft(x.float(), self.n_fft, self.n_fft // 4)
            h = torch.sqrt(spectrum.abs() + 1e-3).transpose(1, 2)[:, None]
        return _judge(h, self.layers, self.score)


class PeriodDiscriminator(nn.Module):
    """2-D convolutions over samples folded into rows of one period (HiFi-GAN, arXiv:2010.05646)."""

    def __init__(self, period: int, widths: tuple[int, ...] = (1, 16, 48, 96, 192)) -> None:
        super().__init__()
        self.period = period
        layers = [
            weight_norm(nn.Conv2d(narrow, wide, (5, 1), (3, 1), (2, 0))) for narrow, wide in pairwise(widths)
        ]
        layers += [weight_norm(nn.Conv2d(widths[-1], widths[-1], (5, 1), 1, (2, 0)))]
        self.layers = nn.ModuleList(layers)
        self.score = weight_norm(nn.Conv2d(widths[-1], 1, (3, 1), 1, (1, 0)))

    def forward(self, x: Tensor) -> Judgement:
        """x: [B, L] → scores and the feature maps of every layer."""
        folded = F.pad(x, (0, -x.shape[1] % self.period)).view(len(x), 1, -1, self.period)
        return _judge(folded, self.layers, self.score)


class Discriminators(nn.Module):
    """All judges; each sees the whole batch."""

    def __init__(
        self, n_ffts: tuple[int, ...] = (2048, 1024, 512), periods: tuple[int, ...] = (2, 3, 5)
    ) -> None:
        super().__init__()
        self.judges = nn.ModuleList(
            [*(SpectrumDiscriminator(n) for n in n_ffts), *(PeriodDiscriminator(p) for p in periods)]
        )

    def forward(self, x: Tensor) -> list[Judgement]:
        return [judge(x) for judge in self.judges]


def _judge(h: Tensor, layers: nn.ModuleList, score: nn.Module) -> Judgement:
    features = []
    for layer in layers:
        h = F.leaky_relu(layer(h), 0.1)
        features.append(h)
    return score(h), features
