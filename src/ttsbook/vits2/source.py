"""Pitch → a pulse train with all its harmonics: the decoder shapes it instead of inventing phase.

A decoder that must learn phase from spectral losses alone needs about a million steps (Vocos); given
a harmonic source it needs thousands. The closed form of a sum of cosines (Dirichlet kernel) holds
every harmonic below the Nyquist frequency and none above it.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

LEVEL = 0.1  # of the pulse train and of the noise


def pulse_train(f0: Tensor, hop: int, rate_hz: int, start_phase: Tensor) -> Tensor:
    """f0: [B, F] Hz per frame, 0 = unvoiced; start_phase: [B] in cycles → [B, (F-1)·hop]."""
    hz, voiced = sample_pitch(f0, hop)
    phase = torch.cumsum(hz.double() / rate_hz, 1) + start_phase[:, None].double()
    # Distance to the nearest pulse: single precision is finest there, where the quotient needs it.
    phase = (phase - torch.round(phase)).float()
    # A number divided by a tensor is rounded twice, and the last bit decides about a harmonic.
    nyquist = torch.full_like(hz, rate_hz / 2)
    harmonics = torch.floor(nyquist / hz.clamp(min=40.0)).clamp(min=1)
    bottom = torch.sin(math.pi * phase)
    top = torch.sin(math.pi * (2 * harmonics + 1) * phase)
    at_pulse = bottom.abs() < 1e-5  # 0/0: the limit is the number of terms
    divisor = torch.where(at_pulse, torch.ones_like(bottom), bottom)
    kernel = torch.where(at_pulse, 2 * harmonics + 1, top / divisor)
    return (kernel - 1) / torch.sqrt(2 * harmonics) * voiced * LEVEL


def sample_pitch(f0: Tensor, hop: int) -> tuple[Tensor, Tensor]:
    """Frames → samples: linear inside voiced stretches, held at their edges; also 1 where voiced.

    The nearest frame decides the voicing, and a glide to or from an unvoiced frame is not a pitch.
    """
    left, right = f0[:, :-1, None], f0[:, 1:, None]
    weight = torch.arange(hop, device=f0.device) / hop
    linear = left + (right - left) * weight
    nearest = torch.where(weight < 0.5, left, right)
    hz = torch.where((linear < nearest * 0.8) | (nearest == 0), nearest, linear)
    return hz.flatten(1), (nearest > 0).float().flatten(1)
