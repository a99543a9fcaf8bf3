"""An EPUB 2 -> EPUB 3, which Media Overlays need: package, contents, and markup that HTML no longer has.

Nothing that is shown is lost: what HTML 5 has other words for is said in those, what it says in CSS becomes a
style. (https://www.w3.org/TR/epub-33/, https://html.spec.whatwg.org/multipage/obsolete.html)
"""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from ttsbook.book.archive import Archive, DamagedEntry
from ttsbook.book.contents import read_contents
from ttsbook.book.markup import Element, inner_text, local_name, parse_whole
from ttsbook.book.overlay.manifest import Manifest
from ttsbook.book.overlay.obsolete import modernise
from ttsbook.book.overlay.rebuild import XHTML, document_bytes
from ttsbook.book.overlay.smil import EPUB, relative
from ttsbook.book.package import Package
from ttsbook.book.toc import Entry

_DOCUMENT_TYPES = ("application/xhtml+xml", "text/html", "text/x-oeb1-document")
_MODIFIED = "1980-01-01T00:00:00Z"  # has to be stated; the time of rendering would change the bytes
_DATES = {
    "creation": "dcterms:created",
    "modification": "dcterms:dateSubmitted",
    "publication": "dcterms:issued",
}
_OPF = "{http://www.idpf.org/2007/opf}"
_FIXED_ATTRIBUTES = ("required-namespace", "required-modules", "fallback-style")


def upgrade_package(manifest: Manifest, archive: Archive, package: Package) -> dict[str, bytes]:
    """Turn the package file into one of EPUB 3; return the files that are new or changed because of it."""
    manifest.root.set("version", "3.0")
    _upgrade_metadata(manifest)
    changed: dict[str, bytes] = {}
    for item, path in manifest.items():
        for name in _FIXED_ATTRIBUTES:
            item.attrib.pop(name, None)
        if item.get("id") == package.cover_id and str(item.get("media-type")).startswith("image/"):
            _add_properties(item, ["cover-image"])
        if item.get("media-type") in _DOCUMENT_TYPES:
            root = _document(archive, path)
            if root is not None:
                item.set("media-type", "application/xhtml+xml")
                upgrade_document(root)
                _add_properties(item, _properties(root))
                changed[archive.find(path) or path] = document_bytes(root)
    if not package.nav:
        path = _free_path(archive, manifest.path)
        changed[path] = _nav(path, read_contents(archive, package).entries, package)
        manifest.add_item("nav", path, "application/xhtml+xml", "nav")
    return changed


def upgrade_document(root: Element) -> None:
    """Turn XHTML 1.1 into the XHTML of HTML 5, in place."""
    modernise(root)
    for title in root.iter(f"{{{XHTML}}}title"):
        if not inner_text(title).strip():
            title.text = "…"  # an empty one is an error


def _document(archive: Archive, path: str) -> Element | None:
    found = archive.find(path)
    if found is None:
        return None
    try:
        root = parse_whole(archive.read(found))
    except DamagedEntry:
        return None
    return root if root is not None and root.tag == f"{{{XHTML}}}html" else None


def _upgrade_metadata(manifest: Manifest) -> None:
    dates = 0
    for element in list(manifest.metadata):
        name = local_name(element)
        attributes = {key: element.attrib.pop(key) for key in list(element.attrib) if key.startswith(_OPF)}
        is_empty = not (element.text or "").strip() and not element.attrib
        if is_empty or name in ("dc-metadata", "x-metadata"):
            manifest.metadata.remove(element)
            continue
        if name == "date":
            dates += 1
            if dates > 1:  # EPUB 3 has one; the others keep their meaning in words of its own
                manifest.metadata.remove(element)
                property = _DATES.get(attributes.get(f"{_OPF}event", ""), "dcterms:date")
                manifest.add_meta(property, str(element.text).strip())
            continue
        for key, value in attributes.items():
            _refine(manifest, element, key.removeprefix(_OPF), value)
    manifest.add_meta("dcterms:modified", _MODIFIED)


def _refine(manifest: Manifest, element: Element, name: str, value: str) -> None:
    """Say in a `meta` what EPUB 2 says in an attribute of a Dublin Core element."""
    if name not in ("role", "file-as") or not value:
        return  # the scheme of an identifier has no values that both know
    if not element.get("id"):
        element.set("id", manifest.free_id(local_name(element)))
    manifest.add_meta(name, value, refines=str(element.get("id")))
    if name == "role":
        manifest.metadata[-1].set("scheme", "marc:relators")


def _add_properties(item: Element, names: Sequence[str]) -> None:
    held = str(item.get("properties") or "").split()
    if names:
        item.set("properties", " ".join(dict.fromkeys([*held, *names])))


def _properties(root: Element) -> list[str]:
    """Return what the package has to say about a document."""
    names = {local_name(element) for element in root.iter()}
    sources = [str(element.get("src") or "") for element in root.iter() if isinstance(element.tag, str)]
    found = {
        "svg": "svg" in names,
        "mathml": "math" in names,
        "scripted": bool(names & {"script", "form", "input"}),
        "remote-resources": any(source.startswith(("http:", "https:")) for source in sources),
    }
    return [name for name, there in found.items() if there]


def _nav(path: str, entries: Sequence[Entry], package: Package) -> bytes:
    """Return a navigation document with the entries of the NCX."""
    title = package.metadata.title or "…"
    root = etree.Element(f"{{{XHTML}}}html", nsmap={None: XHTML, "epub": EPUB})
    head = etree.SubElement(root, f"{{{XHTML}}}head")
    etree.SubElement(head, f"{{{XHTML}}}title").text = title
    nav = etree.SubElement(etree.SubElement(root, f"{{{XHTML}}}body"), f"{{{XHTML}}}nav")
    nav.set(f"{{{EPUB}}}type", "toc")
    lists = [etree.SubElement(nav, f"{{{XHTML}}}ol")]
    inside = [entry for entry in entries if entry.path]  # others lead to the network
    for entry in inside or [Entry(title, item.path, "", 0) for item in package.spine]:
        del lists[max(1, min(entry.depth, len(lists)) + 1) :]
        if entry.depth >= len(lists) and len(lists[-1]):
            lists.append(etree.SubElement(lists[-1][-1], f"{{{XHTML}}}ol"))
        link = etree.SubElement(etree.SubElement(lists[-1], f"{{{XHTML}}}li"), f"{{{XHTML}}}a")
        fragment = f"#{entry.fragment}" if entry.fragment else ""
        link.set("href", relative(path, entry.path) + fragment)
        link.text = entry.title or "…"
    return document_bytes(root)


def _free_path(archive: Archive, package: str) -> str:
    folder = package.rpartition("/")[0]
    number, path = 1, f"{folder}/nav.xhtml".lstrip("/")
    while archive.find(path) is not None:
        number += 1
        path = f"{folder}/nav{number}.xhtml".lstrip("/")
    return path
