"""META-INF of an EPUB -> an error that names the copy protection, if there is one.

Protected books are refused, never worked around.
"""

from __future__ import annotations

from ttsbook.book.archive import Archive, DamagedEntry
from ttsbook.errors import InputError

# These two only obfuscate fonts; the text stays readable.
_FONT_ALGORITHMS = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
_SCHEMES = (
    ("META-INF/license.lcpl", b"", "Readium LCP"),
    ("META-INF/sinf.xml", b"", "Apple FairPlay"),
    ("META-INF/rights.xml", b"ns.adobe.com/adept", "Adobe ADEPT"),
)


def refuse_drm(archive: Archive) -> None:
    """Raise InputError if the text of the book is encrypted."""
    scheme = _scheme(archive)
    if scheme is None and not _text_is_encrypted(archive):
        return
    raise InputError(
        f"cannot read {archive.source}: protected by DRM ({scheme or 'unknown scheme'})",
        "use a copy without copy protection; ttsbook does not remove it",
    )


def _scheme(archive: Archive) -> str | None:
    for name, evidence, scheme in _SCHEMES:
        if evidence in _read(archive, name, default=b"") and archive.find(name):
            return scheme
    return None


def _text_is_encrypted(archive: Archive) -> bool:
    from ttsbook.book.markup import local_name, parse_xml

    data = _read(archive, "META-INF/encryption.xml", default=b"")
    if not data:
        return False
    root, _ = parse_xml(data)
    if root is None:
        return False
    algorithms = [
        str(element.get("Algorithm", ""))
        for element in root.iter()
        if local_name(element) == "encryptionmethod"
        and element.getparent() is not None
        and local_name(element.getparent()) == "encrypteddata"
    ]
    return any(algorithm not in _FONT_ALGORITHMS for algorithm in algorithms)


def _read(archive: Archive, name: str, *, default: bytes) -> bytes:
    found = archive.find(name)
    if found is None:
        return default
    try:
        return archive.read(found)
    except DamagedEntry:
        return default
