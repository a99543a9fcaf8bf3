"""Any ONNX graph or torch module, as fast as this machine's GPU computes it.

    from ttsbook import tensorrt_optimizer

    optimized = tensorrt_optimizer.optimize_model(model="net.onnx", input_shape=(1, 80), model_name="net")
    outputs = optimized.run(samples)
    print(tensorrt_optimizer.get_gpu_memory_info())

TensorRT if it is there, else CUDA, else the processor: `OptimizedModel.why` says what stood in the way. The
base voice itself is built by `ttsbook optimize`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from ttsbook import paths
from ttsbook.engines.gpu import Gpu, list_gpus
from ttsbook.engines.hardware import providers
from ttsbook.engines.tensorrt import (
    Shape,
    cache_folder,
    check_in_use,
    check_tensorrt,
    load_libraries,
    provider_chain,
)
from ttsbook.errors import InputError, MissingError, UsageError, first_line
from ttsbook.files import make_folder, sha256_file, temporary_beside
from ttsbook.vits2.session import (
    CPU,
    CUDA,
    TENSORRT,
    cause_of,
    failures,
    load_runtime,
    name_of,
    open_session,
    opening_failures,
)
from ttsbook.voice.name import check_name

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Gpu", "OptimizedModel", "get_gpu_memory_info", "optimize_model"]

Shapes: TypeAlias = "Sequence[int] | Mapping[str, Sequence[int]]"


@dataclass(frozen=True, slots=True)
class OptimizedModel:
    """A graph that is loaded and has its shape."""

    name: str
    provider: str  # "TensorrtExecutionProvider", "CUDAExecutionProvider" or "CPUExecutionProvider"
    why: str  # why it is not TensorRT, "" if it is
    shapes: Mapping[str, Shape]  # of all inputs
    session: Any  # the session of ONNX Runtime

    def run(
        self, *inputs: NDArray[np.generic], **named: NDArray[np.generic]
    ) -> tuple[NDArray[np.generic], ...]:
        """Return the outputs for inputs in order or by name.

        Raises:
            UsageError: an input is missing, unknown, or not of the shape that was optimised or the type.
        """
        import numpy as np

        feed = {**dict(zip(self.shapes, inputs, strict=False)), **named}
        if set(feed) != set(self.shapes) or len(inputs) + len(named) != len(self.shapes):
            raise UsageError(f"{self.name} takes the inputs {', '.join(self.shapes)}")
        for key, value in feed.items():
            if np.shape(value) != self.shapes[key]:
                raise UsageError(
                    f"{key} is {np.shape(value)}; {self.name} was optimised for {self.shapes[key]}"
                )
        try:
            return tuple(self.session.run(None, feed))
        except failures() as error:
            if type(error).__name__ != "InvalidArgument":
                raise
            hint = "numpy makes float64 unless told otherwise: try `.astype(numpy.float32)`"
            raise UsageError(f"{self.name} does not take this: {first_line(error)}", hint) from error


def optimize_model(*, model: Any, input_shape: Shapes, model_name: str) -> OptimizedModel:
    """Load a model for inputs of one shape, built by TensorRT where that is possible.

    Args:
        model: the path of an ONNX file, or a `torch.nn.Module` with one float input.
        input_shape: of its only input, or of each by name.
        model_name: names what is kept in the cache.

    Raises:
        UsageError: name or shapes do not fit the model.
        InputError: the file is not a graph that ONNX Runtime can load.
        MissingError: the file, or ONNX Runtime, is missing.
    """
    check_name(model_name)
    path = Path(model) if isinstance(model, str | Path) else _exported(model, input_shape, model_name)
    if not path.is_file():
        raise MissingError(f"there is no model at {path}")
    shapes = _shapes(_open(path, [CPU]), input_shape)
    provider, why, session = _best(path, shapes, model_name)
    return OptimizedModel(model_name, provider, why, shapes, session)


def get_gpu_memory_info() -> tuple[Gpu, ...]:
    """Return name, total and free bytes of each NVIDIA GPU; nothing where there is none."""
    return list_gpus()


def _best(path: Path, shapes: Mapping[str, Shape], name: str) -> tuple[str, str, Any]:
    """Return the best provider that works, why it is not TensorRT, and the session."""
    gpus = list_gpus()
    if not gpus:
        return CPU, "there is no NVIDIA GPU here", _open(path, [CPU])
    gpu = gpus[0]
    try:
        check_tensorrt()
        load_libraries()
        folder = cache_folder(gpu, (sha256_file(path),))
        session = _open(path, provider_chain(gpu, folder, name, shapes, fp16=True))
        check_in_use(session)
        return TENSORRT, "", session
    except (MissingError, InputError) as error:  # the latter if it cannot be built: as a graph it was opened
        why = error.message
    if CUDA in providers():
        with contextlib.suppress(InputError):
            session = _open(path, [(CUDA, {"device_id": str(gpu.index)}), CPU])
            return session.get_providers()[0], why, session
    return CPU, why, _open(path, [CPU])


def _open(path: Path, chain: Sequence[Any]) -> Any:
    options = load_runtime().SessionOptions()
    options.log_severity_level = 3
    try:
        return open_session(path, options, chain)
    except opening_failures() as error:
        why = cause_of(error, name_of(chain[0]))
        raise InputError(f"{path} cannot be loaded: {why}") from error


def _shapes(session: Any, wanted: Shapes) -> dict[str, Shape]:
    """Return the shape of each input, if they fit."""
    inputs = session.get_inputs()
    if not isinstance(wanted, Mapping):
        if len(inputs) != 1:
            names = ", ".join(value.name for value in inputs)
            raise UsageError("the model has several inputs", f"give a shape for each of: {names}")
        wanted = {inputs[0].name: wanted}
    shapes = {name: tuple(int(size) for size in shape) for name, shape in wanted.items()}
    if any(size < 1 for shape in shapes.values() for size in shape):
        raise UsageError(f"input shapes are fixed numbers from 1 on, not {shapes}")
    for value in inputs:
        shape = shapes.get(value.name, ())
        fits = len(shape) == len(value.shape) and all(
            size == axis or not isinstance(axis, int) for size, axis in zip(shape, value.shape, strict=True)
        )
        if not fits:
            raise UsageError(f"the input {value.name} is {list(value.shape)}, not {list(shape)}")
    if len(shapes) != len(inputs):
        raise UsageError(f"the model's inputs are {', '.join(value.name for value in inputs)}")
    return {value.name: shapes[value.name] for value in inputs}


def _exported(module: Any, shape: Shapes, name: str) -> Path:
    """Write a torch module as an ONNX graph into the cache."""
    import warnings

    try:
        import torch
    except ImportError as error:
        raise MissingError("torch is not installed", "give the path of an ONNX file") from error
    if not isinstance(module, torch.nn.Module) or isinstance(shape, Mapping):
        raise UsageError("a model is the path of an ONNX file or a torch module with one input")
    folder = paths.cache_dir() / "onnx"
    make_folder(folder)
    path = folder / f"{name}.onnx"
    with temporary_beside(path) as partial, torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the tracing exporter is deprecated and needs no other package
        torch.onnx.export(
            module.eval(),
            (torch.zeros(tuple(shape)),),
            str(partial),
            input_names=["input"],
            output_names=["output"],
            dynamo=False,
        )
    return path
