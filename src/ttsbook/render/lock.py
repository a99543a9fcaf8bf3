"""One writer per output file, and no leftovers beside it.

Locks live in the state folder, not beside the output, and end with the process that holds them.
Knows nothing of what is written.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from ttsbook.errors import OutputError
from ttsbook.files import remove_leftovers, take_lock


@contextlib.contextmanager
def lock_output(
    output: Path, folder: Path, *, beside: tuple[Path, ...] = (), wait: bool = False
) -> Iterator[None]:
    """Hold the right to write `output` and the files `beside` it; remove what a killed run left of them.

    Raises:
        OutputError: it is being written by another and not to `wait` for, or there can be no lock.
    """
    name = hashlib.sha256(os.fsencode(os.path.realpath(output))).hexdigest()[:32] + ".lock"
    lock = folder / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        hint = "set TTSBOOK_HOME to a folder that can be written"
        raise OutputError(f"cannot write {lock}: {error.strerror or error}", hint) from error
    try:
        try:
            taken = take_lock(descriptor, wait=wait)
        except OSError as error:  # shared file systems may have no locks
            hint = "set TTSBOOK_HOME to a folder on a disk of this machine"
            raise OutputError(f"cannot lock {lock}: {error.strerror or error}", hint) from error
        if not taken:
            owner = os.pread(descriptor, 32, 0).decode("ascii", errors="replace").strip()
            raise OutputError(
                f"{output} is being rendered by another process{f' ({owner})' if owner else ''}",
                "wait for it, or choose another output with -o",
            )
        with contextlib.suppress(OSError):  # who holds it is nice to know, not needed: the disk may be full
            os.truncate(descriptor, 0)
            os.pwrite(descriptor, str(os.getpid()).encode("ascii"), 0)
        for path in (output, *beside):
            remove_leftovers(path)
        yield
    finally:
        os.close(descriptor)  # also gives the lock back; the file stays, so that all lock the same one
