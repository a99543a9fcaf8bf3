"""Weights on disk: safetensors with the model's configuration in the header. Never a pickle."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn

from ttsbook.errors import InputError, MissingError
from ttsbook.files import atomic_write
from ttsbook.vits2.config import ModelConfig

FORMAT_VERSION = 1
HEADER_KEY = "ttsbook"


def save_weights(
    path: Path,
    config: ModelConfig,
    modules: Mapping[str, nn.Module],
    *,
    dtype: torch.dtype | Callable[[str], torch.dtype] = torch.float32,
    notes: Mapping[str, str] | None = None,
) -> None:
    """Write the weights of named modules to one file; `dtype` may depend on the name of a weight."""
    tensors: dict[str, Tensor] = {}
    for prefix, module in modules.items():
        for name, value in module.state_dict().items():
            kept = dtype(name) if callable(dtype) else dtype
            tensors[f"{prefix}.{name}"] = value.detach().to("cpu", kept).contiguous()
    # One entry: safetensors writes several in random order, and equal weights should give equal bytes.
    header = {"format": FORMAT_VERSION, "config": json.loads(config.to_json()), **(notes or {})}
    entry = {HEADER_KEY: json.dumps(header, sort_keys=True)}
    with atomic_write(path) as handle:
        handle.write(save(tensors, entry))


def read_config(path: Path) -> ModelConfig:
    """Return the configuration in a weight file's header."""
    return ModelConfig.from_json(json.dumps(read_header(path)["config"]))


def read_header(path: Path) -> dict[str, Any]:
    """Return what a weight file says of itself.

    Raises:
        MissingError: no such file.
        InputError: not a weight file of this project and version.
    """
    if not path.is_file():
        raise MissingError(f"no weights at {path}", "reinstall ttsbook, or name another file")
    try:
        with safe_open(path, framework="pt") as handle:
            entry = (handle.metadata() or {}).get(HEADER_KEY, "{}")
        header = json.loads(entry)
    except (SafetensorError, ValueError) as error:
        raise InputError(f"{path} is not a weight file: {error}") from error
    if not isinstance(header, dict) or header.get("format") != FORMAT_VERSION or "config" not in header:
        raise InputError(f"{path} does not hold weights of this version of ttsbook")
    return header


def module_names(path: Path) -> tuple[str, ...]:
    """Return the names of the modules whose weights a file holds."""
    read_header(path)
    with safe_open(path, framework="pt") as handle:
        return tuple(dict.fromkeys(name.partition(".")[0] for name in sorted(handle.keys())))


def load_weights(path: Path, modules: Mapping[str, nn.Module]) -> None:
    """Fill named modules from a file; every weight must be there and fit.

    Raises:
        InputError: a weight is missing, left over or of another shape.
    """
    read_header(path)
    with safe_open(path, framework="pt") as handle:
        names = set(handle.keys())
        for prefix, module in modules.items():
            own = {name for name in names if name.startswith(f"{prefix}.")}
            if not own:
                raise InputError(
                    f"{path} holds no {prefix}", "name a file that does, such as a run's checkpoint"
                )
            state = {name.removeprefix(f"{prefix}."): handle.get_tensor(name).float() for name in own}
            try:
                module.load_state_dict(state)
            except RuntimeError as error:
                raise InputError(f"{path} does not fit this model: {error}") from error
