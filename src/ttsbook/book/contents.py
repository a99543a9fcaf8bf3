"""The package of an EPUB -> its table of contents and its landmarks, with paths as stored."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ttsbook.book.archive import Archive, DamagedEntry
from ttsbook.book.markup import Element, parse_document, parse_xml
from ttsbook.book.package import Package, Reference
from ttsbook.book.toc import Entry, read_landmarks, read_nav, read_ncx


@dataclass(frozen=True, slots=True)
class Contents:
    entries: tuple[Entry, ...]
    references: tuple[Reference, ...]  # landmarks, then the guide
    repairs: tuple[str, ...]


def read_contents(archive: Archive, package: Package) -> Contents:
    """Read the navigation document, or the NCX where that has no table of contents."""
    repairs: list[str] = []
    entries: tuple[Entry, ...] = ()
    landmarks: tuple[Reference, ...] = ()
    nav = _parse(archive, package.nav, repairs, document=True)
    if nav is not None:
        entries = read_nav(nav, package.nav)
        landmarks = read_landmarks(nav, package.nav)
    if not entries:
        ncx = _parse(archive, package.ncx, repairs, document=False)
        entries = read_ncx(ncx, package.ncx) if ncx is not None else ()
    if not entries:
        repairs.append("no table of contents; chapters taken from the headings")
    return Contents(
        entries=tuple(replace(entry, path=archive.find(entry.path) or entry.path) for entry in entries),
        references=(
            *(replace(place, path=archive.find(place.path) or place.path) for place in landmarks),
            *package.guide,
        ),
        repairs=tuple(repairs),
    )


def _parse(archive: Archive, path: str, repairs: list[str], *, document: bool) -> Element | None:
    if not path:
        return None
    try:
        data = archive.read(path)
    except DamagedEntry as error:
        repairs.append(f"{path} is damaged ({error}); not used")
        return None
    if document:
        return parse_document(data).root
    root, notes = parse_xml(data)
    repairs += [f"{path}: {note}" for note in notes]
    return root
