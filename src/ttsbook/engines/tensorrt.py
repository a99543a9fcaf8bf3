"""ONNX graphs through ONNX Runtime's TensorRT provider: built once for a shape, kept on disk.

A build takes minutes and fits one GPU, driver, TensorRT and graph; all of them are in the name of the folder
that keeps it. Knows nothing of what a graph computes.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from importlib import import_module, metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ttsbook import paths
from ttsbook.engines.gpu import Gpu
from ttsbook.engines.hardware import GET_GPU, providers
from ttsbook.engines.onnx import runtime_version
from ttsbook.errors import MissingError
from ttsbook.files import make_folder, sha256_bytes
from ttsbook.vits2.session import CPU, CUDA, GET_TENSORRT, TENSORRT, missing_library, why_left_out

PACKAGES = ("tensorrt-cu13", "tensorrt", "tensorrt-cu12")
_KEY_DIGITS = 20

Shape = tuple[int, ...]


def check_tensorrt() -> None:
    """Make sure that the provider and TensorRT itself are installed, without loading them.

    Raises:
        MissingError: one is not.
    """
    if TENSORRT not in providers():
        raise MissingError("the installed ONNX Runtime has no TensorRT provider", GET_GPU)
    if find_spec("tensorrt") is None:
        raise MissingError("TensorRT is not installed", GET_TENSORRT)


def tensorrt_version() -> str:
    """Return the installed package and its version."""
    for package in PACKAGES:
        with contextlib.suppress(metadata.PackageNotFoundError):
            return f"{package} {metadata.version(package)}"
    return "tensorrt"


def cache_folder(gpu: Gpu, model: Iterable[str]) -> Path:
    """Return the folder for what is built of a model on a GPU; created if it is missing.

    Args:
        model: what identifies it, for example hashes.
    """
    parts = (gpu.name, gpu.driver, runtime_version(), tensorrt_version(), *model)
    folder = paths.cache_dir() / "tensorrt" / sha256_bytes("\n".join(parts).encode())[:_KEY_DIGITS]
    make_folder(folder)
    return folder


def provider_chain(
    gpu: Gpu, folder: Path, name: str, shapes: Mapping[str, Shape] | None = None, *, fp16: bool
) -> list[tuple[str, dict[str, str]] | str]:
    """Return the providers for a session with one build: TensorRT, CUDA, processor.

    Args:
        folder: where what is built is kept, with the times that the builder has measured.
        name: of the build, unique in the folder.
        shapes: of all inputs, the one optimisation profile; None for a graph whose sizes are fixed. With a
            profile TensorRT has to take all of a graph: what comes in where it is cut would have none.
        fp16: whether the builder may compute in half precision.
    """
    tensorrt = {
        "device_id": str(gpu.index),
        "trt_fp16_enable": str(fp16),
        "trt_engine_cache_enable": "True",
        "trt_engine_cache_path": str(folder),
        "trt_engine_cache_prefix": name,
        "trt_timing_cache_enable": "True",
        "trt_timing_cache_path": str(folder),
    }
    if shapes is not None:
        profile = ",".join(f"{key}:{'x'.join(map(str, shape))}" for key, shape in shapes.items())
        tensorrt |= {f"trt_profile_{bound}_shapes": profile for bound in ("min", "opt", "max")}
    return [(TENSORRT, tensorrt), (CUDA, {"device_id": str(gpu.index), "use_tf32": "0"}), CPU]


def check_loads() -> None:
    """Make sure that the provider finds all libraries that it needs; takes seconds.

    Raises:
        MissingError: it does not.
    """
    load_libraries()
    if why := missing_library(TENSORRT):
        raise MissingError(f"ONNX Runtime cannot load TensorRT's libraries: {why}", GET_TENSORRT)


def check_in_use(session: Any) -> None:
    """Make sure that a session has not silently continued without TensorRT.

    Raises:
        MissingError: it has.
    """
    if TENSORRT not in session.get_providers():
        why = why_left_out(TENSORRT)
        raise MissingError(f"ONNX Runtime cannot load TensorRT's libraries: {why}", GET_TENSORRT)


def load_libraries() -> None:
    """Load TensorRT's libraries from its Python package, where the provider does not look for them."""
    with contextlib.suppress(ImportError, OSError):  # `check_in_use` notices
        import_module("tensorrt")
