"""The whole synthesizer: phoneme ids and a voice in, samples out (torch).

`Synthesizer` holds what rendering needs; the posterior encoder is a separate module of training.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ttsbook.vits2.config import ModelConfig
from ttsbook.vits2.decoder import Decoder
from ttsbook.vits2.duration import DurationPredictor
from ttsbook.vits2.flow import Flow
from ttsbook.vits2.prior import FramePrior, pitch_hz
from ttsbook.vits2.text_encoder import TextEncoder


class VoiceConditioner(nn.Module):
    """Speaker embedding and pitch statistics → the vector that conditions everything but the decoder.

    Pitch comes from the clip as two numbers, since the embedding was trained to ignore most of it.
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        width = config.speaker_width
        self.mlp = nn.Sequential(nn.Linear(width + 2, width), nn.GELU(), nn.Linear(width, width))

    def forward(self, embedding: Tensor, pitch: Tensor) -> Tensor:
        """embedding: [B, S] unit length; pitch: [B, 2] from `pitch_numbers` → [B, S]."""
        g: Tensor = self.mlp(torch.cat([embedding, pitch], 1))
        return g


class Synthesizer(nn.Module):
    """VITS2 at inference."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.conditioner = VoiceConditioner(config)
        self.text = TextEncoder(config)
        self.duration = DurationPredictor(config)
        self.prior = FramePrior(config)
        self.flow = Flow(config)
        self.decoder = Decoder(config)

    def encode(
        self, ids: Tensor, mask: Tensor, embedding: Tensor, pitch: Tensor, language: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Return the conditioning vector [B, S], hidden states [B, C, T] and log-durations [B, T]."""
        g = self.conditioner(embedding, pitch)
        hidden = self.text(ids, mask, g, language)
        return g, hidden, self.duration(hidden, g, mask[:, None])

    def latents(
        self, spread: Tensor, position: Tensor, mask: Tensor, g: Tensor, noise: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Return latents [B, Z, N] and pitch [B, 2N] in Hz; noise: [B, Z, N] normal, scaled as wanted."""
        frames, pitch = self.prior(spread, position, g, mask)
        f0 = pitch_hz(pitch)
        mean, log_deviation = self.prior.gaussian(frames, f0, mask)
        prior = (mean + noise * torch.exp(log_deviation)) * mask
        return self.flow.inverse(prior, g, mask), f0


def whole_frames(log_frames: Tensor) -> Tensor:
    """Round predicted lengths to whole latent frames, at least one per phoneme."""
    return torch.clamp(torch.round(torch.exp(log_frames)), min=1).long()
