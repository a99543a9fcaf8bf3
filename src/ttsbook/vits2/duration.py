"""Hidden states → length of each phoneme, and who judges whether it sounds like a person's."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ttsbook.vits2.config import ModelConfig
from ttsbook.vits2.layers import ConvNeXtStack


class DurationPredictor(nn.Module):
    """Predicts the natural logarithm of the length in latent frames at speed 1.

    Deterministic by default. With `config.duration_noise` it is the stochastic one of VITS2
    (arXiv:2307.16430, §2.1), trained with `DurationDiscriminator`; without noise given it then says its
    likeliest lengths, so that renders stay reproducible. Others' reports of its gain are neutral to
    negative (p0p4k/vits2_pytorch issues 59, 68, 104), and so is ours (train/RUNS.md).
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        width = config.hidden_width
        self.stack = ConvNeXtStack(
            width,
            1,
            width=width,
            hidden=2 * width,
            blocks=config.duration_blocks,
            speaker_width=config.speaker_width,
            kernel=3,
        )
        self.noise: nn.Conv1d | None = None
        if config.duration_noise:
            self.noise = nn.Conv1d(config.duration_noise, width, 1, bias=False)
            nn.init.normal_(self.noise.weight, std=0.02)

    def forward(self, hidden: Tensor, g: Tensor, mask: Tensor, noise: Tensor | None = None) -> Tensor:
        """hidden: [B, C, T]; g: [B, S]; mask: [B, 1, T]; noise: [B, duration_noise, T] → [B, T]."""
        if self.noise is not None and noise is not None:
            hidden = hidden + self.noise(noise)
        log_frames: Tensor = self.stack(hidden, g, mask)[:, 0]
        return log_frames


class DurationDiscriminator(nn.Module):
    """Judges the length of every phoneme where it stands: a person's, or predicted?

    Conditional and step by step as in VITS2, so that one odd length is found among good ones.
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        width = config.hidden_width
        self.stack = ConvNeXtStack(
            width + 1,
            1,
            width=width,
            hidden=width,
            blocks=2,
            speaker_width=config.speaker_width,
            kernel=3,
        )

    def forward(self, hidden: Tensor, log_frames: Tensor, g: Tensor, mask: Tensor) -> Tensor:
        """hidden: [B, C, T]; log_frames: [B, T]; g: [B, S]; mask: [B, 1, T] → scores [B, T]."""
        scores: Tensor = self.stack(torch.cat([hidden, log_frames[:, None]], 1), g, mask)[:, 0]
        return scores
