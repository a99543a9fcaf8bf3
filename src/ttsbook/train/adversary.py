"""The adversary of what is rendered: discriminators, their optimizer, and what they cost the generator."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ttsbook.train import losses
from ttsbook.vits2.discriminator import Discriminators, Judgement


class Adversary:
    """Takes a step of the discriminators for each batch, and tells what they say to it.

    Args:
        half: whether they compute in bfloat16.
    """

    def __init__(self, rate: float, device: torch.device, *, half: bool) -> None:
        self.judges = Discriminators().to(device)
        self.optimizer = adamw(self.judges, rate)
        self._autocast = torch.autocast(device.type, torch.bfloat16, enabled=half)

    def teach(self, rendered: Tensor, target: Tensor) -> tuple[list[Judgement], Tensor]:
        """Take a step on [A, L] rendered and [B, L] real; return judgements of the real, and the loss."""
        with self._autocast:
            real, fake = self.judges(target), self.judges(rendered)
        loss = losses.discriminator_loss(real, fake)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.judges.parameters(), 10.0)
        self.optimizer.step()
        return real, loss

    def cost(self, rendered: Tensor, target: Tensor, borrowed: Tensor) -> dict[str, Tensor]:
        """Take a step, then say what the generator pays.

        Feature maps of the real are those of before the step; HiFi-GAN's recipe computes them once more.

        Args:
            rendered, target: pairs [B, L].
            borrowed: [A, L] without target: it should sound real, not like one recording in particular.

        Returns:
            "adversarial" and "features", with gradients to what was rendered, and "discriminator", the
            loss of the step just taken.
        """
        rendered = torch.cat([rendered, borrowed])
        real, loss = self.teach(rendered.detach(), target)
        self.judges.requires_grad_(False)
        with self._autocast:
            fake = self.judges(rendered)
        self.judges.requires_grad_(True)
        real = [(score.detach(), [m.detach() for m in maps]) for score, maps in real]
        paired = [(score, [m[: len(target)] for m in maps]) for score, maps in fake]
        return {
            "discriminator": loss,
            "adversarial": losses.adversarial_loss(fake),
            "features": losses.feature_loss(real, paired),
        }


def adamw(network: nn.Module, rate: float) -> torch.optim.AdamW:
    """Return the optimizer of all networks here."""
    return torch.optim.AdamW(network.parameters(), rate, betas=(0.8, 0.98), weight_decay=0.01, fused=True)
