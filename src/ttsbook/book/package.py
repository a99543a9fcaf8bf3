"""The archive of an EPUB -> its package: metadata, files in reading order, guide, cover.

Follows META-INF/container.xml to the OPF; tolerant of namespaces, of letter case and of missing
files, each stated as a repair. Knows nothing of the text inside the files.
"""

from __future__ import annotations

from dataclasses import dataclass

from ttsbook.book.archive import Archive, DamagedEntry, resolve
from ttsbook.book.markup import Element, attribute, local_name, parse_xml
from ttsbook.book.metadata import read_metadata
from ttsbook.errors import InputError
from ttsbook.types import Metadata

_DOCUMENT_TYPES = frozenset(
    (
        "application/xhtml+xml",
        "text/html",
        "application/x-dtbook+xml",
        "text/x-oeb1-document",
        "application/xml",
    )
)
_PACKAGE_TYPE = "application/oebps-package+xml"
_MAX_FALLBACKS = 16


@dataclass(frozen=True, slots=True)
class Resource:
    """One file of the manifest."""

    id: str
    path: str  # as stored in the archive; "" if it is missing
    media_type: str
    properties: frozenset[str] = frozenset()
    fallback: str = ""


@dataclass(frozen=True, slots=True)
class SpineItem:
    """One document in reading order."""

    path: str
    linear: bool


@dataclass(frozen=True, slots=True)
class Reference:
    """A place whose part in the book is stated by the guide or the landmarks."""

    type: str
    path: str


@dataclass(frozen=True, slots=True)
class Package:
    metadata: Metadata
    resources: tuple[Resource, ...]
    spine: tuple[SpineItem, ...]
    guide: tuple[Reference, ...]
    nav: str  # path of the EPUB 3 navigation document, or ""
    ncx: str  # path of the EPUB 2 table of contents, or ""
    path: str  # of the package file itself
    cover_id: str  # what `<meta name="cover">` names: an id, sometimes a path
    repairs: tuple[str, ...]


def read_package(archive: Archive) -> Package:
    """Read the package document.

    Raises:
        InputError: the archive is not an EPUB, or its package cannot be read.
    """
    repairs: list[str] = []
    path = _find_package(archive, repairs)
    root, notes = parse_xml(_read(archive, path))
    repairs += [f"{path}: {note}" for note in notes]
    if root is None:
        raise InputError(f"cannot read {archive.source}: its package file {path} is not XML", _DAMAGED_HINT)
    return _Reader(archive, path, root, repairs).package()


_DAMAGED_HINT = "the book is damaged; get another copy, or convert it with an ebook editor"


def _find_package(archive: Archive, repairs: list[str]) -> str:
    container = archive.find("META-INF/container.xml")
    if container is not None:
        root, _ = parse_xml(_read(archive, container))
        elements = () if root is None else root.iter()
        renditions = [element for element in elements if local_name(element) == "rootfile"]
        # The same book may be there as a PDF, too, and stand first.
        for element in sorted(
            renditions, key=lambda element: attribute(element, "media-type") != _PACKAGE_TYPE
        ):
            found = archive.find(resolve("", attribute(element, "full-path"))[0])
            if found is not None:
                return found
    for name in archive.names:
        if name.lower().endswith(".opf"):
            repairs.append(f"META-INF/container.xml names no package file; {name} used")
            return name
    raise InputError(
        f"cannot read {archive.source}: a zip archive, but not an EPUB (no package file in it)",
        "ttsbook reads EPUB, plain text and Markdown; convert other formats first",
    )


def _read(archive: Archive, path: str) -> bytes:
    try:
        return archive.read(path)
    except DamagedEntry as error:
        raise InputError(
            f"cannot read {archive.source}: {path} is damaged ({error})", _DAMAGED_HINT
        ) from error


class _Reader:
    def __init__(self, archive: Archive, path: str, root: Element, repairs: list[str]) -> None:
        self._archive = archive
        self._path = path
        self._root = root
        self._repairs = repairs
        self._resources: dict[str, Resource] = {}
        self._hrefs: dict[str, str] = {}

    def package(self) -> Package:
        self._read_manifest()
        resources = tuple(self._resources.values())
        nav = next((item.path for item in resources if "nav" in item.properties), "")
        return Package(
            metadata=read_metadata(self._root),
            resources=resources,
            spine=self._spine(),
            guide=self._guide(),
            nav=nav,
            ncx=self._ncx(),
            path=self._path,
            cover_id=self._cover_id(),
            repairs=tuple(self._repairs),
        )

    def _elements(self, name: str) -> list[Element]:
        return [element for element in self._root.iter() if local_name(element) == name]

    def _stored(self, href: str) -> str:
        return self._archive.find(resolve(self._path, href)[0]) or ""

    def _read_manifest(self) -> None:
        for element in self._elements("item"):
            id, href = attribute(element, "id"), attribute(element, "href")
            if id in self._resources:
                self._repairs.append(f"{self._path}: the id {id} is used twice; the first counts")
                continue
            self._hrefs[id] = href
            self._resources[id] = Resource(
                id=id,
                path=self._stored(href),
                media_type=attribute(element, "media-type").partition(";")[0].strip().lower(),
                properties=frozenset(attribute(element, "properties").split()),
                fallback=attribute(element, "fallback"),
            )

    def _spine(self) -> tuple[SpineItem, ...]:
        spine: dict[str, SpineItem] = {}
        for element in self._elements("itemref"):
            id = attribute(element, "idref")
            path = self._readable_path(id)
            if path is None:
                continue
            if path in spine:
                self._repairs.append(f"{self._path}: {path} is listed twice in the reading order; read once")
                continue
            spine[path] = SpineItem(path, attribute(element, "linear").strip().lower() != "no")
        if not spine:
            documents = [item for item in self._resources.values() if item.path and _is_document(item)]
            if documents:
                self._repairs.append(f"{self._path}: no reading order; that of the manifest is used")
            spine = {
                item.path: SpineItem(item.path, True) for item in documents if "nav" not in item.properties
            }
        return tuple(spine.values())

    def _readable_path(self, id: str) -> str | None:
        """Return the document of a spine entry, through its fallbacks, or state why there is none."""
        item = self._resources.get(id)
        if item is None:
            self._repairs.append(
                f"{self._path}: the reading order names {id!r}, which the manifest does not list"
            )
            return None
        for _ in range(_MAX_FALLBACKS):
            if _is_document(item) or item.fallback not in self._resources:
                break
            item = self._resources[item.fallback]
        if not item.path:
            self._repairs.append(
                f"{self._hrefs[item.id] or id} is missing from the archive; its text is not read"
            )
            return None
        if not _is_document(item):
            self._repairs.append(
                f"{item.path} in the reading order is not a text ({item.media_type}); left out"
            )
            return None
        return item.path

    def _guide(self) -> tuple[Reference, ...]:
        found = []
        for element in self._elements("reference"):
            parent = element.getparent()
            path = self._stored(attribute(element, "href"))
            if path and parent is not None and local_name(parent) == "guide":
                found.append(Reference(attribute(element, "type").strip().lower(), path))
        return tuple(found)

    def _ncx(self) -> str:
        for spine in self._elements("spine"):
            named = self._resources.get(attribute(spine, "toc"))
            if named is not None and named.path:
                return named.path
        typed = (item for item in self._resources.values() if item.media_type == "application/x-dtbncx+xml")
        called = (item for item in self._resources.values() if item.path.lower().endswith(".ncx"))
        return next((item.path for item in (*typed, *called) if item.path), "")

    def _cover_id(self) -> str:
        for meta in self._elements("meta"):
            if meta.get("name") == "cover":
                return attribute(meta, "content")
        return ""


def _is_document(item: Resource) -> bool:
    if item.media_type in _DOCUMENT_TYPES:
        return True
    # A wrong or missing type is common; images and styles at least are told apart.
    known = (
        item.media_type.startswith(("image/", "audio/", "video/", "font/")) or item.media_type == "text/css"
    )
    return not known and item.path.lower().endswith((".xhtml", ".html", ".htm"))
