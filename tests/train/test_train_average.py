"""Means of checkpoints, part by part."""

from __future__ import annotations

from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402

from ttsbook.errors import InputError, UsageError  # noqa: E402
from ttsbook.train.average import average  # noqa: E402
from ttsbook.vits2.checkpoint import load_weights, save_weights  # noqa: E402
from ttsbook.vits2.config import ModelConfig  # noqa: E402


def write(path: Path, value: float, *, width: int = 2) -> Path:
    modules = {"a": nn.Linear(width, 1), "b": nn.Linear(2, 1)}
    for module in modules.values():
        for weights in module.parameters():
            nn.init.constant_(weights, value)
    save_weights(path, ModelConfig(), modules)
    return path


def read(path: Path, *, width: int = 2) -> tuple[float, float]:
    modules = {"a": nn.Linear(width, 1), "b": nn.Linear(2, 1)}
    load_weights(path, modules)
    return modules["a"].weight[0, 0].item(), modules["b"].bias[0].item()


def test_parts_have_shares_of_their_own_and_the_ratio_counts(tmp_path: Path) -> None:
    files = [write(tmp_path / "one", 1.0), write(tmp_path / "two", 4.0)]
    average(tmp_path / "mean", files, (2, 1), {"b": (0, 5)})
    assert read(tmp_path / "mean") == (2.0, 4.0)


def test_a_share_below_zero_leads_away(tmp_path: Path) -> None:
    files = [write(tmp_path / "one", 1.0), write(tmp_path / "two", 4.0)]
    average(tmp_path / "mean", files, (1.5, -0.5), {"b": (-1, 3)})
    assert read(tmp_path / "mean") == (-0.5, 5.5)


def test_a_checkpoint_without_a_share_need_not_fit(tmp_path: Path) -> None:
    files = [write(tmp_path / "one", 1.0, width=3), write(tmp_path / "two", 4.0)]
    average(tmp_path / "mean", files, (1, 1), {"a": (0, 1)})
    assert read(tmp_path / "mean") == (4.0, 2.5)
    with pytest.raises(InputError, match="shape"):
        average(tmp_path / "mean", files, (1, 1), {})


@pytest.mark.parametrize(
    ("shares", "parts"), [((1,), {}), ((0, 0), {}), ((1, -1), {}), ((-1, 0), {}), ((1, 1), {"c": (1, 1)})]
)
def test_shares_that_make_no_sense(tmp_path: Path, shares: tuple[float, ...], parts: dict) -> None:
    files = [write(tmp_path / "one", 1.0), write(tmp_path / "two", 4.0)]
    with pytest.raises(UsageError):
        average(tmp_path / "mean", files, shares, parts)
    assert not (tmp_path / "mean").exists()
