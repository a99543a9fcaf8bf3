"""The options of an engine by name and value, checked against those that it has.

Knows nothing of configuration files or of what the values mean.
"""

from __future__ import annotations

from collections.abc import Collection

from ttsbook.engines.base import Options
from ttsbook.errors import MissingError, UsageError


def check_options(engine: str, options: Options, known: Collection[str]) -> dict[str, str]:
    """Return the options as a mapping.

    Raises:
        UsageError: one of them is not among `known`.
    """
    unknown = [key for key, _ in options if key not in known]
    if unknown:
        raise UsageError(f"engine {engine} has no option {unknown[0]!r}", f"its options: {', '.join(known)}")
    return dict(options)


def check_processor(engine: str, device: str) -> str:
    """Return "cpu", for an engine that runs on nothing else.

    Raises:
        MissingError: another device was asked for.
    """
    if device not in ("auto", "cpu"):
        raise MissingError(f"engine {engine} runs on the processor only, not on {device}", "use --device cpu")
    return "cpu"
