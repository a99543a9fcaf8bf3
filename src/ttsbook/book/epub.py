"""An EPUB -> Book: the documents in reading order, cut into the chapters of the table of contents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ttsbook.book.archive import Archive, DamagedEntry
from ttsbook.book.contents import Contents, read_contents
from ttsbook.book.cover import find_cover
from ttsbook.book.cut import Cutter
from ttsbook.book.document import Document, Trace, document_text, document_title
from ttsbook.book.draft import finish
from ttsbook.book.drm import refuse_drm
from ttsbook.book.linklist import Titles
from ttsbook.book.markup import HEADING_LEVELS, Element, local_name, parse_document, parse_whole
from ttsbook.book.matter import Stated, matter_by_place, names_page_around, stated_matter
from ttsbook.book.notes import NoteLinks
from ttsbook.book.package import Package, SpineItem, read_package
from ttsbook.book.pls import Lexicons, apply_lexicons
from ttsbook.book.printed import collapse, visible
from ttsbook.book.styles import Styles
from ttsbook.book.toc import Entry
from ttsbook.book.xhtml import read_document
from ttsbook.errors import InputError
from ttsbook.types import Block, Book, Matter, Skipped

_MIN_BODY_SHARE = 0.5  # a stated start that leaves less than this to read is a mistake of the file


def read_epub(file: Path | BinaryIO, *, source: str, sha256: str) -> Book:
    """Read an EPUB 2 or 3.

    Raises:
        InputError: not an EPUB, copy-protected, damaged beyond repair, or without text.
    """
    with Archive(file, source) as archive:
        refuse_drm(archive)
        package = read_package(archive)
        contents = read_contents(archive, package)
        survey = _Survey(archive, package, contents)
        matters = survey.matters(contents)
        lexicons = Lexicons(archive)
        cutter = _cut(survey, contents, matters, package.metadata.language, lexicons)
        chapters, outside = finish(cutter.drafts)
        cover, cover_notes = find_cover(archive, package)
    if not chapters:
        raise _nothing_to_read(source, survey, package.repairs)
    repairs = (
        *package.repairs,
        *contents.repairs,
        *survey.repairs,
        *cutter.repairs,
        *lexicons.repairs,
        *cover_notes,
    )
    return Book(
        source=source,
        sha256=sha256,
        metadata=package.metadata,
        chapters=chapters,
        cover=cover,
        skipped=(*survey.skipped, *outside),
        repairs=tuple(dict.fromkeys(repairs)),
    )


@dataclass(frozen=True, slots=True)
class _Document:
    path: str
    data: bytes
    title: str
    stated: Matter | None
    n_characters: int
    n_images: int
    n_headings: int


class _Survey:
    """The documents to read, and what they say before their text is read: links to notes, matter.

    Documents are parsed twice, so that only one tree is in memory at a time.
    """

    def __init__(self, archive: Archive, package: Package, contents: Contents) -> None:
        self.documents: list[_Document] = []
        self.notes = NoteLinks()
        self.styles = Styles(archive)
        self.titles = Titles(contents.entries)
        self.skipped: list[Skipped] = []
        self.repairs: list[str] = []
        self._listed = {entry.path for entry in contents.entries}
        for item in package.spine:
            try:
                self._add(item, archive.read(item.path))
            except DamagedEntry as error:
                self.repairs.append(f"{item.path} is damaged ({error}); its text is not read")

    def _add(self, item: SpineItem, data: bytes) -> None:
        parsed = parse_document(data)
        self.repairs += [f"{item.path}: {note}" for note in parsed.repairs]
        self.notes.add(parsed.root, item.path)
        self.titles.add(parsed.root, item.path)
        text = document_text(parsed.root)
        # Notes that a click opens, answers, large tables: beside the text, unless the contents list them.
        if not item.linear and item.path not in self._listed:
            if collapse(text):
                self.skipped.append(Skipped("not-linear", collapse(text), item.path))
            return
        self.documents.append(
            _Document(
                path=item.path,
                data=data,
                title=document_title(parsed.root),
                stated=stated_matter(parsed.root),
                n_characters=len(visible(text)),
                n_images=sum(local_name(element) in ("img", "image") for element in parsed.root.iter()),
                n_headings=sum(local_name(element) in HEADING_LEVELS for element in parsed.root.iter()),
            )
        )

    def matters(self, contents: Contents) -> list[Matter]:
        """Return front matter, body or back matter for each document."""
        titles: dict[str, list[str]] = {}
        for entry in contents.entries:
            titles.setdefault(entry.path, []).append(entry.title)
        stated = [
            Stated(document.path, document.stated, titles.get(document.path, ()), document.n_characters)
            for document in self.documents
        ]
        sizes = [document.n_characters for document in self.documents]
        matters = matter_by_place(stated, contents.references)
        body = sum(size for size, matter in zip(sizes, matters, strict=True) if matter is Matter.BODY)
        if body >= _MIN_BODY_SHARE * sum(sizes):
            return matters
        self.repairs.append("the landmarks put most of the text into front or back matter; ignored")
        return matter_by_place(stated, ())


@dataclass(frozen=True, slots=True)
class Traced:
    """A document as it is written again: its tree, and its blocks with the places of their characters."""

    path: str
    root: Element  # with comments where the document is well-formed, else repaired
    blocks: tuple[Block, ...]
    traces: tuple[Trace, ...]


def trace_documents(archive: Archive, package: Package) -> Iterator[Traced]:
    """Yield the documents in reading order; their blocks are those of `read_epub`, one `Place` each."""
    contents = read_contents(archive, package)
    survey = _Survey(archive, package, contents)
    places = _places(survey, contents)
    for document in survey.documents:
        own = parse_document(document.data).root
        entries = places.get(document.path, ())
        read = _read(survey, document, own, entries, package.metadata.language)
        blocks = _blocks(read)
        whole = parse_whole(document.data)
        if whole is not None:
            again = _read(survey, document, whole, entries, package.metadata.language)
            if _blocks(again) == blocks:
                own, read = whole, again
        yield Traced(document.path, own, blocks, read.traces)


def _blocks(document: Document) -> tuple[Block, ...]:
    return tuple(item for item in document.items if isinstance(item, Block))


def _places(survey: _Survey, contents: Contents) -> dict[str, list[Entry]]:
    """Return the entries of the table of contents by the document that they lead to."""
    known = {document.path for document in survey.documents}
    places: dict[str, list[Entry]] = {}
    for entry in contents.entries:
        if entry.path in known:
            places.setdefault(entry.path, []).append(entry)
    return places


def _read(
    survey: _Survey, document: _Document, root: Element, entries: Sequence[Entry], language: str | None
) -> Document:
    return read_document(
        root,
        document.path,
        language=language,
        anchors=frozenset(entry.fragment for entry in entries if entry.fragment),
        notes=survey.styles.hidden(root, document.path) | survey.notes.reasons(root, document.path),
        titles=survey.titles,
    )


def _cut(
    survey: _Survey,
    contents: Contents,
    matters: Sequence[Matter],
    language: str | None,
    lexicons: Lexicons,
) -> Cutter:
    cutter = Cutter()
    places = _places(survey, contents)
    is_listed = _lists_chapters(contents.entries, survey)
    if contents.entries and not is_listed:
        cutter.repairs.append("the table of contents lists no chapters; they are taken from the headings")
    for entry in contents.entries:
        if entry.path not in places:
            cutter.repairs.append(f"the contents list {entry.title!r}, which is not in the reading order")
    for document, matter in zip(survey.documents, matters, strict=True):
        entries = places.get(document.path, ())
        root = parse_document(document.data).root
        items = _read(survey, document, root, entries, language).items
        if found := lexicons.of(root, document.path):
            items = apply_lexicons(items, found, language)
        if is_listed:
            cutter.add_listed(items, entries, where=document.path, title=document.title, matter=matter)
        else:
            cutter.add_unlisted(items, where=document.path, title=document.title, matter=matter)
    cutter.finish()
    return cutter


def _lists_chapters(entries: Sequence[Entry], survey: _Survey) -> bool:
    """Tell whether the contents list more than pages around the text and one place in it.

    Converters that find no chapters list the cover alone, or the start of a text that has headings.
    """
    n_headings = sum(document.n_headings for document in survey.documents)
    with_text = {document.path for document in survey.documents if document.n_characters}
    leading = [entry for entry in entries if entry.path in with_text]
    telling = [entry for entry in leading if not names_page_around(entry.title)]
    return bool(leading) and (len(telling) > 1 or n_headings <= len(entries))


def _nothing_to_read(source: str, survey: _Survey, repairs: Sequence[str]) -> InputError:
    n_images = sum(document.n_images for document in survey.documents)
    found = f"{len(survey.documents)} documents with {n_images} images and no text"
    if not survey.documents and (causes := [*repairs, *survey.repairs]):
        found = causes[0]
    elif any(document.n_characters for document in survey.documents):
        found = f"{len(survey.documents)} documents in which all text is skipped (notes, navigation, hidden)"
    hint = (
        "pictures of pages need text recognition (OCR) first"
        if n_images
        else "check the file in an ebook reader"
    )
    return InputError(f"nothing to read in {source}: {found}", hint)
