"""Chapters to the cue sheet of a FLAC file: its own block, and the text that players look for in the tags.

FFmpeg reads such blocks and writes none, so it is asked to leave room, which is filled in afterwards.
(RFC 9639, section 8.7.) Knows nothing of encoding.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from ttsbook.errors import OutputError

Track = tuple[int, str]  # first sample in the file, title

MAX_TRACKS = 254  # numbers are one byte, and the end of the sound is a track as well
_MAGIC = b"fLaC"
_HEAD = struct.Struct(">128sQB258xB")
_TRACK = struct.Struct(">QB12s14xB")
_INDEX = struct.Struct(">QB3x")
_LEAD_OUT = 255
_PADDING, _CUESHEET = 1, 5
_FRAMES = 75  # a second has so many in the text


def block_size(n_tracks: int) -> int:
    """Return the bytes of the block's content."""
    return _HEAD.size + n_tracks * (_TRACK.size + _INDEX.size) + _TRACK.size


def cuesheet_block(tracks: Sequence[Track], n_samples: int) -> bytes:
    """Return the block's content for at most `MAX_TRACKS` tracks in a file of `n_samples`."""
    parts = [_HEAD.pack(b"", 0, 0, len(tracks) + 1)]
    for number, (start, _) in enumerate(tracks, start=1):
        parts += [_TRACK.pack(start, number, b"", 1), _INDEX.pack(0, 1)]
    parts.append(_TRACK.pack(n_samples, _LEAD_OUT, b"", 0))
    return b"".join(parts)


def cuesheet_text(tracks: Sequence[Track], rate_hz: int, performer: str, title: str) -> str:
    """Return the cue sheet as text; times have a precision of 1/75 s."""
    lines = [f'PERFORMER "{_quoted(performer)}"'] if performer else []
    lines += [f'TITLE "{_quoted(title)}"'] if title else []
    lines.append(f'FILE "{_quoted(title) or "book"}.flac" WAVE')
    for number, (start, name) in enumerate(tracks, start=1):
        frames = start * _FRAMES // rate_hz
        clock = f"{frames // _FRAMES // 60:02d}:{frames // _FRAMES % 60:02d}:{frames % _FRAMES:02d}"
        lines += [f"  TRACK {number:02d} AUDIO", f'    TITLE "{_quoted(name)}"', f"    INDEX 01 {clock}"]
    return "\n".join(lines)


def fill_padding(path: Path, block: bytes) -> None:
    """Write a cue sheet where a finished FLAC file has room for it.

    It stands in front of the tags: FFmpeg takes the titles of chapters from whatever comes last.

    Raises:
        OutputError: there is no room.
    """
    with open(path, "r+b") as handle:
        handle.seek(len(_MAGIC))
        first, *others = _blocks(handle)
        room = sum(len(content) for kind, content in others if kind == _PADDING)
        kept = [(kind, content) for kind, content in others if kind != _PADDING]
        n_paddings = len(others) - len(kept)
        rest = room + 4 * (n_paddings - 2) - len(block)
        if rest < 0:
            raise OutputError(f"cannot write the cue sheet of {path}: there is no room for it")
        handle.seek(len(_MAGIC))
        for kind, content in (first, (_CUESHEET, block), *kept):
            handle.write(_header(kind, len(content), False) + content)
        handle.write(_header(_PADDING, rest, True) + bytes(rest))


def _blocks(handle: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Yield the kind and content of each metadata block."""
    is_last = False
    while not is_last and len(head := handle.read(4)) == 4:
        is_last = bool(head[0] & 0x80)
        yield head[0] & 0x7F, handle.read(int.from_bytes(head[1:], "big"))


def _header(kind: int, size: int, is_last: bool) -> bytes:
    return bytes((kind | (0x80 if is_last else 0),)) + size.to_bytes(3, "big")


def _quoted(text: str) -> str:
    """Return a text that fits on a line between quotation marks: the format has no escapes."""
    return " ".join(text.replace('"', "'").split())
