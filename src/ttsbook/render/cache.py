"""Spoken chunks on disk by their key: one small file each, checked by a SHA-256 of its bytes.

Samples are kept as 16-bit integers at the engine's rate. A render always reads them back from here,
also those that it has just spoken, so that fresh and cached chunks are the same to the last bit.

Files are written without waiting for the disk: after a power cut one may be torn, but then its checksum
fails, and a chunk that cannot be read is spoken again. Any number of processes may share the folder,
and it may be deleted at any time.
Knows nothing of books, engines, or what the key was made from.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ttsbook.audio.wave import INT16_SCALE, to_int16
from ttsbook.errors import OutputError
from ttsbook.files import matches, write_cached
from ttsbook.types import Speech

# magic, version, sample rate, number of samples, number of phoneme ends; then key and checksum
_HEADER = struct.Struct("<4sIIII32s32s")
_MAGIC = b"TTBC"
_VERSION = 1
_CHECKED = _HEADER.size - 32  # bytes of the header that the checksum covers, all but itself
_SUFFIX = ".chunk"
VERDICT_SUFFIX = ".verdict"  # what listening to a chunk has found (`ttsbook.render.verdicts`)
_ROOM = "free some space, or set TTSBOOK_HOME to another folder; finished chunks are kept"
_STALE_SECONDS = 60.0  # writing a chunk takes milliseconds: an older unfinished file has no writer


@dataclass(frozen=True, slots=True)
class CacheInfo:
    folder: Path
    n_chunks: int
    n_bytes: int


class ChunkCache:
    """Spoken chunks by key (64 hexadecimal digits)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def has(self, key: str) -> bool:
        """Return whether a file is there, without reading it: `get` has the last word."""
        try:
            return self._path(key).stat().st_size > _HEADER.size
        except OSError:
            return False

    def get(self, key: str) -> Speech | None:
        """Return the chunk, or None if it is missing or not what was written."""
        path = self._path(key)
        try:
            data = path.read_bytes()
        except OSError:
            return None
        speech = _unpack(key, data)
        if speech is not None:
            with contextlib.suppress(OSError):  # `gc` drops what was not used for longest
                os.utime(path)
        return speech

    def put(self, key: str, speech: Speech) -> None:
        """Keep the chunk; whole or not at all.

        Raises:
            OutputError: the folder cannot be written, or the disk is full.
        """
        try:
            write_cached(self._path(key), _pack(key, speech))
        except OutputError as error:
            raise OutputError(error.message, _ROOM) from error

    def info(self) -> CacheInfo:
        """Count what is there."""
        found = [(path, size) for _, size, path in self._files()]
        n_chunks = sum(path.suffix == _SUFFIX for path, _ in found)
        return CacheInfo(self.folder, n_chunks, sum(size for _, size in found))

    def gc(self, max_bytes: int) -> int:
        """Remove what was not used for longest until `max_bytes` are left; return the bytes freed."""
        self.sweep()
        files = sorted(self._files(), key=lambda file: (file[0], str(file[2])))
        excess = sum(size for _, size, _ in files) - max_bytes
        freed = 0
        for _, size, path in files:
            if freed >= excess:
                break
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                raise OutputError(f"cannot remove {path}: {error.strerror or error}") from error
            freed += size
        return freed

    def sweep(self) -> None:
        """Remove unfinished files of killed processes."""
        oldest = time.time() - _STALE_SECONDS
        for path in matches(self.folder, "??/.*.part"):
            with contextlib.suppress(OSError):
                if path.stat().st_mtime < oldest:
                    path.unlink()

    def clear(self) -> int:
        """Remove everything; return the bytes freed."""
        n_bytes = self.info().n_bytes
        # A render that writes on is no reason to stop half-way. What cannot be removed is told by `gc`.
        shutil.rmtree(self.folder, ignore_errors=True)
        self.gc(0)
        return n_bytes

    def _path(self, key: str) -> Path:
        # 256 folders, so that none grows beyond what every file system lists quickly.
        return self.folder / key[:2] / (key[2:] + _SUFFIX)

    def _files(self) -> Iterator[tuple[float, int, Path]]:
        for path in (*matches(self.folder, f"??/*{_SUFFIX}"), *matches(self.folder, f"??/*{VERDICT_SUFFIX}")):
            with contextlib.suppress(OSError):  # another process may remove it meanwhile
                status = path.stat()
                yield status.st_mtime, status.st_size, path


def _pack(key: str, speech: Speech) -> bytes:
    payload = to_int16(speech.samples).astype("<i2").tobytes()
    payload += np.asarray(speech.phoneme_ends, dtype="<u4").tobytes()
    counts = (speech.rate_hz, len(speech.samples), len(speech.phoneme_ends))
    head = _HEADER.pack(_MAGIC, _VERSION, *counts, bytes.fromhex(key), b"")[:_CHECKED]
    return head + _checksum(head, payload) + payload


def _unpack(key: str, data: bytes) -> Speech | None:
    if len(data) < _HEADER.size:
        return None
    magic, version, rate_hz, n_samples, n_ends, kept_key, checksum = _HEADER.unpack_from(data)
    payload = memoryview(data)[_HEADER.size :]
    whole = (
        magic == _MAGIC
        and version == _VERSION
        and kept_key == bytes.fromhex(key)
        and len(payload) == 2 * n_samples + 4 * n_ends
        and checksum == _checksum(data[:_CHECKED], payload)
    )
    if not whole:
        return None
    samples = np.frombuffer(payload[: 2 * n_samples], dtype="<i2").astype(np.float32) / np.float32(
        INT16_SCALE
    )
    ends = np.frombuffer(payload[2 * n_samples :], dtype="<u4")
    return Speech(samples, rate_hz, tuple(ends.tolist()))


def _checksum(head: bytes, payload: bytes | memoryview) -> bytes:
    digest = hashlib.sha256(head)
    digest.update(payload)
    return digest.digest()
