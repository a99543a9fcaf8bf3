"""The training loop: everything from the first step, on a processor or a card, within a time budget.

One joint VITS2: the decoder learns from posterior latents of all clips and, for a share of the
labelled ones, from latents sampled from the prior with known durations and pitch. That closes the gap
between what the decoder sees in training and in use, which two-stage recipes leave open. Some texts are
also said in a voice borrowed from a recording, as in use: nobody knows how that should sound, so only
the discriminators, the likeness to the borrowed voice, a recogniser of phonemes and what sounds in pauses
teach there.
Discriminators join at `adversary_from`. Between whole steps there may be `text_steps` of the text side
alone (text encoder, durations, pitch, prior and flow), which are six times as cheap: what is decoded and
judged costs most of a step, and words are learned elsewhere.
"""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ttsbook.errors import InputError
from ttsbook.train import losses
from ttsbook.train.adversary import Adversary, adamw
from ttsbook.train.corpus import Batch, Corpus
from ttsbook.train.duration_adversary import DurationAdversary
from ttsbook.train.fit_config import FitConfig
from ttsbook.train.likeness import SpeakerLikeness
from ttsbook.train.precision import use_bfloat16
from ttsbook.train.recogniser import Recogniser, frame_labels, misheard
from ttsbook.train.state import Curves, TrainingState
from ttsbook.vits2.config import ModelConfig
from ttsbook.vits2.model import Synthesizer
from ttsbook.vits2.posterior import PosteriorEncoder
from ttsbook.vits2.prior import pitch_hz, spread_frames

BAND_HZ = 7_400  # recordings at 16 kHz are compared below it


@dataclass(frozen=True, slots=True)
class _Said:
    """What the text side makes of a batch. B windows, Z latent channels, N latent frames."""

    terms: dict[str, Tensor]  # losses by name
    g: Tensor  # [B, S]
    mask: Tensor  # [B, 1, N]
    mean: Tensor  # [B, Z, N] of the prior
    log_deviation: Tensor  # [B, Z, N] of the prior
    z: Tensor  # [B, Z, N] posterior latents


class Trainer:
    """Holds the networks and takes steps."""

    def __init__(
        self, model: ModelConfig, config: FitConfig, corpus: Corpus, recogniser: Recogniser | None = None
    ) -> None:
        if not len(corpus.labelled):
            raise InputError(
                "no clip of the training data has durations, which text is learned from",
                "add teacher speech, or find durations with `python -m ttsbook.train align`",
            )
        torch.manual_seed(config.seed)
        self.config, self.corpus, self.device = config, corpus, corpus.device
        self.synthesizer, self.posterior = Synthesizer(model), PosteriorEncoder(model)
        self.networks = nn.ModuleDict({"synthesizer": self.synthesizer, "posterior": self.posterior})
        self.networks.to(self.device)
        self.average = copy.deepcopy(self.networks).eval().requires_grad_(False)
        self._learn(learn=True)
        self.optimizer = adamw(self.networks, config.rate)
        self.half = use_bfloat16(self.device)
        self.adversary = Adversary(config.rate_discriminator, self.device, half=self.half)
        self.duration_adversary: DurationAdversary | None = None
        if model.duration_noise:
            self.duration_adversary = DurationAdversary(model, config.rate_discriminator, self.device)
        self.spectral = losses.SpectralLoss(model.rate_hz).to(self.device)
        self.low_pass = losses.LowPass(BAND_HZ, model.rate_hz).to(self.device)
        self.likeness = SpeakerLikeness(model.rate_hz).to(self.device)
        self.pauses = losses.PauseLoss(model.rate_hz).to(self.device)
        self.recogniser = recogniser.to(self.device) if recogniser else None
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
            _, rendered, target, _ = self._render(batch)
            _, borrowed = self._borrow(batch) if self._borrows else ({}, rendered[:0])
        seen = self._judged(len(rendered))
        self.step += 1
        _, loss = self.adversary.teach(torch.cat([rendered[seen], borrowed]), target[seen])
        return {"discriminator": loss.detach()}

    def _learn(self, *, learn: bool) -> None:
        """Let the networks take gradients, but for what is held still, or none of them."""
        self.networks.requires_grad_(learn and not self.config.hold_rest)
        self.synthesizer.decoder.requires_grad_(learn and not self.config.hold_decoder)

    @property
    def _borrows(self) -> bool:
        return bool(self.config.borrowed and len(self.corpus.recorded))

    def _judged(self, count: int) -> Tensor:
        """Which of the rendered clips the discriminators see."""
        return torch.cat([torch.arange(self.config.judged), torch.arange(self.config.labelled, count)])

    def _text_loss(self, batch: Batch) -> tuple[Tensor, dict[str, Tensor]]:
        """What text, durations, pitch, prior and flow are taught; the posterior encoder stays as it is."""
        terms = self._say(batch, self._jitter(batch.embedding), learn_posterior=False).terms
        return self._text_cost(terms), terms

    def _text_cost(self, terms: dict[str, Tensor]) -> Tensor:
        config = self.config
        loss = self._kl_weight() * terms["kl"]
        loss = loss + config.heads * (terms["duration"] + terms["pitch"] + 0.5 * terms["voicing"])
        if "duration_adversary" in terms:
            loss = loss + config.duration_adversary * terms["duration_adversary"]
        return loss

    def _whole_loss(self, batch: Batch) -> tuple[Tensor, dict[str, Tensor]]:
        """What everything is taught; the discriminators take their step on the way."""
        config = self.config
        terms, rendered, target, kind = self._render(batch)
        mel, spectral = self.spectral(rendered, target)
        loss = (config.mel * mel + config.spectral * spectral).mean()
        loss = loss + self._text_cost(terms) + config.kl_others * terms["kl_others"]
        if "misheard" in terms:
            loss = loss + config.misheard * terms["misheard"]
        borrowed = rendered[:0]
        if self._borrows:
            voice, borrowed = self._borrow(batch)
            loss = loss + config.likeness * voice["likeness"] + config.content * voice["content"]
            loss = loss + config.pauses * voice["pauses"]
            if "misheard_borrowed" in voice:
                loss = loss + config.misheard_borrowed * voice["misheard_borrowed"]
            terms.update(voice)
        joined = self.step + 1 - config.judges_first - config.adversary_from
        weight = min(1.0, max(0.0, joined / config.adversary_ramp))
        if weight:
            seen = self._judged(len(rendered))
            judged = self.adversary.cost(rendered[seen], target[seen], borrowed)
            cost = config.adversarial * judged["adversarial"] + config.features * judged["features"]
            loss, terms = loss + weight * cost, {**terms, **judged}
        names = ("mel_prior", "mel_posterior", "mel_others")
        parts = {name: mel[kind == index].mean() for index, name in enumerate(names)}
        return loss, {**parts, "spectral": spectral.mean(), **terms}

    def _render(self, batch: Batch) -> tuple[dict[str, Tensor], Tensor, Tensor, Tensor]:
        """Decode prior and posterior latents of labelled windows and posterior ones of the others."""
        config = self.config
        embedding = self._jitter(batch.embedding)
        said = self._say(batch, embedding, learn_posterior=True)
        terms, k = said.terms, config.from_prior
        with self._autocast():
            noise = torch.randn_like(said.mean[:k]) * config.noise_scale
            sampled = (said.mean[:k] + noise * torch.exp(said.log_deviation[:k])) * said.mask[:k]
            from_prior = self.synthesizer.flow.inverse(sampled, said.g[:k], said.mask[:k])
        latents = torch.cat([from_prior.float(), said.z[k:].float()])
        latents, samples, f0, start = self._crop(latents, batch)
        others = self.corpus.crops(config.others, config.crop)
        other_embedding = self._jitter(others.embedding)
        with self._autocast():
            o_mean, o_log = self.posterior(others.samples, other_embedding, config.crop)
        o_mean, o_log = o_mean.float(), o_log.float()
        terms["kl_others"] = losses.kl_from_normal(o_mean, o_log)
        latents = torch.cat([latents, o_mean + torch.randn_like(o_mean) * torch.exp(0.5 * o_log)])
        f0, samples = torch.cat([f0, others.f0]), torch.cat([samples, others.samples])
        rendered = self._decode(latents, f0, torch.cat([embedding, other_embedding]))
        target = samples[:, : rendered.shape[1]]
        if self.recogniser is not None:
            frame = start[:, None] + torch.arange(config.crop, device=self.device)
            ids, weight = (x.gather(1, frame) for x in frame_labels(batch, config.window))
            terms["misheard"] = self._mishear(rendered[: config.labelled], ids, weight)
        narrow = ~torch.cat([batch.full_band, others.full_band])
        if narrow.any():
            both = self.low_pass(torch.cat([rendered[narrow], target[narrow]]))
            rendered = rendered.index_put((narrow.nonzero()[:, 0],), both[: len(both) // 2])
            # What was filtered with the rendered clips must not carry gradients back to them.
            target = target.index_put((narrow.nonzero()[:, 0],), both[len(both) // 2 :].detach())
        kind = torch.tensor([0] * k + [1] * (config.labelled - k) + [2] * config.others)
        return terms, rendered, target, kind

    def _say(self, batch: Batch, embedding: Tensor, *, learn_posterior: bool) -> _Said:
        """Go from text to the prior and from samples to latents, and compare the two."""
        config, model = self.config, self.synthesizer
        pitch = batch.pitch + config.pitch_noise * torch.randn_like(batch.pitch)
        with self._autocast():
            g, hidden, log_frames = model.encode(batch.ids, batch.text_mask, embedding, pitch, batch.language)
            varied = self._varied_durations(hidden, g, batch)
            spread, position, mask = spread_frames(hidden, batch.window, config.window)
            frames, predicted = model.prior(spread, position, g, mask)
            mean, log_deviation = model.prior.gaussian(frames, batch.f0, mask)
            with torch.set_grad_enabled(learn_posterior and torch.is_grad_enabled()):
                q_mean, q_log = self.posterior(batch.samples, embedding, config.window)
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
        if self.duration_adversary is not None and varied is not None and torch.is_grad_enabled():
            terms.update(
                self.duration_adversary.cost(hidden, varied.float(), batch.frames, g, batch.text_mask)
            )
        return _Said(terms, g, mask, mean, log_deviation, z)

    def _varied_durations(self, hidden: Tensor, g: Tensor, batch: Batch) -> Tensor | None:
        """Predict lengths with noise, for the adversary; without noise they are held to the real ones."""
        if self.duration_adversary is None:
            return None
        noise = self.duration_adversary.noise(hidden)
        varied: Tensor = self.synthesizer.duration(hidden, g, batch.text_mask[:, None], noise)
        return varied

    def _borrow(self, batch: Batch) -> tuple[dict[str, Tensor], Tensor]:
        """Say windows in the voices of recordings, with predicted pitch, as rendering does.

        What is said must not change to please the ear for voices: text, timing, pitch and prior take no
        gradient here, and the posterior encoder and the flow must hear the text in what was rendered.

        Returns:
            "likeness", 1 - cosine, "content", nats per frame, "pauses", nats of amplitude, and where there
            is a recogniser "misheard_borrowed", nats per phoneme; and a piece of each wave [B, L] for the
            discriminators.
        """
        config, model, hop = self.config, self.synthesizer, self.corpus.config.hop
        rows = torch.randperm(config.labelled)[: config.borrowed].to(self.device)
        embedding, pitch = self.corpus.voices(len(rows))
        with torch.no_grad(), self._autocast():
            g, hidden, _ = model.encode(
                batch.ids[rows], batch.text_mask[rows], embedding, pitch, batch.language[rows]
            )
            spread, position, mask = spread_frames(hidden, batch.window[rows], config.window)
            frames, predicted = model.prior(spread, position, g, mask)
            f0 = pitch_hz(predicted.float()) * mask.repeat_interleave(2, 2)[:, 0]
            mean, log_deviation = model.prior.gaussian(frames, f0, mask)
            noise = torch.randn_like(mean) * config.noise_borrowed
            sampled = (mean + noise * torch.exp(log_deviation)) * mask
        with self._autocast():
            z = model.flow.inverse(sampled, g, mask)
        rendered = self._decode(z.float(), f0, embedding)
        said = batch.samples[rows, : rendered.shape[1]]  # the same words in the same time, by the teacher
        unlike = 1 - (self.likeness(rendered) * embedding).sum(1).mean()
        self._learn(learn=False)
        with self._autocast():
            heard, _ = self.posterior(F.pad(rendered, (0, hop)), embedding, config.window)
            in_prior = model.flow(heard * mask, g, mask)
        self._learn(learn=True)
        terms = {
            "likeness": unlike,
            "content": losses.prior_distance(in_prior.float(), mean.float(), log_deviation.float(), mask),
            "pauses": self.pauses(rendered, said),
        }
        if self.recogniser is not None:
            ids, weight = frame_labels(batch, config.window)
            terms["misheard_borrowed"] = self._mishear(rendered, ids[rows], weight[rows])
        length = (2 * config.crop - 1) * hop
        start = int(torch.randint(rendered.shape[1] - length + 1, ()))
        return terms, rendered[:, start : start + length]

    def _decode(self, latents: Tensor, f0: Tensor, embedding: Tensor) -> Tensor:
        n_samples = (f0.shape[1] - 1) * self.corpus.config.hop
        noise = torch.randn(len(f0), n_samples, device=self.device)
        phase = torch.rand(len(f0), device=self.device)
        with self._autocast():
            rendered: Tensor = self.synthesizer.decoder(latents, f0, embedding, phase, noise)
        return rendered.float()

    def _mishear(self, rendered: Tensor, ids: Tensor, weight: Tensor) -> Tensor:
        """rendered: [B, L]; ids and weight: [B, N], of every latent frame → nats a phoneme."""
        assert self.recogniser is not None
        with self._autocast():
            scores = self.recogniser(F.pad(rendered, (0, self.corpus.config.hop)))
        return misheard(scores, ids, weight, enough=self.config.heard_well)

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

    def _jitter(self, embedding: Tensor) -> Tensor:
        noise = self.config.embedding_noise * torch.randn_like(embedding)
        return F.normalize(embedding + noise, dim=1)

    def _autocast(self) -> torch.autocast:
        return torch.autocast(self.device.type, torch.bfloat16, enabled=self.half)

    def _kl_weight(self) -> float:
        return self.config.kl * (1 / 6 + 5 / 6 * min(1.0, self.step / self.config.kl_ramp))

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


def fit(
    trainer: Trainer, folder: Path, *, report: Callable[[int, float, dict[str, float]], None], every: int = 20
) -> None:
    """Train until the budget is spent; resume from `folder` if a run was left there.

    Writes `state.pt`, `checkpoint.safetensors` (the averaged weights), `losses.tsv` and `losses.png`.
    """
    state, curves = TrainingState(folder), Curves(folder)
    state.restore(trainer)
    begin, saved = time.monotonic(), time.monotonic()
    before = trainer.elapsed
    terms: dict[str, Tensor] = {}
    while (spent := time.monotonic() - begin) < trainer.config.seconds:
        trainer.elapsed = before + spent
        terms |= trainer.take_step()  # a step of the text side alone has fewer
        if trainer.step % every == 0:
            values = {name: float(value) for name, value in terms.items()}
            curves.add(trainer.step, trainer.elapsed, values)
            report(trainer.step, trainer.elapsed, values)
        if time.monotonic() - saved > trainer.config.save_every:
            state.save(trainer)
            curves.save()
            saved = time.monotonic()
    state.save(trainer)
    curves.save()
