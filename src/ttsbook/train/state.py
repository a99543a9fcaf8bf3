"""What a training run leaves on disk: enough to go on exactly, and curves to look at."""

from __future__ import annotations

import csv
import io
import pickle
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from ttsbook.errors import InputError
from ttsbook.files import atomic_write, make_folder, remove_leftovers
from ttsbook.vits2.checkpoint import load_weights, module_names, save_weights

if TYPE_CHECKING:
    from ttsbook.train.trainer import Trainer


class TrainingState:
    """Saves and restores a trainer: weights, averages, optimizers, random numbers, clock.

    The file is our own and read with `weights_only=True`: tensors and plain numbers, no code.
    """

    def __init__(self, folder: Path) -> None:
        make_folder(folder)
        self.path = folder / "state.pt"
        self.checkpoint = folder / "checkpoint.safetensors"
        for path in (self.path, self.checkpoint):  # a run that was killed while it saved left hundreds of MB
            remove_leftovers(path)

    def save(self, trainer: Trainer) -> None:
        """Write state and averaged weights; on failure the previous ones stay."""
        state = {
            "step": trainer.step,
            "elapsed": trainer.elapsed,
            "model": trainer.corpus.config.to_json(),
            **{name: part.state_dict() for name, part in _parts(trainer).items()},
            "random": torch.get_rng_state(),
            "corpus_random": trainer.corpus.random.get_state(),
        }
        if trainer.device.type == "cuda":
            state["cuda_random"] = torch.cuda.get_rng_state(trainer.device)
        buffer = io.BytesIO()
        torch.save(state, buffer)
        with atomic_write(self.path) as handle:
            handle.write(buffer.getbuffer())
        modules = dict(trainer.average.named_children())
        save_weights(
            self.checkpoint,
            trainer.corpus.config,
            {**modules, "discriminators": trainer.adversary.judges},
        )

    def restore(self, trainer: Trainer) -> bool:
        """Go on where the run in this folder stopped; return whether there was one.

        Raises:
            InputError: the state is damaged, or of a model of other sizes.
        """
        if not self.path.is_file():
            return False
        state = self._load(trainer.device)
        if state["model"] != trainer.corpus.config.to_json():
            raise InputError(f"{self.path} belongs to a model of other sizes", "choose another output folder")
        for name, part in _parts(trainer).items():
            part.load_state_dict(state[name])
        trainer.step, trainer.elapsed = state["step"], state["elapsed"]
        torch.set_rng_state(state["random"].cpu())
        trainer.corpus.random.set_state(state["corpus_random"].cpu())
        if "cuda_random" in state:
            torch.cuda.set_rng_state(state["cuda_random"].cpu(), trainer.device)
        return True

    def _load(self, device: torch.device) -> dict[str, Any]:
        try:
            state: dict[str, Any] = torch.load(self.path, map_location=device, weights_only=True)
        except (RuntimeError, EOFError, LookupError, ValueError, pickle.UnpicklingError) as error:
            raise InputError(
                f"{self.path} is damaged",
                f"move it away; a new run can begin with --start {self.checkpoint}",
            ) from error
        return state


def start_from(trainer: Trainer, files: Sequence[Path], *, discriminators: bool) -> None:
    """Begin a new run with the weights of an earlier one.

    Args:
        files: a checkpoint, or the parts it ships in: the voice, and what only training needs.
        discriminators: take them too, where a file has them; fresh ones teach little at first.

    Raises:
        InputError: the files lack a network, or do not fit.
    """
    modules: dict[str, torch.nn.Module] = dict(trainer.networks.named_children())
    missing = set(modules)
    if discriminators:
        modules["discriminators"] = trainer.adversary.judges
    for file in files:
        held = {name: modules[name] for name in module_names(file) if name in modules}
        load_weights(file, held)
        missing -= set(held)
    if missing:
        names = ", ".join(str(file) for file in files)
        raise InputError(f"no {' and no '.join(sorted(missing))} in {names}", "give --start for each part")
    trainer.average.load_state_dict(trainer.networks.state_dict())


def _parts(trainer: Trainer) -> dict[str, Any]:
    adversary = {"duration_adversary": trainer.duration_adversary} if trainer.duration_adversary else {}
    return {
        **adversary,
        "networks": trainer.networks,
        "average": trainer.average,
        "discriminators": trainer.adversary.judges,
        "optimizer": trainer.optimizer,
        "judge": trainer.adversary.optimizer,
    }


class Curves:
    """Losses by step: a table that goes on after a resume, and a picture of it."""

    def __init__(self, folder: Path) -> None:
        self.table, self.picture = folder / "losses.tsv", folder / "losses.png"
        self.rows: list[dict[str, float]] = []
        if self.table.is_file():
            self.rows = self._read()

    def _read(self) -> list[dict[str, float]]:
        try:
            with open(self.table, encoding="utf-8", newline="") as handle:
                rows = [
                    {name: float(value) for name, value in row.items() if value}
                    for row in csv.DictReader(handle, delimiter="\t")
                ]
        except (OSError, ValueError, TypeError) as error:
            raise InputError(
                f"{self.table} cannot be read: {error}", "move it away; it is only looked at"
            ) from error
        return [row for row in rows if "step" in row]

    def add(self, step: int, seconds: float, values: dict[str, float]) -> None:
        """Append one row; rows of a future that a resume took back are dropped."""
        self.rows = [row for row in self.rows if row["step"] < step]
        self.rows.append({"step": step, "seconds": round(seconds, 1), **values})

    def save(self) -> None:
        """Write the table and the picture, once there is a row."""
        if not self.rows:
            return
        names = list(dict.fromkeys(name for row in self.rows for name in row))
        text = io.StringIO()
        writer = csv.DictWriter(text, names, delimiter="\t", lineterminator="\n")
        writer.writeheader()
        writer.writerows({key: f"{value:.6g}" for key, value in row.items()} for row in self.rows)
        with atomic_write(self.table) as handle:
            handle.write(text.getvalue().encode())
        self._draw([name for name in names if name not in ("step", "seconds")])

    def _draw(self, names: list[str]) -> None:
        from matplotlib.figure import Figure

        figure = Figure(figsize=(12, 2.2 * -(-len(names) // 4)))
        for index, name in enumerate(names):
            axes = figure.add_subplot(-(-len(names) // 4), 4, index + 1)
            points = [(row["step"], row[name]) for row in self.rows if name in row]
            axes.plot([x for x, _ in points], [y for _, y in points], linewidth=0.8)
            axes.set_title(name, fontsize=9)
            axes.tick_params(labelsize=7)
        figure.tight_layout()
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=80)
        with atomic_write(self.picture) as handle:
            handle.write(buffer.getvalue())
