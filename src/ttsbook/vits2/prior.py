"""Hidden states spread over frames → pitch, voicing, and the prior's mean and deviation."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ttsbook.vits2.config import LOG_F0_CENTRE, ModelConfig
from ttsbook.vits2.layers import ConvNeXtStack


class FramePrior(nn.Module):
    """Gives every latent frame its context, then pitch, then a Gaussian that has seen the pitch.

    VITS spreads mean and deviation straight from the phonemes, so all frames of a phoneme share
    them; here frames know their position in the phoneme, which the flow would have to invent.
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        width, speaker = config.hidden_width, config.speaker_width
        self.frames = ConvNeXtStack(
            width + 2, width, width=width, hidden=3 * width, blocks=config.frame_blocks, speaker_width=speaker
        )
        self.pitch = ConvNeXtStack(
            width, 4, width=width, hidden=2 * width, blocks=config.pitch_blocks, speaker_width=speaker
        )
        self.statistics = nn.Conv1d(width + 4, 2 * config.latent_width, 1)

    def forward(self, spread: Tensor, position: Tensor, g: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Return frame states [B, C, N] and, at the doubled rate, log-F0 and voicing logit [B, 2, 2N].

        spread: [B, C, N] hidden state of each frame's phoneme; position: [B, 2, N] (see `spread_frames`).
        """
        frames = self.frames(torch.cat([spread, position.to(spread.dtype)], 1), g, mask)
        pitch = self.pitch(frames, g, mask)
        batch, _, length = pitch.shape
        return frames, pitch.reshape(batch, 2, 2, length).transpose(2, 3).reshape(batch, 2, 2 * length)

    def gaussian(self, frames: Tensor, f0: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """frames: [B, C, N]; f0: [B, 2N] Hz, 0 = unvoiced → mean and log-deviation [B, Z, N]."""
        batch, _, length = frames.shape
        pairs = [values.reshape(batch, length, 2).transpose(1, 2) for values in seen_pitch(f0, frames.dtype)]
        mean, log_deviation = self.statistics(torch.cat([frames, *pairs], 1)).chunk(2, 1)
        return mean * mask, log_deviation.clamp(-6, 3) * mask


def pitch_hz(pitch: Tensor) -> Tensor:
    """pitch: [B, 2, F] log-F0 and voicing logit from `FramePrior` → [B, F] Hz, 0 where unvoiced."""
    log_f0, voicing = pitch.unbind(1)
    return torch.where(voicing > 0, torch.exp(log_f0 + LOG_F0_CENTRE), torch.zeros_like(log_f0))


def centred_log_f0(f0: Tensor) -> Tensor:
    """Natural log of Hz around `LOG_F0_CENTRE`; 0 where unvoiced."""
    return torch.where(f0 > 0, torch.log(f0.clamp(min=1.0)) - LOG_F0_CENTRE, torch.zeros_like(f0))


def seen_pitch(f0: Tensor, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    """f0: [B, F] Hz, 0 = unvoiced → what networks see of it, both [B, F]: centred log-F0, 1 where voiced."""
    voiced = (f0 > 0).to(dtype)
    return centred_log_f0(f0).to(dtype), voiced


def spread_frames(hidden: Tensor, durations: Tensor, n_frames: int) -> tuple[Tensor, Tensor, Tensor]:
    """Repeat each phoneme's state for its duration.

    Args:
        hidden: [B, C, T]; durations: [B, T] whole latent frames, 0 for phonemes outside the window.

    Returns:
        spread [B, C, n_frames], position [B, 2, n_frames], both zero beyond the last phoneme, as where a
        rendered utterance ends; mask [B, 1, n_frames].
    """
    ends = durations.cumsum(1)  # [B, T]
    frame = torch.arange(n_frames, device=hidden.device)
    total = ends[:, -1:]
    index = torch.searchsorted(ends, frame.expand(len(ends), -1).contiguous(), right=True)
    index = index.clamp(max=durations.shape[1] - 1)  # [B, n_frames]
    mask = (frame[None] < total).to(hidden.dtype)[:, None]
    length = durations.gather(1, index)
    start = ends.gather(1, index) - length
    inside = (frame[None] - start + 0.5) / length.clamp(min=1)
    position = torch.stack([inside, torch.log1p(length.to(inside.dtype)) / 3], 1) * mask
    spread = hidden.gather(2, index[:, None].expand(-1, hidden.shape[1], -1)) * mask
    return spread, position, mask
