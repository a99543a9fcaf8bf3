"""Several checkpoints to one: weighted means of their weights, part by part.

Runs that began with the same weights often lie in one basin, where the mean sounds better than either
(model soups, Wortsman et al., arXiv:2203.05482); and parts that should not change can come from one alone.
A share below zero leads away from a run: what it did to weights is undone a little further than to where
they were (task vectors, Ilharco et al., arXiv:2212.04089).
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save
from torch import Tensor

from ttsbook.errors import InputError, UsageError
from ttsbook.files import atomic_write
from ttsbook.vits2.checkpoint import HEADER_KEY, read_header


def average(
    out: Path, checkpoints: Sequence[Path], shares: Sequence[float], parts: Mapping[str, Sequence[float]]
) -> None:
    """Write the mean of checkpoints; what is in it, and its sizes, are those of the last one.

    Args:
        shares: one for each checkpoint; only their ratio counts, and their sum is above 0. A checkpoint whose
            share is 0 need not fit.
        parts: other shares for weights whose names begin so, such as "synthesizer.decoder"; the longest
            name that fits counts.

    Raises:
        UsageError: the shares make no sense.
        InputError: a file does not hold weights, or lacks some, or they are of another shape.
    """
    for name, given in {"the shares": shares, **parts}.items():
        if len(given) != len(checkpoints) or not 0 < sum(given) < math.inf:
            raise UsageError(f"{name}: {len(checkpoints)} numbers are wanted, whose sum is above 0")
    header = read_header(checkpoints[-1])
    for path in checkpoints[:-1]:
        read_header(path)
    with safe_open(checkpoints[-1], framework="pt") as handle:
        names = sorted(handle.keys())
    unknown = [part for part in parts if not any(name.startswith(f"{part}.") for name in names)]
    if unknown:
        raise UsageError(f"no weight's name begins with {unknown[0]}.", f"there is {names[0]}, for example")
    means = {name: torch.zeros(()) for name in names}
    for index, path in enumerate(checkpoints):
        with safe_open(path, framework="pt") as handle:
            held = set(handle.keys())
            for name in names:
                own = _shares_of(name, shares, parts)
                if own[index]:
                    if name not in held:
                        raise InputError(f"{path} lacks {name}", "give it the share 0 there, with --part")
                    tensor = handle.get_tensor(name).float()
                    means[name] = _add(means[name], tensor * (own[index] / sum(own)), name, path)
    entry = {HEADER_KEY: json.dumps(header, sort_keys=True)}
    with atomic_write(out) as handle:
        handle.write(save({name: mean.contiguous() for name, mean in means.items()}, entry))


def _shares_of(name: str, shares: Sequence[float], parts: Mapping[str, Sequence[float]]) -> Sequence[float]:
    fitting = [part for part in parts if name.startswith(f"{part}.")]
    return parts[max(fitting, key=len)] if fitting else shares


def _add(mean: Tensor, tensor: Tensor, name: str, path: Path) -> Tensor:
    if mean.ndim and mean.shape != tensor.shape:
        raise InputError(f"{name} has another shape in {path}: {tuple(tensor.shape)}")
    return mean + tensor
