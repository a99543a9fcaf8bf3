"""A zip archive -> its files, within fixed limits. Nothing is ever unpacked to disk.

Names are resolved inside the archive only. Sizes stated by the archive are not trusted: reading
stops at the limit. Knows nothing of EPUB.
"""

from __future__ import annotations

import posixpath
import unicodedata
import zipfile
from pathlib import Path
from types import TracebackType
from typing import IO, BinaryIO
from urllib.parse import unquote

from ttsbook.errors import InputError, known_cause

MAX_ENTRIES = 20_000
MAX_ENTRY_BYTES = 64 << 20  # the longest novels have 10 MB of text in all
MAX_TOTAL_BYTES = 1 << 30  # read from one archive
MAX_RATIO = 400  # text packs about 3:1, tables of one repeated line about 100:1
_RATIO_FROM_BYTES = 1 << 20  # small files may pack to anything
_PIECE_BYTES = 1 << 18
_BOMB_HINT = "the file is damaged or made to exhaust memory; ttsbook does not open it"


class DamagedEntry(Exception):
    """One file of the archive cannot be unpacked; the others may be fine."""


class Archive:
    """Files of one zip by normalised name. Not thread-safe."""

    def __init__(self, file: Path | BinaryIO, source: str) -> None:
        """Open the archive and check its directory.

        Raises:
            InputError: not a zip, cut off, or beyond the limits.
        """
        self.source = source
        self._left = MAX_TOTAL_BYTES
        try:
            self._zip = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, EOFError, ValueError, NotImplementedError, UnicodeDecodeError) as error:
            raise InputError(
                f"cannot open {source}: not a complete zip archive ({error})",
                "download or copy the book again; the file may be cut off",
            ) from error
        entries = self._zip.infolist()
        if len(entries) > MAX_ENTRIES:
            raise InputError(
                f"cannot open {source}: {len(entries)} files in the archive, at most {MAX_ENTRIES}",
                _BOMB_HINT,
            )
        self._entries: dict[str, zipfile.ZipInfo] = {}
        self._loose: dict[str, str] = {}
        for entry in entries:
            name = _normalise(entry.filename)
            if name is not None and not entry.is_dir():
                self._entries.setdefault(name, entry)
                self._loose.setdefault(_loosen(name), name)

    def __enter__(self) -> Archive:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()

    @property
    def names(self) -> tuple[str, ...]:
        """All file names in the order of the archive."""
        return tuple(self._entries)

    def find(self, name: str) -> str | None:
        """Return the name as stored; case and Unicode form are ignored, as reading systems do."""
        return name if name in self._entries else self._loose.get(_loosen(name))

    def read(self, name: str) -> bytes:
        """Return the bytes of a file that `find` knows.

        Raises:
            DamagedEntry: this file cannot be unpacked.
            InputError: encrypted, or beyond the limits.
        """
        entry = self._entries[name]
        self._refuse_encrypted(entry)
        try:
            with self._zip.open(entry) as handle:
                return self._read_bounded(handle, entry)
        except InputError:
            raise
        except Exception as error:  # every method of packing has errors of its own
            if known_cause(error) is not None:  # of the machine: nothing is wrong with the book
                raise
            raise DamagedEntry(str(error) or type(error).__name__) from error

    def check_whole(self) -> None:
        """Check in the directory of the archive that all files in it can be read.

        Raises:
            InputError: one is encrypted, or beyond the limits.
        """
        for entry in self._entries.values():
            self._refuse_encrypted(entry)
            if entry.file_size > MAX_ENTRY_BYTES:
                raise InputError(
                    f"cannot copy {self.source}: {entry.filename} has {entry.file_size >> 20} MB, "
                    f"more than {MAX_ENTRY_BYTES >> 20}",
                    "make it smaller, or remove it from the book",
                )

    def _refuse_encrypted(self, entry: zipfile.ZipInfo) -> None:
        if entry.flag_bits & 0x1:
            raise InputError(
                f"cannot read {self.source}: {entry.filename} is protected by a password",
                "unpack the archive with its password, and pack it again without",
            )

    def _read_bounded(self, handle: IO[bytes], entry: zipfile.ZipInfo) -> bytes:
        pieces: list[bytes] = []
        size = 0
        while piece := handle.read(_PIECE_BYTES):
            size += len(piece)
            if size > MAX_ENTRY_BYTES or size > self._left:
                raise InputError(
                    f"cannot read {self.source}: {entry.filename} unpacks to more than {size >> 20} MB",
                    _BOMB_HINT,
                )
            if size > _RATIO_FROM_BYTES and size > MAX_RATIO * max(entry.compress_size, 1):
                raise InputError(
                    f"cannot read {self.source}: {entry.filename} unpacks to over {MAX_RATIO} times its size",
                    _BOMB_HINT,
                )
            pieces.append(piece)
        self._left -= size
        return b"".join(pieces)


def resolve(base: str, href: str) -> tuple[str, str]:
    """Resolve a link found in the file `base`; return the file's name and the fragment.

    A link that leads out of the archive, or to the network, gives an empty name.
    """
    path, _, fragment = href.strip().partition("#")
    if not path:
        return base, unquote(fragment)
    if ":" in path.split("/", 1)[0]:
        return "", ""
    joined = posixpath.join(posixpath.dirname(base), unquote(path.split("?", 1)[0]))
    return _normalise(joined) or "", unquote(fragment)


def _normalise(name: str) -> str | None:
    """Return a relative name without `.` and `..`, or None if it leads out of the archive."""
    normal = posixpath.normpath(name.replace("\\", "/").lstrip("/"))
    return None if normal in (".", "..") or normal.startswith("../") else normal


def _loosen(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
