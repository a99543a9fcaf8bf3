"""Writes `sample.epub`, the book of `make demo`: two fables in English, the start of a novel in Mandarin.

Run it after a change here; the same script always gives the same bytes:

    python tests/data/build_sample.py

All texts are in the public domain: Aesop in the words of Joseph Jacobs (1894), and the opening of
"故乡" by Lu Xun (1921).
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from pathlib import Path

TITLE = "Two Fables and a Homecoming"
CONTAINER = """<?xml version="1.0" encoding="UTF-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
  <rootfiles>
    <rootfile full-path="EPUB/book.opf" media-type="application/oebps-package+xml"/>
  </rootfiles>
</container>
"""
PACKAGE = f"""<?xml version="1.0" encoding="UTF-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" xml:lang="en">
  <metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
    <dc:identifier id="id">urn:ttsbook:sample</dc:identifier>
    <dc:title>{TITLE}</dc:title>
    <dc:creator>Joseph Jacobs</dc:creator>
    <dc:creator>Lu Xun</dc:creator>
    <dc:language>en</dc:language>
    <dc:description>A short sample in English and Mandarin.</dc:description>
    <meta property="dcterms:modified">2026-01-01T00:00:00Z</meta>
  </metadata>
  <manifest>
    <item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
    <item id="cover" href="cover.png" media-type="image/png" properties="cover-image"/>
    <item id="title" href="title.xhtml" media-type="application/xhtml+xml"/>
    <item id="crow" href="crow.xhtml" media-type="application/xhtml+xml"/>
    <item id="wind" href="wind.xhtml" media-type="application/xhtml+xml"/>
    <item id="home" href="home.xhtml" media-type="application/xhtml+xml"/>
  </manifest>
  <spine>
    <itemref idref="title"/>
    <itemref idref="crow"/>
    <itemref idref="wind"/>
    <itemref idref="home"/>
  </spine>
</package>
"""
NAV = """<ol>
      <li><a href="crow.xhtml">The Crow and the Pitcher</a></li>
      <li><a href="wind.xhtml">The Wind and the Sun</a></li>
      <li><a href="home.xhtml">故乡</a></li>
    </ol>"""
CROW = (
    "A Crow, half-dead with thirst, came upon a Pitcher which had once been full of water; but when the"
    " Crow put its beak into the mouth of the Pitcher he found that only very little water was left in it,"
    " and that he could not reach far enough down to get at it. He tried, and he tried, but at last had to"
    " give up in despair.",
    "Then a thought came to him, and he took a pebble and dropped it into the Pitcher. Then he took another"
    " pebble and dropped it into the Pitcher. At last, at last, he saw the water mount up near him, and"
    " after casting in a few more pebbles he was able to quench his thirst and save his life.",
    "<em>Little by little does the trick.</em>",
)
WIND = (
    "The Wind and the Sun were disputing which was the stronger."
    '<a epub:type="noteref" href="#note">1</a> Suddenly they saw a traveller coming down the road, and the'
    " Sun said: “I see a way to decide our dispute. Whichever of us can cause that traveller to take off"
    " his cloak shall be regarded as the stronger. You begin.”",
    "So the Sun retired behind a cloud, and the Wind began to blow as hard as it could upon the traveller."
    " But the harder he blew the more closely did the traveller wrap his cloak round him, till at last the"
    " Wind had to give up in despair.",
    "Then the Sun came out and shone in all his glory upon the traveller, who soon found it too hot to walk"
    " with his cloak on.",
    "<em>Kindness effects more than severity.</em>",
)
NOTE = '\n    <aside epub:type="footnote" id="note"><p>1. A note that is not read aloud.</p></aside>'
HOME = (
    "我冒了严寒，回到相隔二千余里，别了二十余年的故乡去。",
    "时候既然是深冬；渐近故乡时，天气又阴晦了，冷风吹进船舱中，呜呜的响，从蓬隙向外一望，苍黄的天底下，"
    "远近横着几个萧索的荒村，没有一些活气。我的心禁不住悲凉起来了。",
    "啊！这不是我二十年来时时记得的故乡？",
)


def page(title: str, body: str, language: str = "en") -> str:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" xml:lang="{language}">
  <head><title>{title}</title></head>
  <body>
    {body}
  </body>
</html>
"""


def chapter(title: str, paragraphs: tuple[str, ...], language: str = "en", after: str = "") -> str:
    body = f"<h1>{title}</h1>" + "".join(f"\n    <p>{paragraph}</p>" for paragraph in paragraphs)
    return page(title, body + after, language)


def cover(width: int = 300, height: int = 300) -> bytes:
    """Draw a small PNG: an evening sky over a dark hill."""
    rows = bytearray()
    for y in range(height):
        rows.append(0)  # no filter
        for x in range(width):
            hill = height * 0.72 + 0.0012 * (x - width * 0.35) ** 2
            rows += bytes((38, 42, 58) if y > hill else (232 - y // 3, 150 - y // 4, 110 + y // 6))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pieces = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(rows), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_png_piece(kind, data) for kind, data in pieces)


def _png_piece(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def build(path: Path) -> None:
    """Write the EPUB; equal bytes every time."""
    navigation = f'<nav epub:type="toc"><h1>Contents</h1>\n    {NAV}</nav>'
    title_page = f'<section epub:type="titlepage"><h1>{TITLE}</h1><p>A sample for ttsbook.</p></section>'
    files = {
        "META-INF/container.xml": CONTAINER.encode("utf-8"),
        "EPUB/book.opf": PACKAGE.encode("utf-8"),
        "EPUB/nav.xhtml": page("Contents", navigation).encode("utf-8"),
        "EPUB/title.xhtml": page(TITLE, title_page).encode("utf-8"),
        "EPUB/crow.xhtml": chapter("The Crow and the Pitcher", CROW).encode("utf-8"),
        "EPUB/wind.xhtml": chapter("The Wind and the Sun", WIND, after=NOTE).encode("utf-8"),
        "EPUB/home.xhtml": chapter("故乡", HOME, "zh").encode("utf-8"),
        "EPUB/cover.png": cover(),
    }
    with zipfile.ZipFile(path, "w") as archive:
        # The type comes first and uncompressed, so that tools can tell an EPUB by its first bytes.
        archive.writestr(_entry("mimetype"), b"application/epub+zip", zipfile.ZIP_STORED)
        for name, data in files.items():
            archive.writestr(_entry(name), data, zipfile.ZIP_DEFLATED)


def _entry(name: str) -> zipfile.ZipInfo:
    return zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))


if __name__ == "__main__":
    build(Path(__file__).with_name("sample.epub"))
