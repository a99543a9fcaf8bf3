"""Matrix products of an ONNX graph in eight bits: the same weights, rounded when the graph is loaded.

Each column of a weight has its scale, which stands in the graph; ONNX Runtime folds the rounding away when it
loads, so that the weights still exist once, in the shared file. Activations are rounded with one scale for an
utterance ("dynamic quantization", https://onnxruntime.ai/docs/performance/model-optimizations/quantization.html).
Convolutions, and what sums or decides by small differences, stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

# The prior tells the pitch, which is summed up over the utterance; attention weighs sums.
KEPT = ("prior.", "attention")
_LARGEST = 127


def quantize(model: ModelProto, weights: Mapping[str, NDArray[np.float32]]) -> ModelProto:
    """Return a copy of a graph whose products with constant matrices are of integers.

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
        matrix = _matrix(node, makers, weights) if node.op_type == "MatMul" else None
        if matrix is None:
            nodes.append(node)
            continue
        columns = weights[matrix.weight].transpose(matrix.order or (0, 1))
        scale = (np.abs(columns).max(0) / _LARGEST).astype(np.float32)
        scale[scale == 0] = 1.0
        name = f"{node.output[0]}.int8"
        graph.initializer.append(numpy_helper.from_array(scale, f"{name}.scale"))
        graph.initializer.append(numpy_helper.from_array(np.zeros(len(scale), np.int8), f"{name}.zero"))
        nodes.extend(_integer_product(node, matrix, name))
    del graph.node[:]
    graph.node.extend(nodes)
    return copied


@dataclass(frozen=True, slots=True)
class _Matrix:
    """What a product multiplies with: a value of the graph, and how its axes were swapped, if they were."""

    value: str
    weight: str  # the initializer behind it
    order: tuple[int, ...]  # empty if they were not


def _matrix(
    node: NodeProto, makers: Mapping[str, NodeProto], weights: Mapping[str, NDArray[np.float32]]
) -> _Matrix | None:
    """Return the constant matrix that a product multiplies with, or None."""
    value, order = node.input[1], ()
    maker = makers.get(value)
    if maker is not None and maker.op_type == "Transpose":
        value, order = maker.input[0], tuple(maker.attribute[0].ints)
        maker = makers.get(value)
    weight = maker.input[0] if maker is not None and maker.op_type == "Cast" else value
    if weight not in weights or weights[weight].ndim != 2 or any(part in weight for part in KEPT):
        return None
    return _Matrix(value, weight, order)


def _integer_product(node: NodeProto, matrix: _Matrix, name: str) -> Iterator[NodeProto]:
    """Yield what stands for a MatMul; ONNX Runtime joins most of it into one kernel.

    A swapped matrix is rounded first and swapped then: rows with one scale are rounded ten times as fast.
    """
    values = node.input[0]
    axis = matrix.order[1] if matrix.order else 1
    rounded = f"{name}.rows" if matrix.order else f"{name}.w"
    yield helper.make_node(
        "DynamicQuantizeLinear", [values], [f"{name}.a", f"{name}.a_scale", f"{name}.a_zero"]
    )
    yield helper.make_node(
        "QuantizeLinear", [matrix.value, f"{name}.scale", f"{name}.zero"], [rounded], axis=axis
    )
    if matrix.order:
        yield helper.make_node("Transpose", [rounded], [f"{name}.w"], perm=matrix.order)
    yield helper.make_node("MatMulInteger", [f"{name}.a", f"{name}.w", f"{name}.a_zero"], [f"{name}.sum"])
    yield helper.make_node("Cast", [f"{name}.sum"], [f"{name}.float"], to=TensorProto.FLOAT)
    yield helper.make_node("Mul", [f"{name}.a_scale", f"{name}.scale"], [f"{name}.unit"])
    yield helper.make_node("Mul", [f"{name}.float", f"{name}.unit"], [node.output[0]])
