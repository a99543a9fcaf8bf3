"""The networks that a run teaches: the synthesizer, the posterior encoder, and which of them learns."""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ttsbook.train.fit_config import FitConfig
from ttsbook.train.precision import use_bfloat16
from ttsbook.vits2.config import ModelConfig
from ttsbook.vits2.model import Synthesizer
from ttsbook.vits2.posterior import PosteriorEncoder


class Networks(nn.Module):
    """What is decoded and learned from in a step, in the precision that the device is fast at."""

    def __init__(self, model: ModelConfig, config: FitConfig, device: torch.device) -> None:
        super().__init__()
        self.synthesizer, self.posterior = Synthesizer(model), PosteriorEncoder(model)
        self.model, self.config, self.device = model, config, device
        self.bfloat16_is_fast = use_bfloat16(device)
        self.to(device)

    def learn(self, *, learn: bool) -> None:
        """Let all take gradients but what the run holds still, or none."""
        self.requires_grad_(learn and not self.config.hold_rest)
        self.synthesizer.decoder.requires_grad_(learn and not self.config.hold_decoder)

    def autocast(self) -> torch.autocast:
        return torch.autocast(self.device.type, torch.bfloat16, enabled=self.bfloat16_is_fast)

    def jitter(self, embedding: Tensor) -> Tensor:
        """Move speaker embeddings [B, S] a little: a voice is a region, not a point."""
        noise = self.config.embedding_noise * torch.randn_like(embedding)
        return F.normalize(embedding + noise, dim=1)

    def sample(
        self, mean: Tensor, log_deviation: Tensor, g: Tensor, mask: Tensor, noise_scale: float
    ) -> Tensor:
        """Draw latents from a prior [B, Z, N] and send them back through the flow, as rendering does."""
        with self.autocast():
            noise = torch.randn_like(mean) * noise_scale
            drawn = (mean + noise * torch.exp(log_deviation)) * mask
            latents: Tensor = self.synthesizer.flow.inverse(drawn, g, mask)
        return latents.float()

    def decode(self, latents: Tensor, f0: Tensor, embedding: Tensor) -> Tensor:
        """latents: [B, Z, N]; f0: [B, 2N] Hz; embedding: [B, S] → waves [B, (2N - 1) · hop], in float32."""
        n_samples = (f0.shape[1] - 1) * self.model.hop
        noise = torch.randn(len(f0), n_samples, device=self.device)
        phase = torch.rand(len(f0), device=self.device)
        with self.autocast():
            rendered: Tensor = self.synthesizer.decoder(latents, f0, embedding, phase, noise)
        return rendered.float()

    def average(self) -> Networks:
        """Return a copy for a running average of the weights."""
        copied = copy.deepcopy(self)
        copied.eval().requires_grad_(False)
        return copied
