"""Tags, chapters and a cover to the bytes of an ID3v2.3 tag, which stands before the MP3 frames.

FFmpeg writes CHAP frames but no CTOC, and without a table of contents some players show no chapters.
Version 2.3, because old players and car radios read no other. (https://id3.org/id3v2.3.0,
https://id3.org/id3v2-chapters-1.0)
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

from ttsbook.audio.picture import FRONT_COVER, Picture
from ttsbook.audio.tags import Tags, language_code
from ttsbook.errors import OutputError

Times = tuple[int, int, str]  # start and end in milliseconds, title

_MAX_TAG_BYTES = (1 << 28) - 1  # four bytes of seven bits
_NO_OFFSET = 0xFFFFFFFF  # "use the time"
# The addendum counts the children of a table of contents in one byte; larger books get a tree of tables.
_MAX_CHILDREN = 255
_TOP_LEVEL, _ORDERED = 2, 1
_ROOT = b"toc"


def tag(tags: Tags, chapters: Sequence[Times], cover: Picture | None) -> bytes:
    """Return the whole tag. Equal inputs give equal bytes."""
    body = b"".join((*_text_frames(tags), *_chapter_frames(chapters), *_cover_frames(cover)))
    if len(body) > _MAX_TAG_BYTES:
        raise OutputError(
            f"cover and chapters take {len(body)} bytes, but an ID3 tag holds at most {_MAX_TAG_BYTES}"
        )
    return b"ID3\x03\x00\x00" + _seven_bit(len(body)) + body


def _text_frames(tags: Tags) -> list[bytes]:
    named = (
        ("TIT2", tags.title),
        ("TALB", tags.album),
        ("TPE1", tags.artist),
        ("TPE2", tags.artist),
        ("TCOM", tags.narrator),
        ("TRCK", tags.track),
        ("TYER", tags.year_digits),
        ("TLAN", language_code(tags.language)),
        ("TPUB", tags.publisher),
        ("TCON", tags.genre),
        ("TIT3", tags.subtitle),
        # Known to players in this version too, though they were named only in the next.
        ("TSOT", tags.title_sort),
        ("TSOP", tags.artist_sort),
        ("TSO2", tags.artist_sort),
        ("TSOA", tags.album_sort),
        # iTunes' names, where audiobook servers look for a series.
        ("MVNM", tags.series[0]),
        ("MVIN", tags.series[1]),
    )
    frames = [_frame(name, _text(value)) for name, value in named if value]
    frames += [_frame("TXXX", _pair(key.upper(), value)) for key, value in tags.extra if value]
    if tags.notes:
        language = language_code(tags.language) or "und"
        encoding, note = _pair("", tags.notes)[:1], _pair("", tags.notes)[1:]
        frames.append(_frame("COMM", encoding + language.encode("ascii") + note))
    return frames


def _chapter_frames(chapters: Sequence[Times]) -> list[bytes]:
    if not chapters:
        return []
    ids = [b"ch%d" % number for number in range(len(chapters))]
    return [*_table_of_contents(ids), *(_chapter(id, times) for id, times in zip(ids, chapters, strict=True))]


def _table_of_contents(ids: Sequence[bytes]) -> list[bytes]:
    if len(ids) <= _MAX_CHILDREN:
        return [_contents(_ROOT, _TOP_LEVEL | _ORDERED, ids)]
    parts = [ids[start : start + _MAX_CHILDREN] for start in range(0, len(ids), _MAX_CHILDREN)]
    names = [b"toc%d" % number for number in range(len(parts))]
    tables = [_contents(name, _ORDERED, part) for name, part in zip(names, parts, strict=True)]
    return [_contents(_ROOT, _TOP_LEVEL | _ORDERED, names), *tables]


def _contents(name: bytes, flags: int, children: Sequence[bytes]) -> bytes:
    listed = b"".join(child + b"\0" for child in children)
    return _frame("CTOC", name + b"\0" + bytes((flags, len(children))) + listed)


def _chapter(id: bytes, times: Times) -> bytes:
    start_ms, end_ms, title = times
    header = struct.pack(">IIII", start_ms, end_ms, _NO_OFFSET, _NO_OFFSET)
    return _frame("CHAP", id + b"\0" + header + _frame("TIT2", _text(title)))


def _cover_frames(cover: Picture | None) -> list[bytes]:
    if cover is None:
        return []
    header = b"\0" + cover.mime.encode("ascii") + b"\0" + bytes((FRONT_COVER,)) + b"\0"
    return [_frame("APIC", header + cover.data)]


def _frame(name: str, body: bytes) -> bytes:
    return name.encode("ascii") + struct.pack(">IH", len(body), 0) + body


def _text(value: str) -> bytes:
    """Encode one string: Latin-1 where ASCII is enough, else UTF-16, all that version 2.3 knows."""
    if value.isascii():
        return b"\0" + value.encode("ascii")
    return b"\1" + _utf16(value)


def _pair(key: str, value: str) -> bytes:
    """Encode a description and a value under one encoding byte."""
    if key.isascii() and value.isascii():
        return b"\0" + key.encode("ascii") + b"\0" + value.encode("ascii")
    return b"\1" + _utf16(key) + b"\0\0" + _utf16(value)


def _utf16(value: str) -> bytes:
    return b"\xff\xfe" + value.encode("utf-16-le")


def _seven_bit(size: int) -> bytes:
    return bytes((size >> shift) & 0x7F for shift in (21, 14, 7, 0))
