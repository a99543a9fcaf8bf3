"""Turns speech into a speaker embedding: 256 numbers of unit length that tell voices apart.

The GE2E encoder of Resemblyzer (Apache-2.0; Wan et al. 2018) as an ONNX graph: the speech is cut
into overlapping pieces of 1.6 s, each piece gets an embedding, the mean of them is the voice.
Knows nothing of files or profiles; samples in, embedding out.
"""

from __future__ import annotations

from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ttsbook.errors import InputError, MissingError
from ttsbook.paths import packaged
from ttsbook.vits2.session import load_runtime
from ttsbook.voice.activity import keep_active, raise_level
from ttsbook.voice.mel import HOP, RATE_HZ, mel_spectrogram
from ttsbook.voice.resample import resample

SIZE = 256
PIECE_FRAMES = 160  # 1.6 s
STEP_FRAMES = 77  # 1.3 pieces a second
MIN_COVERAGE = 0.75  # of the last piece that must be real sound and not padding
BATCH = 64  # pieces per call; bounds the memory for long clips
WEIGHTS = "speaker_encoder.onnx"


class SpeakerEncoder:
    """The encoder with its weights loaded. Threads may share one instance."""

    def __init__(self) -> None:
        self._session = _open_session()

    def embed(self, samples: NDArray[np.float32], rate_hz: int) -> NDArray[np.float32]:
        """Return the embedding [256] of whoever speaks in `samples` [n], mono in [-1, 1].

        Raises:
            InputError: nothing but silence.
        """
        speech = prepare(samples, rate_hz)
        if speech.size == 0:
            raise InputError("there is no speech in the audio", "use a clip in which someone talks")
        return mean_direction(self.embed_pieces(speech))

    def embed_pieces(self, speech: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return one embedding per overlapping 1.6 s of prepared speech at 16 kHz, [n_pieces, 256]."""
        starts = piece_starts(speech.size)
        end = (int(starts[-1]) + PIECE_FRAMES) * HOP
        mels = mel_spectrogram(np.pad(speech, (0, max(0, end - speech.size))))
        batches = [starts[i : i + BATCH] for i in range(0, starts.size, BATCH)]
        return np.concatenate([self._run(mels, batch) for batch in batches])

    def _run(self, mels: NDArray[np.float32], starts: NDArray[np.int64]) -> NDArray[np.float32]:
        pieces = np.stack([mels[start : start + PIECE_FRAMES] for start in starts])
        return np.asarray(self._session.run(None, {"mels": pieces})[0], dtype=np.float32)


def prepare(samples: NDArray[np.float32], rate_hz: int) -> NDArray[np.float32]:
    """Return what the encoder hears of `samples`: 16 kHz, raised to -30 dBFS, without long silences."""
    return keep_active(raise_level(resample(samples, rate_hz, RATE_HZ)))


def piece_starts(n_samples: int) -> NDArray[np.int64]:
    """Return the first mel frame of every piece; at least one, the last dropped if mostly padding."""
    n_frames = ceil((n_samples + 1) / HOP)
    starts = np.arange(0, max(1, n_frames - PIECE_FRAMES + STEP_FRAMES + 1), STEP_FRAMES, dtype=np.int64)
    coverage = (n_samples - starts[-1] * HOP) / (PIECE_FRAMES * HOP)
    return starts[:-1] if coverage < MIN_COVERAGE and starts.size > 1 else starts


def mean_direction(
    embeddings: NDArray[np.float32], weights: NDArray[np.float64] | None = None
) -> NDArray[np.float32]:
    """Return the (weighted) mean of embeddings [n, 256] at unit length."""
    mean = np.average(embeddings, axis=0, weights=weights)
    return np.asarray(mean / np.linalg.norm(mean), dtype=np.float32)


def _open_session() -> Any:
    onnxruntime = load_runtime()
    path = packaged("weights") / WEIGHTS
    if not path.is_file():
        raise MissingError(f"the speaker encoder is missing: {path}", "install ttsbook again")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3  # errors only; warnings would go to stderr past our reporter
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
