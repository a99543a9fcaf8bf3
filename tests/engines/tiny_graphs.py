"""Graphs with the inputs, outputs and inner names of Kokoro's and Piper's, and next to nothing inside."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from ttsbook.engines import kokoro_model, piper_model

WIDTH = 4  # latent channels of the tiny Piper


def _constants(**values: object) -> list[onnx.TensorProto]:
    return [numpy_helper.from_array(np.asarray(value), name) for name, value in values.items()]


def _model(nodes: list[onnx.NodeProto], inputs: list[object], output: str, constants: list[onnx.TensorProto]):  # type: ignore[no-untyped-def]
    out = helper.make_tensor_value_info(output, TensorProto.FLOAT, None)
    graph = helper.make_graph(nodes, "tiny", inputs, [out], constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15)], ir_version=8)


def make_kokoro() -> bytes:
    """Two units a phoneme at speed 1; the samples are the first number of the style."""
    n = helper.make_node
    nodes = [
        n("Cast", ["tokens"], ["zeros_of"], to=TensorProto.FLOAT),
        n("Mul", ["zeros_of", "zero"], ["zeros"]),
        n("Div", ["two", "speed"], ["units"]),
        n("Add", ["zeros", "units"], ["unclipped"]),
        n("Round", ["unclipped"], ["rounded"]),
        n("Clip", ["rounded", "one"], [kokoro_model.DURATIONS]),
        n("ReduceSum", [kokoro_model.DURATIONS], ["total"], keepdims=0),
        n("Cast", ["total"], ["n_units"], to=TensorProto.INT64),
        n("Reshape", ["n_units", "shape_1"], ["n_units_1"]),
        n("Mul", ["n_units_1", "pitch_per_unit"], ["n_pitch"]),
        n("Expand", ["hertz", "n_pitch"], [kokoro_model.PITCH]),
        n("Mul", ["n_units_1", "unit"], ["n_samples"]),
        n("Slice", ["style", "at_0", "at_1", "axis_1"], ["level"]),
        n("Reshape", ["level", "shape_1"], ["level_1"]),
        n("Expand", ["level_1", "n_samples"], ["waveform"]),
    ]
    inputs = [
        helper.make_tensor_value_info("tokens", TensorProto.INT64, [1, "t"]),
        helper.make_tensor_value_info("style", TensorProto.FLOAT, [1, kokoro_model.STYLE]),
        helper.make_tensor_value_info("speed", TensorProto.FLOAT, [1]),
    ]
    constants = _constants(
        zero=np.float32(0), two=np.float32(2), one=np.float32(1), hertz=np.array([140], np.float32),
        shape_1=np.array([1]), at_0=np.array([0]), at_1=np.array([1]), axis_1=np.array([1]),
        unit=np.array([kokoro_model.UNIT]), pitch_per_unit=np.array([kokoro_model.PITCH_PER_UNIT]),
    )  # fmt: skip
    return bytes(_model(nodes, inputs, "waveform", constants).SerializeToString())


def make_piper(path: Path, symbols: str = "aɪɹwzʌənd ,.", voice: str = "en-us", n_sources: int = 2) -> Path:
    """Two frames an id at length scale 1, more where its noise says so; the samples are the latent noise."""
    n = helper.make_node
    nodes = [
        n("Cast", ["input"], ["floats"], to=TensorProto.FLOAT),
        n("Mul", ["floats", "zero"], ["zeros"]),
        n("Unsqueeze", ["zeros", "axis_1"], ["zeros_3"]),  # [1, 1, T]
        n("Concat", ["zeros_3", "zeros_3"], ["zeros_dp"], axis=1),
        n("RandomNormalLike", ["zeros_dp"], ["noise_dp"], name="/dp/RandomNormalLike"),
        n("ReduceMean", ["noise_dp"], ["noise_mean"], axes=[1], keepdims=1),
        n("Slice", ["scales", "at_2", "at_3"], ["noise_w"]),
        n("Mul", ["noise_mean", "noise_w"], ["jitter"]),
        n("Abs", ["jitter"], ["longer"]),
        n("Add", ["longer", "two"], ["base"]),
        n("Slice", ["scales", "at_1", "at_2"], ["length"]),
        n("Mul", ["base", "length"], ["stretched"]),
        n("Ceil", ["stretched"], [piper_model.DURATIONS]),
        n("ReduceSum", [piper_model.DURATIONS], ["total"], keepdims=0),
        n("Cast", ["total"], ["n_frames"], to=TensorProto.INT64),
        n("Reshape", ["n_frames", "at_1"], ["n_frames_1"]),
        n("Concat", ["at_1", "width", "n_frames_1"], ["shape"], axis=0),
        n("ConstantOfShape", ["shape"], ["latents"]),
    ]
    if n_sources == 2:
        nodes.append(n("RandomNormalLike", ["latents"], ["noise"], name="/RandomNormalLike"))
    else:
        nodes.append(n("Identity", ["latents"], ["noise"]))
    nodes += [
        n("Slice", ["scales", "at_0", "at_1"], ["noise_scale"]),
        n("Mul", ["noise", "noise_scale"], ["scaled"]),
        n("ReduceMean", ["scaled"], ["mean"], axes=[1], keepdims=1),  # [1, 1, N]
        n("Unsqueeze", ["mean", "axis_3"], ["column"]),
        n("Expand", ["column", "hops"], ["rows"]),
        n("Reshape", ["rows", "flat"], ["output"]),
    ]
    inputs = [
        helper.make_tensor_value_info("input", TensorProto.INT64, [1, "phonemes"]),
        helper.make_tensor_value_info("input_lengths", TensorProto.INT64, [1]),
        helper.make_tensor_value_info("scales", TensorProto.FLOAT, [3]),
    ]
    constants = _constants(
        zero=np.float32(0), two=np.float32(2), axis_1=np.array([1]), axis_3=np.array([3]),
        at_0=np.array([0]), at_1=np.array([1]), at_2=np.array([2]), at_3=np.array([3]),
        width=np.array([WIDTH]), hops=np.array([1, 1, 1, piper_model.HOP]), flat=np.array([1, 1, 1, -1]),
    )  # fmt: skip
    constants += _constants(**{"enc_p.proj.bias": np.zeros(2 * WIDTH, np.float32)})
    path.write_bytes(_model(nodes, inputs, "output", constants).SerializeToString())
    marks = ["_", "^", "$", *symbols, *"eoʊʃtʒː"]
    table = {
        "audio": {"sample_rate": 22_050},
        "espeak": {"voice": voice},
        "inference": {"noise_scale": 0.667, "length_scale": 1, "noise_w": 0.8},
        "phoneme_id_map": {mark: [number] for number, mark in enumerate(dict.fromkeys(marks))},
        "num_speakers": 1,
    }
    path.with_name(f"{path.name}.json").write_text(json.dumps(table), "utf-8")
    return path
