"""What the program says to people: lines on stderr, never on stdout, which is for results."""

from __future__ import annotations

import codecs
import contextlib
import json
import os
import sys
from dataclasses import dataclass
from typing import TextIO

from ttsbook.errors import TtsbookError


@dataclass(frozen=True, slots=True)
class Talk:
    """How much is said: `level` -1 is errors only, 0 the usual, 1 details; with `events`, in JSON lines."""

    level: int = 0
    events: bool = False

    def note(self, text: str) -> None:
        if self.level >= 0:
            self._say("note", text, text)

    def detail(self, text: str) -> None:
        if self.level >= 1:
            self._say("detail", text, text)

    def warn(self, text: str) -> None:
        if self.level >= 0:
            self._say("warning", text, f"warning: {text}")

    def failed(self, what: str, error: TtsbookError) -> None:
        """Say what could not be done, whatever the level; `what` may be empty."""
        message = f"{what}: {error.message}" if what else error.message
        hint = f"\nhint: {error.hint}" if error.hint else ""
        self._say("error", message, f"error: {message}{hint}", hint=error.hint)

    def stopped(self, how: str, hint: str) -> None:
        """Say that someone stopped the program, on a line of its own: a terminal shows ^C before it."""
        self._say("stopped", how, f"\n{how}\n{hint}".rstrip(), hint=hint)

    def _say(self, event: str, text: str, line: str, **more: str | None) -> None:
        if self.events:
            line = json_for(sys.stderr, {"event": event, "text": text, **more})
        say(line)


def say(line: str) -> None:
    """Print a line on stderr; where that takes none (a full disk, a terminal that is gone), work goes on."""
    with contextlib.suppress(OSError):
        print(line, file=sys.stderr, flush=True)


def make_talk(quiet: bool, verbose: bool, *, events: bool = False) -> Talk:
    """Turn -q and -v into a level; -q wins."""
    return Talk(-1 if quiet else int(verbose), events)


def is_terminal(stream_number: int) -> bool:
    """Return whether a stream (1 stdout, 2 stderr) reaches a person with a capable terminal."""
    try:
        return os.isatty(stream_number)
    except OSError:
        return False


def print_json(value: object, *, indent: int | None = 2) -> None:
    """Print one JSON document on stdout."""
    print(json_for(sys.stdout, value, indent), flush=True)


def json_for(stream: TextIO, value: object, indent: int | None = None) -> str:
    """Return JSON that stays JSON on its way through `stream`.

    What the stream has no letters for, and what is no UTF-8 in a file's name, is escaped here: the stream
    itself would write \\xe9, which is no escape in JSON, or a byte that no reader of UTF-8 takes.
    """
    text = json.dumps(value, ensure_ascii=not is_utf8(stream), indent=indent)
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def is_utf8(stream: TextIO) -> bool:
    return codecs.lookup(stream.encoding or "utf-8").name == "utf-8"


def count(number: int, noun: str) -> str:
    """Return a number of things in words."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def clock(seconds: float) -> str:
    """Write a duration as people read it: 75 -> "1:15", 3725 -> "1:02:05"."""
    whole = round(seconds)
    hours, rest = divmod(whole, 3600)
    minutes, second = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{second:02}" if hours else f"{minutes}:{second:02}"


def size(n_bytes: int) -> str:
    """Write a size in the units of 1000: 1536000 -> "1.5 MB"."""
    amount = float(n_bytes)
    for unit in ("B", "kB", "MB", "GB"):
        if round(amount, 1) < 1000:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} TB"
