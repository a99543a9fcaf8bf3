"""What text is taught: text encoder, durations, pitch, prior and flow, against what a clip really is."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from ttsbook.train import losses
from ttsbook.train.corpus import Batch
from ttsbook.train.duration_adversary import DurationAdversary
from ttsbook.train.fit_config import FitConfig
from ttsbook.train.networks import Networks
from ttsbook.vits2.prior import spread_frames


@dataclass(frozen=True, slots=True)
class Said:
    """What the text side makes of a batch. B windows, Z latent channels, N latent frames."""

    terms: dict[str, Tensor]  # losses by name
    g: Tensor  # [B, S]
    mask: Tensor  # [B, 1, N]
    mean: Tensor  # [B, Z, N] of the prior
    log_deviation: Tensor  # [B, Z, N] of the prior
    z: Tensor  # [B, Z, N] posterior latents


class TextSide:
    """Goes from text to the prior and from samples to latents, and says what their difference costs.

    Args:
        adversary: of predicted durations, where the model has noise for it.
    """

    def __init__(
        self, networks: Networks, config: FitConfig, adversary: DurationAdversary | None = None
    ) -> None:
        self.networks, self.config, self.adversary = networks, config, adversary

    def say(self, batch: Batch, embedding: Tensor, *, learn_posterior: bool) -> Said:
        """Compare the prior of the text with the posterior of the samples; embedding: [B, S]."""
        config, model = self.config, self.networks.synthesizer
        pitch = batch.pitch + config.pitch_noise * torch.randn_like(batch.pitch)
        with self.networks.autocast():
            g, hidden, log_frames = model.encode(batch.ids, batch.text_mask, embedding, pitch, batch.language)
            varied = self._varied_durations(hidden, g, batch)
            spread, position, mask = spread_frames(hidden, batch.window, config.window)
            frames, predicted = model.prior(spread, position, g, mask)
            mean, log_deviation = model.prior.gaussian(frames, batch.f0, mask)
            with torch.set_grad_enabled(learn_posterior and torch.is_grad_enabled()):
                q_mean, q_log = self.networks.posterior(batch.samples, embedding, config.window)
                z = (q_mean + torch.randn_like(q_mean) * torch.exp(0.5 * q_log)) * mask
            in_prior = model.flow(z, g, mask)
        pitch_mask = mask.repeat_interleave(2, 2)[:, 0]
        glide, voicing = losses.pitch_loss(predicted.float(), batch.f0, pitch_mask)
        terms = {
            "kl": losses.kl_divergence(
                q_log.float(), in_prior.float(), mean.float(), log_deviation.float(), mask
            ),
            "duration": losses.duration_loss(log_frames.float(), batch.frames, batch.text_mask),
            "pitch": glide,
            "voicing": voicing,
        }
        if self.adversary is not None and varied is not None and torch.is_grad_enabled():
            terms.update(self.adversary.cost(hidden, varied.float(), batch.frames, g, batch.text_mask))
        return Said(terms, g, mask, mean, log_deviation, z)

    def cost(self, terms: dict[str, Tensor], step: int) -> Tensor:
        """Weigh the losses of `say`; the prior is bound to the posterior little by little."""
        config = self.config
        ramp = 1 / 6 + 5 / 6 * min(1.0, step / config.kl_ramp)
        loss = config.kl * ramp * terms["kl"]
        loss = loss + config.heads * (terms["duration"] + terms["pitch"] + 0.5 * terms["voicing"])
        if "duration_adversary" in terms:
            loss = loss + config.duration_adversary * terms["duration_adversary"]
        return loss

    def sample(self, said: Said, count: int) -> Tensor:
        """Draw latents [count, Z, N] of the first windows from the prior."""
        g, mask = said.g[:count], said.mask[:count]
        scale = self.config.noise_scale
        return self.networks.sample(said.mean[:count], said.log_deviation[:count], g, mask, scale)

    def _varied_durations(self, hidden: Tensor, g: Tensor, batch: Batch) -> Tensor | None:
        """Predict lengths with noise, for the adversary; without noise they are held to the real ones."""
        if self.adversary is None:
            return None
        noise = self.adversary.noise(hidden)
        varied: Tensor = self.networks.synthesizer.duration(hidden, g, batch.text_mask[:, None], noise)
        return varied
