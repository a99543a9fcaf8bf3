"""Recognisers of phonemes as judges of what a run renders."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

from ttsbook.train.fit_config import FitConfig
from ttsbook.train.networks import Networks
from ttsbook.train.recogniser import Labels, Recogniser, misheard


class Ear:
    """Hears waves in the precision of the run, and asks for nothing more where it hears well enough.

    Of several recognisers one listens at a time, drawn at random: who pleases them all has learned the
    mistakes of none.
    """

    def __init__(self, recognisers: Sequence[Recogniser], networks: Networks, config: FitConfig) -> None:
        self.recognisers = [recogniser.to(networks.device) for recogniser in recognisers]
        self.networks, self.enough = networks, config.heard_well

    def cost(self, rendered: Tensor, labels: Labels) -> Tensor:
        """Return nats a phoneme by which waves [B, L] are misheard; labels of every latent frame in them."""
        count = len(self.recognisers)
        recogniser = self.recognisers[int(torch.randint(count, ())) if count > 1 else 0]
        with self.networks.autocast():
            scores = recogniser(F.pad(rendered, (0, self.networks.model.hop)))
        return misheard(scores, labels.ids, labels.weight, enough=self.enough)
