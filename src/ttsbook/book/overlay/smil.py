"""Marked elements of one document and their sound -> its SMIL file."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from urllib.parse import quote

from lxml import etree

from ttsbook.book.overlay.narration import Par

SMIL = "http://www.w3.org/ns/SMIL"
EPUB = "http://www.idpf.org/2007/ops"
MEDIA_TYPE = "application/smil+xml"


def write_smil(path: str, document: str, scope: str, audio: Sequence[str], pars: Sequence[Par]) -> bytes:
    """Return the SMIL file.

    Args:
        path: of the SMIL file in the archive; what it names is named from there.
        document: path of the content document.
        scope: id of the element in it that holds all that is read.
        audio: paths of the audio files, by track.
        pars: in reading order.
    """
    root = etree.Element(f"{{{SMIL}}}smil", nsmap={None: SMIL, "epub": EPUB}, version="3.0")
    body = etree.SubElement(root, f"{{{SMIL}}}body")
    seq = etree.SubElement(body, f"{{{SMIL}}}seq", id="seq")
    text = relative(path, document)
    seq.set(f"{{{EPUB}}}textref", f"{text}#{quote(scope)}")
    for number, par in enumerate(pars, start=1):
        element = etree.SubElement(seq, f"{{{SMIL}}}par", id=f"par{number}")
        etree.SubElement(element, f"{{{SMIL}}}text", src=f"{text}#{quote(par.id)}")
        etree.SubElement(
            element,
            f"{{{SMIL}}}audio",
            src=relative(path, audio[par.track]),
            clipBegin=clock_value(par.begin_ms),
            clipEnd=clock_value(par.end_ms),
        )
    return bytes(etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True))


def clock_value(ms: int) -> str:
    """Return a SMIL clock value; hours are not taken modulo 24."""
    seconds, ms = divmod(ms, 1000)
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{ms:03d}"


def relative(base: str, path: str) -> str:
    """Return the link to a file of the archive from the file `base`."""
    return quote(posixpath.relpath(path, posixpath.dirname(base) or "."))
