"""Good bytes in, bad bytes out: a small seeded mutator, for text, binary files and zip archives.

Pure: the same bytes and seed give the same mutation, so a failure can be looked at again.
"""

from __future__ import annotations

import io
import warnings
import zipfile
from random import Random

# What parsers stumble over: limits, nesting, names of other things, halves of characters.
# fmt: off
_TOKENS = (
    b"\0", b"\xff", b"\xfe\xff", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\r", b"\n\n\n", b"\t" * 50,
    b" " * 200, b"<", b">", b"</", b"/>", b"<![CDATA[", b"]]>", b"<!--", b"-->",
    b"<?xml version='1.0'?>", b"<!DOCTYPE x [", b"<!ENTITY a SYSTEM 'file:///etc/passwd'>", b"&a;",
    b"&#0;", b"&#x110000;", b"&lt;", b"&", b"<p>" * 300, b"<div" * 50, b"<table><tr><td>", b"<ruby>",
    b"<script>", b"<svg>", b"xmlns:x='y'", b"<br/>" * 99, b"..", b"../" * 9, b"/etc/passwd", b"C:\\",
    b"http://localhost:9/", b"file:///", b"%00", b"%2e%2e%2f", b"#", b"?", b"0", b"-1", b"1e999",
    b"nan", b"inf", b"99999999999999999999", b"9" * 400, b"9" * 5000, b"0x", b"true", b"null",
    b"[" * 3000, b"{" * 3000, b"[[", b"]", b"}", b'"', b"'''", b'"""', b"\\u0000", b"\\ud800", b"\\",
    b"=", b",", b":", b"a.b.c = 1\n", b"[x]\n", b"[x.y]\n", b"words", b"\xe2\x80\xae", "é".encode(),
    b"e" + "\u0301".encode() * 300, "中".encode() * 40, "👩‍👩‍👧".encode() * 20, "\u2028".encode(),
    "\ufffd".encode(), "𠀀".encode(), b"$1,000.00", b"12:99", b"MMMMCMXCIX", b"1/0", b"31.02.2020",
    b"--", b"* * *", b"```", b"# ", b"> " * 99, b"| a | b |\n|--|",
)
# fmt: on
_NUMBERS = (0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
_MOST_BYTES = 400_000  # mutations double: bound what they may grow to


def mutate(data: bytes, random: Random, other: bytes = b"") -> bytes:
    """Return `data` after one to six changes; `other` lends pieces."""
    changed = bytearray(data)
    for _ in range(random.choice((1, 1, 1, 2, 3, 6))):
        _change(changed, random, other)
        del changed[_MOST_BYTES:]
    return bytes(changed)


def mutate_zip(data: bytes, random: Random, other: bytes = b"") -> bytes:
    """Return an archive with one to three members changed and sometimes one gone, renamed or twice.

    One in six is changed as it lies on the disk, checksums and all.
    """
    if random.random() < 1 / 6:
        return mutate(data, random, other)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = [(info.filename, archive.read(info)) for info in archive.infolist()]
    for _ in range(random.choice((1, 1, 2, 3))):
        at = random.randrange(len(members))
        name, body = members[at]
        members[at] = (name, mutate(body, random, other))
    if random.random() < 0.15:
        at = random.randrange(len(members))
        name, body = members[at]
        change = random.choice(("gone", "renamed", "twice"))
        if change == "gone":
            del members[at]
        elif change == "renamed":
            members[at] = (
                random.choice((name.upper(), "../" + name, name + "x", "mimetype", "\u202e" + name)),
                body,
            )
        else:
            members.insert(random.randrange(len(members)), (name, mutate(body, random, other)))
    buffer = io.BytesIO()
    with (
        warnings.catch_warnings(),
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
    ):
        warnings.simplefilter("ignore")  # names that stand twice are meant
        for name, body in members:
            archive.writestr(name, body)
    return buffer.getvalue()


def _change(data: bytearray, random: Random, other: bytes) -> None:
    at = random.randrange(len(data) + 1)
    length = min(len(data) - at, random.choice((1, 1, 2, 4, 16, 100, 2000)))
    kind = random.randrange(9)
    if kind == 0 and length:
        data[at] ^= 1 << random.randrange(8)
    elif kind == 1:
        data[at:at] = random.choice(_TOKENS)
    elif kind == 2:
        data[at : at + length] = random.choice(_TOKENS)
    elif kind == 3:
        del data[at : at + length]
    elif kind == 4:
        data[at:at] = data[at : at + length] * random.choice((1, 2, 50))
    elif kind == 5:
        del data[at:]
    elif kind == 6 and other:
        start = random.randrange(len(other))
        data[at:at] = other[start : start + random.choice((10, 100, 1000))]
    elif kind == 7:
        size = random.choice((1, 2, 4, 8))
        number = random.choice(_NUMBERS) & (256**size - 1)
        data[at : at + size] = number.to_bytes(size, random.choice(("little", "big")))
    else:
        data[at : at + length] = random.randbytes(length)
