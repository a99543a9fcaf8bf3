"""One step of training: networks, optimizers and what each batch costs.

One joint VITS2: the decoder learns from posterior latents of all clips and, for a share of the
labelled ones, from latents sampled from the prior with known durations and pitch. That closes the gap
between what the decoder sees in training and in use, which two-stage recipes leave open. Some texts are
also said in a voice borrowed from a recording (`borrowed`).
Discriminators join at `adversary_from`. Between whole steps there may be `text_steps` of the text side
alone (text encoder, durations, pitch, prior and flow), which are six times as cheap: what is decoded and
judged costs most of a step, and words are learned elsewhere.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ttsbook.train import losses
from ttsbook.train.adversary import Adversary, adamw
from ttsbook.train.borrowed import BorrowedVoices
from ttsbook.train.corpus import Batch, Corpus, no_durations
from ttsbook.train.duration_adversary import DurationAdversary
from ttsbook.train.ear import Ear
from ttsbook.train.fit_config import FitConfig
from ttsbook.train.networks import Networks
from ttsbook.train.recogniser import Labels, Recogniser, frame_labels
from ttsbook.train.text_side import TextSide
from ttsbook.vits2.config import ModelConfig

BAND_HZ = 7_400  # recordings at 16 kHz are compared below it
KINDS = ("mel_prior", "mel_posterior", "mel_others")  # what a rendered clip was decoded from


@dataclass(frozen=True, slots=True)
class _Rendered:
    """B clips of L samples, labelled ones first."""

    terms: dict[str, Tensor]  # losses of the text side, and what was misheard
    wave: Tensor  # [B, L]
    target: Tensor  # [B, L]
    kind: Tensor  # [B], index in `KINDS`


class Trainer:
    """Holds the networks and takes steps."""

    def __init__(
        self,
        model: ModelConfig,
        config: FitConfig,
        corpus: Corpus,
        recognisers: Sequence[Recogniser] = (),
    ) -> None:
        if not len(corpus.labelled):
            raise no_durations()
        torch.manual_seed(config.seed)
        self.config, self.corpus, self.device = config, corpus, corpus.device
        self.networks = Networks(model, config, self.device)
        self.average = self.networks.average()
        self.networks.learn(learn=True)
        self.optimizer = adamw(self.networks, config.rate)
        self.adversary = Adversary(
            config.rate_discriminator, self.device, half=self.networks.bfloat16_is_fast
        )
        self.duration_adversary: DurationAdversary | None = None
        if model.duration_noise:
            self.duration_adversary = DurationAdversary(model, config.rate_discriminator, self.device)
        self.spectral = losses.SpectralLoss(model.rate_hz).to(self.device)
        self.low_pass = losses.LowPass(BAND_HZ, model.rate_hz).to(self.device)
        self.ear = Ear(recognisers, self.networks, config) if recognisers else None
        self.text_side = TextSide(self.networks, config, self.duration_adversary)
        self.borrowed = BorrowedVoices(self.networks, config, corpus, self.ear)
        self.step = 0
        self.elapsed = 0.0

    def take_step(self) -> dict[str, Tensor]:
        """Take one step of both sides, or of the text side alone; return the losses by name."""
        config = self.config
        self._set_rates()
        batch = self.corpus.batch(self.corpus.draw(config.labelled, config.recorded), config.window)
        if self.step < config.judges_first:
            return self._step_of_judges(batch)
        whole = self.step % (config.text_steps + 1) == config.text_steps
        loss, terms = self._whole_loss(batch) if whole else self._text_loss(batch)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        norm = nn.utils.clip_grad_norm_(self.networks.parameters(), 20.0)
        if torch.isfinite(norm):
            self.optimizer.step()
        self.step += 1
        self._average()
        return {name: value.detach() for name, value in {**terms, "norm": norm}.items()}

    def _step_of_judges(self, batch: Batch) -> dict[str, Tensor]:
        """Teach fresh discriminators what they are to judge, before they teach anything."""
        with torch.no_grad():
            rendered = self._render(batch, None)
            borrowed = rendered.wave[:0]
            if self.borrowed.there_are_any:
                borrowed = self.borrowed.pieces(batch)
        seen = self._judged(len(rendered.wave))
        self.step += 1
        _, loss = self.adversary.teach(torch.cat([rendered.wave[seen], borrowed]), rendered.target[seen])
        return {"discriminator": loss.detach()}

    def _judged(self, count: int) -> Tensor:
        """Which of the rendered clips the discriminators see."""
        return torch.cat([torch.arange(self.config.judged), torch.arange(self.config.labelled, count)])

    def _text_loss(self, batch: Batch) -> tuple[Tensor, dict[str, Tensor]]:
        """What text, durations, pitch, prior and flow are taught; the posterior encoder stays as it is."""
        embedding = self.networks.jitter(batch.embedding)
        terms = self.text_side.say(batch, embedding, learn_posterior=False).terms
        return self.text_side.cost(terms, self.step), terms

    def _whole_loss(self, batch: Batch) -> tuple[Tensor, dict[str, Tensor]]:
        """What everything is taught; the discriminators take their step on the way."""
        config = self.config
        labels = frame_labels(batch, config.window) if self.ear else None
        rendered = self._render(batch, labels)
        terms = rendered.terms
        mel, spectral = self.spectral(rendered.wave, rendered.target)
        share = torch.where(rendered.kind == 0, config.spectra_prior, 1.0).to(self.device)
        loss = (share * (config.mel * mel + config.spectral * spectral)).mean()
        loss = loss + self.text_side.cost(terms, self.step) + config.kl_others * terms["kl_others"]
        if "misheard" in terms:
            loss = loss + config.misheard * terms["misheard"]
        borrowed = rendered.wave[:0]
        if self.borrowed.there_are_any:
            voice, borrowed = self.borrowed.say(batch, labels)
            loss = loss + self.borrowed.cost(voice)
            terms = {**terms, **voice}
        if weight := self._adversary_weight():
            seen = self._judged(len(rendered.wave))
            judged = self.adversary.cost(rendered.wave[seen], rendered.target[seen], borrowed)
            cost = config.adversarial * judged["adversarial"] + config.features * judged["features"]
            loss, terms = loss + weight * cost, {**terms, **judged}
        parts = {name: mel[rendered.kind == index].mean() for index, name in enumerate(KINDS)}
        return loss, {**parts, "spectral": spectral.mean(), **terms}

    def _adversary_weight(self) -> float:
        joined = self.step + 1 - self.config.judges_first - self.config.adversary_from
        return min(1.0, max(0.0, joined / self.config.adversary_ramp))

    def _render(self, batch: Batch, labels: Labels | None) -> _Rendered:
        """Decode prior and posterior latents of labelled windows and posterior ones of the others."""
        config, networks = self.config, self.networks
        embedding = networks.jitter(batch.embedding)
        said = self.text_side.say(batch, embedding, learn_posterior=True)
        terms, k = dict(said.terms), config.from_prior
        latents = torch.cat([self.text_side.sample(said, k), said.z[k:].float()])
        latents, samples, f0, start = self._crop(latents, batch)
        others = self.corpus.crops(config.others, config.crop)
        other_embedding = networks.jitter(others.embedding)
        with networks.autocast():
            o_mean, o_log = networks.posterior(others.samples, other_embedding, config.crop)
        o_mean, o_log = o_mean.float(), o_log.float()
        terms["kl_others"] = losses.kl_from_normal(o_mean, o_log)
        latents = torch.cat([latents, o_mean + torch.randn_like(o_mean) * torch.exp(0.5 * o_log)])
        f0, samples = torch.cat([f0, others.f0]), torch.cat([samples, others.samples])
        wave = networks.decode(latents, f0, torch.cat([embedding, other_embedding]))
        if self.ear is not None and labels is not None:
            frame = start[:, None] + torch.arange(config.crop, device=self.device)
            terms["misheard"] = self.ear.cost(wave[: config.labelled], labels.cut(frame))
        narrow = ~torch.cat([batch.full_band, others.full_band])
        wave, target = self._narrow(wave, samples[:, : wave.shape[1]], narrow)
        kind = torch.tensor([0] * k + [1] * (config.labelled - k) + [2] * config.others)
        return _Rendered(terms, wave, target, kind)

    def _narrow(self, wave: Tensor, target: Tensor, narrow: Tensor) -> tuple[Tensor, Tensor]:
        """Compare the rows `narrow` [B] below `BAND_HZ` only."""
        if not narrow.any():
            return wave, target
        both = self.low_pass(torch.cat([wave[narrow], target[narrow]]))
        rows = (narrow.nonzero()[:, 0],)
        wave = wave.index_put(rows, both[: len(both) // 2])
        # What was filtered with the rendered clips must not carry gradients back to them.
        return wave, target.index_put(rows, both[len(both) // 2 :].detach())

    def _crop(self, latents: Tensor, batch: Batch) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Cut the same random piece out of latents, samples and pitch of each window; tell where it began."""
        length, hop = self.config.crop, self.corpus.config.latent_hop
        room = (batch.n_frames - length + 1).clamp(min=1)
        start = (torch.rand(len(room), device=self.device) * room).long()

        def cut(values: Tensor, rate: int) -> Tensor:
            index = start[:, None] * rate + torch.arange(length * rate, device=self.device)
            return values.gather(1, index)

        pieces = (start[:, None] + torch.arange(length, device=self.device))[:, None]
        z = latents.gather(2, pieces.expand(-1, latents.shape[1], -1))
        return z, cut(batch.samples, hop), cut(batch.f0, 2), start

    def _set_rates(self) -> None:
        done = min(1.0, self.elapsed / self.config.schedule_seconds)
        cosine = 0.5 * (1 + math.cos(math.pi * done))
        own = self.step - self.config.judges_first  # steps of the voice itself
        warm = min(1.0, max(0, own + 1) / self.config.warm_up)
        for group in self.optimizer.param_groups:
            group["lr"] = self.config.rate * warm * (0.95 * cosine + 0.05)
        warm = min(1.0, (self.step + 1) / self.config.warm_up)
        for group in self.adversary.optimizer.param_groups:
            group["lr"] = self.config.rate_discriminator * warm * (0.7 * cosine + 0.3)

    @torch.no_grad()
    def _average(self) -> None:
        decay = min(self.config.ema, (1 + self.step) / (10 + self.step))
        ours: list[Tensor] = list(self.average.parameters())
        theirs: list[Tensor] = list(self.networks.parameters())
        torch._foreach_lerp_(ours, theirs, 1 - decay)
