"""What several commands read in the same way, and how they speak to people."""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING

import typer

from ttsbook.vits2.config import LANGUAGES

if TYPE_CHECKING:
    import torch


def tell(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def choose_device(asked: str) -> torch.device:
    """Return the device of that name; "auto" is a GPU where there is one.

    Raises:
        UsageError: there is no such name.
        MissingError: there is no such GPU.
    """
    import torch

    from ttsbook.errors import MissingError, UsageError

    n_gpus = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if asked == "auto":
        asked = "cuda" if n_gpus else "cpu"
    kind, _, index = asked.partition(":")
    if asked != "cpu" and (kind != "cuda" or not (index or "0").isdecimal()):
        raise UsageError(
            f"there is no device {asked!r}", "choose auto, cpu, cuda or, as the second GPU, cuda:1"
        )
    if kind == "cuda" and int(index or 0) >= n_gpus:
        hint = "check `nvidia-smi`, and that torch is built for CUDA; --device cpu trains on the processor"
        raise MissingError(f"{asked} was asked for, and torch finds {n_gpus or 'no'} GPUs", hint)
    return torch.device(asked)


def above_zero(value: float | None) -> float | None:
    if value is not None and not 0 < value < math.inf:
        raise typer.BadParameter(f"{value} is not a number above 0")
    return value


def known_language(value: str) -> str:
    if value not in LANGUAGES:
        raise typer.BadParameter(f"{value!r} is none of {', '.join(LANGUAGES)}")
    return value
