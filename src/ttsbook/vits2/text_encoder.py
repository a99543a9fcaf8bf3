"""Phoneme ids → hidden states."""

from __future__ import annotations

from torch import Tensor, nn

from ttsbook.vits2.config import N_LANGUAGES, ModelConfig
from ttsbook.vits2.layers import TransformerBlock


class TextEncoder(nn.Module):
    """Transformer over phonemes; the speaker vector is added before the third block (VITS2 §2.4).

    Late enough that the first blocks learn what is common to all voices, early enough that
    pronunciation can follow the speaker.
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        width = config.hidden_width
        self.speaker_block = config.speaker_block
        self.phoneme = nn.Embedding(config.n_ids, width)
        self.language = nn.Embedding(N_LANGUAGES, width)
        self.context = nn.Conv1d(width, width, 5, padding=2)
        self.blocks = nn.ModuleList(TransformerBlock(width) for _ in range(config.text_blocks))
        self.speaker = nn.Linear(config.speaker_width, width)
        self.norm = nn.LayerNorm(width)

    def forward(self, ids: Tensor, mask: Tensor, g: Tensor, language: Tensor) -> Tensor:
        """ids: [B, T]; mask: [B, T]; g: [B, S]; language: [B] → [B, C, T], zero where the mask is."""
        x = self.phoneme(ids) + self.language(language)[:, None]
        x = (x + self.context((x * mask[..., None]).transpose(1, 2)).transpose(1, 2)) * mask[..., None]
        for index, block in enumerate(self.blocks):
            if index == self.speaker_block:
                x = x + self.speaker(g)[:, None]
            x = block(x, mask)
        # Normalised, nothing is no longer zero, and the convolutions of the duration predictor would see it.
        hidden: Tensor = self.norm(x).transpose(1, 2) * mask[:, None]
        return hidden
