"""A book and its narration -> a read-along EPUB 3.

Every file of the book goes into the new archive: content documents with spans around the sentences that are
said, the package with what was added, all others byte for byte. Equal inputs give equal bytes: no dates.
"""

from __future__ import annotations

import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from lxml import etree

from ttsbook.book.archive import Archive, DamagedEntry
from ttsbook.book.epub import Traced, trace_documents
from ttsbook.book.markup import Element, local_name
from ttsbook.book.overlay.manifest import ACTIVE_CLASS, Manifest
from ttsbook.book.overlay.mark import mark_document, scope_id
from ttsbook.book.overlay.minimal import make_files
from ttsbook.book.overlay.narration import Narration, Par, Sentence
from ttsbook.book.overlay.rebuild import XHTML, document_bytes, legal
from ttsbook.book.overlay.smil import clock_value, relative, write_smil
from ttsbook.book.overlay.upgrade import upgrade_document, upgrade_package
from ttsbook.book.package import read_package
from ttsbook.types import Book

AUDIO_TYPE = "audio/mp4"
AUDIO_SUFFIX = ".m4a"
_STYLE = f""".{ACTIVE_CLASS} {{ background-color: #ffe9a8; color: #000; }}
@media (prefers-color-scheme: dark) {{
  .{ACTIVE_CLASS} {{ background-color: #5a4a1a; color: #fff; }}
}}
"""
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first date that a zip archive knows
_MIMETYPE = "mimetype"
_SIGNATURES = "META-INF/signatures.xml"  # of the files as they were
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class _Folder:
    """Where the added files stand in the archive."""

    base: str

    def audio(self, track: int) -> str:
        return f"{self.base}/{track + 1:03d}{AUDIO_SUFFIX}"

    def smil(self, number: int) -> str:
        return f"{self.base}/{number:03d}.smil"

    @property
    def style(self) -> str:
        return f"{self.base}/readalong.css"


def check_source(book: Book, source: Path) -> None:
    """Check before the work that the book can be written again.

    Raises:
        InputError: it cannot.
    """
    if is_packaged(book):
        with Archive(source, book.source) as archive:
            package = read_package(archive)
            Manifest(package.path, archive.read(package.path), book.source)
            archive.check_whole()


def is_packaged(book: Book) -> bool:
    """Return whether a book was read from files in an archive, so that it can be written again with them."""
    return any(block.place is not None for chapter in book.chapters for block in chapter.blocks)


def write_readalong(
    handle: BinaryIO,
    book: Book,
    source: Path | None,
    narration: Narration,
    tracks: Iterable[Path],
    tell: Tell,
) -> None:
    """Write the EPUB.

    Args:
        handle: of the new file.
        book: what is read.
        source: the EPUB that the book was read from; None makes one of the book's text.
        narration: of the book. Where `source` is None, places are those of `minimal.place_of`.
        tracks: their audio files; each is read before the next is asked for.
        tell: called with a line for people about what cannot be read along.

    Raises:
        InputError: the source is not an EPUB that can be written again.
    """
    with zipfile.ZipFile(handle, "w", zipfile.ZIP_DEFLATED) as out:
        out.comment = narration.mark.encode("utf-8")[:1000]
        _add(out, _MIMETYPE, b"application/epub+zip", stored=True)
        if source is None:
            made = make_files(book)
            manifest = Manifest(made.package, made.files[made.package], book.source)
            _write(out, manifest, made.files, made.documents, narration, tracks, tell)
            return
        with Archive(source, book.source) as archive:
            package = read_package(archive)
            manifest = Manifest(package.path, archive.read(package.path), book.source)
            files = _Stored(archive)
            documents = trace_documents(archive, package)
            gone = manifest.remove_narration()
            is_old = not manifest.version.startswith("3")
            if is_old:
                files.changed |= upgrade_package(manifest, archive, package)
            files.left_out = gone | {_MIMETYPE, _SIGNATURES}
            _write(out, manifest, files, documents, narration, tracks, tell, is_old=is_old)


class _Stored(Mapping[str, bytes]):
    """The files of an archive that go into the new one."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self.changed: dict[str, bytes] = {}
        self.left_out: frozenset[str] = frozenset()

    def __getitem__(self, name: str) -> bytes:
        return self.changed[name] if name in self.changed else self._archive.read(name)

    def __iter__(self) -> Iterator[str]:
        names = dict.fromkeys((*self._archive.names, *self.changed))
        return (name for name in names if name not in self.left_out)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _write(
    out: zipfile.ZipFile,
    manifest: Manifest,
    files: Mapping[str, bytes],
    documents: Iterable[Traced],
    narration: Narration,
    tracks: Iterable[Path],
    tell: Tell,
    *,
    is_old: bool = False,
) -> None:
    folder = _folder(files, manifest.path)
    audio = [folder.audio(track) for track in range(narration.n_tracks)]
    by_document: defaultdict[str, list[Sentence]] = defaultdict(list)
    for sentence in narration.sentences:
        by_document[sentence.place.document].append(sentence)
    written = {manifest.path}
    total_ms = number = 0
    for traced in documents:
        sentences = by_document.get(traced.path)
        if not sentences:
            continue
        if local_name(traced.root) != "html":
            tell(f"{traced.path} is too damaged to be marked for reading along; copied as it is")
            continue
        _into_namespace(traced.root)
        _make_legal(traced.root)
        pars = mark_document(traced.root, traced.blocks, traced.traces, sentences)
        number += 1
        _link_style(traced.root, relative(traced.path, folder.style))
        if is_old:
            upgrade_document(traced.root)
        scope = scope_id(traced.root)
        _add(out, traced.path, document_bytes(traced.root))
        _add(out, folder.smil(number), write_smil(folder.smil(number), traced.path, scope, audio, pars))
        duration_ms = _duration(pars)
        total_ms += duration_ms
        manifest.add_overlay(traced.path, folder.smil(number), duration_ms)
        written.add(traced.path)
    manifest.add_item("readalong-style", folder.style, "text/css")
    for path, name in zip(tracks, audio, strict=True):
        manifest.add_item("audio", name, AUDIO_TYPE)
        _add_file(out, name, path)
    manifest.add_meta("media:duration", clock_value(total_ms))
    manifest.add_meta("media:narrator", narration.narrator)
    manifest.add_meta("media:active-class", ACTIVE_CLASS)
    _add(out, folder.style, _STYLE.encode("utf-8"))
    _add(out, manifest.path, manifest.data())
    for name in files:
        if name not in written:
            _copy(out, name, files, tell)


def _duration(pars: Iterable[Par]) -> int:
    return sum(par.end_ms - par.begin_ms for par in pars)


def _folder(names: Iterable[str], package: str) -> _Folder:
    parent = package.rpartition("/")[0]
    taken = {name.casefold() for name in names}
    number, base = 1, f"{parent}/readalong".lstrip("/")
    while any(name.startswith(f"{base.casefold()}/") for name in taken):
        number += 1
        base = f"{parent}/readalong{number}".lstrip("/")
    return _Folder(base)


def _into_namespace(root: Element) -> None:
    """Give elements that were read as HTML the namespace that XHTML needs."""
    for element in root.iter():
        if isinstance(element.tag, str) and not element.tag.startswith("{"):
            element.tag = f"{{{XHTML}}}{element.tag}"


def _make_legal(root: Element) -> None:
    """Replace characters that XML cannot hold and HTML let through; texts keep their lengths."""
    for element in root.iter():
        for name in ("text", "tail"):
            text = getattr(element, name)
            if text and text != legal(text):
                setattr(element, name, legal(text))
        for key, value in element.attrib.items():
            if value != legal(value):
                element.set(key, legal(value))


def _link_style(root: Element, href: str) -> None:
    head = next((child for child in root.iterchildren() if local_name(child) == "head"), None)
    if head is None:
        head = etree.Element(f"{{{XHTML}}}head")
        etree.SubElement(head, f"{{{XHTML}}}title").text = "…"
        root.insert(0, head)
    etree.SubElement(head, f"{{{XHTML}}}link", rel="stylesheet", type="text/css", href=href)


def _copy(out: zipfile.ZipFile, name: str, files: Mapping[str, bytes], tell: Tell) -> None:
    try:
        _add(out, name, files[name])
    except DamagedEntry as error:
        tell(f"{name} is damaged ({error}); left out of the read-along book")


def _add(out: zipfile.ZipFile, name: str, data: bytes, *, stored: bool = False) -> None:
    out.writestr(_entry(name, stored=stored), data)


def _add_file(out: zipfile.ZipFile, name: str, path: Path) -> None:
    """Add a file in pieces; it is compressed already."""
    entry = _entry(name, stored=True)
    entry.file_size = path.stat().st_size
    with open(path, "rb") as source, out.open(entry, "w") as target:
        for piece in iter(lambda: source.read(1 << 20), b""):
            target.write(piece)


def _entry(name: str, *, stored: bool) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry
