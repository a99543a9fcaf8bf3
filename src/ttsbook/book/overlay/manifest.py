"""The package file of an EPUB with what a narration adds to it; all else stays as it is.

Knows nothing of how the files that it lists are made.
"""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from ttsbook.book.archive import resolve
from ttsbook.book.markup import Element, local_name, parse_whole
from ttsbook.book.overlay.rebuild import legal
from ttsbook.book.overlay.smil import MEDIA_TYPE, clock_value, relative
from ttsbook.errors import InputError

ACTIVE_CLASS = "-epub-media-overlay-active"
_REPLACED = ("media:duration", "media:active-class", "media:playback-active-class", "media:narrator")
_HINT = "convert it to EPUB 3 again with an ebook editor"


class Manifest:
    """The package file, to be added to.

    Raises:
        InputError: it is not well-formed, or has no metadata, manifest or spine.
    """

    def __init__(self, path: str, data: bytes, source: str) -> None:
        self.path = path
        root = parse_whole(data)
        if root is None:
            raise InputError(
                f"cannot make a read-along book of {source}: its package file {path} is not XML", _HINT
            )
        self.root = root
        self.metadata = self._part("metadata", source)
        self.manifest = self._part("manifest", source)
        self.spine = self._part("spine", source)
        self._ids = {element.get("id") for element in root.iter()}
        self._numbers: dict[str, int] = {}  # of the ids that were given out, by what they begin with
        self._documents: dict[str, Element] = {}  # items by path, found when first asked for

    def _part(self, name: str, source: str) -> Element:
        for child in self.root.iterchildren():
            if local_name(child) == name:
                return child
        raise InputError(f"cannot make a read-along book of {source}: its package file has no {name}", _HINT)

    @property
    def version(self) -> str:
        return str(self.root.get("version") or "")

    def items(self) -> Iterable[tuple[Element, str]]:
        """Yield the items with the paths that they name."""
        for item in list(self.manifest):
            if local_name(item) == "item":
                yield item, resolve(self.path, str(item.get("href") or ""))[0]

    def tag(self, name: str) -> str:
        """Return the name of an element in the namespace of the package."""
        namespace = etree.QName(self.root.tag).namespace
        return f"{{{namespace}}}{name}" if namespace else name

    def add_item(self, id: str, path: str, media_type: str, properties: str = "") -> str:
        """List a file; return the id that it got."""
        id = self.free_id(id)
        item = etree.SubElement(self.manifest, self.tag("item"), id=id)
        item.set("href", relative(self.path, path))
        item.set("media-type", media_type)
        if properties:
            item.set("properties", properties)
        return id

    def add_meta(self, property: str, text: str, refines: str = "") -> None:
        meta = etree.SubElement(self.metadata, self.tag("meta"), property=property)
        if refines:
            meta.set("refines", f"#{refines}")
        meta.text = legal(text)

    def free_id(self, id: str) -> str:
        """Return `id`, or the first of id-2, id-3 … that is free."""
        number = self._numbers.get(id, 1)
        name = id if number == 1 else f"{id}-{number}"
        while name in self._ids:
            number += 1
            name = f"{id}-{number}"
        self._numbers[id] = number
        self._ids.add(name)
        return name

    def remove_narration(self) -> frozenset[str]:
        """Take an earlier narration out; return the files that are no longer listed."""
        gone = []
        for item, path in self.items():
            item.attrib.pop("media-overlay", None)
            if item.get("media-type") == MEDIA_TYPE:
                gone.append(path)
                self.manifest.remove(item)
        for meta in list(self.metadata):
            if local_name(meta) == "meta" and meta.get("property") in _REPLACED:
                self.metadata.remove(meta)
        return frozenset(gone)

    def add_overlay(self, document: str, path: str, duration_ms: int) -> None:
        """List a SMIL file as the overlay of a document."""
        id = self.add_item("overlay", path, MEDIA_TYPE)
        if not self._documents:
            self._documents = {listed: item for item, listed in reversed(list(self.items()))}
        if (item := self._documents.get(document)) is not None:
            item.set("media-overlay", id)
            item.set("media-type", "application/xhtml+xml")
        self.add_meta("media:duration", clock_value(duration_ms), refines=id)

    def data(self) -> bytes:
        return bytes(etree.tostring(self.root.getroottree(), encoding="utf-8", xml_declaration=True))
