"""Dependency files in the syntax of make: which files an output was made from.

Pure text in, text out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from ttsbook.errors import UsageError


def format_depfile(rules: Iterable[tuple[Path, Sequence[Path]]]) -> str:
    """Return one rule `output: sources…` for each pair.

    Each source also becomes a target without a recipe, so that make does not stop when one is
    deleted (as `gcc -MP` does).
    """
    lines = []
    seen: dict[Path, None] = {}
    for output, sources in rules:
        unique = dict.fromkeys(sources)
        lines.append(f"{escape(output)}: " + " ".join(map(escape, unique)))
        seen |= dict.fromkeys(sources)
    lines += [f"{escape(source)}:" for source in seen]
    return "\n".join(lines) + "\n"


def escape(path: Path) -> str:
    """Write a path as make reads it back.

    Raises:
        UsageError: the name holds a line break, which no makefile can express.
    """
    text = str(path)
    if "\n" in text or "\r" in text:
        raise UsageError(f"{text!r} cannot be written to a depfile: its name holds a line break")
    text = text.replace("$", "$$")
    for character in "#%: ":
        # A backslash in front of an escaped character would itself be taken as an escape.
        text = _escape_character(text, character)
    return text


def _escape_character(text: str, character: str) -> str:
    parts = text.split(character)
    ended = [_double_trailing_backslashes(part) for part in parts[:-1]] + parts[-1:]
    return f"\\{character}".join(ended)


def _double_trailing_backslashes(text: str) -> str:
    bare = text.rstrip("\\")
    return bare + "\\\\" * (len(text) - len(bare))
