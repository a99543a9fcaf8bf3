"""The synthesizer's three graphs in batches, through ONNX Runtime's providers for GPUs.

Pulses and spectra are computed by numpy on the processor, as in `runtime`.
Knows nothing of batching, engines or phonemes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ttsbook.vits2.batch import EncodeBatch, Timed, spread_index
from ttsbook.vits2.config import ModelConfig
from ttsbook.vits2.intonation import intone
from ttsbook.vits2.noise import draw_noise, hiss_spectra
from ttsbook.vits2.runtime import load_config, run_graph
from ttsbook.vits2.tempo import read_at
from ttsbook.vits2.waveform import istft, pulse_train, stft

Real = NDArray[np.float32]
Sessions = Callable[[str, int, int], Any]  # graph, rows and length → session that takes such inputs


@dataclass(frozen=True, slots=True)
class Encoded:
    """One utterance after the text encoder."""

    g: Real  # [S]
    hidden: Real  # [C, T]


class OnnxStages:
    """Graphs behind `sessions`, and `text`, one that tells the model's sizes. For one thread at a time."""

    def __init__(self, sessions: Sessions, text: Any) -> None:
        self._sessions = sessions
        self.config: ModelConfig = load_config(text)

    def encode(self, batch: EncodeBatch) -> list[tuple[Encoded, Real]]:
        """See `Stages.encode`."""
        g, hidden, log_frames = self._run(
            "text",
            *batch.ids.shape,
            ids=batch.ids,
            mask=batch.mask,
            embedding=batch.embedding,
            pitch=batch.pitch,
            language=batch.language,
        )
        return [(Encoded(g[row], hidden[row]), log_frames[row]) for row in range(len(g))]

    def decode(self, rows: Sequence[Timed[Encoded]], n_frames: int, n_rows: int) -> list[Real]:
        """See `Stages.decode`."""
        config = self.config
        noises = [draw_noise(row.utterance.seed, config, row.n_frames, row.n_heard) for row in rows]
        z, f0, mask = self._latents(rows, [noise.latent for noise in noises], n_frames, n_rows)
        embedding = np.stack([row.utterance.embedding for row in _filled(rows, n_rows)])
        # Of tone and noise the real and the imaginary parts.
        spectra = np.zeros((4, n_rows, 2 * n_frames, config.n_bins), np.float32)
        for at, (row, noise) in enumerate(zip(rows, noises, strict=True)):
            n = 2 * row.n_heard
            pulses = pulse_train(f0[at, :n], config.hop, config.rate_hz, noise.start_phase)
            spectra[:2, at, :n] = stft(pulses, config.n_fft, config.hop)
            spectra[2:, at, :n] = hiss_spectra(noise, config)
        tone_real, tone_imag, noise_real, noise_imag = spectra
        real, imaginary = self._run(
            "decoder",
            n_rows,
            n_frames,
            z=z,
            f0=f0,
            embedding=embedding,
            mask=mask,
            tone_real=tone_real,
            tone_imag=tone_imag,
            noise_real=noise_real,
            noise_imag=noise_imag,
        )
        waves = []
        for at, row in enumerate(rows):
            own = (at, slice(2 * row.n_heard))
            tone = 1 if row.utterance.tone is None else row.utterance.tone
            waves.append(istft(real[own] * tone, imaginary[own] * tone, config.n_fft, config.hop))
        return waves

    def _latents(
        self, rows: Sequence[Timed[Encoded]], noises: Sequence[Real], n_frames: int, n_rows: int
    ) -> tuple[Real, Real, Real]:
        """Return latents [B, Z, N] and pitch [B, 2N], read at the rate and zero beyond a row's end; and where
        that is.

        The last is a mask [B, 1, 2N].
        """
        config = self.config
        spread = np.zeros((n_rows, config.hidden_width, n_frames), np.float32)
        position = np.zeros((n_rows, 2, n_frames), np.float32)
        mask = np.zeros((n_rows, 1, n_frames), np.float32)
        noise = np.zeros((n_rows, config.latent_width, n_frames), np.float32)
        for at, row in enumerate(rows):
            n = row.n_frames
            index, position[at] = spread_index(row.durations, n_frames)
            spread[at, :, :n] = row.encoded.hidden[:, index[:n]]
            mask[at, :, :n] = 1
            noise[at, :, :n] = noises[at] * np.float32(row.utterance.noise_scale)
        g = np.stack([row.encoded.g for row in _filled(rows, n_rows)])
        z, f0 = self._run(
            "latents", n_rows, n_frames, spread=spread, position=position, mask=mask, g=g, noise=noise
        )
        heard_z, heard_f0 = np.zeros_like(z), np.zeros_like(f0)
        heard_mask = np.zeros((n_rows, 1, 2 * n_frames), np.float32)
        for at, row in enumerate(rows):
            n, heard = row.n_frames, row.n_heard
            said = row.utterance
            own = z[at, :, :n], intone(f0[at, : 2 * n], row.durations, said.language, said.rises)
            heard_z[at, :, :heard], heard_f0[at, : 2 * heard] = (
                own if row.rate == 1.0 else read_at(row.rate, *own)
            )
            heard_mask[at, :, : 2 * heard] = 1
        return heard_z, heard_f0, heard_mask

    def _run(self, name: str, n_rows: int, length: int, **inputs: NDArray[Any]) -> list[Any]:
        return run_graph(self._sessions(name, n_rows, length), name, inputs)


def _filled(rows: Sequence[Timed[Encoded]], n_rows: int) -> list[Timed[Encoded]]:
    """Repeat the first row until there are `n_rows`."""
    return [*rows, *[rows[0]] * (n_rows - len(rows))]
