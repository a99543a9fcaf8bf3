"""The training loop: steps within a time budget, kept on disk, gone on with at any time."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from types import MappingProxyType

from torch import Tensor

from ttsbook.train.calls import note_call
from ttsbook.train.listening import write_samples
from ttsbook.train.state import Curves, TrainingState
from ttsbook.train.trainer import Trainer


def fit(
    trainer: Trainer,
    folder: Path,
    *,
    report: Callable[[int, float, dict[str, float]], None],
    say: Callable[[str], None],
    told: Mapping[str, object] = MappingProxyType({}),
    every: int = 20,
) -> None:
    """Train until the budget is spent; resume from `folder` if a run was left there.

    Writes `state.pt`, `checkpoint.safetensors` (the averaged weights), `losses.tsv`, `losses.png`, what this
    call was told (`calls.jsonl`) and, from time to time, what it sounds like into `samples/`.
    """
    state, curves = TrainingState(folder), Curves(folder)
    state.restore(trainer)
    for difference in note_call(folder, trainer.step, {**told, **asdict(trainer.config)}):
        say(f"note: {difference}")
    begin = saved = heard = time.monotonic()
    before = trainer.elapsed
    terms: dict[str, Tensor] = {}
    while (spent := time.monotonic() - begin) < trainer.config.seconds:
        trainer.elapsed = before + spent
        terms |= trainer.take_step()  # a step of the text side alone has fewer
        if trainer.step % every == 0:
            values = {name: float(value) for name, value in terms.items()}
            curves.add(trainer.step, trainer.elapsed, values)
            report(trainer.step, trainer.elapsed, values)
        if time.monotonic() - saved > trainer.config.save_every:
            state.save(trainer)
            curves.save()
            saved = time.monotonic()
        if time.monotonic() - heard > trainer.config.listen_every:
            write_samples(trainer, folder / "samples")
            heard = time.monotonic()
    state.save(trainer)
    curves.save()
    write_samples(trainer, folder / "samples")
