"""Books: EPUB, plain text, Markdown and HTML -> the records of `ttsbook.types`, no text lost.

    archive ─ package ─ contents ─┐
    markup ─ rules ─ notes ─ xhtml ─┤ cut ─ draft ─► Book          (EPUB)
    encoding ─ headings ─ wrap ─ plain ────────┘                   (text)

Knows nothing of speech: what a block sounds like is up to `ttsbook.text`.
"""

from ttsbook.book.read import read_book, read_stream
from ttsbook.book.select import select_chapters

__all__ = ["read_book", "read_stream", "select_chapters"]
