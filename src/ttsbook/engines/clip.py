"""The recording that an engine listens to itself, out of its options.

Knows nothing of how it is used.
"""

from __future__ import annotations

from pathlib import Path

from ttsbook.errors import MissingError


def clip_of(options: dict[str, str], who: str) -> Path:
    """Return the option "clip" as a path.

    Args:
        who: wants it, for people.

    Raises:
        MissingError: it is not given, or not there.
    """
    clip = options.get("clip")
    if not clip:
        raise MissingError(f"{who} need a recording, and the voice is a profile", "use --voice with a clip")
    path = Path(clip)
    if not path.is_file():
        raise MissingError(f"the recording {path} does not exist", "use --voice with a clip")
    return path
