from __future__ import annotations

import io
import os
import posixpath
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from ttsbook.book import read_book
from ttsbook.book.document import document_text
from ttsbook.book.markup import local_name, parse_document, parse_xml
from ttsbook.book.printed import visible
from ttsbook.types import Matter

BOOKS = sorted(Path(os.environ.get("TTSBOOK_TEST_BOOKS", "/nonexistent")).glob("*.epub"))

pytestmark = pytest.mark.skipif(not BOOKS, reason="TTSBOOK_TEST_BOOKS names no folder with EPUBs")


def spine_text(data: bytes) -> str:
    """All text of the documents in reading order, found without the code under test."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".opf"))
        root, _ = parse_xml(archive.read(name))
        assert root is not None
        items = {item.get("id"): item.get("href") for item in root.iter() if local_name(item) == "item"}
        refs = [ref.get("idref") for ref in root.iter() if local_name(ref) == "itemref"]
        paths = [posixpath.join(posixpath.dirname(name), items[ref]) for ref in refs]
        return "".join(document_text(parse_document(archive.read(path)).root) for path in paths)


@pytest.mark.parametrize("path", BOOKS, ids=lambda path: path.stem)
def test_every_character_of_a_real_book_is_read_or_skipped_once(path: Path) -> None:
    book = read_book(path)
    found = Counter[str]()
    for chapter in book.chapters:
        for part in (*chapter.blocks, *chapter.skipped):
            found.update(visible(part.text))
    for part in book.skipped:
        found.update(visible(part.text))
    missing = Counter(visible(spine_text(path.read_bytes()))) - found
    assert missing == Counter()


@pytest.mark.parametrize("path", BOOKS, ids=lambda path: path.stem)
def test_a_real_book_has_a_title_an_author_and_a_body(path: Path) -> None:
    book = read_book(path)
    assert book.metadata.title
    assert book.metadata.authors
    assert any(chapter.matter is Matter.BODY for chapter in book.chapters)
    assert all(chapter.title and chapter.blocks for chapter in book.chapters)
