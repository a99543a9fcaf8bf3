"""Every failure a user can meet, each with the exit code that the command line returns for it.

    TtsbookError            1   rendering failed part-way; finished chunks are kept
    ├── UsageError          2   wrong flag, wrong configuration
    ├── InputError          3   not readable as a book, or nothing to read in it
    ├── MissingError        4   a voice, weights, an extra or a device that was asked for
    ├── OutputError         5   the result cannot be written
    ├── RenderError         1   an engine, a worker or the pool failed
    └── BugError           70   anything else, which is a bug

A message says what failed (with its path) and why; `hint` says what to do next.
Knows nothing of printing or exiting: only `ttsbook.cli` does either.
"""

from __future__ import annotations

import errno

MAX_MESSAGE = 1000  # characters
# In what CUDA, its libraries and ONNX Runtime say. "memory" alone would do for an illegal access to it too.
_NO_ROOM = (
    "out of memory",
    "outofmemory",
    "alloc_failed",
    "bad_alloc",
    "failed to allocate",
    "smaller than requested",
    "can't allocate memory",
)
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
# What is wrong with a place and not with the program; even to look whether a file is there may meet these.
_REFUSED = (errno.EACCES, errno.EPERM, errno.ENAMETOOLONG, errno.ELOOP, errno.EIO, errno.ESTALE)
_BROKEN = (errno.EIO, errno.ESTALE)
_BROKEN_HINT = "check the disks, and that the terminal is still there, and run it again"
_REFUSED_HINT = "check its name and permissions; TTSBOOK_HOME names another folder for ttsbook's own files"


class TtsbookError(Exception):
    """Root of all errors that are told in one line.

    Args:
        message: one plain line: what failed and why.
        hint: one plain line: what the user can do about it.
    """

    exit_code = 1

    def __init__(self, message: str, hint: str | None = None) -> None:
        self.message = _one_line(message)
        super().__init__(self.message)
        self.hint = hint

    def __reduce__(self) -> tuple[type[TtsbookError], tuple[str, str | None]]:
        # Errors cross process borders (worker -> parent); the default reduce would drop the hint.
        return type(self), (self.message, self.hint)


def first_line(error: BaseException) -> str:
    """Return what a library's error says first; the name of its kind if it says nothing."""
    return str(error).strip().splitlines()[0][:300] if str(error).strip() else type(error).__name__


def tells_no_room(error: BaseException) -> bool:
    """Return whether a library's error says that memory ran out, in whatever kind of exception."""
    text = str(error).lower()
    return any(words in text for words in _NO_ROOM)


def lacks_room(error: BaseException) -> bool:
    """Return whether Python says that the system grants this process no more memory or threads."""
    return isinstance(error, MemoryError) or "can't start new thread" in str(error)


def _one_line(message: str) -> str:
    """Return a message as one line that a person can read: it may quote a file that nobody wrote by hand."""
    line = " ".join(message.splitlines())
    if len(line) <= MAX_MESSAGE:
        return line
    half = MAX_MESSAGE // 2
    return f"{line[:half]} … {line[-half:]}"


class UsageError(TtsbookError):
    """A flag, a setting or a combination of them makes no sense."""

    exit_code = 2


class InputError(TtsbookError):
    """The book or clip cannot be read, or holds nothing to use."""

    exit_code = 3


class MissingError(TtsbookError):
    """Something needed is not here: a voice, weights, an extra, a device."""

    exit_code = 4


class OutputError(TtsbookError):
    """The result cannot be written where it was asked for."""

    exit_code = 5


class RenderError(TtsbookError):
    """An engine, a worker or the pool failed while speaking."""

    exit_code = 1


class BugError(TtsbookError):
    """What nobody foresaw; its traceback has been kept."""

    exit_code = 70


class DeviceFailed(RenderError):
    """What an engine computes on has failed; the processor may do."""


class OutOfMemory(RenderError):
    """An engine ran out of host or device memory; a smaller batch may fit."""


def known_cause(error: Exception) -> TtsbookError | None:
    """Return what to say of an error that the machine is to blame for; None for a bug."""
    if lacks_room(error):
        hint = "free some, or allow more (ulimit -v, ulimit -u), and run it again"
        return RenderError(f"out of memory or processes: {first_line(error)}", hint)
    if isinstance(error, OSError) and error.errno in _FULL:
        place = error.filename or "to standard output"
        return OutputError(f"cannot write {place}: {error.strerror}", "free some space")
    if isinstance(error, OSError) and error.errno in _REFUSED and error.filename:
        return InputError(f"cannot use {error.filename}: {error.strerror}", _REFUSED_HINT)
    if isinstance(error, OSError) and error.errno in _BROKEN:  # in the midst of a file, or of what is printed
        return RenderError(f"a disk or the terminal failed: {error.strerror}", _BROKEN_HINT)
    return None
