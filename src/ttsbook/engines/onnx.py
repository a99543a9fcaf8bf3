"""ONNX Runtime as engines use it: which one is installed.

Knows nothing of models.
"""

from __future__ import annotations

import contextlib
from importlib import metadata

from ttsbook.errors import MissingError

PACKAGES = ("onnxruntime", "onnxruntime-gpu")


def runtime_version() -> str:
    """Return the installed package and its version: another one may round differently.

    Raises:
        MissingError: none is installed.
    """
    for package in PACKAGES:
        with contextlib.suppress(metadata.PackageNotFoundError):
            return f"{package} {metadata.version(package)}"
    raise MissingError("ONNX Runtime is not installed", "pip install 'ttsbook[cpu]'")
