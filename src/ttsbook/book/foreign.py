"""How a file begins -> the error for one that is no book in a format that is read, with what to do."""

from __future__ import annotations

import codecs
import re

from ttsbook.errors import InputError

_CONVERT = "convert it to EPUB first, for example with calibre's ebook-convert"
_SIGNATURES = (
    (0, b"%PDF", "a PDF"),
    (60, b"BOOKMOBI", "a Kindle book (MOBI/AZW)"),
    (60, b"TPZ", "a Kindle book (Topaz)"),
    (0, b"{\\rtf", "an RTF document"),
    (0, b"\xd0\xcf\x11\xe0", "an old Word document"),
    (0, b"ITSF", "a CHM help file"),
    (0, b"Rar!", "a RAR archive"),
    (0, b"7z\xbc\xaf", "a 7z archive"),
    (0, b"\x1f\x8b", "a gzip archive"),
)
_PLAN = b'{"ttsbook_plan"'
_TEXTS = (
    (r"(?:<\?xml\b[^>]*>\s*)?(?:<!--.*?-->\s*)*<FictionBook\b", "an FB2 book", _CONVERT),
    (r"<\?xml\b", "an XML document", _CONVERT),
    (r"(?:%[^\n]*\n\s*)*\\documentclass\b", "LaTeX", "convert it to EPUB first, for example with pandoc"),
    (
        r"WEBVTT\b|\d+\s*\n\d+:\d\d:\d\d[,.]\d+ *-->",
        "a file of subtitles",
        "take out the numbers and times first",
    ),
)
_LOOKED_AT = 4096  # characters


def refuse_foreign(head: bytes, source: str) -> None:
    """Refuse formats that are known by their first bytes.

    Raises:
        InputError: it is one of them.
    """
    for offset, signature, name in _SIGNATURES:
        if head[offset:].startswith(signature):
            raise InputError(f"cannot read {source}: it is {name}", _CONVERT)
    if head.removeprefix(codecs.BOM_UTF8).startswith(_PLAN):
        raise InputError(
            f"cannot read {source} as a book: it is a plan",
            "`ttsbook render` takes a plan from a file whose name ends with .plan.jsonl",
        )


def refuse_foreign_text(text: str, source: str) -> None:
    """Refuse text that is written for programs: its tags and times would be read out.

    Raises:
        InputError: it is.
    """
    begin = text[:_LOOKED_AT].lstrip()
    for pattern, name, hint in _TEXTS:
        if re.match(pattern, begin, re.DOTALL):
            raise InputError(f"cannot read {source}: it is {name}", hint)
