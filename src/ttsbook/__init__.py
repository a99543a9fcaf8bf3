"""Audiobooks in a chosen voice: EPUB or text in, one audio file out.

The names below come from `ttsbook.api`, which is imported when one of them is first used: importing
`ttsbook` alone costs nothing.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ttsbook.api import HybridTTSProvider, ParallelTTSGenerator, VITS2Provider, render_book

# ONNX Runtime 1.29 and later report each session to Microsoft unless this stands when it is loaded.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

__version__ = "0.1.0"
__all__ = ["HybridTTSProvider", "ParallelTTSGenerator", "VITS2Provider", "__version__", "render_book"]


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from ttsbook.program import check_system

    check_system()
    from ttsbook import api

    return getattr(api, name)
