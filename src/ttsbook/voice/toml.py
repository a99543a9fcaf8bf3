"""Writes the flat TOML of voice profiles; the standard library only reads it.

Strings, numbers, lists of strings, and one level of tables. Knows nothing of voices.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

Scalar = str | int | float | tuple[str, ...]


def format_toml(values: Mapping[str, Scalar | Mapping[str, Scalar]]) -> str:
    """Return TOML text: plain values first, then a table for every mapping."""
    lines = [_line(key, value) for key, value in values.items() if not isinstance(value, Mapping)]
    for key, value in values.items():
        if isinstance(value, Mapping):
            lines += ["", f"[{key}]", *(_line(name, entry) for name, entry in value.items())]
    return "\n".join(lines) + "\n"


def _line(key: str, value: Scalar) -> str:
    if isinstance(value, tuple):
        items = "".join(f"  {_quote(item)},\n" for item in value)
        return f"{key} = [\n{items}]" if value else f"{key} = []"
    return f"{key} = {_quote(value) if isinstance(value, str) else repr(value)}"


def _quote(text: str) -> str:
    # JSON's escapes are TOML's, but for DEL; file names may hold bytes that are not text.
    clean = text.encode("utf-8", "replace").decode("utf-8")
    return json.dumps(clean, ensure_ascii=False).replace("\x7f", "\\u007f")
