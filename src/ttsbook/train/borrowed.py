"""Texts said in the voices of recordings, as in use. Nobody knows how that should sound.

So only the discriminators, the likeness to the borrowed voice, a recogniser of phonemes and what sounds in
pauses teach here.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from ttsbook.train import losses
from ttsbook.train.corpus import Batch, Corpus
from ttsbook.train.ear import Ear
from ttsbook.train.fit_config import FitConfig
from ttsbook.train.likeness import SpeakerLikeness
from ttsbook.train.networks import Networks
from ttsbook.train.recogniser import Labels
from ttsbook.vits2.prior import pitch_hz, spread_frames


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
        """Render some windows with predicted pitch, as rendering does.

        What is said must not change to please the ear for voices: text, timing, pitch and prior take no
        gradient here, and the posterior encoder and the flow must hear the text in what was rendered.

        Returns:
            "likeness", 1 - cosine, "content", nats per frame, "pauses", nats of amplitude, and where there
            is an ear "misheard_borrowed", nats per phoneme; and a piece of each wave [B, L] for the
            discriminators.
        """
        config, networks = self.config, self.networks
        model, hop = networks.synthesizer, self.corpus.config.hop
        rows = torch.randperm(config.labelled)[: config.borrowed].to(self.corpus.device)
        embedding, pitch = self.corpus.voices(len(rows))
        with torch.no_grad(), networks.autocast():
            g, hidden, _ = model.encode(
                batch.ids[rows], batch.text_mask[rows], embedding, pitch, batch.language[rows]
            )
            spread, position, mask = spread_frames(hidden, batch.window[rows], config.window)
            frames, predicted = model.prior(spread, position, g, mask)
            f0 = pitch_hz(predicted.float()) * mask.repeat_interleave(2, 2)[:, 0]
            mean, log_deviation = model.prior.gaussian(frames, f0, mask)
        z = networks.sample(mean, log_deviation, g, mask, config.noise_borrowed)
        rendered = networks.decode(z, f0, embedding)
        said = batch.samples[rows, : rendered.shape[1]]  # the same words in the same time, by the teacher
        unlike = 1 - (self.likeness(rendered) * embedding).sum(1).mean()
        networks.learn(learn=False)
        with networks.autocast():
            heard, _ = networks.posterior(F.pad(rendered, (0, hop)), embedding, config.window)
            in_prior = model.flow(heard * mask, g, mask)
        networks.learn(learn=True)
        terms = {
            "likeness": unlike,
            "content": losses.prior_distance(in_prior.float(), mean.float(), log_deviation.float(), mask),
            "pauses": self.pauses(rendered, said),
        }
        if self.ear is not None and labels is not None:
            terms["misheard_borrowed"] = self.ear.cost(rendered, labels.of(rows))
        return terms, self._piece(rendered)

    def cost(self, terms: dict[str, Tensor]) -> Tensor:
        """Weigh the losses of `say`."""
        config = self.config
        loss = config.likeness * terms["likeness"] + config.content * terms["content"]
        loss = loss + config.pauses * terms["pauses"]
        if "misheard_borrowed" in terms:
            loss = loss + config.misheard_borrowed * terms["misheard_borrowed"]
        return loss

    def _piece(self, rendered: Tensor) -> Tensor:
        """Cut as much as the discriminators see of other clips."""
        length = (2 * self.config.crop - 1) * self.corpus.config.hop
        start = int(torch.randint(rendered.shape[1] - length + 1, ()))
        return rendered[:, start : start + length]
