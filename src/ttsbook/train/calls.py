"""The calls of `fit` on a run: one at a time, and what each was told, for whoever reads or goes on later."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ttsbook.errors import InputError, OutputError
from ttsbook.files import atomic_write, folder_in_use, take_lock

_OWN = ("step", "seconds")  # of a call, not of the run


@contextlib.contextmanager
def only_call(folder: Path) -> Iterator[None]:
    """Make the folder of a run, and keep other calls out of it: each would write over the other's state.

    Raises:
        OutputError: another process trains in it, or it cannot be made.
    """
    with folder_in_use(folder):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            if not take_lock(descriptor):
                raise OutputError(
                    f"another process trains in {folder}", "wait for it, or choose another folder"
                )
            yield
        finally:
            os.close(descriptor)


def note_call(folder: Path, step: int, told: Mapping[str, Any]) -> list[str]:
    """Append to `calls.jsonl` what a call was told; return what the call before it was told otherwise.

    Raises:
        InputError: the file is damaged.
    """
    path = folder / "calls.jsonl"
    now: dict[str, Any] = json.loads(json.dumps({"step": step, **told}))  # as it is read again
    try:
        lines = path.read_text("utf-8").splitlines() if path.is_file() else []
        before: dict[str, Any] = dict(json.loads(lines[-1])) if lines else now
    except (OSError, ValueError, TypeError) as error:
        raise InputError(f"{path} cannot be read: {error}", "move it away; it is only looked at") from error
    with atomic_write(path) as handle:
        handle.write("".join(f"{line}\n" for line in (*lines, json.dumps(now))).encode())
    names = [name for name in dict.fromkeys((*before, *now)) if name not in _OWN]
    return [
        f"{name} was {before.get(name)} and is now {now.get(name)}"
        for name in names
        if before.get(name) != now.get(name)
    ]
