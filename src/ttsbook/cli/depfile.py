"""Dependency files in the syntax of make: which files an output was made from.

Pure text in, text out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from ttsbook.errors import UsageError

_UNSPEAKABLE = "\n\r\t;|"
_UNSPEAKABLE_ENDS = ("\\", ")")  # a continued line; a member of an archive


def format_depfile(rules: Iterable[tuple[Path, Sequence[Path]]]) -> str:
    """Return one rule `output: sources…` for each pair.

    Each source also becomes a target without a recipe, so that make does not stop when one is
    deleted (as `gcc -MP` does).
    """
    lines = []
    seen: dict[Path, None] = {}
    for output, sources in rules:
        unique = dict.fromkeys(sources)
        lines.append(f"{escape_target(output)}: " + " ".join(map(escape_source, unique)))
        seen |= unique
    lines += [f"{escape_target(source)}:" for source in seen]
    return "\n".join(lines) + "\n"


def escape_target(path: Path) -> str:
    """Write a path as make reads it in front of the colon.

    Raises:
        UsageError: the name holds a character that cannot be written for make.
    """
    _refuse(path, _UNSPEAKABLE + "=")  # "a=b: c" would assign to a variable
    return _escape(str(path), "#%: ")


def escape_source(path: Path) -> str:
    """Write a path as make reads it behind the colon, where % means nothing and needs no backslash."""
    _refuse(path, _UNSPEAKABLE)
    return _escape(str(path), "#: ")


def _refuse(path: Path, characters: str) -> None:
    text = str(path)
    if text.endswith(_UNSPEAKABLE_ENDS) or any(character in text for character in characters):
        raise UsageError(f"{text!r} cannot be named in a depfile: make would not understand the name")


def _escape(text: str, special: str) -> str:
    text = text.replace("$", "$$")
    for character in special:
        parts = text.split(character)
        # Backslashes in front of an escaped character would themselves be taken as escapes.
        ended = [_double_trailing_backslashes(part) for part in parts[:-1]] + parts[-1:]
        text = f"\\{character}".join(ended)
    return text


def _double_trailing_backslashes(text: str) -> str:
    bare = text.rstrip("\\")
    return bare + "\\\\" * (len(text) - len(bare))
