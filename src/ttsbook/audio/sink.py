"""A file as the muxer sees it: begins where a tag ends, and never fails.

PyAV cannot pass on what a file raises: it prints the traceback and reports an error without a cause. So the
first failure is kept here, the rest of the writing goes nowhere, and whoever opened the file asks `check`.
Knows nothing of formats.
"""

from __future__ import annotations

from typing import BinaryIO


class Sink:
    """Takes what a muxer writes, from the position of `handle` on."""

    def __init__(self, handle: BinaryIO) -> None:
        self._handle = handle
        self._offset = handle.tell()
        self._error: OSError | None = None

    def check(self) -> None:
        """Raise the first OSError that writing met."""
        if self._error is not None:
            raise self._error

    def write(self, data: bytes) -> int:
        if self._error is None:
            try:
                self._handle.write(data)
            except OSError as error:
                self._error = error
        return len(data)

    def tell(self) -> int:
        return self._handle.tell() - self._offset

    def seek(self, position: int, whence: int = 0) -> int:
        if self._error is None:
            try:
                self._handle.seek(position + (self._offset if whence == 0 else 0), whence)
            except OSError as error:  # a seek writes what is buffered
                self._error = error
        return self.tell()

    def seekable(self) -> bool:
        return True
