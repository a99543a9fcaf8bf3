"""How alike a rendered voice is to the one asked for, as a loss: the shipped speaker encoder in torch.

Speaker consistency loss of YourTTS (Casanova et al., arXiv:2112.02418). The encoder is GE2E (Wan et
al., arXiv:1710.10467), whose weights are read from the ONNX file that also analyses clips.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ttsbook.paths import packaged
from ttsbook.vits2.spectrum import mel_filters, stft
from ttsbook.voice.encode import SIZE, WEIGHTS
from ttsbook.voice.mel import HOP, N_FFT, N_MELS, RATE_HZ

N_LAYERS = 3
SHARPNESS = 10.0  # of cosines as scores: what GE2E's own scale is at when its training begins
SAME = 0.85  # cosine from which two embeddings may be of one speaker
TARGET_RMS = 10 ** (-30 / 20)  # speech is raised to it before it is embedded


def mistaken(sounds: Tensor, wanted: Tensor, others: Tensor) -> Tensor:
    """Return nats by which voices are taken for others; the softmax loss of GE2E, over cosines.

    Likeness alone is also raised by what all voices share. This is not: only what sets the wanted one apart
    from the others counts. All are embeddings of unit length; those of `others` that lie close to the wanted
    one are left out, since recordings of one speaker are among them.

    Args:
        sounds: [B, 256] of what was rendered.
        wanted: [B, 256] of the voices that were asked for.
        others: [K, 256].
    """
    right = (sounds * wanted).sum(1, keepdim=True)
    wrong = (sounds @ others.T).masked_fill(wanted @ others.T > SAME, -torch.inf)
    scores = SHARPNESS * torch.cat([right, wrong], 1)
    return F.cross_entropy(scores, torch.zeros(len(scores), dtype=torch.long, device=scores.device))


class SpeakerLikeness(nn.Module):
    """Embeds waves at the model's rate, with gradients to the wave; its own weights stay.

    The encoder's 25 ms windows are taken at the model's rate: they have the same bins, 40 Hz apart,
    of which those below 8 kHz are what it would have seen at 16 kHz.
    """

    filters: Tensor

    def __init__(self, rate_hz: int, weights: Path | None = None) -> None:
        super().__init__()
        self.ratio = rate_hz / RATE_HZ
        self.n_fft, self.hop = round(N_FFT * self.ratio), round(HOP * self.ratio)
        filters = mel_filters(N_FFT // 2 + 1, N_MELS, RATE_HZ) / self.ratio**2
        self.register_buffer("filters", filters, persistent=False)
        self.lstm = nn.LSTM(N_MELS, SIZE, N_LAYERS, batch_first=True)
        self.linear = nn.Linear(SIZE, SIZE)
        self._load(weights or packaged("weights") / WEIGHTS)
        self.requires_grad_(False)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, L], about 1.6 s each → embeddings [B, 256] of unit length."""
        with torch.autocast(x.device.type, enabled=False):
            x = x.float()
            level = x.square().mean(1, keepdim=True).sqrt().clamp(min=1e-5)
            x = x * (TARGET_RMS / level).clamp(min=1).detach()
            power = stft(x, self.n_fft, self.hop).abs().square()[:, : N_FFT // 2 + 1]
            mels = (self.filters @ power).transpose(1, 2)
            _, (hidden, _) = self.lstm(mels)
            return F.normalize(F.relu(self.linear(hidden[-1])), dim=1, eps=1e-6)

    def _load(self, path: Path) -> None:
        import onnx
        from onnx import numpy_helper

        graph = onnx.load(str(path)).graph
        held = {entry.name: numpy_helper.to_array(entry).astype(np.float32) for entry in graph.initializer}
        state: dict[str, Tensor] = {}
        for layer in range(N_LAYERS):
            names = {"weight_ih": f"W{layer}", "weight_hh": f"R{layer}"}
            for name, stored in names.items():
                state[f"lstm.{name}_l{layer}"] = _gates(held[f"{stored}.fp16"][0])
            biases = np.split(held[f"B{layer}.fp16"][0], 2)
            for side, bias in zip(("ih", "hh"), biases, strict=True):
                state[f"lstm.bias_{side}_l{layer}"] = _gates(bias)
        for name in ("weight", "bias"):
            state[f"linear.{name}"] = torch.from_numpy(held[f"linear.{name}.fp16"])
        self.load_state_dict(state)


def _gates(weight: np.ndarray) -> Tensor:
    """Reorder the gates along the first axis from ONNX's i, o, f, c to torch's i, f, c, o."""
    i, o, f, c = np.split(weight, 4)
    return torch.from_numpy(np.concatenate([i, f, c, o]))
