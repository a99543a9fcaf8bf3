"""The command line: the only part that prints, reads arguments and decides the exit code.

`main` is the one error boundary. Exit codes: 0 done, 1 rendering failed, 2 usage, 3 input,
4 something needed is missing, 5 output, 70 a bug, 130 interrupted, 143 terminated.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import io
import itertools
import os
import shlex
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

from ttsbook.errors import TtsbookError, known_cause
from ttsbook.program import EXIT_INTERRUPTED, check_system, run_program

if TYPE_CHECKING:
    from ttsbook.cli.talk import Talk

EXIT_TERMINATED = 143
_AGAIN_SECONDS = 0.01
_CALLED_BY_FFMPEG = "ttsbook.audio.sink"


class Terminated(BaseException):
    """SIGTERM or SIGHUP arrived. Not an Exception: nothing between here and the boundary may keep it."""


class Interrupted(KeyboardInterrupt):
    """Ctrl-C. Python kills itself at exit once it has seen a bare KeyboardInterrupt leave an `exec`, which is
    where every import of a dataclass is: then the exit code would depend on the moment."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; turn every failure into one line, a hint and an exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if argv is None:
        _collect_seldom()
        # Numpy's threads, started when it is imported here and in each worker, would find nothing to do.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    _open_closed_streams()
    if isinstance(sys.stdout, io.TextIOWrapper):
        from ttsbook.cli.talk import is_utf8

        # A result may be a file name that is not valid UTF-8: give back the bytes that it came as.
        # What an old terminal has no letters for is written as an escape.
        sys.stdout.reconfigure(errors="surrogateescape" if is_utf8(sys.stdout) else "backslashreplace")
    with _signals():
        try:
            return _run(arguments)
        except TtsbookError as error:
            _report_error(error, arguments)
            return error.exit_code
        except KeyboardInterrupt:
            _say_how_to_go_on("interrupted", arguments)
            return EXIT_INTERRUPTED
        except Terminated:
            _say_how_to_go_on("terminated", arguments)
            return EXIT_TERMINATED
        except BrokenPipeError:  # the reader went away (`| head`)
            return 1
        except SystemExit as stop:  # Typer's answer to a broken pipe
            return stop.code if isinstance(stop.code, int) else 1
        except Exception as error:
            from ttsbook.cli.bug import keep_bug

            known = known_cause(error) or keep_bug(error)
            _report_error(known, arguments)
            return known.exit_code
        finally:
            _drop_unsaid()


def _drop_unsaid() -> None:
    """Redirect streams that take nothing to nowhere: Python would fail to flush them and exit with 120."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _collect_seldom() -> None:
    """Spare the garbage collector the dictionaries, whose many objects live until the end.

    To search them for cycles takes a tenth of a short render, and to take them apart at exit as much again.
    """
    gc.set_threshold(100_000, *gc.get_threshold()[1:])
    atexit.register(gc.freeze)


def _open_closed_streams() -> None:
    """Lead standard streams that were closed (`>&-`) to nowhere.

    Else the next file that is opened has their number, and what is printed would be written into it.
    """
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free: this one
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(number, mode, encoding="utf-8", closefd=False))


@contextlib.contextmanager
def _signals() -> Iterator[None]:
    """Turn SIGTERM, the end of the terminal and the first Ctrl-C into exceptions that clean up.

    The second Ctrl-C quits at once. Under `nohup` the terminal may end.
    """
    before = {
        signal.SIGTERM: signal.signal(signal.SIGTERM, _terminate),
        signal.SIGINT: signal.signal(signal.SIGINT, _interrupt),
    }
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) == signal.SIG_DFL:
        before[signal.SIGHUP] = signal.signal(signal.SIGHUP, _terminate)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _terminate(number: int, frame: FrameType | None) -> None:
    if _would_be_lost(frame):
        return _send_again(number)
    raise Terminated


def _interrupt(number: int, frame: FrameType | None) -> None:
    if _would_be_lost(frame):
        return _send_again(number)
    signal.signal(signal.SIGINT, _quit)
    raise Interrupted


def _would_be_lost(frame: FrameType | None) -> bool:
    """Return whether Python would only print what is raised.

    It does so while it runs a finalizer, forgets an import's lock, or takes the bytes of a file from FFmpeg.
    """
    while frame is not None:
        code = frame.f_code
        if frame.f_globals.get("__name__") == _CALLED_BY_FFMPEG:
            return True
        if code.co_name == "__del__" or (code.co_name == "cb" and "importlib" in code.co_filename):
            return True
        frame = frame.f_back
    return False


def _send_again(number: int) -> None:
    again = threading.Timer(_AGAIN_SECONDS, os.kill, (os.getpid(), number))
    again.daemon = True
    again.start()


def _quit(_number: int, _frame: FrameType | None) -> NoReturn:
    os._exit(EXIT_INTERRUPTED)


def _run(arguments: list[str]) -> int:
    check_system()
    from ttsbook.cli.app import app

    code = run_program(app, arguments, "ttsbook")
    sys.stdout.flush()
    return code


def _report_error(error: TtsbookError, arguments: list[str]) -> None:
    if "--json" in arguments:
        from ttsbook.cli.document import error_document
        from ttsbook.cli.talk import print_json

        with contextlib.suppress(OSError):  # it is full, or its reader went away: stderr tells as well
            print_json(error_document(error), indent=None)
    _talk(arguments).failed("", error)


def _talk(arguments: list[str]) -> Talk:
    """Return what speaks of failures; what the command line says is all that is sure to be known."""
    from ttsbook.cli.talk import Talk

    flags = {"--progress=json", ("--progress", "json")}
    return Talk(events=not flags.isdisjoint((*arguments, *itertools.pairwise(arguments))))


def _say_how_to_go_on(what: str, arguments: list[str]) -> None:
    talk, hint = _talk(arguments), ""
    if arguments[:1] == ["render"]:
        again = shlex.join(["ttsbook", *(one for one in arguments if one != "--no-resume")])
        hint = f"Finished chunks are kept. To resume, run again:\n  {again}"
    talk.stopped(what, hint)
