"""A recogniser of phonemes as a judge of what a run renders."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F

from ttsbook.train.fit_config import FitConfig
from ttsbook.train.networks import Networks
from ttsbook.train.recogniser import Labels, Recogniser, misheard


class Ear:
    """Hears waves in the precision of the run, and asks for nothing more where it hears well enough."""

    def __init__(self, recogniser: Recogniser, networks: Networks, config: FitConfig) -> None:
        self.recogniser = recogniser.to(networks.device)
        self.networks, self.enough = networks, config.heard_well

    def cost(self, rendered: Tensor, labels: Labels) -> Tensor:
        """Return nats a phoneme by which waves [B, L] are misheard; labels of every latent frame in them."""
        with self.networks.autocast():
            scores = self.recogniser(F.pad(rendered, (0, self.networks.model.hop)))
        return misheard(scores, labels.ids, labels.weight, enough=self.enough)
