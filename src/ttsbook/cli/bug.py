"""What becomes of an error that nobody foresaw: a file with its traceback, and one line that names it."""

from __future__ import annotations

import os
import sys
import traceback

from ttsbook import __version__, paths
from ttsbook.cli.talk import say
from ttsbook.errors import BugError, TtsbookError
from ttsbook.files import make_folder


def keep_bug(error: Exception) -> BugError:
    """Save the traceback and say where: a stack on the screen helps nobody who only wants a book."""
    text = f"ttsbook {__version__}, Python {sys.version}\n" + "".join(traceback.format_exception(error))
    hint = None
    try:
        log = paths.state_dir() / "logs" / f"bug-{os.getpid()}.txt"
        make_folder(log.parent)
        with log.open("a", encoding="utf-8") as handle:  # a shelf may meet several
            handle.write(text)
    except (OSError, TtsbookError):
        say(text)  # no place to keep it: better on the screen than lost
    else:
        hint = f"please report it with the details in {log}"
    return BugError(f"this is a bug in ttsbook: {type(error).__name__}: {error}", hint)
