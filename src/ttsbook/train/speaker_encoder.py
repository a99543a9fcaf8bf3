"""Turns the GE2E speaker encoder of the package `resemblyzer` into the small ONNX file we ship.

    python -m ttsbook.train.speaker_encoder --out src/ttsbook/weights/speaker_encoder.onnx

Run once. The graph is built by hand (three LSTM layers, a linear layer, ReLU, unit length), so its
bytes depend on the weights alone; weights are kept in fp16 and widened when the file is loaded.
Knows nothing of audio: the front end is `ttsbook.voice.mel`.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ttsbook.errors import MissingError, OutputError
from ttsbook.files import atomic_write

N_LAYERS = 3
HIDDEN = 256
N_MELS = 40
N_FRAMES = 160  # 1.6 s: the length of a partial utterance
OPSET = 17
MIN_COSINE = 0.9999  # the shipped file must agree with the original at least this well

Weights = Mapping[str, NDArray[np.float32]]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, required=True, help="the ONNX file to write")
    out: Path = parser.parse_args(arguments).out
    weights = read_weights()
    model = build_model(weights)
    check_agreement(model, weights)
    with atomic_write(out) as handle:
        handle.write(model)
    return 0


def read_weights() -> dict[str, NDArray[np.float32]]:
    """Return the weights of Resemblyzer's encoder by their names there."""
    import torch

    try:
        package = resources.files("resemblyzer")
    except ModuleNotFoundError as error:
        raise MissingError("the package resemblyzer is not installed", "pip install resemblyzer") from error
    checkpoint = torch.load(str(package / "pretrained.pt"), map_location="cpu", weights_only=True)
    wanted = ("lstm.", "linear.")
    state = checkpoint["model_state"]
    return {name: value.float().numpy() for name, value in state.items() if name.startswith(wanted)}


def build_model(weights: Weights) -> bytes:
    """Return ONNX bytes: mels [batch, 160, 40] -> embedding [batch, 256] of unit length."""
    from onnx import TensorProto, checker, helper, numpy_helper

    nodes: list[Any] = [helper.make_node("Transpose", ["mels"], ["x0"], perm=[1, 0, 2])]  # time first
    constants: list[Any] = []

    def constant(name: str, value: NDArray[Any]) -> str:
        constants.append(numpy_helper.from_array(value.astype(np.float16), name + ".fp16"))
        nodes.append(helper.make_node("Cast", [name + ".fp16"], [name], to=TensorProto.FLOAT))
        return name

    def index(name: str, value: list[int]) -> str:
        constants.append(numpy_helper.from_array(np.array(value, dtype=np.int64), name))
        return name

    direction = index("direction", [1])
    for layer in range(N_LAYERS):
        biases = [_gates(weights[f"lstm.bias_{side}_l{layer}"]) for side in ("ih", "hh")]
        names = [
            f"x{layer}",
            constant(f"W{layer}", _gates(weights[f"lstm.weight_ih_l{layer}"])[None]),
            constant(f"R{layer}", _gates(weights[f"lstm.weight_hh_l{layer}"])[None]),
            constant(f"B{layer}", np.concatenate(biases)[None]),
        ]
        outputs = [f"y{layer}", f"last{layer}"]
        nodes.append(helper.make_node("LSTM", names, outputs, hidden_size=HIDDEN))
        # [time, direction, batch, hidden] -> [time, batch, hidden]
        nodes.append(helper.make_node("Squeeze", [f"y{layer}", direction], [f"x{layer + 1}"]))
    nodes += [
        helper.make_node("Squeeze", [f"last{N_LAYERS - 1}", index("first", [0])], ["hidden"]),
        helper.make_node(
            "Gemm",
            [
                "hidden",
                constant("linear.weight", weights["linear.weight"]),
                constant("linear.bias", weights["linear.bias"]),
            ],
            ["projected"],
            transB=1,
        ),
        helper.make_node("Relu", ["projected"], ["positive"]),
        helper.make_node("ReduceL2", ["positive"], ["length"], axes=[1], keepdims=1),
        helper.make_node("Div", ["positive", "length"], ["embedding"]),
    ]
    graph = helper.make_graph(
        nodes,
        "speaker_encoder",
        [helper.make_tensor_value_info("mels", TensorProto.FLOAT, ["batch", N_FRAMES, N_MELS])],
        [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["batch", HIDDEN])],
        constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="ttsbook")
    model.ir_version = 9  # readable by ONNX Runtime 1.20 and later
    checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString())


def check_agreement(model: bytes, weights: Weights) -> None:
    """Compare the ONNX graph with torch on random spectrograms.

    Raises:
        OutputError: they differ by more than fp16 storage explains.
    """
    import onnxruntime
    import torch

    lstm = torch.nn.LSTM(N_MELS, HIDDEN, N_LAYERS, batch_first=True)
    lstm.load_state_dict(
        {k.removeprefix("lstm."): torch.tensor(v) for k, v in weights.items() if k.startswith("lstm.")}
    )
    # Speech has a level near -30 dBFS: mel powers of 1e-6 to 10, spread over decades.
    mels = 10.0 ** np.random.default_rng(0).uniform(-6, 1, (16, N_FRAMES, N_MELS))
    mels = mels.astype(np.float32)
    with torch.no_grad():
        _, (hidden, _) = lstm(torch.from_numpy(mels))
    projected = hidden[-1].numpy() @ weights["linear.weight"].T + weights["linear.bias"]
    expected = np.maximum(projected, 0.0)
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    cosines = (session.run(None, {"mels": mels})[0] * expected).sum(axis=1)
    if cosines.min() < MIN_COSINE:
        raise OutputError(f"the ONNX speaker encoder disagrees with torch: cosine {cosines.min():.6f}")


def _gates(weight: NDArray[np.float32]) -> NDArray[np.float32]:
    """Reorder the four gates along the first axis from torch's i, f, g, o to ONNX's i, o, f, g."""
    i, f, g, o = np.split(weight, 4)
    return np.concatenate([i, o, f, g])


if __name__ == "__main__":
    raise SystemExit(main())
