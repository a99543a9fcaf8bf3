"""Sessions of ONNX Runtime, on the processor or with NVIDIA's libraries, which it does not find by itself.

Knows nothing of the model's graphs.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

CPU = "CPUExecutionProvider"
GET_LIBRARIES = "pip install 'onnxruntime-gpu[cuda,cudnn]'"


def open_session(path: Path, options: Any, providers: Sequence[Any] = (CPU,)) -> Any:
    """Open a graph, in which the runtime may go on without a provider that it cannot load.

    Args:
        options: the session's, as ONNX Runtime has them.
        providers: in order of preference, each a name or a pair of name and options.

    Raises:
        ImportError: ONNX Runtime is not installed.
        Exception: whatever it raises.
    """
    import onnxruntime

    if any(provider != CPU for provider in providers):
        load_nvidia_libraries()
    return onnxruntime.InferenceSession(str(path), options, providers=list(providers))


@cache
def load_nvidia_libraries() -> str:
    """Load CUDA and cuDNN from NVIDIA's packages, where the providers' own libraries do not look for them.

    Returns:
        what could not be loaded, in the runtime's words; "" if all could.
    """
    import onnxruntime

    preload = getattr(onnxruntime, "preload_dlls", None)  # older ones have none
    told = io.StringIO()
    if preload is not None:
        with contextlib.redirect_stdout(told):  # which belongs to what was asked for
            preload()
    return told.getvalue().strip()
