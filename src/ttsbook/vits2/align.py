"""Monotonic alignment search: which phoneme speaks in which frame, for speech without durations.

Glow-TTS (Kim et al., arXiv:2005.11129), with the decaying noise of VITS2 (§2.2) that lets the search
explore early in training.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

NOISE_START = 0.01
NOISE_DECAY = 2e-6  # per step: gone after 5,000


def noise_scale(step: int) -> float:
    """Amount of noise at a training step."""
    return max(0.0, NOISE_START - NOISE_DECAY * step)


@torch.no_grad()
def search(score: Tensor, n_phonemes: Tensor, n_frames: Tensor, *, noise: float = 0.0) -> Tensor:
    """Return durations [B, T] of the monotonic path with the highest total score.

    Every phoneme gets at least one frame, every frame exactly one phoneme.

    Args:
        score: [B, T, N]; n_phonemes, n_frames: [B], n_phonemes <= n_frames.
        noise: scale of Gaussian noise, in deviations of the score.
    """
    if noise:
        score = score + torch.randn_like(score) * score.std() * noise
    score = score.float().cpu()
    batch, width, length = score.shape
    best = torch.full((batch, width), -math.inf)
    best[:, 0] = score[:, 0, 0]
    stayed = torch.zeros(batch, width, length, dtype=torch.bool)
    for frame in range(1, length):
        entered = torch.cat([torch.full((batch, 1), -math.inf), best[:, :-1]], 1)
        stayed[:, :, frame] = best >= entered
        best = torch.maximum(best, entered) + score[:, :, frame]
    return _trace_back(stayed, n_phonemes.cpu(), n_frames.cpu())


def _trace_back(stayed: Tensor, n_phonemes: Tensor, n_frames: Tensor) -> Tensor:
    batch, width, _ = stayed.shape
    durations = torch.zeros(batch, width, dtype=torch.long)
    for item in range(batch):
        phoneme = int(n_phonemes[item]) - 1
        for frame in range(int(n_frames[item]) - 1, -1, -1):
            durations[item, phoneme] += 1
            # When as many frames are left as phonemes, every step must move on.
            if phoneme and (frame == phoneme or not stayed[item, phoneme, frame]):
                phoneme -= 1
    return durations
