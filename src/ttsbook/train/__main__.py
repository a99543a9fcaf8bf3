"""`python -m ttsbook.train`: see the package's docstring for the commands."""

from __future__ import annotations

import sys

from ttsbook.errors import TtsbookError
from ttsbook.train.commands import app


def main() -> None:
    """Run one command; a failure is one line and an exit code."""
    try:
        app()
    except TtsbookError as error:
        hint = f"\nhint: {error.hint}" if error.hint else ""
        sys.stderr.write(f"error: {error.message}{hint}\n")
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
