"""A book of plain text -> the files of a small EPUB 3: a document for each chapter, contents, cover."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from ttsbook.book.document import Trace
from ttsbook.book.epub import Traced
from ttsbook.book.inline import Part
from ttsbook.book.markup import Element
from ttsbook.book.overlay.rebuild import XHTML, document_bytes, legal
from ttsbook.book.overlay.smil import EPUB
from ttsbook.types import Block, BlockKind, Book, Chapter, Place

_OPF = "http://www.idpf.org/2007/opf"
_DC = "http://purl.org/dc/elements/1.1/"
_PACKAGE = "EPUB/book.opf"
_CONTAINER = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    f'<rootfile full-path="{_PACKAGE}" media-type="application/oebps-package+xml"/>'
    "</rootfiles></container>\n"
)
_MODIFIED = "1980-01-01T00:00:00Z"  # has to be stated; the time of rendering would change the bytes
_TAGS = {
    BlockKind.PARAGRAPH: "p",
    BlockKind.QUOTE: "blockquote",
    BlockKind.VERSE: "p",
    BlockKind.LIST_ITEM: "p",
    BlockKind.TABLE_ROW: "p",
    BlockKind.CAPTION: "p",
}
_COVERS = {"image/jpeg": "cover.jpg", "image/png": "cover.png"}


@dataclass(frozen=True, slots=True)
class MadeFiles:
    files: Mapping[str, bytes]
    documents: tuple[Traced, ...]
    package: str


def place_of(chapter: Chapter, block: int) -> Place:
    """Return where a block of a chapter stands in the EPUB that is made of its book."""
    return Place(f"EPUB/chapter{chapter.index:04d}.xhtml", block)


def make_files(book: Book) -> MadeFiles:
    """Return the files of the EPUB; the documents are given as trees."""
    documents = tuple(_document(chapter, book) for chapter in book.chapters)
    files = {"META-INF/container.xml": _CONTAINER.encode("utf-8"), _PACKAGE: _package(book)}
    files["EPUB/nav.xhtml"] = _nav(book)
    if book.cover is not None:
        files[f"EPUB/{_COVERS[book.cover.mime]}"] = book.cover.data
    for traced in documents:
        files[traced.path] = document_bytes(traced.root)
    return MadeFiles(files, documents, _PACKAGE)


def _document(chapter: Chapter, book: Book) -> Traced:
    root, body = _page(chapter.title, book)
    if all(block.kind is not BlockKind.HEADING for block in chapter.blocks[:1]):
        _element(body, "h1").text = legal(chapter.title)
    traces = tuple(_block(body, block) for block in chapter.blocks)
    return Traced(place_of(chapter, 0).document, root, chapter.blocks, traces)


def _page(title: str, book: Book) -> tuple[Element, Element]:
    language = legal(book.metadata.language or "und")
    root = etree.Element(f"{{{XHTML}}}html", nsmap={None: XHTML, "epub": EPUB}, lang=language)
    root.set("{http://www.w3.org/XML/1998/namespace}lang", language)
    head = _element(root, "head")
    _element(head, "title").text = legal(title or book.metadata.title or "…")
    return root, _element(root, "body")


def _block(body: Element, block: Block) -> Trace:
    """Add a block and return where its characters stand."""
    if block.kind is BlockKind.SCENE_BREAK and not block.text:
        _element(body, "hr")
        return Trace((), 0)
    tag = f"h{min(max(block.level, 1), 6)}" if block.kind is BlockKind.HEADING else _TAGS.get(block.kind, "p")
    element = _element(body, tag)
    if block.language:
        element.set("{http://www.w3.org/XML/1998/namespace}lang", legal(block.language))
        element.set("lang", legal(block.language))
    if tag == "blockquote":
        element = _element(element, "p")
    first, *lines = block.text.split("\n")
    element.text = legal(first)
    parts = [Part(first, None, element=element)]
    for line in lines:
        end = _element(element, "br")
        end.tail = legal(line)
        parts.append(Part(line, None, element=end, tail=True))
    return Trace(tuple(parts), 0)


def _nav(book: Book) -> bytes:
    root, body = _page(book.metadata.title, book)
    nav = _element(body, "nav")
    nav.set(f"{{{EPUB}}}type", "toc")
    entries = _element(nav, "ol")
    for chapter in book.chapters:
        link = _element(_element(entries, "li"), "a")
        link.set("href", place_of(chapter, 0).document.rpartition("/")[2])
        link.text = legal(chapter.title) or str(chapter.index)
    return document_bytes(root)


def _package(book: Book) -> bytes:
    root = etree.Element(f"{{{_OPF}}}package", nsmap={None: _OPF}, version="3.0")
    root.set("unique-identifier", "id")
    metadata = etree.SubElement(root, f"{{{_OPF}}}metadata", nsmap={"dc": _DC})
    told = book.metadata
    identifier = uuid.uuid5(uuid.NAMESPACE_OID, book.sha256)
    fields: list[tuple[str, str]] = [("identifier", f"urn:uuid:{identifier}")]
    fields += [("title", told.title or (book.chapters[0].title if book.chapters else "") or "…")]
    fields += [("language", told.language or "und")]
    fields += [("creator", author) for author in told.authors]
    fields += [("publisher", told.publisher or ""), ("date", told.year or "")]
    fields += [("description", told.description or "")]
    for name, value in fields:
        if value:
            etree.SubElement(metadata, f"{{{_DC}}}{name}").text = legal(value)
    metadata[0].set("id", "id")
    modified = etree.SubElement(metadata, f"{{{_OPF}}}meta", property="dcterms:modified")
    modified.text = _MODIFIED
    manifest = etree.SubElement(root, f"{{{_OPF}}}manifest")
    spine = etree.SubElement(root, f"{{{_OPF}}}spine")
    _item(manifest, "nav", "nav.xhtml", "application/xhtml+xml", "nav")
    if book.cover is not None:
        _item(manifest, "cover", _COVERS[book.cover.mime], book.cover.mime, "cover-image")
    for chapter in book.chapters:
        name = place_of(chapter, 0).document.rpartition("/")[2]
        _item(manifest, name.partition(".")[0], name, "application/xhtml+xml")
        etree.SubElement(spine, f"{{{_OPF}}}itemref", idref=name.partition(".")[0])
    return bytes(etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True))


def _item(manifest: Element, id: str, href: str, media_type: str, properties: str = "") -> None:
    item = etree.SubElement(manifest, f"{{{_OPF}}}item", id=id, href=href)
    item.set("media-type", media_type)
    if properties:
        item.set("properties", properties)


def _element(parent: Element, tag: str) -> Element:
    return etree.SubElement(parent, f"{{{XHTML}}}{tag}")
