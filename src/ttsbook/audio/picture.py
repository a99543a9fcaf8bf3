"""A cover image's bytes to its kind and size, and to the picture block of Vorbis comments.

Reads headers only; the image is never decoded.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from ttsbook.types import Cover

FRONT_COVER = 3  # picture type in ID3v2 and FLAC

_MAX_FLAC_BYTES = (1 << 24) - 1  # of a block of metadata

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
# Start-of-frame markers carry the size: C0 to CF without DHT (C4), JPG (C8) and DAC (CC).
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


@dataclass(frozen=True, slots=True)
class Picture:
    data: bytes
    mime: str  # "image/jpeg" or "image/png", from the bytes
    width: int
    height: int

    @property
    def codec(self) -> str:
        """Return FFmpeg's name for the image format."""
        return "mjpeg" if self.mime == "image/jpeg" else "png"


def read_picture(data: bytes) -> Picture | None:
    """Return what the image's header says, None if it is neither JPEG nor PNG or too broken to tell."""
    if data.startswith(_PNG) and data[12:16] == b"IHDR" and len(data) >= 24:
        width, height = struct.unpack_from(">II", data, 16)
        mime = "image/png"
    elif data.startswith(_JPEG):
        width, height = _jpeg_size(data)
        mime = "image/jpeg"
    else:
        return None
    if not (0 < width <= 0xFFFF and 0 < height <= 0xFFFF):
        return None
    return Picture(data, mime, width, height)


def usable_picture(cover: Cover | None, format: str) -> tuple[Picture | None, tuple[str, ...]]:
    """Return the cover and what is wrong with it: a bad picture must not cost a night's render."""
    if cover is None or format == "wav":
        return None, ()
    picture = read_picture(cover.data)
    if picture is None:
        return None, ("the cover is neither a JPEG nor a PNG image and was left out",)
    if format == "flac" and len(flac_picture_block(picture)) > _MAX_FLAC_BYTES:
        return None, ("the cover is larger than the 16 MiB that a FLAC file can hold and was left out",)
    return picture, ()


def flac_picture_block(picture: Picture) -> bytes:
    """Return the body of a FLAC PICTURE block; Ogg carries it in base64 (METADATA_BLOCK_PICTURE)."""
    mime = picture.mime.encode("ascii")
    return b"".join(
        (
            struct.pack(">II", FRONT_COVER, len(mime)),
            mime,
            struct.pack(">I", 0),  # no description
            struct.pack(">IIII", picture.width, picture.height, 24, 0),  # bits per pixel, no palette
            struct.pack(">I", len(picture.data)),
            picture.data,
        )
    )


def _jpeg_size(data: bytes) -> tuple[int, int]:
    position = 2
    while position + 9 <= len(data) and data[position] == 0xFF:
        marker = data[position + 1]
        if marker == 0xFF:  # fill byte
            position += 1
            continue
        if marker in _JPEG_FRAMES:
            height, width = struct.unpack_from(">HH", data, position + 5)
            return width, height
        (length,) = struct.unpack_from(">H", data, position + 2)
        position += 2 + max(2, length)
    return 0, 0
