"""Texts said in the voices of recordings, as in use. Nobody knows how that should sound.

So only the discriminators, the likeness to the borrowed voice, a recogniser of phonemes and what sounds in
pauses teach here.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from ttsbook.train import losses
from ttsbook.train.corpus import Batch, Corpus
from ttsbook.train.ear import Ear
from ttsbook.train.fit_config import FitConfig
from ttsbook.train.likeness import SpeakerLikeness, mistaken
from ttsbook.train.networks import Networks
from ttsbook.train.recogniser import Labels
from ttsbook.vits2.prior import pitch_hz, spread_frames

N_OTHERS = 32  # voices that a borrowed one may be taken for


class _Said(NamedTuple):
    """What was rendered, and from what."""

    wave: Tensor  # [B, L]
    rows: Tensor  # [B] of the batch
    embedding: Tensor  # [B, S]
    g: Tensor  # conditioning
    mask: Tensor  # [B, 1, N]
    mean: Tensor  # of the prior, [B, Z, N], as is the next
    log_deviation: Tensor


class BorrowedVoices:
    """Says windows of a batch in voices that did not say them, and judges them without a target."""

    def __init__(self, networks: Networks, config: FitConfig, corpus: Corpus, ear: Ear | None) -> None:
        self.networks, self.config, self.corpus, self.ear = networks, config, corpus, ear
        rate_hz, device = corpus.config.rate_hz, corpus.device
        self.likeness = SpeakerLikeness(rate_hz).to(device)
        self.pauses = losses.PauseLoss(rate_hz).to(device)

    @property
    def there_are_any(self) -> bool:
        return bool(self.config.borrowed and len(self.corpus.recorded))

    def say(self, batch: Batch, labels: Labels | None) -> tuple[dict[str, Tensor], Tensor]:
        """Render some windows with predicted pitch, as rendering does, and judge them.

        Returns:
            "likeness", 1 - cosine; if they are weighed "mistaken", nats, "pauses", nats of amplitude, and
            "content", nats per frame; if there is an ear "misheard_borrowed", nats per phoneme; and a piece
            of each wave [B, L] for the discriminators.
        """
        config = self.config
        said = self._render(batch)
        sounds = self.likeness(said.wave)
        terms = {"likeness": 1 - (sounds * said.embedding).sum(1).mean()}
        if config.pauses:
            teacher = batch.samples[said.rows, : said.wave.shape[1]]  # the same words in the same time
            terms["pauses"] = self.pauses(said.wave, teacher)
        if config.content:
            terms["content"] = self._content(said)
        if config.mistaken:
            others, _ = self.corpus.voices(N_OTHERS)
            terms["mistaken"] = mistaken(sounds, said.embedding, others)
        if self.ear is not None and labels is not None:
            terms["misheard_borrowed"] = self.ear.cost(said.wave, labels.of(said.rows))
        return terms, self._piece(said.wave)

    def pieces(self, batch: Batch) -> Tensor:
        """Render as `say` does, for the discriminators alone."""
        return self._piece(self._render(batch).wave)

    def cost(self, terms: dict[str, Tensor]) -> Tensor:
        """Weigh the losses of `say`; each has the name of its weight."""
        return torch.stack([getattr(self.config, name) * term for name, term in terms.items()]).sum()

    def _render(self, batch: Batch) -> _Said:
        """Say some windows in other voices.

        What is said must not change to please the ear for voices: timing and pitch take no gradient, and
        text and prior only with `teach_all`.
        """
        config, networks = self.config, self.networks
        model = networks.synthesizer
        rows = torch.randperm(config.labelled)[: config.borrowed].to(self.corpus.device)
        embedding, pitch = self.corpus.voices(len(rows))
        with torch.set_grad_enabled(config.teach_all and torch.is_grad_enabled()), networks.autocast():
            g, hidden, _ = model.encode(
                batch.ids[rows], batch.text_mask[rows], embedding, pitch, batch.language[rows]
            )
            spread, position, mask = spread_frames(hidden, batch.window[rows], config.window)
            frames, predicted = model.prior(spread, position, g, mask)
            f0 = (pitch_hz(predicted.float()) * mask.repeat_interleave(2, 2)[:, 0]).detach()
            mean, log_deviation = model.prior.gaussian(frames, f0, mask)
        z = networks.sample(mean, log_deviation, g, mask, config.noise_borrowed)
        wave = networks.decode(z, f0, embedding)
        prior = mean.detach().float(), log_deviation.detach().float()
        return _Said(wave, rows, embedding, g.detach(), mask, *prior)

    def _content(self, said: _Said) -> Tensor:
        """Return how far what the posterior encoder and the flow hear lies from the text, in nats a frame."""
        networks = self.networks
        networks.learn(learn=False)
        with networks.autocast():
            wave = F.pad(said.wave, (0, self.corpus.config.hop))
            heard, _ = networks.posterior(wave, said.embedding, self.config.window)
            in_prior = networks.synthesizer.flow(heard * said.mask, said.g, said.mask)
        networks.learn(learn=True)
        return losses.prior_distance(in_prior.float(), said.mean, said.log_deviation, said.mask)

    def _piece(self, rendered: Tensor) -> Tensor:
        """Cut as much as the discriminators see of other clips."""
        length = (2 * self.config.crop - 1) * self.corpus.config.hop
        start = int(torch.randint(rendered.shape[1] - length + 1, ()))
        return rendered[:, start : start + length]
