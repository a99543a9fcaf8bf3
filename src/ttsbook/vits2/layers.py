"""The two blocks that everything is built of: ConvNeXt over frames and a transformer over positions."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class ConvNeXtBlock(nn.Module):
    """Depthwise convolution, normalisation, pointwise MLP, layer scale (Liu et al., arXiv:2201.03545).

    With a speaker vector the normalised activations are scaled and shifted by it (adaptive layer
    normalisation); the projection starts at zero, so a new block ignores the speaker.
    """

    def __init__(self, width: int, hidden: int, speaker_width: int = 0, kernel: int = 7) -> None:
        super().__init__()
        self.depthwise = nn.Conv1d(width, width, kernel, padding=kernel // 2, groups=width)
        self.norm = nn.LayerNorm(width, eps=1e-6)
        self.expand = nn.Linear(width, hidden)
        self.reduce = nn.Linear(hidden, width)
        self.scale = nn.Parameter(torch.full((width,), 0.15))
        self.speaker: nn.Linear | None = None
        if speaker_width:
            self.speaker = nn.Linear(speaker_width, 2 * width)
            nn.init.zeros_(self.speaker.weight)
            nn.init.zeros_(self.speaker.bias)

    def forward(self, x: Tensor, g: Tensor | None = None, mask: Tensor | None = None) -> Tensor:
        """x: [B, C, N], zero where the mask is; g: [B, S]; mask: [B, 1, N] → [B, C, N], zero there too."""
        y = self.norm(self.depthwise(x).transpose(1, 2))  # [B, N, C]
        if self.speaker is not None and g is not None:
            scale, shift = self.speaker(g).unsqueeze(1).chunk(2, -1)
            y = y * (1 + scale) + shift
        y = self.reduce(F.gelu(self.expand(y))) * self.scale
        x = x + y.transpose(1, 2)
        return x if mask is None else x * mask


class ConvNeXtStack(nn.Module):
    """A convolution in, ConvNeXt blocks, a projection out."""

    def __init__(
        self,
        width_in: int,
        width_out: int,
        *,
        width: int,
        hidden: int,
        blocks: int,
        speaker_width: int = 0,
        kernel: int = 7,
        zero_out: bool = False,
    ) -> None:
        super().__init__()
        self.embed = nn.Conv1d(width_in, width, kernel, padding=kernel // 2)
        self.norm_in = nn.LayerNorm(width)
        self.blocks = nn.ModuleList(
            ConvNeXtBlock(width, hidden, speaker_width, kernel) for _ in range(blocks)
        )
        self.norm_out = nn.LayerNorm(width)
        self.project = nn.Linear(width, width_out)
        if zero_out:  # a flow coupling starts as the identity
            nn.init.zeros_(self.project.weight)
            nn.init.zeros_(self.project.bias)

    def forward(self, x: Tensor, g: Tensor | None = None, mask: Tensor | None = None) -> Tensor:
        """x: [B, width_in, N] → [B, width_out, N]."""
        x = self.after_embedding(self.embed(x).transpose(1, 2), g, mask).transpose(1, 2)
        return x if mask is None else x * mask

    def after_embedding(self, embedded: Tensor, g: Tensor | None, mask: Tensor | None) -> Tensor:
        """[B, N, C] from `embed` → [B, N, width_out], not zero where the mask is."""
        x = self.norm_in(embedded).transpose(1, 2)
        if mask is not None:
            x = x * mask
        for block in self.blocks:
            x = block(x, g, mask)
        frames: Tensor = self.project(self.norm_out(x.transpose(1, 2)))
        return frames


class TransformerBlock(nn.Module):
    """Pre-norm self-attention with a learned bias per relative position, then a convolutional MLP.

    Positions further apart than `reach` share one bias, so lengths never seen in training still work.
    """

    reach = 32

    def __init__(self, width: int, *, heads: int = 2, hidden: int = 768, dropout: float = 0.1) -> None:
        super().__init__()
        self.heads = heads
        self.norm_attention = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.attend_out = nn.Linear(width, width)
        self.norm_mlp = nn.LayerNorm(width)
        self.mlp_in = nn.Conv1d(width, hidden, 3, padding=1)
        self.mlp_out = nn.Conv1d(hidden, width, 1)
        self.relative_bias = nn.Parameter(torch.zeros(heads, 2 * self.reach + 1))
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """x: [B, N, C]; mask: [B, N], 1 where there is something → [B, N, C]."""
        batch, length, width = x.shape
        qkv = self.qkv(self.norm_attention(x))
        qkv = qkv.view(batch, length, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        bias = self._bias(length)[None] + (1 - mask)[:, None, None] * -1e4
        y = F.scaled_dot_product_attention(qkv[0], qkv[1], qkv[2], attn_mask=bias.to(qkv.dtype))
        x = x + self.dropout(self.attend_out(y.transpose(1, 2).reshape(batch, length, width)))
        y = self.norm_mlp(x).transpose(1, 2) * mask[:, None]
        y = self.mlp_out(F.gelu(self.mlp_in(y))).transpose(1, 2)
        result: Tensor = (x + self.dropout(y)) * mask[..., None]
        return result

    def _bias(self, length: int) -> Tensor:
        """Return the bias of each pair of positions, [H, N, N].

        Looked up once for each distance, not for each pair: rows of 2N that are read as rows of 2N - 1 begin
        one place earlier in each (Huang et al., arXiv:1809.04281, §3.4.1).
        """
        distance = torch.arange(1 - length, length + 1, device=self.relative_bias.device)
        bias = self.relative_bias[:, distance.clamp(-self.reach, self.reach) + self.reach]
        rows = bias[:, None].expand(-1, length, -1).reshape(self.heads, 2 * length * length)
        shifted = rows[:, : (2 * length - 1) * length].reshape(self.heads, length, 2 * length - 1)
        return shifted[..., length - 1 :]
