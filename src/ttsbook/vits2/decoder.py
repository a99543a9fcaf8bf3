"""Latents and pitch → samples, by shaping a harmonic source and noise with one inverse STFT.

ConvNeXt over frames instead of transposed convolutions over samples, as in Vocos (Siuzdak,
arXiv:2306.00814): all layers run at 80 Hz, which is what makes the voice fast.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ttsbook.vits2.config import ModelConfig
from ttsbook.vits2.layers import ConvNeXtStack
from ttsbook.vits2.prior import seen_pitch
from ttsbook.vits2.source import LEVEL, pulse_train
from ttsbook.vits2.spectrum import istft, stft


class Decoder(nn.Module):
    """Predicts, per bin and frame, gain and phase for the pulse train and gain for the noise."""

    up_width = 192

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.up = nn.Linear(config.latent_width, 2 * self.up_width)
        self.stack = ConvNeXtStack(
            self.up_width + 2,
            3 * config.n_bins,
            width=config.decoder_width,
            hidden=3 * config.decoder_width,
            blocks=config.decoder_blocks,
            speaker_width=config.speaker_width,
        )

    def forward(self, z: Tensor, f0: Tensor, g: Tensor, start_phase: Tensor, noise: Tensor) -> Tensor:
        """z: [B, Z, N]; f0: [B, 2N] Hz; g: [B, S]; start_phase: [B]; noise: [B, L] → [B, L].

        L = (2N - 1) · hop: the last frame is centred on the last sample.
        """
        config = self.config
        shape = self.shape(z, f0, g)
        pulses = pulse_train(f0, config.hop, config.rate_hz, start_phase)
        filtered = apply_shape(
            shape.float(),
            stft(pulses, config.n_fft, config.hop),
            stft(noise * LEVEL, config.n_fft, config.hop),
        )
        return istft(filtered, config.n_fft, config.hop)

    def shape(self, z: Tensor, f0: Tensor, g: Tensor, mask: Tensor | None = None) -> Tensor:
        """Return log-gain, phase and noise log-gain, [B, 3·bins, 2N].

        With a mask [B, 1, 2N], every row is as if it ended where its mask does.
        """
        batch, _, length = z.shape
        up = self.up(z.transpose(1, 2)).reshape(batch, 2 * length, self.up_width).transpose(1, 2)
        seen = torch.cat([up, torch.stack(seen_pitch(f0, up.dtype), 1)], 1)
        shape: Tensor = self.stack(seen if mask is None else seen * mask, g, mask)
        return shape

    def shape_from_latents(self, z: Tensor, f0: Tensor, g: Tensor, mask: Tensor) -> Tensor:
        """Return what `shape` does as [B, 2N, 3·bins], with half of the work for the first convolution.

        Doubling the rate and the convolution behind it are both linear: together they are one convolution
        over latent frames for each half of one. Worth it where weights stay the same. There is something
        where the mask is zero.
        """
        batch, _, length = z.shape
        here = mask[:, :, ::2]  # one more channel, for the bias: nothing is added where there is nothing
        halves = F.conv1d(torch.cat([z * here, here], 1), self._joined(), padding=2)
        embedded = halves.transpose(1, 2).reshape(batch, 2 * length, -1)
        embed = self.stack.embed
        seen = torch.stack(seen_pitch(f0, z.dtype), 1) * mask
        pitch = F.conv1d(seen, embed.weight[:, self.up_width :], embed.bias, padding=3)
        shape: Tensor = self.stack.after_embedding(embedded + pitch.transpose(1, 2), g, mask)
        return shape

    def _joined(self) -> Tensor:
        """Return `up` and the convolution over it as one kernel over latent frames [2·W, Z+1, 5].

        The first W outputs are the first half of a frame; the last input is the bias of `up`.
        """
        taps = self.stack.embed.weight[:, : self.up_width].unbind(2)  # each [W, U]
        ups = torch.cat([self.up.weight, self.up.bias[:, None]], 1).chunk(2)  # of either half, [U, Z+1]
        nothing = 0 * (taps[0] @ ups[0])  # not `zeros`, which an exported graph would hold as numbers
        kernels = []
        for half in (0, 1):
            frames = [nothing] * 5  # from two latent frames before to two after
            for tap, weight in enumerate(taps):
                at = half + tap - len(taps) // 2  # half-frames after the first of this latent frame
                frames[at // 2 + 2] = frames[at // 2 + 2] + weight @ ups[at % 2]
            kernels.append(torch.stack(frames, 2))
        return torch.cat(kernels)


def apply_shape(shape: Tensor, pulses: Tensor, noise: Tensor) -> Tensor:
    """shape: [B, 3·bins, F]; pulses and noise: complex [B, bins, F] → complex [B, bins, F]."""
    log_gain, phase, log_noise = shape.chunk(3, 1)
    gain = torch.exp(log_gain.clamp(-12, 6))
    return pulses * torch.complex(gain * torch.cos(phase), gain * torch.sin(phase)) + noise * torch.exp(
        log_noise.clamp(-12, 6)
    )
