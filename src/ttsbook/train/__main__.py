"""`python -m ttsbook.train`: see the package's docstring for the commands."""

from __future__ import annotations

import sys

import typer

from ttsbook.errors import MissingError, RenderError, TtsbookError, UsageError, known_cause, tells_no_room
from ttsbook.train.commands import app

EXTRA = ("torch", "onnx", "onnxruntime", "matplotlib")
EXIT_INTERRUPTED = 130


def main() -> int:
    """Run one command; a failure is one line, a hint and an exit code as of `ttsbook`."""
    try:
        return _run()
    except KeyboardInterrupt:
        sys.stderr.write("\ninterrupted\n")
        return EXIT_INTERRUPTED
    except Exception as error:
        known = error if isinstance(error, TtsbookError) else _known_cause(error)
        if known is None:
            raise
        hint = f"\nhint: {known.hint}" if known.hint else ""
        sys.stderr.write(f"error: {known.message}{hint}\n")
        return known.exit_code


def _run() -> int:
    # Typer bundles its own Click since 0.26, so this is the one name that is right in all versions.
    usage_error: type[Exception] = typer.BadParameter.__mro__[1]
    try:
        code = app(prog_name="python -m ttsbook.train", standalone_mode=False)
    except usage_error as error:
        message = getattr(error, "format_message", error.__str__)()
        command = getattr(getattr(error, "ctx", None), "command_path", "python -m ttsbook.train")
        raise UsageError(message.strip(), f"`{command} --help` shows how it is used") from error
    if code == EXIT_INTERRUPTED:  # Typer turns KeyboardInterrupt into this code
        raise KeyboardInterrupt
    return code if isinstance(code, int) else 0


def _known_cause(error: Exception) -> TtsbookError | None:
    if isinstance(error, ModuleNotFoundError) and error.name in EXTRA:
        return MissingError(f"{error.name} is not installed", "pip install 'ttsbook[train]'")
    if tells_no_room(error):
        return RenderError("the device has too little memory", "a smaller --scale or --window needs less")
    return known_cause(error)


if __name__ == "__main__":  # worker processes import this module again under another name
    sys.exit(main())
