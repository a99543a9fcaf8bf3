"""Products and convolutions of an ONNX graph in eight bits: the same weights, rounded when it is loaded.

Each output of a weight has its scale, which stands in the graph; ONNX Runtime folds the rounding away when it
loads, so that the weights still exist once, in the shared file. Activations are rounded with one scale for an
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

# Pitch is summed up over the utterance, the statistics see it beside larger numbers; attention weighs sums.
KEPT = ("prior.pitch", "prior.statistics", "attention", "qkv", "attend_out")
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
    fits = weight.ndim == 2 if node.op_type == "MatMul" else weight.ndim == 3 and weight.shape[1] > 1
    return _Constant(value, weight, order) if fits else None


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
    others = tuple(other for other in range(constant.weight.ndim) if other != axis)
    scales = (np.abs(constant.weight).max(others) / _LARGEST).astype(np.float32)
    scales[scales == 0] = 1.0
    scale, zero = part.hold("scale", scales), part.hold("zero", np.zeros(len(scales), np.int8))
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
