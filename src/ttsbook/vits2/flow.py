"""Invertible map between posterior latents and the prior's simpler space."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ttsbook.vits2.config import ModelConfig
from ttsbook.vits2.layers import ConvNeXtStack, TransformerBlock


class Coupling(nn.Module):
    """Shifts one half of the channels by a function of the other half (volume preserving).

    A small transformer block before the convolutions sees the whole utterance (VITS2 §2.3).
    """

    def __init__(self, config: ModelConfig, *, flip: bool, attention: bool) -> None:
        super().__init__()
        half, width = config.latent_width // 2, config.hidden_width
        self.flip = flip
        self.attention = TransformerBlock(half, hidden=192) if attention else None
        self.stack = ConvNeXtStack(
            half,
            half,
            width=width,
            hidden=2 * width,
            blocks=config.flow_blocks,
            speaker_width=config.speaker_width,
            kernel=5,
            zero_out=True,
        )

    def forward(self, x: Tensor, g: Tensor, mask: Tensor, *, reverse: bool = False) -> Tensor:
        """x: [B, Z, N] → [B, Z, N]."""
        kept, moved = x.chunk(2, 1)
        if self.flip:
            kept, moved = moved, kept
        seen = kept
        if self.attention is not None:
            seen = self.attention(kept.transpose(1, 2), mask[:, 0]).transpose(1, 2)
        shift = self.stack(seen, g, mask)
        moved = (moved - shift if reverse else moved + shift) * mask
        return torch.cat([moved, kept] if self.flip else [kept, moved], 1)


class Flow(nn.Module):
    """Couplings that take turns with the halves."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.couplings = nn.ModuleList(
            Coupling(config, flip=index % 2 == 1, attention=index in config.flow_attention)
            for index in range(config.flow_couplings)
        )

    def forward(self, z: Tensor, g: Tensor, mask: Tensor) -> Tensor:
        """Posterior latents → prior space, [B, Z, N]."""
        for coupling in self.couplings:
            z = coupling(z, g, mask)
        return z

    def inverse(self, z: Tensor, g: Tensor, mask: Tensor) -> Tensor:
        """Prior samples → latents for the decoder, [B, Z, N]."""
        for coupling in reversed(self.couplings):
            z = coupling(z, g, mask, reverse=True)
        return z
