"""A voice of Piper without an engine around it: phonemes in, speech with its timing out.

Reads the file pair NAME.onnx and NAME.onnx.json of Piper's English voices (https://github.com/rhasspy/piper,
voices under licences of their own) and none of Piper's code. The graph draws its noise inside, from a
generator that remembers what was said before; here the two places that do so become inputs.
Knows nothing of texts or options.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ttsbook.errors import InputError, MissingError, RenderError
from ttsbook.vits2.session import load_runtime

Samples = NDArray[np.float32]

HOP = 256  # samples in a frame
PAD, START, END = "_", "^", "$"
DURATIONS = "/Ceil_output_0"  # [1, 1, T] frames of every id
MAX_FRAMES = 1 << 13  # of one utterance: 95 s at 22,050 Hz
_POOL_FRAMES = 2 * MAX_FRAMES  # of noise, drawn once: each utterance takes a stretch of it

# ttsbook's symbols in the IPA of espeak-ng's "en-us", on which the voices were trained. Longer ones first.
_RESPELT = (
    ("ɜɹ", "ɜː"), ("əɹ", "ɚ"),
    ("A", "eɪ"), ("I", "aɪ"), ("O", "oʊ"), ("Q", "əʊ"), ("W", "aʊ"), ("Y", "ɔɪ"),
    ("ʤ", "dʒ"), ("ʧ", "tʃ"), ("ᵊ", "ə"), ("T", "ɾ"),
    ("ɑ", "ɑː"), ("i", "iː"), ("u", "uː"), ("ɔ", "ɔː"),
    ("—", ","), ("…", "."), ("“", '"'), ("”", '"'),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spoken:
    samples: Samples  # [n] mono
    ends: tuple[int, ...]  # samples at the end of every symbol


@dataclass(frozen=True, slots=True)
class VoiceConfig:
    """What the file beside the graph says."""

    rate_hz: int
    ids: Mapping[str, tuple[int, ...]]
    noise_scale: float
    length_scale: float
    noise_w: float

    @property
    def scales(self) -> tuple[float, float, float]:
        return self.noise_scale, self.length_scale, self.noise_w


def read_config(path: Path) -> VoiceConfig:
    """Read the configuration beside a graph.

    Raises:
        InputError: it is not one of an English voice with one speaker.
    """
    try:
        table = json.loads(path.read_text("utf-8"))
        how = table["inference"]
        config = VoiceConfig(
            rate_hz=int(table["audio"]["sample_rate"]),
            ids={str(symbol): tuple(map(int, ids)) for symbol, ids in table["phoneme_id_map"].items()},
            noise_scale=float(how["noise_scale"]),
            length_scale=float(how["length_scale"]),
            noise_w=float(how["noise_w"]),
        )
        language, speakers = str(table["espeak"]["voice"]), int(table.get("num_speakers", 1))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{path} is not the configuration of a Piper voice ({error})") from error
    if (
        not language.startswith("en")
        or speakers != 1
        or any(key not in config.ids for key in (PAD, START, END))
    ):
        raise InputError(f"{path} is not an English voice with a single speaker")
    return config


def respell(symbols: str) -> list[str]:
    """Return, for each of ttsbook's symbols, its IPA: "" where another symbol says it along."""
    spelt = []
    position = 0
    while position < len(symbols):
        for ours, ipa in _RESPELT:
            if symbols.startswith(ours, position):
                spelt += [ipa, *[""] * (len(ours) - 1)]
                position += len(ours)
                break
        else:
            spelt.append(symbols[position])
            position += 1
    return spelt


class PiperVoice:
    """A voice, loaded. Safe to share between threads: a call keeps no state.

    Raises:
        MissingError: the graph cannot be loaded.
    """

    def __init__(self, path: Path, config: VoiceConfig) -> None:
        self.rate_hz = config.rate_hz
        self._config = config
        self._session = _open_session(path)
        width = self._session.get_inputs()[-1].shape[1]
        random = np.random.default_rng(0)
        self._pool = random.standard_normal((1, width, _POOL_FRAMES), dtype=np.float32)

    def speak(self, symbols: str, *, seed: int, speed: float = 1.0, noise: float | None = None) -> Spoken:
        """Speak ttsbook's English symbols; the same seed gives the same samples.

        Raises:
            RenderError: the voice does not know a symbol, or there is too much to say.
        """
        ids, owners = self._encode(symbols)
        random = np.random.Generator(np.random.Philox(seed))
        noise_scale, length_scale, noise_w = self._config.scales
        samples, frames = self._session.run(
            None,
            {
                "input": np.array([ids], np.int64),
                "input_lengths": np.array([len(ids)], np.int64),
                "scales": np.array(
                    [noise_scale if noise is None else noise, length_scale / speed, noise_w], np.float32
                ),
                "noise_durations": random.standard_normal((1, 2, len(ids)), dtype=np.float32),
                "noise_start": random.integers(0, _POOL_FRAMES - MAX_FRAMES, 1, np.int64),
                "noise_pool": self._pool,
            },
        )
        wave = np.asarray(samples, np.float32).ravel()
        after = np.cumsum(np.asarray(frames).ravel().astype(np.int64)) * HOP
        if after[-1] != wave.size:
            raise RenderError(f"Piper's durations ({after[-1]} samples) do not add up to {wave.size} samples")
        ends = np.zeros(len(symbols), np.int64)
        for end, owner in zip(after, owners, strict=True):
            if owner is not None:
                ends[owner] = end
        return Spoken(wave, tuple(int(end) for end in np.maximum.accumulate(ends)))

    def _encode(self, symbols: str) -> tuple[list[int], list[int | None]]:
        """Return ids with a pad after each, and for every id the position of its symbol."""
        known = self._config.ids
        ids: list[int] = [*known[START], *known[PAD]]
        owners: list[int | None] = [None] * len(ids)
        for position, ipa in enumerate(respell(symbols)):
            for letter in ipa:
                if letter not in known:
                    raise RenderError(f"this Piper voice has no symbol {letter!r}", "choose another engine")
                added = [*known[letter], *known[PAD]]
                ids += added
                owners += [position] * len(added)
        ids += known[END]
        owners += [None] * len(known[END])
        return ids, owners


def _open_session(path: Path) -> Any:
    onnxruntime = load_runtime()
    import onnx
    from google.protobuf.message import DecodeError
    from onnxruntime.capi.onnxruntime_pybind11_state import Fail, InvalidArgument, InvalidGraph

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        model = with_noise_inputs(onnx.load(path))
        return onnxruntime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )
    except (DecodeError, InputError, Fail, InvalidArgument, InvalidGraph) as error:
        raise MissingError(f"{path} cannot be loaded as a Piper voice: {error}") from error


def with_noise_inputs(model: Any) -> Any:
    """Replace the graph's two sources of noise by inputs, and give its durations out.

    noise_durations: [1, 2, T]; noise_pool: [1, Z, frames], of which the graph takes as many as it needs
    from noise_start [1] on.
    """
    from onnx import TensorProto, helper

    graph = model.graph
    drawn = [node for node in graph.node if node.op_type == "RandomNormalLike"]
    names = {name for node in graph.node for name in node.output}
    if len(drawn) != 2 or DURATIONS not in names:
        raise InputError("its graph is not that of a medium-quality voice with a single speaker")
    for_durations, for_latents = drawn
    width = _width(graph)
    inputs = (
        ("noise_durations", TensorProto.FLOAT, [1, 2, "phonemes"]),
        ("noise_start", TensorProto.INT64, [1]),
        ("noise_pool", TensorProto.FLOAT, [1, width, "frames_of_noise"]),
    )
    graph.input.extend(helper.make_tensor_value_info(*each) for each in inputs)
    axis = helper.make_tensor("noise_axis", TensorProto.INT64, [1], [2])
    graph.initializer.append(axis)
    replaced = {
        for_durations.name: [helper.make_node("Identity", ["noise_durations"], for_durations.output)],
        for_latents.name: [
            helper.make_node("Shape", for_latents.input, ["noise_length"], start=2, end=3),
            helper.make_node("Add", ["noise_start", "noise_length"], ["noise_end"]),
            helper.make_node(
                "Slice", ["noise_pool", "noise_start", "noise_end", "noise_axis"], for_latents.output
            ),
        ],
    }
    nodes = [new for node in graph.node for new in replaced.get(node.name, [node])]
    del graph.node[:]
    graph.node.extend(nodes)
    graph.output.append(helper.make_tensor_value_info(DURATIONS, TensorProto.FLOAT, None))
    return model


def _width(graph: Any) -> int:
    """Return how many latent channels the voice has: half of what its text encoder projects to."""
    for tensor in graph.initializer:
        if tensor.name == "enc_p.proj.bias":
            return int(tensor.dims[0]) // 2
    raise InputError("its graph has no text encoder of a known kind")
