"""The package of an EPUB -> the cover image, if it is a JPEG or PNG."""

from __future__ import annotations

from collections.abc import Iterator

from ttsbook.book.archive import Archive, DamagedEntry, resolve
from ttsbook.book.markup import attribute, local_name, parse_document
from ttsbook.book.package import Package
from ttsbook.types import Cover

_SIGNATURES = ((b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"))


def find_cover(archive: Archive, package: Package) -> tuple[Cover | None, tuple[str, ...]]:
    """Return the cover; the repairs say why a stated cover could not be used."""
    repairs = []
    for path in dict.fromkeys(_candidates(archive, package)):
        data = _read(archive, path)
        if data is None:
            repairs.append(f"the cover image {path} is damaged; left out")
            continue
        mime = image_mime(data)
        if mime is not None:
            return Cover(data, mime), ()
        repairs.append(f"the cover image {path} is neither JPEG nor PNG; left out")
    return None, tuple(repairs)


def image_mime(data: bytes) -> str | None:
    """Return the type of an image by its first bytes."""
    return next((mime for signature, mime in _SIGNATURES if data.startswith(signature)), None)


def _candidates(archive: Archive, package: Package) -> Iterator[str]:
    """Yield paths of images in order of trust: EPUB 3 property, EPUB 2 meta, image of the cover page."""
    images = [item for item in package.resources if item.path and item.media_type.startswith("image/")]
    yield from (item.path for item in images if "cover-image" in item.properties)
    named = package.cover_id
    if named:
        yield from (item.path for item in images if item.id == named or item.path.endswith(named))
    for reference in package.guide:
        if reference.type == "cover":
            if any(item.path == reference.path for item in images):
                yield reference.path
            else:
                yield from _images_on(archive, reference.path)


def _images_on(archive: Archive, page: str) -> Iterator[str]:
    data = _read(archive, page)
    if data is None:
        return
    for element in parse_document(data).root.iter():
        if local_name(element) in ("img", "image"):
            href = attribute(element, "src") or attribute(element, "href")
            path = archive.find(resolve(page, href)[0])
            if path is not None:
                yield path


def _read(archive: Archive, path: str) -> bytes | None:
    try:
        return archive.read(path)
    except DamagedEntry:
        return None
