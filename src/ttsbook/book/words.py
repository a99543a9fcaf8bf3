"""A few words as a book of one chapter, so that they are read like any other book.

Knows nothing of files.
"""

from __future__ import annotations

import re

from ttsbook.book.ssml import take_tags
from ttsbook.errors import InputError
from ttsbook.files import sha256_bytes
from ttsbook.types import Block, BlockKind, Book, Chapter, Metadata, Skipped

_GAP = re.compile(r"\n\s*\n")


def book_of_text(text: str) -> Book:
    """Make a book of one chapter; blank lines separate paragraphs.

    Raises:
        InputError: there is nothing but whitespace.
    """
    paragraphs = [take_tags(" ".join(part.split())) for part in _GAP.split(text.replace("\r\n", "\n"))]
    blocks = tuple(
        Block(BlockKind.PARAGRAPH, paragraph.text, markup=paragraph.markup)
        for paragraph in paragraphs
        if paragraph.text
    )
    tags = tuple(Skipped("markup", tag, "") for paragraph in paragraphs for tag in paragraph.tags)
    if not blocks:
        raise InputError("there is no text to speak")
    return Book(
        source="text",
        sha256=sha256_bytes(text.encode("utf-8", "surrogatepass")),
        metadata=Metadata(),
        chapters=(Chapter(1, "", blocks, tags),),
    )
