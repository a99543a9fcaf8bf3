"""Weights on disk: safetensors with the model's configuration in the header. Never a pickle."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn

from ttsbook.errors import InputError, MissingError
from ttsbook.files import atomic_write
from ttsbook.vits2.config import ModelConfig

FORMAT_VERSION = "1"


def save_weights(
    path: Path,
    config: ModelConfig,
    modules: Mapping[str, nn.Module],
    *,
    dtype: torch.dtype = torch.float32,
    notes: Mapping[str, str] | None = None,
) -> None:
    """Write the weights of named modules to one file."""
    tensors: dict[str, Tensor] = {}
    for prefix, module in modules.items():
        for name, value in module.state_dict().items():
            tensors[f"{prefix}.{name}"] = value.detach().to("cpu", dtype).contiguous()
    header = {"format": FORMAT_VERSION, "config": config.to_json(), **(notes or {})}
    with atomic_write(path) as handle:
        handle.write(save(tensors, header))


def read_config(path: Path) -> ModelConfig:
    """Return the configuration in a weight file's header."""
    return ModelConfig.from_json(read_header(path)["config"])


def read_header(path: Path) -> dict[str, str]:
    """Return the texts in a weight file's header.

    Raises:
        MissingError: no such file.
        InputError: not a weight file of this project.
    """
    if not path.is_file():
        raise MissingError(f"no weights at {path}", "reinstall ttsbook, or name another file")
    try:
        with safe_open(path, framework="pt") as handle:
            header = dict(handle.metadata() or {})
    except SafetensorError as error:
        raise InputError(f"{path} is not a weight file: {error}") from error
    if header.get("format") != FORMAT_VERSION or "config" not in header:
        raise InputError(f"{path} does not hold weights of this version of ttsbook")
    try:
        json.loads(header["config"])
    except ValueError as error:
        raise InputError(f"{path} has a damaged header: {error}") from error
    return header


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
            state = {name.removeprefix(f"{prefix}."): handle.get_tensor(name).float() for name in own}
            try:
                module.load_state_dict(state)
            except RuntimeError as error:
                raise InputError(f"{path} does not fit this model: {error}") from error
