"""What the program says to people: lines on stderr, never on stdout, which is for results."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass

from ttsbook.errors import TtsbookError


@dataclass(frozen=True, slots=True)
class Talk:
    """How much is said: `level` -1 is errors only, 0 the usual, 1 details."""

    level: int = 0

    def note(self, text: str) -> None:
        if self.level >= 0:
            print(text, file=sys.stderr)

    def detail(self, text: str) -> None:
        if self.level >= 1:
            print(text, file=sys.stderr)

    def warn(self, text: str) -> None:
        if self.level >= 0:
            print(f"warning: {text}", file=sys.stderr)

    def failed(self, what: str, error: TtsbookError) -> None:
        print(f"error: {what}: {error.message}", file=sys.stderr)
        if error.hint:
            print(f"hint: {error.hint}", file=sys.stderr)


def make_talk(quiet: bool, verbose: bool) -> Talk:
    """Turn -q and -v into a level; -q wins."""
    return Talk(-1 if quiet else int(verbose))


def is_terminal(stream_number: int) -> bool:
    """Tell whether a stream (1 stdout, 2 stderr) reaches a person with a capable terminal."""
    try:
        return os.isatty(stream_number)
    except OSError:
        return False


def print_json(value: object) -> None:
    """Print one JSON document on stdout."""
    print(json.dumps(value, ensure_ascii=False, indent=2))


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
        if amount < 1000:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} TB"
