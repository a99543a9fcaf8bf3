"""What a run sounds like so far: one line of each language, said by the averaged weights.

    out/samples/STEP-LANGUAGE-own.wav      in the voice of the clip that the line is from
    out/samples/STEP-LANGUAGE-reader.wav   in that of the first recording, if there is one

Everything is predicted, as in rendering. The lines and the noise are the same each time, so that files
differ by what was learned alone.
"""

from __future__ import annotations

import io
import wave
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ttsbook.audio.wave import to_int16
from ttsbook.engines.vits2 import NOISE_SCALE
from ttsbook.files import atomic_write, make_folder
from ttsbook.train.corpus import Line
from ttsbook.train.trainer import Trainer
from ttsbook.vits2.config import LANGUAGES
from ttsbook.vits2.model import Synthesizer, whole_frames
from ttsbook.vits2.prior import spread_frames

LONGEST = 40  # latent frames of a phoneme, one second: weights that have learned nothing ask for any length


def write_samples(trainer: Trainer, folder: Path) -> None:
    """Write what the run sounds like into `folder`; the run's own random numbers stay as they are."""
    corpus, model = trainer.corpus, trainer.average.synthesizer
    gpus = [corpus.device] if corpus.device.type == "cuda" else []  # all, by default, those of others too
    with torch.random.fork_rng(gpus), torch.no_grad():
        for line in corpus.first_lines():
            voices = {"own": line.clip}
            if len(corpus.recorded):
                voices["reader"] = int(corpus.recorded[0])
            for name, clip in voices.items():
                torch.manual_seed(0)
                samples = _say(model, line, corpus.embedding[clip, :1], corpus.pitch[clip, :1])
                path = folder / f"{trainer.step:07d}-{LANGUAGES[int(line.language)]}-{name}.wav"
                write_wave(path, samples, model.config.rate_hz)


def write_wave(path: Path, samples: NDArray[np.float32], rate_hz: int) -> None:
    """Write samples [n] in [-1, 1] as 16-bit WAV; the folder is made if it is missing."""
    make_folder(path.parent)
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as handle:
        handle.setnchannels(1)
        handle.setsampwidth(2)
        handle.setframerate(rate_hz)
        handle.writeframes(to_int16(samples).tobytes())
    with atomic_write(path, durable=False) as handle:
        handle.write(buffer.getvalue())


def _say(model: Synthesizer, line: Line, embedding: Tensor, pitch: Tensor) -> NDArray[np.float32]:
    """Return samples [n] of a line in the voice of an embedding [1, 256] and pitch [1, 2]."""
    mask = torch.ones_like(line.ids, dtype=torch.float32)
    g, hidden, log_frames = model.encode(line.ids, mask, embedding, pitch, line.language)
    durations = whole_frames(log_frames).clamp(max=LONGEST)
    n_frames = int(durations.sum())
    spread, position, frame_mask = spread_frames(hidden, durations, n_frames)
    config, device = model.config, line.ids.device
    noise = NOISE_SCALE * torch.randn(1, config.latent_width, n_frames, device=device)
    latents, f0 = model.latents(spread, position, frame_mask, g, noise)
    white = torch.randn(1, (2 * n_frames - 1) * config.hop, device=device)
    samples = model.decoder(latents, f0, embedding, torch.rand(1, device=device), white)[0].float()
    finite = torch.nan_to_num(samples).clamp(-1, 1)
    heard: NDArray[np.float32] = finite.cpu().numpy()
    return heard
