"""Short-time spectra in torch: for the posterior, the decoder, the losses and the discriminators."""

from __future__ import annotations

import math

import torch
from torch import Tensor


def stft(x: Tensor, n_fft: int, hop: int) -> Tensor:
    """x: [B, L] → complex [B, n_fft/2+1, L/hop+1]; Hann window, centred, reflected edges."""
    window = torch.hann_window(n_fft, device=x.device)
    return torch.stft(x, n_fft, hop, n_fft, window, center=True, return_complex=True)


def istft(spectrum: Tensor, n_fft: int, hop: int) -> Tensor:
    """Exact inverse of `stft`: complex [B, bins, F] → [B, (F-1)·hop]."""
    window = torch.hann_window(n_fft, device=spectrum.device)
    return torch.istft(spectrum, n_fft, hop, n_fft, window, center=True)


def magnitude(x: Tensor, n_fft: int, hop: int) -> Tensor:
    """Magnitude with a floor, so that its gradient stays finite in silence."""
    return stft(x, n_fft, hop).abs() + 1e-7


def mel_filters(n_bins: int, n_mels: int, rate_hz: int) -> Tensor:
    """Slaney mel filterbank [n_mels, n_bins] with area normalisation.

    M. Slaney, Auditory Toolbox, 1998: linear to 1 kHz, logarithmic above.
    """
    linear_hz, break_hz, step = 200.0 / 3, 1000.0, math.log(6.4) / 27

    def to_mel(hz: float) -> float:
        if hz < break_hz:
            return hz / linear_hz
        return break_hz / linear_hz + math.log(hz / break_hz) / step

    mels = torch.linspace(0.0, to_mel(rate_hz / 2), n_mels + 2, dtype=torch.float64)
    linear = mels * linear_hz
    curved = break_hz * torch.exp(step * (mels - break_hz / linear_hz))
    edges = torch.where(mels < break_hz / linear_hz, linear, curved)
    bins = torch.linspace(0.0, rate_hz / 2, n_bins, dtype=torch.float64)
    rising = (bins[None] - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - bins[None]) / (edges[2:] - edges[1:-1])[:, None]
    triangles = torch.minimum(rising, falling).clamp(min=0.0)
    return (triangles * (2.0 / (edges[2:] - edges[:-2]))[:, None]).float()
