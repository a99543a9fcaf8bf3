"""Builds small EPUBs in memory for the tests."""

from __future__ import annotations

import io
import zipfile

CONTAINER = (
    '<?xml version="1.0"?><container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0">'
    '<rootfiles><rootfile full-path="OEBPS/content.opf" media-type="application/oebps-package+xml"/>'
    "</rootfiles></container>"
)
XHTML = "application/xhtml+xml"


def page(body: str, *, title: str = "", body_type: str = "", lang: str = "en") -> str:
    """Return an XHTML document."""
    stated = f' epub:type="{body_type}"' if body_type else ""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n'
        '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"'
        f' xml:lang="{lang}"><head><title>{title}</title></head><body{stated}>{body}</body></html>'
    )


def nav(entries: str, landmarks: str = "") -> str:
    """Return a navigation document; `entries` are `li` elements."""
    marks = f'<nav epub:type="landmarks"><ol>{landmarks}</ol></nav>' if landmarks else ""
    return page(f'<nav epub:type="toc"><h2>Contents</h2><ol>{entries}</ol></nav>{marks}')


def ncx(points: str) -> str:
    """Return an NCX; `points` are `navPoint` elements."""
    return f'<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap>{points}</navMap></ncx>'


def li(title: str, href: str, inner: str = "") -> str:
    """Return an entry of a navigation document."""
    return f'<li><a href="{href}">{title}</a>{f"<ol>{inner}</ol>" if inner else ""}</li>'


def point(title: str, src: str, inner: str = "") -> str:
    """Return an entry of an NCX."""
    return f'<navPoint><navLabel><text>{title}</text></navLabel><content src="{src}"/>{inner}</navPoint>'


def make_epub(
    pages: dict[str, str | bytes],
    *,
    nav: str = "",
    ncx: str = "",
    metadata: str = "<dc:title>A Book</dc:title><dc:language>en</dc:language>",
    spine: str | None = None,
    manifest: str = "",
    guide: str = "",
    files: dict[str, str | bytes] | None = None,
) -> bytes:
    """Return the bytes of an EPUB with `pages` in reading order."""
    items = "".join(f'<item id="{name}" href="{name}" media-type="{XHTML}"/>' for name in pages)
    if nav:
        items += f'<item id="nav" href="nav.xhtml" properties="nav" media-type="{XHTML}"/>'
    if ncx:
        items += '<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>'
    refs = spine if spine is not None else "".join(f'<itemref idref="{name}"/>' for name in pages)
    toc = ' toc="ncx"' if ncx else ""
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0">'
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:opf="http://www.idpf.org/2007/opf">'
        f"{metadata}</metadata><manifest>{items}{manifest}</manifest>"
        f"<spine{toc}>{refs}</spine><guide>{guide}</guide></package>"
    )
    content: dict[str, str | bytes] = {
        "META-INF/container.xml": CONTAINER,
        "OEBPS/content.opf": package,
        **({"OEBPS/nav.xhtml": nav} if nav else {}),
        **({"OEBPS/toc.ncx": ncx} if ncx else {}),
        **{f"OEBPS/{name}": text for name, text in pages.items()},
        **(files or {}),
    }
    return make_zip({name: data for name, data in content.items() if data != "-"})


def make_zip(content: dict[str, str | bytes]) -> bytes:
    """Return the bytes of a zip archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return buffer.getvalue()
