"""Samples → latents. Used in training only."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ttsbook.vits2.config import ModelConfig
from ttsbook.vits2.layers import ConvNeXtStack
from ttsbook.vits2.spectrum import mel_filters, stft


class PosteriorEncoder(nn.Module):
    """Two stacked 80 Hz log-mel frames per latent frame → Gaussian over the latent."""

    mel_filters: Tensor

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.register_buffer(
            "mel_filters", mel_filters(config.n_bins, config.posterior_mels, config.rate_hz), persistent=False
        )
        self.stack = ConvNeXtStack(
            2 * config.posterior_mels,
            2 * config.latent_width,
            width=config.posterior_width,
            hidden=3 * config.posterior_width,
            blocks=config.posterior_blocks,
            speaker_width=config.speaker_width,
            kernel=5,
        )

    def forward(self, x: Tensor, g: Tensor, n_frames: int) -> tuple[Tensor, Tensor]:
        """x: [B, L]; g: [B, S] → mean and log-variance [B, Z, n_frames]."""
        with torch.autocast(x.device.type, enabled=False):  # logarithms of small numbers need float32
            config = self.config
            mel = self.mel_filters @ stft(x.float(), config.n_fft, config.hop).abs()
            mel = (torch.log(mel.clamp(min=1e-4)) + 4) / 3
        mel = mel[:, :, : 2 * n_frames].transpose(1, 2)
        pairs = mel.reshape(len(x), n_frames, -1).transpose(1, 2)
        mean, log_variance = self.stack(pairs, g).chunk(2, 1)
        return mean, log_variance.clamp(-8, 4)
