"""Trained weights → what ships: one fp16 safetensors file and small ONNX graphs that point into it.

A safetensors file is a header and raw tensors, which is just what ONNX calls external data: the graphs
name byte ranges of the same file that torch loads, so the weights exist once. They are stored in
fp16 and cast to fp32 in the graph; ONNX Runtime folds the casts when it loads.
"""

from __future__ import annotations

import io
import json
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper
from torch import Tensor, nn

from ttsbook.files import atomic_write, make_folder, sha256_file
from ttsbook.train.quantize import quantize
from ttsbook.vits2.checkpoint import load_weights, module_names, read_config, save_weights
from ttsbook.vits2.config import GRAPH_FORMAT, ModelConfig
from ttsbook.vits2.discriminator import Discriminators
from ttsbook.vits2.model import Synthesizer
from ttsbook.vits2.posterior import PosteriorEncoder
from ttsbook.vits2.runtime import GRAPHS, graph_file

OPSET = 17
WEIGHTS = "base.safetensors"


@dataclass(frozen=True, slots=True)
class ByteRange:
    """Where one tensor lies in the weight file."""

    dtype: str  # as safetensors names it: "F16"
    shape: tuple[int, ...]
    offset: int  # from the start of the file
    length: int


class _Text(nn.Module):
    def __init__(self, model: Synthesizer) -> None:
        super().__init__()
        self.m = model

    def forward(self, *inputs: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        return self.m.encode(*inputs)


class _Latents(nn.Module):
    def __init__(self, model: Synthesizer) -> None:
        super().__init__()
        self.m = model

    def forward(
        self, spread: Tensor, position: Tensor, mask: Tensor, g: Tensor, noise: Tensor
    ) -> tuple[Tensor, Tensor]:
        return self.m.latents(spread, position, mask, g, noise)


class _Decoder(nn.Module):
    """Spectra by frame, as they are transformed; complex numbers as pairs: ONNX has no complex type."""

    def __init__(self, model: Synthesizer) -> None:
        super().__init__()
        self.m = model

    def forward(
        self,
        z: Tensor,
        f0: Tensor,
        embedding: Tensor,
        mask: Tensor,
        tone_real: Tensor,
        tone_imag: Tensor,
        *noise: Tensor,
    ) -> tuple[Tensor, Tensor]:
        log_gain, phase, log_noise = self.m.decoder.shape_from_latents(z, f0, embedding, mask).chunk(3, 2)
        gain, hiss = torch.exp(log_gain.clamp(-12, 6)), torch.exp(log_noise.clamp(-12, 6))
        real, imag = gain * torch.cos(phase), gain * torch.sin(phase)
        return (
            tone_real * real - tone_imag * imag + noise[0] * hiss,
            tone_real * imag + tone_imag * real + noise[1] * hiss,
        )


def export(checkpoint: Path, folder: Path) -> dict[str, str]:
    """Write weights, graphs and hashes into `folder`; return the hashes by file name."""
    config = read_config(checkpoint)
    model = Synthesizer(config).eval()
    load_weights(checkpoint, {"synthesizer": model})
    make_folder(folder)
    weights = folder / WEIGHTS
    save_weights(weights, config, {"synthesizer": model}, dtype=torch.float16)
    model.half().float()  # the graphs are traced with the numbers that ship
    ranges = _byte_ranges(weights)
    for name, module, inputs, axes, outputs in _parts(model, config):
        graph = _trace(module, inputs, axes, outputs)
        _point_into(graph, weights.name, ranges)
        helper.set_model_props(graph, {"config": config.to_json()})
        _write_graph(folder / graph_file(name), graph)
        _write_graph(folder / graph_file(name, "int8"), quantize(graph, _external_values(graph, weights)))
    graphs = [graph_file(name, precision) for name in GRAPHS for precision in ("fp32", "int8")]
    hashes = {path.name: sha256_file(path) for path in sorted([weights, *(folder / name for name in graphs)])}
    with atomic_write(folder / "base.json") as handle:
        handle.write((json.dumps({"format": GRAPH_FORMAT, "sha256": hashes}, indent=1) + "\n").encode())
    return hashes


def _write_graph(path: Path, graph: onnx.ModelProto) -> None:
    _shorten_names(graph.graph)
    with atomic_write(path) as handle:
        handle.write(graph.SerializeToString())


def _shorten_names(graph: onnx.GraphProto) -> None:
    """Number what flows between nodes: the tracer names it after its module, half of a graph's bytes."""
    kept = {value.name for value in (*graph.input, *graph.output, *graph.initializer)}
    produced = [name for node in graph.node for name in node.output if name and name not in kept]
    short = {name: f"_{number}" for number, name in enumerate(produced)}
    for node in graph.node:
        node.ClearField("name")
        for names in (node.input, node.output):
            names[:] = [short.get(name, name) for name in names]


def export_training(checkpoint: Path, folder: Path) -> list[Path]:
    """Write what only training needs: the posterior encoder in fp16 and, if held, small discriminators."""
    config = read_config(checkpoint)
    posterior = PosteriorEncoder(config)
    load_weights(checkpoint, {"posterior": posterior})
    make_folder(folder)
    paths = [folder / "posterior.safetensors"]
    save_weights(paths[0], config, {"posterior": posterior}, dtype=torch.float16)
    if "discriminators" in module_names(checkpoint):
        judges = Discriminators()
        load_weights(checkpoint, {"discriminators": judges})
        _fill_range(judges)
        paths.append(folder / "discriminators.safetensors")
        save_weights(paths[1], config, {"discriminators": judges}, dtype=_dtype_of_judge)
    return paths


_DIRECTION = ".parametrizations.weight.original1"  # of a normalised weight; `original0` is its length
_LARGEST = 256.0  # well within the range of an eight-bit float


def _dtype_of_judge(name: str) -> torch.dtype:
    """Directions are most of a judge, and three bits after the point do for them: it goes on learning."""
    return torch.float8_e4m3fn if name.endswith(_DIRECTION) else torch.float16


def _fill_range(judges: nn.Module) -> None:
    """Stretch the directions over the range of eight bits; their length means nothing."""
    for name, value in judges.named_parameters():
        if name.endswith(_DIRECTION):
            largest = value.detach().abs().amax(tuple(range(1, value.dim())), keepdim=True)
            value.data.mul_(_LARGEST / largest.clamp(min=1e-12))


def _parts(model: Synthesizer, config: ModelConfig) -> list[tuple[str, nn.Module, Any, Any, list[str]]]:
    """Example inputs and dynamic axes of the three graphs."""
    t, n = 13, 17
    text = {
        "ids": torch.randint(1, 100, (1, t)),
        "mask": torch.ones(1, t),
        "embedding": torch.nn.functional.normalize(torch.randn(1, config.speaker_width)),
        "pitch": torch.zeros(1, 2),
        "language": torch.zeros(1, dtype=torch.long),
    }
    latents = {
        "spread": torch.randn(1, config.hidden_width, n),
        "position": torch.rand(1, 2, n),
        "mask": torch.ones(1, 1, n),
        "g": torch.randn(1, config.speaker_width),
        "noise": torch.randn(1, config.latent_width, n),
    }
    spectra = ("tone_real", "tone_imag", "noise_real", "noise_imag")
    decoder = {
        "z": torch.randn(1, config.latent_width, n),
        "f0": torch.full((1, 2 * n), 150.0),
        "embedding": text["embedding"],
        "mask": torch.ones(1, 1, 2 * n),
        **{name: torch.randn(1, 2 * n, config.n_bins) for name in spectra},
    }
    return [
        (
            "text",
            _Text(model),
            text,
            {"ids": {0: "batch", 1: "phonemes"}, "mask": {0: "batch", 1: "phonemes"}, **_batch(text)}
            | {"g": {0: "batch"}, "hidden": {0: "batch", 2: "phonemes"}}
            | {"log_frames": {0: "batch", 1: "phonemes"}},
            ["g", "hidden", "log_frames"],
        ),
        (
            "latents",
            _Latents(model),
            latents,
            {name: {0: "batch", 2: "frames"} for name in ("spread", "position", "mask", "noise", "z")}
            | {"g": {0: "batch"}, "f0": {0: "batch", 1: "half_frames"}},
            ["z", "f0"],
        ),
        (
            "decoder",
            _Decoder(model),
            decoder,
            {name: {0: "batch", 1: "half_frames"} for name in (*spectra, "real", "imag")}
            | {
                "mask": {0: "batch", 2: "half_frames"},
                "z": {0: "batch", 2: "frames"},
                "f0": {0: "batch", 1: "half_frames"},
                "embedding": {0: "batch"},
            },
            ["real", "imag"],
        ),
    ]


def _batch(inputs: dict[str, Tensor]) -> dict[str, dict[int, str]]:
    return {name: {0: "batch"} for name in inputs if name not in ("ids", "mask")}


def _trace(
    module: nn.Module, inputs: dict[str, Tensor], axes: dict[str, dict[int, str]], outputs: Sequence[str]
) -> onnx.ModelProto:
    buffer = io.BytesIO()
    with warnings.catch_warnings(), torch.no_grad():
        # The tracing exporter is deprecated, but the new one cannot keep the weights as named inputs
        # of separate Transpose nodes, which is what lets them stay in the shared file.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module.eval(),
            tuple(inputs.values()),
            buffer,  # type: ignore[arg-type]  # what the tracing exporter takes
            input_names=list(inputs),
            output_names=list(outputs),
            dynamic_axes=axes,
            opset_version=OPSET,
            do_constant_folding=False,
            dynamo=False,
        )
    return onnx.load_from_string(buffer.getvalue())


def _byte_ranges(weights: Path) -> dict[str, ByteRange]:
    """Say where every tensor of a safetensors file lies."""
    with open(weights, "rb") as handle:
        header_length = int.from_bytes(handle.read(8), "little")
        header = json.loads(handle.read(header_length))
    start = 8 + header_length
    ranges = {}
    for name, item in header.items():
        if name != "__metadata__":
            begin, end = item["data_offsets"]
            ranges[name] = ByteRange(item["dtype"], tuple(item["shape"]), start + begin, end - begin)
    return ranges


def _external_values(graph: onnx.ModelProto, weights: Path) -> dict[str, NDArray[np.float32]]:
    """Read the weights that a graph points to, by the name of their initializer."""
    data = weights.read_bytes()
    values = {}
    for tensor in graph.graph.initializer:
        place = {entry.key: entry.value for entry in tensor.external_data}
        if "offset" in place:
            begin = int(place["offset"])
            half = np.frombuffer(data[begin : begin + int(place["length"])], np.float16)
            values[tensor.name] = half.reshape(tuple(tensor.dims)).astype(np.float32)
    return values


def _point_into(model: onnx.ModelProto, location: str, ranges: dict[str, ByteRange]) -> None:
    """Replace the graph's weights by fp16 byte ranges of `location`, cast to fp32."""
    graph = model.graph
    kept, casts = [], []
    for tensor in graph.initializer:
        name = "synthesizer." + tensor.name.removeprefix("m.")
        if name not in ranges:
            kept.append(tensor)
            continue
        place = ranges[name]
        if place.dtype != "F16" or tuple(tensor.dims) != place.shape:
            raise ValueError(f"{name}: {place.dtype} {place.shape} in the file, {tensor.dims} in the graph")
        half = TensorProto(name=f"{tensor.name}.fp16", data_type=TensorProto.FLOAT16, dims=tensor.dims)
        half.data_location = TensorProto.EXTERNAL
        for key, value in (
            ("location", location),
            ("offset", str(place.offset)),
            ("length", str(place.length)),
        ):
            half.external_data.add(key=key, value=value)
        kept.append(half)
        casts.append(helper.make_node("Cast", [half.name], [tensor.name], to=TensorProto.FLOAT))
    del graph.initializer[:]
    graph.initializer.extend(kept)
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
