"""Titles and authors to names of files: safe on every file system, and still readable.

Knows nothing of folders that exist.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from pathlib import PurePosixPath

from ttsbook.errors import UsageError

MAX_NAME_BYTES = 120  # of the 255 that file systems take: room for numbers, suffixes and temporary names

# What Windows, and of these some Linux and macOS, refuse; look-alikes keep the titles readable.
_REPLACED = str.maketrans(
    {":": " -", "/": "-", "\\": "-", "|": "-", "?": "", "*": "", '"': "'", "<": "(", ">": ")"}
)
_RESERVED = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[\d¹²³])\s*(?:\..*)?", re.IGNORECASE)
_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
# Author/Title, or Author/Series/Vol N - Title: what audiobook servers such as Audiobookshelf expect.
LIBRARY = "{author}/[{series}/][Vol {series_part} - ]{title}/{title}"
_FIELD = re.compile(r"\{([a-z_]*)\}")
_BRACES = re.compile(r"[{}\[\]]")


def safe_name(text: str, *, otherwise: str = "Untitled") -> str:
    """Return `text` as one part of a path, or `otherwise` if nothing of it can stay."""
    composed = unicodedata.normalize("NFC", text).translate(_REPLACED)
    # Control, formatting and half characters: some are invisible, some turn the rest of the line round.
    visible = "".join(" " if unicodedata.category(c).startswith(("C", "Z")) else c for c in composed)
    name = " ".join(visible.split()).encode("utf-8")[:MAX_NAME_BYTES].decode("utf-8", errors="ignore")
    name = name.strip(" .")  # hidden on Unix at the front, dropped by Windows at the end
    if not name:
        return otherwise
    return f"_{name}" if _RESERVED.fullmatch(name) else name


def fill_template(template: str, values: Mapping[str, str]) -> PurePosixPath:
    """Return the path that a template such as "{author}/{title}" describes; each value is one safe name.

    What stands in square brackets is left out if a field in it is empty: "{author}/[{series}/]{title}".

    Raises:
        UsageError: it names an unknown field, a brace or bracket in it has no partner, or it leads out of the
            folder that it starts in.
    """
    unknown = [name for name in _FIELD.findall(template) if name not in values]
    if unknown:
        known = ", ".join(f"{{{name}}}" for name in values)
        raise UsageError(f"--template: unknown field {{{unknown[0]}}}", f"fields: {known}")
    stray = _BRACES.search(_FIELD.sub("", _OPTIONAL.sub(r"\1", template)))
    if stray is not None:
        raise UsageError(
            f"--template {template}: {stray.group()!r} belongs to no field",
            "a field is a name in braces, such as {title}; brackets stand around what may be left out",
        )
    template = _OPTIONAL.sub(lambda match: _if_filled(match[1], values), template)
    parts = [_fill(part, values) for part in template.split("/")]
    if template.startswith("/") or not all(part.strip(" .") for part in parts):
        raise UsageError(f"--template {template}: expected a path inside the output folder")
    return PurePosixPath(*(safe_name(part) for part in parts))


def _if_filled(text: str, values: Mapping[str, str]) -> str:
    return text if all(values[name].strip() for name in _FIELD.findall(text)) else ""


def _fill(part: str, values: Mapping[str, str]) -> str:
    return _FIELD.sub(lambda match: safe_name(values[match[1]], otherwise=f"Unknown {match[1]}"), part)
