"""Products and convolutions of an ONNX graph in eight bits: the same weights, rounded when it is loaded.

Each output of a weight has its scale. ONNX Runtime finds scales and rounds when it loads, and folds all of it
away: the weights still exist once, in the shared file. Activations are rounded with one scale for an
utterance ("dynamic quantization", https://onnxruntime.ai/docs/performance/model-optimizations/quantization.html).
A convolution becomes a product with what its taps see, side by side (Chetlur et al., arXiv:1410.0759).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import AttributeProto, ModelProto, NodeProto, TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

# Rounded, the last layer of pitch would move it by 7 cents more, all before it by 1. The statistics see pitch
# beside larger numbers.
KEPT = ("prior.pitch.project", "prior.statistics")
_FEW_INPUTS = 8  # of a convolution: pitch and voicing, or a channel of its own; there is little to be won
_LARGEST = 127
_END = np.iinfo(np.int64).max

Weights = Mapping[str, NDArray[np.float32]]


def quantize(model: ModelProto, weights: Weights) -> ModelProto:
    """Return a copy of a graph whose products with constants are of integers.

    Args:
        model: as `export` makes it, its weights external, cast and perhaps transposed.
        weights: values by the name of their initializer.
    """
    copied = ModelProto()
    copied.CopyFrom(model)
    graph = copied.graph
    makers = {output: node for node in graph.node for output in node.output}
    weights = {**weights, **_computed_kernels(model, makers, weights)}
    nodes: list[NodeProto] = []
    for node in graph.node:
        constant = _constant(node, makers, weights)
        if constant is None:
            nodes.append(node)
            continue
        part = _Part(f"{node.output[0]}.int8")
        (_convolve if node.op_type == "Conv" else _multiply)(part, node, constant)
        nodes.extend(part.nodes)
        graph.initializer.extend(part.initializers)
    del graph.node[:]
    graph.node.extend(nodes)
    return copied


@dataclass(frozen=True, slots=True)
class _Constant:
    """What a node multiplies with: a value of the graph, and how its axes were swapped, if they were."""

    value: str
    weight: NDArray[np.float32]  # as stored: a row, or the taps, for each output; or a column, if not swapped
    order: tuple[int, ...]  # empty if they were not


def _constant(node: NodeProto, makers: Mapping[str, NodeProto], weights: Weights) -> _Constant | None:
    """Return the constant of a product or of a dense convolution, or None."""
    if node.op_type not in ("MatMul", "Conv"):
        return None
    value, order = node.input[1], ()
    maker = makers.get(value)
    if maker is not None and maker.op_type == "Transpose":
        value, order = maker.input[0], tuple(maker.attribute[0].ints)
        maker = makers.get(value)
    name = maker.input[0] if maker is not None and maker.op_type == "Cast" else value
    if name not in weights or any(part in name for part in KEPT):
        return None
    weight = weights[name]
    is_wide = weight.ndim == 3 and weight.shape[1] > _FEW_INPUTS
    fits = weight.ndim == 2 if node.op_type == "MatMul" else is_wide
    return _Constant(value, weight, order) if fits else None


def _computed_kernels(
    model: ModelProto, makers: Mapping[str, NodeProto], weights: Weights
) -> dict[str, NDArray[np.float32]]:
    """Return the kernels that a graph computes from its weights alone, by the name of their value."""
    known = {
        tensor.name: numpy_helper.to_array(tensor)
        for tensor in model.graph.initializer
        if tensor.data_location != TensorProto.EXTERNAL
    } | dict(weights)
    kernels = {}
    for node in model.graph.node:
        if node.op_type != "Conv" or node.input[1] not in makers:
            continue
        needed = _ancestors(node.input[1], makers)
        names = {name for maker in needed for name in maker.input if name not in makers}
        if names <= known.keys() and not any(part in name for part in KEPT for name in names):
            constants = [numpy_helper.from_array(known[name], name) for name in sorted(names)]
            kernel = helper.make_empty_tensor_value_info(node.input[1])
            graph = helper.make_graph(needed, "kernel", [], [kernel], constants)
            made = helper.make_model(graph, opset_imports=model.opset_import, ir_version=model.ir_version)
            values: Any = ReferenceEvaluator(made).run(None, {})
            kernels[node.input[1]] = values[0]
    return kernels


def _ancestors(value: str, makers: Mapping[str, NodeProto]) -> list[NodeProto]:
    """Return the nodes that a value is made by, each after those that it needs."""
    ordered: dict[int, NodeProto] = {}

    def visit(name: str) -> None:
        maker = makers.get(name)
        if maker is not None and id(maker) not in ordered:
            for needed in maker.input:
                visit(needed)
            ordered[id(maker)] = maker

    visit(value)
    return list(ordered.values())


@dataclass(slots=True)
class _Part:
    """Nodes that stand for one node of the graph; all they make begins with its name."""

    name: str
    nodes: list[NodeProto] = field(default_factory=list)
    initializers: list[TensorProto] = field(default_factory=list)

    def hold(self, suffix: str, values: NDArray[np.generic]) -> str:
        """Add a constant; return its name."""
        self.initializers.append(numpy_helper.from_array(values, f"{self.name}.{suffix}"))
        return f"{self.name}.{suffix}"

    def make(self, kind: str, inputs: Sequence[str], suffix: str, **attributes: Any) -> str:
        """Add a node with one output; return its name."""
        output = f"{self.name}.{suffix}"
        self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def end_as(self, output: str) -> None:
        """Give the last output the name that the rest of the graph knows."""
        self.nodes[-1].output[0] = output


def _multiply(part: _Part, node: NodeProto, constant: _Constant) -> None:
    """x [..., K] times a matrix [K, M].

    A swapped matrix is rounded first and swapped then: rows with one scale are rounded ten times as fast.
    """
    axis = constant.order[1] if constant.order else 1
    rounded, scale = _rounded_weight(part, constant, axis)
    if constant.order:
        rounded = part.make("Transpose", [rounded], "w", perm=constant.order)
    values, unit, zero = _rounded_values(part, node.input[0])
    _scaled_sum(part, values, rounded, zero, (unit, scale))
    part.end_as(node.output[0])


def _convolve(part: _Part, node: NodeProto, constant: _Constant) -> None:
    """x [B, C, N] with a kernel [M, C, taps] that leaves its length; side by side is [B, N, taps · C]."""
    n_out, n_in, n_taps = constant.weight.shape
    rounded, scale = _rounded_weight(part, constant, 0)
    by_tap = part.make("Transpose", [rounded], "taps", perm=(2, 1, 0))
    matrix = part.make("Reshape", [by_tap, part.hold("shape", np.array([n_taps * n_in, n_out]))], "w")
    frames = part.make("Transpose", [node.input[0]], "frames", perm=(0, 2, 1))
    values, unit, zero = _rounded_values(part, frames)
    if n_taps > 1:
        before, after = _padding(node)
        pads = part.hold("pads", np.array([0, before, 0, 0, after, 0]))
        padded, axis = part.make("Pad", [values, pads, zero], "padded"), part.hold("axis", np.array([1]))
        seen = []
        for tap in range(n_taps):
            last = tap - (n_taps - 1)
            begin = part.hold(f"begin{tap}", np.array([tap]))
            end = part.hold(f"end{tap}", np.array([last if last else _END]))
            seen.append(part.make("Slice", [padded, begin, end, axis], f"seen{tap}"))
        values = part.make("Concat", seen, "side_by_side", axis=2)
    total = _scaled_sum(part, values, matrix, zero, (unit, scale))
    if len(node.input) > 2:
        total = part.make("Add", [total, node.input[2]], "moved")
    part.make("Transpose", [total], "by_channel", perm=(0, 2, 1))
    part.end_as(node.output[0])


def _padding(node: NodeProto) -> tuple[int, int]:
    pads: AttributeProto = next(attribute for attribute in node.attribute if attribute.name == "pads")
    before, after = pads.ints
    return before, after


def _rounded_weight(part: _Part, constant: _Constant, axis: int) -> tuple[str, str]:
    """Return the weight in eight bits and the scales of its outputs, which lie along `axis`."""
    others = [other for other in range(constant.weight.ndim) if other != axis]
    sizes = part.make("Abs", [constant.value], "sizes")
    largest = part.make("ReduceMax", [sizes], "largest", axes=others, keepdims=0)
    # An output without weights has a scale as well, if any.
    some = part.make("Max", [largest, part.hold("least", np.array(np.finfo(np.float32).tiny))], "some")
    scale = part.make("Div", [some, part.hold("most", np.array(_LARGEST, np.float32))], "scale")
    zero = part.make("Cast", [part.make("Sub", [scale, scale], "nothing")], "zero", to=TensorProto.INT8)
    return part.make("QuantizeLinear", [constant.value, scale, zero], "rounded", axis=axis), scale


def _rounded_values(part: _Part, values: str) -> tuple[str, str, str]:
    """Return activations in eight bits, their unit, and which number is zero."""
    names = [f"{part.name}.{suffix}" for suffix in ("a", "a_unit", "a_zero")]
    part.nodes.append(helper.make_node("DynamicQuantizeLinear", [values], names))
    rounded, unit, zero = names
    return rounded, unit, zero


def _scaled_sum(part: _Part, values: str, matrix: str, zero: str, units: tuple[str, str]) -> str:
    """Multiply integers and scale the sums back; ONNX Runtime joins most of it into one kernel."""
    total = part.make("MatMulInteger", [values, matrix, zero], "sum")
    real = part.make("Cast", [total], "real", to=TensorProto.FLOAT)
    return part.make("Mul", [real, part.make("Mul", units, "unit")], "scaled")
