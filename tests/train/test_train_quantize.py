"""Products and convolutions in eight bits are those of the graph, rounded."""

from __future__ import annotations

import numpy as np
import pytest

onnx = pytest.importorskip("onnx", reason="quantizing needs the extra `train`")
onnxruntime = pytest.importorskip("onnxruntime")

from onnx import ModelProto, TensorProto, helper, numpy_helper  # noqa: E402

from ttsbook.train.quantize import quantize  # noqa: E402

BATCH, CHANNELS, FRAMES, OUTPUTS = 2, 12, 9, 5


def convolution(taps: int, name: str = "stack.embed.weight") -> tuple[ModelProto, dict[str, np.ndarray]]:
    random = np.random.default_rng(taps)
    weight = random.standard_normal((OUTPUTS, CHANNELS, taps)).astype(np.float32)
    bias = random.standard_normal(OUTPUTS).astype(np.float32)
    node = helper.make_node("Conv", ["x", name, "bias"], ["y"], kernel_shape=[taps], pads=[taps // 2] * 2)
    return model(node, {name: weight, "bias": bias}, [BATCH, CHANNELS, "n"]), {name: weight}


def model(node: onnx.NodeProto, constants: dict[str, np.ndarray], shape: list[int | str]) -> ModelProto:
    graph = helper.make_graph(
        [node],
        "one",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def run(graph: ModelProto, x: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(graph.SerializeToString(), providers=["CPUExecutionProvider"])
    result: np.ndarray = session.run(None, {"x": x})[0]
    return result


def check_close(graph: ModelProto, rounded: ModelProto, x: np.ndarray) -> None:
    wanted, found = run(graph, x), run(rounded, x)
    assert found.shape == wanted.shape
    error = np.abs(found - wanted).max() / wanted.std()
    assert 1e-5 < error < 0.08  # of one number; a tap in the wrong place is wrong by more than one


@pytest.mark.parametrize("taps", [1, 3, 5, 7])
def test_a_convolution_sees_what_it_saw_up_to_the_ends(taps: int) -> None:
    graph, weights = convolution(taps)
    rounded = quantize(graph, weights)
    assert "Conv" not in {node.op_type for node in rounded.graph.node}
    x = np.random.default_rng(0).standard_normal((BATCH, CHANNELS, FRAMES)).astype(np.float32)
    check_close(graph, rounded, x + 0.5)  # zero is not in the middle


@pytest.mark.parametrize("swapped", [False, True])
def test_a_product_multiplies_with_the_same_matrix(swapped: bool) -> None:
    matrix = np.random.default_rng(1).standard_normal((OUTPUTS, CHANNELS)).astype(np.float32)
    stored = matrix if swapped else np.ascontiguousarray(matrix.T)
    node = helper.make_node("MatMul", ["x", "w.t" if swapped else "w"], ["y"])
    graph = model(node, {"w": stored}, [BATCH, "n", CHANNELS])
    if swapped:
        graph.graph.node.insert(0, helper.make_node("Transpose", ["w"], ["w.t"], perm=[1, 0]))
    rounded = quantize(graph, {"w": stored})
    assert "MatMulInteger" in {node.op_type for node in rounded.graph.node}
    x = np.random.default_rng(2).standard_normal((BATCH, FRAMES, CHANNELS)).astype(np.float32)
    check_close(graph, rounded, x)


def test_a_kernel_that_the_graph_computes_is_rounded_too() -> None:
    graph, weights = convolution(5)
    (stored,) = weights
    double = numpy_helper.from_array(np.float32(2), "two")
    graph.graph.initializer.append(double)
    graph.graph.node.insert(0, helper.make_node("Mul", [stored, "two"], ["kernel"]))
    graph.graph.node[1].input[1] = "kernel"
    rounded = quantize(graph, weights)
    assert "Conv" not in {node.op_type for node in rounded.graph.node}
    x = np.random.default_rng(3).standard_normal((BATCH, CHANNELS, FRAMES)).astype(np.float32)
    check_close(graph, rounded, x)


def test_a_kernel_that_depends_on_the_input_stays_as_it_is() -> None:
    graph, weights = convolution(1)
    (stored,) = weights
    graph.graph.node.insert(0, helper.make_node("ReduceMax", ["x"], ["loudest"], keepdims=0))
    graph.graph.node.insert(1, helper.make_node("Mul", [stored, "loudest"], ["kernel"]))
    graph.graph.node[2].input[1] = "kernel"
    assert quantize(graph, weights) == graph


@pytest.mark.parametrize("name", ["prior.pitch.project.weight", "prior.statistics.weight"])
def test_what_pitch_comes_from_last_stays_as_it_is(name: str) -> None:
    graph, weights = convolution(3, name)
    assert quantize(graph, weights) == graph


def test_a_convolution_of_few_channels_stays_as_it_is() -> None:
    graph, weights = convolution(3)
    (stored,) = weights
    few = {stored: np.ascontiguousarray(weights[stored][:, :2])}
    graph.graph.initializer[0].CopyFrom(numpy_helper.from_array(few[stored], stored))
    assert quantize(graph, few) == graph
