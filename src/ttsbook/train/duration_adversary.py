"""The adversary of a stochastic duration predictor (VITS2, arXiv:2307.16430, §2.1): judge and optimizer."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from ttsbook.train import losses
from ttsbook.vits2.config import ModelConfig
from ttsbook.vits2.duration import DurationDiscriminator


class DurationAdversary:
    """Takes a step of the judge for each batch, and tells what it costs the predictor."""

    def __init__(self, model: ModelConfig, rate: float, device: torch.device) -> None:
        self.n_channels = model.duration_noise
        self.judge = DurationDiscriminator(model).to(device)
        self.optimizer = torch.optim.AdamW(self.judge.parameters(), rate, betas=(0.8, 0.98))

    def noise(self, hidden: Tensor) -> Tensor:
        """Draw noise for hidden states [B, C, T] → [B, channels, T]."""
        return torch.randn(len(hidden), self.n_channels, hidden.shape[2], device=hidden.device)

    def cost(
        self, hidden: Tensor, predicted: Tensor, frames: Tensor, g: Tensor, mask: Tensor
    ) -> dict[str, Tensor]:
        """Return "duration_judge", the loss of the step just taken, and "duration_adversary".

        Args:
            hidden: [B, C, T]; predicted: [B, T] log; frames: [B, T]; g: [B, S]; mask: [B, T].
        """
        hidden, g = hidden.detach().float(), g.detach().float()
        real = losses.real_log_frames(frames)
        where = mask[:, None]
        loss = losses.masked_square(self.judge(hidden, real, g, where), 1.0, mask)
        loss = loss + losses.masked_square(self.judge(hidden, predicted.detach(), g, where), 0.0, mask)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.judge.parameters(), 10.0)
        self.optimizer.step()
        self.judge.requires_grad_(False)
        fooled = losses.masked_square(self.judge(hidden, predicted, g, where), 1.0, mask)
        self.judge.requires_grad_(True)
        return {"duration_judge": loss.detach(), "duration_adversary": fooled}

    def state_dict(self) -> dict[str, Any]:
        return {"judge": self.judge.state_dict(), "optimizer": self.optimizer.state_dict()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.judge.load_state_dict(state["judge"])
        self.optimizer.load_state_dict(state["optimizer"])
