"""`python -m ttsbook.train`: see the package's docstring for the commands."""

from __future__ import annotations

import sys

from ttsbook.errors import MissingError, RenderError, TtsbookError, known_cause, tells_no_room
from ttsbook.program import EXIT_INTERRUPTED, run_program
from ttsbook.train.app import app

EXTRA = ("torch", "onnx", "onnxruntime", "matplotlib")


def main() -> int:
    """Run one command; a failure is one line, a hint and an exit code as of `ttsbook`."""
    try:
        return run_program(app, sys.argv[1:], "python -m ttsbook.train")
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


def _known_cause(error: Exception) -> TtsbookError | None:
    if isinstance(error, ModuleNotFoundError) and error.name in EXTRA:
        return MissingError(f"{error.name} is not installed", "pip install 'ttsbook[train]'")
    if tells_no_room(error):
        return RenderError("the device has too little memory", "a smaller --scale or --window needs less")
    return known_cause(error)


if __name__ == "__main__":  # worker processes import this module again under another name
    sys.exit(main())
