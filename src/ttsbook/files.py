"""Files that appear whole or not at all, files that are read up to a limit, and hashes of their bytes."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
import re
import stat
from collections.abc import Iterator
from glob import iglob
from pathlib import Path
from typing import BinaryIO, cast

from ttsbook.errors import InputError, OutputError, TtsbookError

_TRIES = 5
_MAX_PREFIX_BYTES = 80  # of the 255 that a name may have
_PIPED: dict[
    tuple[int, int], bytes
] = {}  # by pipe: it gives what it holds once, and every book of a batch asks


@contextlib.contextmanager
def atomic_write(path: Path, *, durable: bool = True) -> Iterator[BinaryIO]:
    """Yield a binary file that becomes `path` only if the block succeeds; a device or pipe is written to.

    Links are followed, as by any program that writes to a name.

    Args:
        path: where the file appears.
        durable: wait for the disk, so that the file also survives a power cut whole. Without it a
            power cut may leave a torn file: only for files whose readers check their bytes.

    Raises:
        OutputError: the folder is missing or read-only, or the disk is full.
    """
    if is_stream(path):
        with _stream(path) as handle:
            yield handle
        return
    with temporary_beside(path, durable=durable) as partial, open(partial, "wb") as handle:
        try:
            yield cast(BinaryIO, handle)
            handle.flush()
        except OSError as error:
            raise output_error(path, error) from error


def write_cached(path: Path, data: bytes) -> None:
    """Write a file and its folder into a cache, which others may clear at any time."""
    for _ in range(_TRIES - 1):
        try:
            return _write_with_folder(path, data)
        except OutputError as error:
            # Cleared since its folder was made; or while `mkdir`, which had found the folder, looked again.
            if not isinstance(error.__cause__, FileNotFoundError | FileExistsError):
                raise
    return _write_with_folder(path, data)


def _write_with_folder(path: Path, data: bytes) -> None:
    make_folder(path.parent)
    with atomic_write(path, durable=False) as handle:
        handle.write(data)


def make_folder(folder: Path, *, parents: bool = True) -> None:
    """Make a folder, and those above it, unless it is there.

    Raises:
        OutputError: it cannot be made.
    """
    try:
        folder.mkdir(parents=parents, exist_ok=True)
    except OSError as error:
        raise output_error(folder, error) from error


@contextlib.contextmanager
def folder_in_use(folder: Path, *, parents: bool = True) -> Iterator[None]:
    """Make a folder, and those above it, unless they are there; new ones that stay empty go again.

    Raises:
        OutputError: it cannot be made.
    """
    new = [each for each in (folder, *folder.parents) if not os.path.exists(each)]  # noqa: PTH110  never raises
    make_folder(folder, parents=parents)
    try:
        yield
    finally:
        for each in new:
            with contextlib.suppress(OSError):  # it is not empty
                each.rmdir()


def read_small(path: Path, max_bytes: int, what: str, *, kind: type[TtsbookError] = InputError) -> bytes:
    """Return the bytes of a file that ought to be small; a pipe, or a device without an end, is one too.

    Args:
        what: it is, for people: "the lexicon".
        kind: of the error.

    Raises:
        InputError: it cannot be read, or is larger.
    """
    try:
        status = path.stat()
        pipe = (status.st_dev, status.st_ino) if stat.S_ISFIFO(status.st_mode) else None
        data = _PIPED.get(pipe) if pipe else None
        if data is None:
            with open(path, "rb") as handle:
                data = handle.read(max_bytes + 1)
        if pipe:
            _PIPED[pipe] = data
    except OSError as error:
        raise kind(f"cannot read {what} {path}: {error.strerror or error}", "check the path") from error
    if len(data) > max_bytes:
        raise kind(f"cannot read {what} {path}: it is larger than {max_bytes >> 20} MB", "check the path")
    return data


def is_stream(path: Path) -> bool:
    """Return whether `path` is a device, a pipe or a socket, or leads to an open file of this process.

    Such a name must never be replaced by a file: without /dev/null no program on the machine works.
    """
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    if stat.S_ISDIR(mode):
        return False
    place = path.absolute().parts[1:3]
    return not stat.S_ISREG(mode) or (place[0] in ("dev", "proc") and place[1] != "shm")


@contextlib.contextmanager
def _stream(path: Path) -> Iterator[BinaryIO]:
    try:
        with open(path, "wb") as handle:
            yield cast(BinaryIO, handle)
    except OSError as error:
        raise output_error(path, error) from error


@contextlib.contextmanager
def temporary_beside(path: Path, *, durable: bool = True) -> Iterator[Path]:
    """Yield an empty file in the folder of `path` that replaces it if the block succeeds.

    For writers that want a name (encoders), where `atomic_write` gives an open file. Links and `durable`
    as there.
    """
    path = real_place(path)
    with scratch_beside(path) as partial:
        try:
            yield partial
            if durable:
                _sync(partial)
            partial.replace(path)
        except OSError as error:
            raise output_error(path, error) from error
    if durable:
        with contextlib.suppress(OSError):  # not every system can sync a folder
            _sync(path.parent)


@contextlib.contextmanager
def scratch_beside(path: Path) -> Iterator[Path]:
    """Yield an empty file in the folder of `path` that is gone when the block ends."""
    scratch = path.parent / f"{temporary_prefix(path)}{os.urandom(4).hex()}.part"
    try:
        # Not `tempfile`, whose files are private: this one has the usual permissions, from the start.
        descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    except OSError as error:
        raise output_error(path, error) from error
    try:
        with contextlib.suppress(OSError):  # not every file system has locks
            take_lock(descriptor)  # no leftover, as it tells everyone, also users with other locks of outputs
        yield scratch
    finally:
        os.close(descriptor)
        scratch.unlink(missing_ok=True)


def take_lock(descriptor: int, *, shared: bool = False, wait: bool = False) -> bool:
    """Lock an open file or folder until it is closed; return False if it is held and not to `wait` for.

    Raises:
        OSError: this file system has no locks.
    """
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    return True


def temporary_prefix(path: Path) -> str:
    """Return how the names of unfinished files for `path`, and for no other file there, begin.

    It is the name itself, or so much of it as leaves room, and a hash that tells it from its like.
    """
    name = path.name
    if len(os.fsencode(name)) <= _MAX_PREFIX_BYTES:
        return f".{name}."
    mark = sha256_bytes(os.fsencode(name))[:8]
    while len(os.fsencode(name)) > _MAX_PREFIX_BYTES - len(mark):
        name = name[:-1]
    return f".{name}{mark}."


def remove_leftovers(output: Path) -> None:
    """Remove what killed runs left unfinished of a file, and nothing that is still being written."""
    output = real_place(output)
    leftover = re.compile(re.escape(temporary_prefix(output)) + r"[a-z0-9_]{8}\.part")
    with contextlib.suppress(OSError):
        for path in output.parent.iterdir():
            if leftover.fullmatch(path.name) and not _is_locked(path):
                path.unlink(missing_ok=True)


def _is_locked(path: Path) -> bool:
    try:
        with open(path, "rb") as handle:
            return not take_lock(handle.fileno(), shared=True)
    except OSError:
        return False


def output_error(path: Path, error: OSError) -> OutputError:
    """Describe why `path` cannot be written."""
    hints = {
        errno.ENOSPC: "free some space and run the same command again; finished work is kept",
        errno.EROFS: "choose another folder",
        errno.EACCES: "choose another folder, or change its permissions",
        errno.EPERM: "choose another name or folder",
        errno.EINVAL: "choose another name: not every file system takes characters such as : and ?",
        errno.ENAMETOOLONG: "choose a shorter name",
        errno.ENOENT: "create the folder first",
        errno.EEXIST: "choose another folder: this is a file",
        errno.ENOTDIR: "choose another folder: a part of the path is a file",
    }
    reason = error.strerror or str(error)
    return OutputError(f"cannot write {path}: {reason}", hints.get(error.errno or 0))


def real_place(path: Path) -> Path:
    """Return where a file of this name is written: links and ".." are followed, and a link of this name."""
    return Path(os.path.realpath(path))


def is_file(path: Path) -> bool:
    """Return whether there is a file of this name.

    Nothing that is too long for a name, holds a NUL, or lies in a folder that may not be looked into, is.
    """
    with contextlib.suppress(OSError, ValueError):  # older Pythons raise here
        return path.is_file()
    return False


def matches(folder: Path, pattern: str) -> Iterator[Path]:
    """Yield what matches in a folder; nothing where that may not be looked into, or goes away meanwhile."""
    return map(folder.joinpath, iglob(pattern, root_dir=folder))  # noqa: PTH207  `Path.glob` raises there


def sha256_bytes(data: bytes) -> str:
    """Return the hexadecimal SHA-256 of `data`."""
    return hashlib.sha256(data).hexdigest()


def sha256_file(path: Path) -> str:
    """Return the hexadecimal SHA-256 of a file, read in pieces."""
    digest = hashlib.sha256()
    with open(path, "rb") as handle:
        for piece in iter(lambda: handle.read(1 << 20), b""):
            digest.update(piece)
    return digest.hexdigest()


def sha256_input(path: Path) -> str:
    """Return the hash of a file that somebody named.

    Raises:
        InputError: it cannot be read.
    """
    try:
        return sha256_file(path)
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}", "check the path") from error


def _sync(path: Path) -> None:
    """Wait until the bytes of a file, or the names in a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
