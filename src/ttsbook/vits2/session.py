"""Sessions of ONNX Runtime, on the processor or with NVIDIA's libraries, which it does not find by itself.

What goes wrong is an error here; the runtime's own way is to print it and go on with another provider.

Knows nothing of the model's graphs.
"""

from __future__ import annotations

import contextlib
import ctypes
import io
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from ttsbook.errors import MissingError, first_line, tells_no_room

CUDA, TENSORRT, CPU = "CUDAExecutionProvider", "TensorrtExecutionProvider", "CPUExecutionProvider"
GET_CUDA = "pip install 'onnxruntime-gpu[cuda,cudnn]'"
# The two packages have files in common, which go with either: then pip takes the other for installed.
REMOVE_RUNTIMES = "pip uninstall -y onnxruntime onnxruntime-gpu"
# onnxruntime-gpu is built for CUDA 13 and links libnvinfer.so.10; 10.13 is the first TensorRT for that CUDA.
GET_TENSORRT = "pip install 'tensorrt-cu13>=10.13,<11'"
_FATAL = 4  # of the runtime's degrees of severity, the highest
GET = {CUDA: GET_CUDA, TENSORRT: GET_TENSORRT}  # the libraries of each provider


def load_runtime() -> Any:
    """Return the module of ONNX Runtime.

    Raises:
        MissingError: it is not installed, not whole, or cannot be loaded.
    """
    get = "pip install 'ttsbook[cpu]'"
    try:
        import onnxruntime
        from onnxruntime import InferenceSession  # noqa: F401  a folder left behind can be imported too
    except ImportError as error:
        if isinstance(error, ModuleNotFoundError) and error.name == "onnxruntime":
            raise MissingError("ONNX Runtime is not installed", get) from error
        again = f"{REMOVE_RUNTIMES} && {get}"
        raise MissingError(f"ONNX Runtime is damaged: {first_line(error)}", again) from error
    return onnxruntime


def open_session(path: Path, options: Any, providers: Sequence[Any] = (CPU,)) -> Any:
    """Open a graph. A provider whose library does not load may still be left out: ask the session.

    Args:
        options: the session's, as ONNX Runtime has them.
        providers: in order of preference, each a name or a pair of name and options.

    Raises:
        MissingError: there is no ONNX Runtime.
        Exception: one of `opening_failures`.
    """
    onnxruntime = load_runtime()
    if any(provider != CPU for provider in providers):
        load_nvidia_libraries()
    return onnxruntime.InferenceSession(str(path), options, providers=list(providers), enable_fallback=0)


def name_of(provider: Any) -> str:
    """Return the name of a provider that stands alone or with its options."""
    return str(provider if isinstance(provider, str) else provider[0])


def failures() -> tuple[type[BaseException], ...]:
    """Collect the exceptions that ONNX Runtime raises; they share no public base class but this."""
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    named = [getattr(state, name) for name in ("Fail", "RuntimeException", "InvalidGraph", "NoSuchFile")]
    named += [getattr(state, name) for name in ("InvalidProtobuf", "InvalidArgument", "NotImplemented")]
    named += [getattr(state, name) for name in ("EPFail", "EngineError")]
    return tuple(named)


def opening_failures() -> tuple[type[BaseException], ...]:
    """Collect those of opening a session: providers that cannot be made raise others."""
    return (*failures(), RuntimeError, ValueError)


def cause_of(error: BaseException, provider: str) -> str:
    """Return why a provider failed, without the names of the runtime's own functions that stand before it."""
    text = str(error)
    found = re.search(r"CUDA failure [^;\n]*", text)
    if found:
        return found[0].strip()
    # What is missing, the runtime tells its log only.
    return (
        why_left_out(provider) if "Please install" in text or "not available" in text else first_line(error)
    )


def why_left_out(provider: str) -> str:
    """Return why a session goes without a provider."""
    return missing_library(provider) or f"{provider} cannot be used"


def missing_library(provider: str) -> str:
    """Return what the system says of a library that a provider needs and that is missing; "" if none is."""
    import onnxruntime

    load_nvidia_libraries()
    kind = provider.removesuffix("ExecutionProvider").lower()
    library = Path(onnxruntime.__file__).parent / "capi" / f"libonnxruntime_providers_{kind}.so"
    try:
        ctypes.CDLL(str(library))
    except OSError as error:
        if "cannot open shared object file" in str(error):  # else it only lacks what the runtime itself has
            return first_line(error)
    return ""


@cache
def why_no_cuda(index: int) -> str:
    """Return why the runtime cannot compute on a GPU; "" if it can. Its libraries are loaded for that."""
    import numpy as np
    import onnxruntime

    load_nvidia_libraries()
    onnxruntime.set_default_logger_severity(_FATAL)  # what it would log, the answer says
    try:
        onnxruntime.OrtValue.ortvalue_from_numpy(np.zeros(1, np.float32), "cuda", index)
    except opening_failures() as error:
        # A GPU that is full can be used: whoever loads a model there finds out, and may go on with less.
        return "" if tells_no_room(error) else cause_of(error, CUDA)
    return ""


@cache
def load_nvidia_libraries() -> None:
    """Load CUDA and cuDNN from NVIDIA's packages, where the providers' own libraries do not look for them."""
    import onnxruntime

    preload = getattr(onnxruntime, "preload_dlls", None)  # older ones have none
    if preload is not None:
        # It prints what it does not find; `why_left_out` tells what of that is needed.
        with contextlib.redirect_stdout(io.StringIO()):
            preload()
