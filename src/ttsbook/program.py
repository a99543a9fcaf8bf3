"""Running at all: on which systems; and a Typer application: its exit code, or our errors."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ttsbook.errors import MissingError, UsageError

if TYPE_CHECKING:
    import typer

EXIT_INTERRUPTED = 130


def check_system() -> None:
    """Raise `MissingError` on Windows, which has no `fcntl`, `resource` and `pthread_sigmask`."""
    if sys.platform == "win32":
        raise MissingError("ttsbook runs on Linux and macOS, not on Windows itself", "install it within WSL")


def run_program(app: typer.Typer, arguments: Sequence[str], name: str) -> int:
    """Run an application that people call `name`; return its exit code.

    Raises:
        UsageError: the arguments make no sense.
        KeyboardInterrupt: Ctrl-C.
        TtsbookError: whatever the command raises.
    """
    import typer

    # Typer has a Click of its own; this is its one public name for that exception.
    usage_error: type[Exception] = typer.BadParameter.__mro__[1]
    try:
        code = app(args=list(arguments), prog_name=name, standalone_mode=False)
    except usage_error as error:
        message = getattr(error, "format_message", error.__str__)()
        command = getattr(getattr(error, "ctx", None), "command_path", name)
        raise UsageError(message.strip(), f"`{command} --help` shows how it is used") from error
    except typer.Abort:
        raise KeyboardInterrupt from None
    if code == EXIT_INTERRUPTED:  # Typer turns KeyboardInterrupt into this code
        raise KeyboardInterrupt
    return code if isinstance(code, int) else 0
