"""The text that is rendered: A. Conan Doyle, "A Scandal in Bohemia" (1891), and Lu Xun, 1926.

Both are in the public domain.
"""

from __future__ import annotations

from importlib import resources

from ttsbook.book import read_stream
from ttsbook.types import Block, BlockKind, Book

QUICK_CHARACTERS = 900  # about a minute of English


def passage_bytes(*, quick: bool, english_only: bool = False) -> bytes:
    """Return the passage as Markdown; if `quick`, its first paragraphs."""
    text = resources.files("ttsbook.bench").joinpath("passage.md").read_text("utf-8")
    if english_only:
        text = text.partition("\n# ")[0]  # the first chapter
    return (_first(text, QUICK_CHARACTERS) if quick else text).encode("utf-8")


def passage_book(*, quick: bool, english_only: bool = False) -> Book:
    """Return the passage as a book."""
    return read_stream(passage_bytes(quick=quick, english_only=english_only), "passage.md")


def n_characters(book: Book) -> int:
    """Count what is to be spoken."""
    return sum(len(block.text) for block in _blocks(book))


def _blocks(book: Book) -> list[Block]:
    blocks = [block for chapter in book.chapters for block in chapter.blocks]
    return [block for block in blocks if block.kind is not BlockKind.SCENE_BREAK]


def _first(text: str, n: int) -> str:
    end = text.find("\n\n", n)
    return text if end < 0 else text[: end + 1]
