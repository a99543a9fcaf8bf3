"""Hidden states → length of each phoneme."""

from __future__ import annotations

from torch import Tensor, nn

from ttsbook.vits2.config import ModelConfig
from ttsbook.vits2.layers import ConvNeXtStack


class DurationPredictor(nn.Module):
    """Deterministic: predicts the natural logarithm of the length in latent frames at speed 1.

    The paper's predictor is stochastic and adversarial; reports of its gain are neutral to negative
    (p0p4k/vits2_pytorch issues 59, 68, 104), and a fixed length makes renders reproducible.
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        width = config.hidden_width
        self.stack = ConvNeXtStack(
            width,
            1,
            width=width,
            hidden=2 * width,
            blocks=config.duration_blocks,
            speaker_width=config.speaker_width,
            kernel=3,
        )

    def forward(self, hidden: Tensor, g: Tensor, mask: Tensor) -> Tensor:
        """hidden: [B, C, T]; g: [B, S]; mask: [B, 1, T] → [B, T]."""
        log_frames: Tensor = self.stack(hidden, g, mask)[:, 0]
        return log_frames
