"""Names of voices: what may stand in a command line and be a file name on every system.

Knows nothing of profiles or folders.
"""

from __future__ import annotations

import re
import unicodedata

from ttsbook.errors import UsageError

MAX_BYTES = 100  # in UTF-8; file systems take 255, suffixes and temporary names need some
# Letters (of any script), digits and inner blanks, dots, hyphens, underscores: no separators, no
# leading dot or hyphen, no trailing dot or blank (Windows drops those).
_SAFE = re.compile(r"\w(?:[\w .-]*[\w-])?")
# Windows reserves the first, whatever the suffix; the others would be taken for the file of a profile.
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?|.*\.(?:toml|safetensors)", re.IGNORECASE)


def is_safe(name: str) -> bool:
    """Return whether `name` can be the name of a voice."""
    return (
        bool(_SAFE.fullmatch(name))
        and not _RESERVED.fullmatch(name)
        and len(name.encode("utf-8", "replace")) <= MAX_BYTES
    )


def check_name(name: str) -> str:
    """Return `name` in Unicode's composed form (macOS and Linux then agree on it).

    Raises:
        UsageError: not safe as a file name.
    """
    composed = unicodedata.normalize("NFC", name)
    if not is_safe(composed):
        raise UsageError(
            f"not a valid name for a voice: {name!r}",
            f"use letters, digits, spaces, '-', '_' and '.', at most {MAX_BYTES} bytes",
        )
    return composed


def name_from(text: str) -> str:
    """Return a safe name made from any text, such as a file's name without its suffix."""
    composed = unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode("utf-8"))
    cleaned = re.sub(r"[^\w .-]+", "-", composed).strip(" .-")
    while len(cleaned.encode("utf-8")) > MAX_BYTES:
        cleaned = cleaned[:-1].rstrip(" .-")
    return cleaned if is_safe(cleaned) else "voice"


def same_name(a: str, b: str) -> bool:
    """Return whether two names are the same file where case is ignored."""
    return unicodedata.normalize("NFC", a).casefold() == unicodedata.normalize("NFC", b).casefold()
