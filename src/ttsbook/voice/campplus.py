"""CAM++, the speaker encoder that comes with CosyVoice, as a second opinion on who speaks when.

Wang et al., "CAM++" (Interspeech 2023; 3D-Speaker, Apache-2.0): trained on two hundred thousand speakers,
it tells strangers apart more sharply than the encoder that the base voice understands. So it decides which
parts of a clip are the same voice, and the other one what that voice is.
Knows nothing of profiles, or of where its weights lie.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ttsbook.errors import MissingError, first_line
from ttsbook.vits2.session import load_runtime
from ttsbook.voice.encode import PIECE_FRAMES, piece_starts
from ttsbook.voice.kaldi import filterbank
from ttsbook.voice.mel import HOP

NAME = "campplus.onnx"  # in a folder of CosyVoice
_LEVEL = 10 ** (-20 / 20)  # RMS that its features are taken at, near that of its training


class CampPlus:
    """The encoder with its weights loaded.

    Raises:
        MissingError: the file is missing or not a graph with one input and one output.
    """

    def __init__(self, path: Path) -> None:
        self._session = _open_session(path)
        self._input = self._session.get_inputs()[0].name

    def embed_pieces(self, speech: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return one embedding of unit length for each piece that `SpeakerEncoder.embed_pieces` takes."""
        length = PIECE_FRAMES * HOP
        starts = piece_starts(speech.size) * HOP
        padded = np.pad(speech, (0, max(0, int(starts[-1]) + length - speech.size)))
        return np.stack([self._embed(padded[start : start + length]) for start in starts])

    def _embed(self, piece: NDArray[np.float32]) -> NDArray[np.float32]:
        level = float(np.sqrt(np.mean(np.square(piece)))) or 1.0
        features = filterbank(np.asarray(piece * np.float32(_LEVEL / level)))
        features = features - features.mean(axis=0)
        (embedding,) = self._session.run(None, {self._input: features[None].astype(np.float32)})
        vector = np.asarray(embedding, np.float32).ravel()
        return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-9), np.float32)


def _open_session(path: Path) -> Any:
    onnxruntime = load_runtime()
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    if not path.is_file():
        raise MissingError(f"there is no CAM++ model at {path}", "it comes with the models of CosyVoice")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except (state.Fail, state.InvalidGraph, state.InvalidProtobuf, state.InvalidArgument) as error:
        raise MissingError(f"{path} cannot be loaded: {first_line(error)}") from error
