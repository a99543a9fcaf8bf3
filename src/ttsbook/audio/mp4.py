"""Tags and a cover to the iTunes metadata ("ilst") of an M4B file.

FFmpeg writes a fixed set of fields, and its way to write others replaces the list that Apple reads. So it
is given one placeholder field of exactly the size of our list, lays out the file around it (index in
front, offsets right), and the bytes are filled in afterwards. Knows nothing of audio.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from ttsbook.audio.picture import Picture
from ttsbook.audio.tags import Tags, cut_utf8
from ttsbook.errors import OutputError

MAX_NERO_CHAPTERS = 255
MAX_TITLE_BYTES = 255

_MAX_MOVEMENT = 0x7FFF
_AUDIOBOOK = 2  # media kind "stik"
# Types of a value (QuickTime File Format, "well-known types").
_BINARY = 0
_UTF8, _JPEG, _PNG, _INTEGER = 1, 13, 14, 21
_SHORT_DESCRIPTION_BYTES = 255

# FFmpeg's name for the field ©lyr, and the bytes it puts around the value: atom and data headers.
_PLACEHOLDER_KEY = "lyrics"
_PLACEHOLDER_OVERHEAD = 24


def item_list(tags: Tags, cover: Picture | None) -> bytes:
    """Return the content of the ilst atom."""
    texts = (
        (b"\xa9nam", tags.title),
        (b"\xa9ART", tags.artist),
        (b"aART", tags.artist),
        (b"\xa9alb", tags.album),
        (b"\xa9wrt", tags.narrator),  # composer: where players look for the narrator
        (b"\xa9nrt", tags.narrator),
        (b"\xa9day", tags.year),
        (b"\xa9gen", tags.genre),
        (b"\xa9pub", tags.publisher),
        (b"\xa9cmt", tags.comment),
        (b"sonm", tags.title_sort),
        (b"soar", tags.artist_sort),
        (b"soaa", tags.artist_sort),
        (b"soal", tags.album_sort),
        (b"\xa9mvn", tags.series[0]),  # "movement": Apple's field for a series, with its number below
        (b"desc", cut_utf8(tags.description, _SHORT_DESCRIPTION_BYTES)),
        (b"ldes", tags.description),
    )
    items = [_atom(name, _data(_UTF8, value.encode("utf-8"))) for name, value in texts if value]
    if tags.track:
        number, _, total = tags.track.partition("/")
        items.append(_atom(b"trkn", _data(_BINARY, struct.pack(">4H", 0, int(number), int(total or 0), 0))))
    series, part = tags.series
    if series and part.isascii() and part.isdigit() and int(part) <= _MAX_MOVEMENT:
        items.append(_atom(b"\xa9mvi", _data(_INTEGER, struct.pack(">H", int(part)))))
    if series:
        items.append(_atom(b"shwm", _data(_INTEGER, b"\1")))
    items.append(_atom(b"stik", _data(_INTEGER, bytes((_AUDIOBOOK,)))))
    items += [_freeform(key.upper(), value) for key, value in _freeform_fields(tags)]
    if cover:
        kind = _JPEG if cover.mime == "image/jpeg" else _PNG
        items.append(_atom(b"covr", _data(kind, cover.data)))
    return b"".join(items)


def placeholder(metadata: bytes) -> dict[str, str]:
    """Return the field that reserves as many bytes as `metadata` has."""
    return {_PLACEHOLDER_KEY: "x" * (len(metadata) - _PLACEHOLDER_OVERHEAD)}


def fill_placeholder(path: Path, metadata: bytes) -> None:
    """Write `metadata` over the placeholder in the finished file."""
    with open(path, "r+b") as handle:
        handle.seek(0, 2)
        start, end = 0, handle.tell()
        for name in (b"moov", b"udta", b"meta", b"ilst"):
            start, end = _find(handle, name, start, end, path)
            if name == b"meta":
                start += 4  # version and flags
        if end - start != len(metadata):
            raise OutputError(
                f"cannot write the tags of {path}: {end - start} bytes reserved for {len(metadata)}"
            )
        handle.seek(start)
        handle.write(metadata)


def _freeform_fields(tags: Tags) -> Iterator[tuple[str, str]]:
    if tags.language:
        yield "language", tags.language
    if tags.subtitle:
        yield "subtitle", tags.subtitle
    yield from ((key, value) for key, value in tags.extra if value)


def _freeform(key: str, value: str) -> bytes:
    mean = _atom(b"mean", bytes(4) + b"com.apple.iTunes")
    name = _atom(b"name", bytes(4) + key.encode("utf-8"))
    return _atom(b"----", mean + name + _data(_UTF8, value.encode("utf-8")))


def _data(kind: int, value: bytes) -> bytes:
    return _atom(b"data", struct.pack(">II", kind, 0) + value)


def _atom(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", 8 + len(body)) + name + body


def _find(handle: BinaryIO, name: bytes, start: int, end: int, path: Path) -> tuple[int, int]:
    """Return where the content of the first atom `name` in [start, end) begins and ends."""
    while start + 8 <= end:
        handle.seek(start)
        size, kind = struct.unpack(">I4s", handle.read(8))
        if kind == name:
            return start + 8, start + size
        start += max(size, 8)
    raise OutputError(f"cannot write the tags of {path}: no {name.decode('ascii')} atom")
