"""The synthesizer in torch, in batches: for GPUs, and on the processor for comparison.

Everything between phoneme ids and samples stays on the device. Padding is masked before every convolution
and every utterance has its own reflected ends, so a row equals the utterance spoken alone.

Neither CUDA graphs nor `torch.compile` are used: at these batch sizes launching kernels takes milliseconds
for minutes of speech, and compiling every shape would take longer than most books.
Knows nothing of batching, engines or phonemes.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ttsbook.errors import InputError, MissingError, OutOfMemory, RenderError, first_line, tells_no_room
from ttsbook.vits2.batch import EncodeBatch, Timed, spread_index
from ttsbook.vits2.checkpoint import load_weights, read_config
from ttsbook.vits2.decoder import apply_shape
from ttsbook.vits2.intonation import intone
from ttsbook.vits2.model import Synthesizer
from ttsbook.vits2.noise import draw_noise
from ttsbook.vits2.prior import pitch_hz
from ttsbook.vits2.source import LEVEL, pulse_train
from ttsbook.vits2.tempo import read_at

Real = NDArray[np.float32]
WEIGHTS = "base.safetensors"
DTYPES = {"fp32": torch.float32, "fp16": torch.float16, "bf16": torch.bfloat16}


@dataclass(frozen=True, slots=True)
class Encoded:
    """One utterance after the text encoder, on the device."""

    g: Tensor  # [S]
    hidden: Tensor  # [C, T]


class TorchStages:
    """Networks on one device. Used by one thread at a time.

    Args:
        folder: holds `base.safetensors`.
        device: as torch names it.
        precision: of the flow and the decoder: "fp32", "fp16" or "bf16".

    Raises:
        MissingError: weights or device are missing.
        OutOfMemory: the device has no room for the weights.
    """

    def __init__(self, folder: Path, device: str, precision: str) -> None:
        self._device = torch.device(device)
        if self._device.type == "cuda":
            _keep_exact()
        self._dtype = DTYPES[precision]
        self.config = read_config(folder / WEIGHTS)
        model = Synthesizer(self.config).eval()
        try:
            load_weights(folder / WEIGHTS, {"synthesizer": model})
            self._model = model.requires_grad_(False).to(self._device)
        except InputError as error:
            raise MissingError(error.message, error.hint) from error
        except (RuntimeError, AssertionError) as error:
            if tells_no_room(error):
                raise OutOfMemory(f"no memory on {device} to load the model: {first_line(error)}") from error
            raise MissingError(f"torch cannot use {device}: {first_line(error)}") from error

    def encode(self, batch: EncodeBatch) -> list[tuple[Encoded, Real]]:
        """See `Stages.encode`."""
        with _translated_errors("text"), torch.inference_mode():
            ids, language = self._put(batch.ids), self._put(batch.language)
            mask, embedding, pitch = (self._put(x) for x in (batch.mask, batch.embedding, batch.pitch))
            # All in fp32: it is a tenth of the work, and lengths and pitch stay those of the processor.
            g, hidden, log_frames = self._model.encode(ids, mask, embedding, pitch, language)
            on_host = log_frames.cpu().numpy()
        return [(Encoded(g[row], hidden[row]), on_host[row]) for row in range(len(on_host))]

    def decode(self, rows: Sequence[Timed[Encoded]], n_frames: int, n_rows: int) -> list[Real]:
        """See `Stages.decode`."""
        with _translated_errors("decoder"), torch.inference_mode():
            padded = [*rows, *[rows[0]] * (n_rows - len(rows))]
            waves = self._decode(padded, n_frames)[: len(rows)].cpu().numpy()
        lengths = ((2 * row.n_heard - 1) * self.config.hop for row in rows)
        return [wave[:length] for wave, length in zip(waves, lengths, strict=True)]

    def _decode(self, rows: Sequence[Timed[Encoded]], n_frames: int) -> Tensor:
        """Return the samples [B, L]; what lies beyond a row's own length means nothing."""
        config, model = self.config, self._model
        counts = torch.tensor([row.n_frames for row in rows], device=self._device)
        heard = torch.tensor([row.n_heard for row in rows], device=self._device)
        frame = torch.arange(n_frames, device=self._device)
        mask, heard_mask = ((frame < number[:, None]).float() for number in (counts, heard))  # [B, N]
        half_mask = heard_mask.repeat_interleave(2, 1)  # [B, 2N]
        spread, position = self._spread(rows, n_frames)
        g = torch.stack([row.encoded.g for row in rows])
        embedding = self._put(np.stack([row.utterance.embedding for row in rows]))
        latent, phase, white = self._noise(rows, n_frames)
        # In fp32 too: phase is the sum of the pitch so far, and half precision would be heard as detuning.
        frames, pitch = model.prior(spread * mask[:, None], position, g, mask[:, None])
        f0 = pitch_hz(pitch) * mask.repeat_interleave(2, 1)
        mean, log_deviation = model.prior.gaussian(frames, f0, mask[:, None])
        prior = (mean + latent * torch.exp(log_deviation)) * mask[:, None]
        with self._autocast():
            z = model.flow.inverse(prior, g, mask[:, None])
            f0 = self._intoned(rows, f0)
            self._read_at_rates(rows, z, f0)
            shape = model.decoder.shape(z, f0, embedding, half_mask[:, None])
        pulses = pulse_train(f0, config.hop, config.rate_hz, phase)
        n_samples = (2 * heard - 1) * config.hop
        tone, hiss = (_spectra(x, n_samples, config.n_fft, config.hop) for x in (pulses, white * LEVEL))
        spectra = apply_shape(shape.float(), tone, hiss) * self._tones(rows)
        return _inverse(spectra, half_mask, config.n_fft, config.hop)

    def _intoned(self, rows: Sequence[Timed[Encoded]], f0: Tensor) -> Tensor:
        """Return the pitch [B, 2N] of all rows as it is to be spoken."""
        predicted = f0.cpu().numpy()  # all at once: each copy waits for the device
        spoken = np.zeros_like(predicted)
        for at, row in enumerate(rows):
            n, said = row.n_frames, row.utterance
            spoken[at, : 2 * n] = intone(predicted[at, : 2 * n], row.durations, said.language, said.rises)
        return self._put(spoken)

    def _read_at_rates(self, rows: Sequence[Timed[Encoded]], z: Tensor, f0: Tensor) -> None:
        """Read latents [B, Z, N] and pitch [B, 2N] of each row at its rate, in place."""
        for at, row in enumerate(rows):
            if row.rate != 1.0:
                n, heard = row.n_frames, row.n_heard
                own_z, own_f0 = read_at(row.rate, z[at, :, :n], f0[at, : 2 * n], self._put)
                z[at], f0[at] = 0, 0
                z[at, :, :heard], f0[at, : 2 * heard] = own_z, own_f0

    def _tones(self, rows: Sequence[Timed[Encoded]]) -> Tensor:
        """Return the factors of each row's bins [B, bins, 1]."""
        flat = np.ones(self.config.n_bins, np.float32)
        tones = [flat if row.utterance.tone is None else row.utterance.tone for row in rows]
        return self._put(np.stack(tones))[..., None]

    def _spread(self, rows: Sequence[Timed[Encoded]], n_frames: int) -> tuple[Tensor, Tensor]:
        """Repeat each phoneme's state for its duration: [B, C, N] and [B, 2, N]."""
        spread, positions = [], []
        for row in rows:
            index, position = spread_index(row.durations, n_frames)
            spread.append(row.encoded.hidden.index_select(1, self._put(index)))
            positions.append(position)
        return torch.stack(spread), self._put(np.stack(positions))

    def _noise(self, rows: Sequence[Timed[Encoded]], n_frames: int) -> tuple[Tensor, Tensor, Tensor]:
        """Draw all noise, scaled for the prior: [B, Z, N], [B] and [B, L].

        On the processor it is that of `draw_noise`; a GPU draws its own, much faster.
        """
        config = self.config
        n_samples = (2 * n_frames - 1) * config.hop
        latent = torch.zeros(len(rows), config.latent_width, n_frames, device=self._device)
        white = torch.zeros(len(rows), n_samples, device=self._device)
        phase = torch.zeros(len(rows), device=self._device)
        for at, row in enumerate(rows):
            n, length = row.n_frames, (2 * row.n_heard - 1) * config.hop
            if self._device.type == "cpu":
                noise = draw_noise(row.utterance.seed, config, n, row.n_heard)
                latent[at, :, :n], white[at, :length] = self._put(noise.latent), self._put(noise.white)
                phase[at] = noise.start_phase
            else:
                random = torch.Generator(self._device).manual_seed(row.utterance.seed)
                latent[at, :, :n].normal_(generator=random)
                white[at, :length].normal_(generator=random)
                phase[at : at + 1].uniform_(generator=random)
            latent[at] *= row.utterance.noise_scale
        return latent, phase, white

    def _autocast(self) -> AbstractContextManager[object]:
        mixed = self._dtype is not torch.float32
        context: AbstractContextManager[object]
        context = torch.autocast(self._device.type, self._dtype, enabled=mixed)
        return context

    def _put(self, values: NDArray[np.float32] | NDArray[np.int64]) -> Tensor:
        return torch.from_numpy(values).to(self._device)


def _keep_exact() -> None:
    """Have GPUs compute fp32 as it is written, and the same each time, in this process.

    From Ampere on, torch lets convolutions round to TF32, with the ten bits of fp16: pitch is summed up to a
    phase, and the error with it. cuDNN may also choose kernels whose sums have no fixed order.
    """
    torch.backends.cudnn.deterministic = True
    torch.backends.cudnn.allow_tf32 = False
    torch.backends.cuda.matmul.allow_tf32 = False


def _spectra(samples: Tensor, lengths: Tensor, n_fft: int, hop: int) -> Tensor:
    """Short-time spectra [B, bins, F] of rows [B, L] that end at their `lengths` [B], reflected there."""
    half = n_fft // 2
    at = torch.arange(-half, samples.shape[1] + half, device=samples.device).abs()
    last = (lengths - 1)[:, None]
    index = torch.where(at > last, 2 * last - at, at).clamp(min=0, max=samples.shape[1] - 1)
    frames = samples.gather(1, index).unfold(1, n_fft, hop)
    window = torch.hann_window(n_fft, device=samples.device)
    spectra: Tensor = torch.fft.rfft(frames * window).transpose(1, 2)
    return spectra


def _inverse(spectra: Tensor, mask: Tensor, n_fft: int, hop: int) -> Tensor:
    """Samples [B, (F-1)·hop] of spectra [B, bins, F], of which the mask [B, F] says which exist."""
    window = torch.hann_window(n_fft, device=spectra.device)
    frames = torch.fft.irfft(spectra.transpose(1, 2), n_fft) * window * mask[..., None]
    squared = (window**2) * mask[..., None]
    batch, n_frames, overlap = len(frames), frames.shape[1], n_fft // hop
    total = frames.new_zeros(batch, n_frames + overlap - 1, hop)
    weight = torch.zeros_like(total)
    for part in range(overlap):
        columns = slice(part * hop, (part + 1) * hop)
        total[:, part : part + n_frames] += frames[..., columns]
        weight[:, part : part + n_frames] += squared[..., columns]
    body = slice(n_fft // 2, n_fft // 2 + (n_frames - 1) * hop)
    samples: Tensor = total.flatten(1)[:, body] / weight.flatten(1)[:, body].clamp(min=1e-8)
    return samples


class _translated_errors:
    """Turn what torch raises in one part of the model into our errors."""

    def __init__(self, part: str) -> None:
        self._part = part

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        # CUDA's libraries, which have memory of their own, raise other errors than torch.
        if isinstance(error, RuntimeError) and tells_no_room(error):
            torch.cuda.empty_cache()
            raise OutOfMemory(f"out of GPU memory in the model's {self._part} part") from error
        if isinstance(error, RuntimeError):
            raise RenderError(f"the model's {self._part} part failed: {first_line(error)}") from error
