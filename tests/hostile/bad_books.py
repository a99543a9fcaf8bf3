"""Books that go wrong, each with the exit code that `ttsbook render` must give and a word of its message.

Built in code. Code 0 means: readable after repair. Nothing here is large on disk.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

MIMETYPE = "application/epub+zip"
CONTAINER = (
    '<?xml version="1.0"?><container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0">'
    '<rootfiles><rootfile full-path="OEBPS/content.opf" media-type="application/oebps-package+xml"/>'
    "</rootfiles></container>"
)
TEXT = "Rain fell all night."


@dataclass(frozen=True, slots=True)
class BadBook:
    name: str  # file name; its suffix counts
    data: Callable[[], bytes]
    code: int
    says: str = ""  # part of the message on stderr


def page(body: str, head: str = "") -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml"'
        f' xmlns:epub="http://www.idpf.org/2007/ops"><head><title>x</title>{head}</head><body>{body}</body></html>'
    )


GOOD = page(f"<p>{TEXT}</p>")


def zipped(files: dict[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def package(items: str, spine: str, *, metadata: str = "<dc:title>T</dc:title>", rest: str = "") -> str:
    return (
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata'
        f' xmlns:dc="http://purl.org/dc/elements/1.1/">{metadata}</metadata><manifest>{items}</manifest>'
        f"<spine>{spine}</spine>{rest}</package>"
    )


def item(name: str, kind: str = "application/xhtml+xml", more: str = "") -> str:
    return f'<item id="{name}" href="{name}" media-type="{kind}" {more}/>'


def ref(name: str) -> str:
    return f'<itemref idref="{name}"/>'


def epub(pages: dict[str, str | bytes] | None = None, **changes: str | bytes | None) -> bytes:
    """Return an EPUB; keyword arguments replace or (None) remove files, `__` standing for the slash."""
    pages = {"a.xhtml": GOOD} if pages is None else pages
    opf = package("".join(map(item, pages)), "".join(map(ref, pages)))
    files: dict[str, str | bytes] = {"mimetype": MIMETYPE, "META-INF/container.xml": CONTAINER}
    files["OEBPS/content.opf"] = opf
    files |= {f"OEBPS/{name}": text for name, text in pages.items()}
    for name, data in changes.items():
        path = {"opf": "OEBPS/content.opf", "container": "META-INF/container.xml"}.get(name, name)
        if data is None:
            del files[path]
        else:
            files[path] = data
    return zipped(files)


def with_files(more: dict[str, str | bytes]) -> bytes:
    return epub(None, **more)


def body(text: str) -> bytes:
    return epub({"a.xhtml": page(text)})


def encryption(algorithm: str) -> str:
    return (
        '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container"'
        ' xmlns:e="http://www.w3.org/2001/04/xmlenc#"><e:EncryptedData>'
        f'<e:EncryptionMethod Algorithm="{algorithm}"/><e:CipherData><e:CipherReference URI="OEBPS/a.xhtml"/>'
        "</e:CipherData></e:EncryptedData></encryption>"
    )


def flipped(data: bytes, at: int, value: int = 0xFF) -> bytes:
    damaged = bytearray(data)
    damaged[at] ^= value
    return bytes(damaged)


def with_link() -> bytes:
    """Return an EPUB whose document is a symbolic link out of it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("META-INF/container.xml", CONTAINER)
        archive.writestr("OEBPS/content.opf", package(item("a.xhtml"), ref("a.xhtml")))
        link = zipfile.ZipInfo("OEBPS/a.xhtml")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    return buffer.getvalue()


def twice() -> bytes:
    """Return an EPUB in which a name stands twice."""
    import warnings

    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w") as archive:
        warnings.simplefilter("ignore")
        archive.writestr("META-INF/container.xml", CONTAINER)
        archive.writestr("OEBPS/content.opf", package(item("a.xhtml"), ref("a.xhtml")))
        archive.writestr("OEBPS/a.xhtml", page("<p>first</p>"))
        archive.writestr("OEBPS/a.xhtml", page("<p>second</p>"))
    return buffer.getvalue()


def encrypted_flag() -> bytes:
    data = bytearray(epub())
    at = -1
    while (at := data.find(b"PK\x01\x02", at + 1)) >= 0:
        data[at + 8] |= 1
    return bytes(data)


def bomb() -> bytes:
    return body("<p>" + " " * (80 << 20) + "</p>")


def quine_like() -> bytes:
    """Return archives in an archive: nothing here unpacks twice."""
    inner = zipped({"x": b"\0" * (1 << 20)})
    return zipped({"META-INF/container.xml": CONTAINER, "OEBPS/content.opf": inner})


def many_files() -> bytes:
    return epub(None, **{f"OEBPS/img/{n}.png": b"" for n in range(20_000)})


def laughs() -> bytes:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    head = f'<?xml version="1.0"?><!DOCTYPE html [<!ENTITY l0 "ha">{entities}]>'
    return epub({"a.xhtml": head + f"<html><body><p>{TEXT} &l11;</p></body></html>"})


def outside(kind: str) -> bytes:
    head = f'<?xml version="1.0"?><!DOCTYPE html [<!ENTITY x {kind} "file:///etc/passwd">]>'
    return epub({"a.xhtml": head + f"<html><body><p>{TEXT} &x;</p></body></html>"})


def contents_only() -> bytes:
    """Return an EPUB 2 that has an NCX and nothing else to name its chapter."""
    ncx = (
        '<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap><navPoint><navLabel><text>Rain</text>'
        '</navLabel><content src="a.xhtml"/></navPoint></navMap></ncx>'
    )
    opf = package(item("a.xhtml") + item("toc.ncx", "application/x-dtbncx+xml"), ref("a.xhtml"))
    opf = opf.replace("<spine>", '<spine toc="toc.ncx">')
    return epub(None, opf=opf, **{"OEBPS/toc.ncx": ncx})


def circle() -> bytes:
    """Return a spine that names one document again and again, and fallbacks that lead in a circle."""
    circular = item("x", "foo/bar", 'fallback="y"') + item("y", "foo/bar", 'fallback="x"')
    opf = package(item("a.xhtml") + circular, ref("a.xhtml") * 500 + ref("x"))
    return epub(None, opf=opf)


def same_ids() -> bytes:
    opf = package(item("a.xhtml") * 3 + item("b.xhtml").replace('id="b', 'id="a'), ref("a.xhtml"))
    return epub({"a.xhtml": GOOD, "b.xhtml": GOOD}, opf=opf)


def elsewhere(href: str) -> str:
    """Return a package whose only document lies outside the archive."""
    return package(f'<item id="a" href="{href}" media-type="application/xhtml+xml"/>', ref("a"))


def chapters(count: int) -> bytes:
    return epub({f"c{n}.xhtml": page(f"<h1>{n}</h1><p/>") for n in range(count)} | {"z.xhtml": GOOD})


def fixed_layout() -> bytes:
    metadata = '<dc:title>T</dc:title><meta property="rendition:layout">pre-paginated</meta>'
    return epub(None, opf=package(item("a.xhtml"), ref("a.xhtml"), metadata=metadata))


def noise() -> str:
    """Return two million characters that do not compress well."""
    random = Random(1)
    return "".join(random.choices("abcdefghijklmnopqrstuvwxyz ", k=2_000_000))


def long_title() -> bytes:
    return epub(
        None, opf=package(item("a.xhtml"), ref("a.xhtml"), metadata=f"<dc:title>{'T' * 100_000}</dc:title>")
    )


def odd_metadata() -> bytes:
    metadata = "<dc:title>../../../etc/passwd&#10;\u202e</dc:title><dc:creator>;rm -rf ~</dc:creator>"
    metadata += "<dc:language>xx-nonsense-$(id)</dc:language><dc:date>never</dc:date>"
    return epub(None, opf=package(item("a.xhtml"), ref("a.xhtml"), metadata=metadata))


def as_text(text: str, encoding: str) -> Callable[[], bytes]:
    return lambda: text.encode(encoding)


def just(data: bytes) -> Callable[[], bytes]:
    return lambda: data


def bad_books() -> Iterator[BadBook]:
    """Yield all of them."""
    # not books
    yield BadBook("empty.epub", just(b""), 3, "empty")
    yield BadBook("blank.txt", just(b" \n\n\t\n"), 3, "empty")
    yield BadBook("nul.txt", just(b"\0" * 5000), 3, "neither")
    yield BadBook("noise.epub", just(bytes(range(256)) * 50), 3, "neither")
    yield BadBook("a.pdf", just(b"%PDF-1.7\n..."), 3, "PDF")
    yield BadBook("a.mobi", just(b"\0" * 60 + b"BOOKMOBI" + b"\0" * 99), 3, "Kindle")
    yield BadBook("a.rtf", just(b"{\\rtf1 hello}"), 3, "RTF")
    yield BadBook("a.doc", just(b"\xd0\xcf\x11\xe0" + b"\0" * 600), 3, "Word")
    yield BadBook("a.docx", lambda: zipped({"word/document.xml": "<w/>"}), 3, "not an EPUB")
    yield BadBook("a.gz", just(b"\x1f\x8b\x08" + b"\0" * 60), 3, "gzip")
    yield BadBook("a.rar", just(b"Rar!\x1a\x07" + b"\0" * 60), 3, "RAR")
    yield BadBook("a.7z", just(b"7z\xbc\xaf\x27\x1c" + b"\0" * 60), 3, "7z")
    yield BadBook("picture.epub", just(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9), 3, "neither")
    yield BadBook("sound.epub", just(b"RIFF\x24\0\0\0WAVEfmt " + bytes(300)), 3, "neither")
    # broken zips
    yield BadBook("cut.epub", lambda: epub()[:-40], 3, "zip")
    yield BadBook("half.epub", lambda: epub()[:300], 3, "zip")
    yield BadBook("head.epub", just(b"PK\x03\x04"), 3, "zip")
    yield BadBook("end.epub", just(b"PK\x05\x06" + bytes(18)), 3, "not an EPUB")
    yield BadBook(
        "crc.epub", lambda: flipped(epub({"a.xhtml": GOOD * 3}), epub().find(b"OEBPS/a.xhtml") + 20), 3
    )
    yield BadBook("locked.epub", encrypted_flag, 3, "password")
    yield BadBook("bomb.epub", bomb, 3, "times its size")
    yield BadBook("nested.epub", quine_like, 3)
    yield BadBook("many.epub", many_files, 3, "files in the archive")
    yield BadBook("link.epub", with_link, 0)  # read as the few words that it holds
    yield BadBook("twice.epub", twice, 0)
    yield BadBook(
        "climb.epub", lambda: with_files({"../../evil.xhtml": GOOD, "/etc/evil": "x", "C:\\evil": "x"}), 0
    )
    # copy protection
    aes = "http://www.w3.org/2001/04/xmlenc#aes128-cbc"
    yield BadBook("drm.epub", lambda: with_files({"META-INF/encryption.xml": encryption(aes)}), 3, "DRM")
    yield BadBook(
        "adept.epub",
        lambda: with_files({"META-INF/rights.xml": '<rights xmlns="http://ns.adobe.com/adept"/>'}),
        3,
        "Adobe",
    )
    yield BadBook("lcp.epub", lambda: with_files({"META-INF/license.lcpl": "{}"}), 3, "LCP")
    fonts = "http://www.idpf.org/2008/embedding"
    yield BadBook("fonts.epub", lambda: with_files({"META-INF/encryption.xml": encryption(fonts)}), 0)
    # packages
    yield BadBook("no-container.epub", lambda: epub(None, container=None), 0)
    yield BadBook("bad-container.epub", lambda: epub(None, container="<container"), 0)
    yield BadBook("no-package.epub", lambda: epub(None, opf=None), 3)
    yield BadBook("bad-package.epub", lambda: epub(None, opf=b"\0\1\2"), 3, "not XML")
    yield BadBook("no-spine.epub", lambda: epub(None, opf=package(item("a.xhtml"), "")), 0)
    yield BadBook("no-items.epub", lambda: epub(None, opf=package("", "")), 3)
    yield BadBook(
        "missing.epub", lambda: epub(None, opf=package(item("b.xhtml"), ref("b.xhtml"))), 3, "missing"
    )
    yield BadBook("one-missing.epub", lambda: epub(None, opf=package(
        item("a.xhtml") + item("b.xhtml"), ref("a.xhtml") + ref("b.xhtml"))), 0)  # fmt: skip
    yield BadBook("circle.epub", circle, 0)
    yield BadBook("same-ids.epub", same_ids, 0)
    yield BadBook("ncx.epub", contents_only, 0)
    yield BadBook("escape.epub", lambda: epub(None, opf=elsewhere("../../../../etc/passwd")), 3)
    yield BadBook("remote.epub", lambda: epub(None, opf=elsewhere("http://localhost:9/a")), 3)
    yield BadBook("entities-in-package.epub", lambda: epub(None, opf=(
        '<!DOCTYPE p [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
        + package(item("a.xhtml"), ref("a.xhtml"), metadata="<dc:title>A &x;</dc:title>"))), 0)  # fmt: skip
    yield BadBook("long-title.epub", long_title, 0)
    yield BadBook("odd-metadata.epub", odd_metadata, 0)
    yield BadBook("fixed.epub", fixed_layout, 0)
    # documents
    yield BadBook("laughs.epub", laughs, 0)
    yield BadBook("system.epub", lambda: outside("SYSTEM"), 0)
    yield BadBook("public.epub", lambda: outside('PUBLIC "x"'), 0)
    yield BadBook("images.epub", lambda: body('<img src="a.jpg" alt=""/>'), 3, "no text")
    yield BadBook("hidden.epub", lambda: body("<p hidden='hidden'>secret</p>"), 3)
    yield BadBook("script.epub", lambda: body("<script>while(1){}</script>"), 3)
    yield BadBook("symbols.epub", lambda: body("<p>* * * —— ☃</p>"), 3)
    yield BadBook("unclosed.epub", lambda: body(f"<p>{TEXT}<div><i>"), 0)
    yield BadBook("crossed.epub", lambda: body(f"<b><p>{TEXT}</b></p>"), 0)
    yield BadBook("not-xml.epub", lambda: epub({"a.xhtml": f"<p>{TEXT} & < >"}), 0)
    yield BadBook("deep.epub", lambda: body("<div>" * 20_000 + TEXT + "</div>" * 20_000), 0)
    yield BadBook("attribute.epub", lambda: body(f'<p class="{noise()}">{TEXT}</p>'), 0)
    yield BadBook("many-attributes.epub", lambda: body(
        "<p " + " ".join(f'a{n}="1"' for n in range(20_000)) + f">{TEXT}</p>"), 0)  # fmt: skip
    yield BadBook("controls.epub", lambda: body(f"<p>\x07{TEXT}&#0;&#x1f;\ufffe</p>"), 0)
    yield BadBook("latin.epub", lambda: epub({"a.xhtml": GOOD.replace("utf-8", "latin-1").replace(
        "Rain", "Räin").encode("latin-1")}), 0)  # fmt: skip
    yield BadBook("lying.epub", lambda: epub({"a.xhtml": GOOD.replace("Rain", "Räin").encode("utf-16")}), 0)
    yield BadBook("unknown-encoding.epub", lambda: epub({"a.xhtml": GOOD.replace("utf-8", "x-klingon")}), 0)
    yield BadBook("marks.epub", lambda: body(f"<p>{'a' + chr(0x301) * 3000} {TEXT}</p>"), 0)
    yield BadBook("right-to-left.epub", lambda: body(f"<p dir='rtl'>שלום עולם. {TEXT} مرحبا</p>"), 0)
    yield BadBook("only-hebrew.epub", lambda: body("<p dir='rtl'>שלום עולם</p>"), 3)
    yield BadBook("one-word.epub", lambda: body(f"<p>{'a' * 3000}</p>"), 0)
    yield BadBook("digits.epub", lambda: body(f"<p>{'9' * 3000}</p>"), 0)
    yield BadBook("spaces.epub", lambda: body("<p>" + "\u200b\u2003\u00a0" * 9000 + TEXT + "</p>"), 0)
    yield BadBook("emoji.epub", lambda: body(f"<p>{'👩‍👩‍👧‍👦' * 500}{TEXT}</p>"), 0)
    yield BadBook("chapters.epub", lambda: chapters(300), 0)
    yield BadBook("thousands.epub", lambda: chapters(3000), 2, "999 chapters")
    # plain text
    yield BadBook("lone.txt", just(b"\xff\xfe"), 3)
    yield BadBook("bad-utf8.txt", just(b"Rain \xc3\x28 fell. \xf0\x28\x8c\x28 Good night."), 0)
    yield BadBook("gb.txt", as_text("雨下了一整夜。他没有睡。" * 5, "gb18030"), 0)
    yield BadBook("utf16.txt", as_text(TEXT, "utf-16"), 0)
    yield BadBook("utf16-odd.txt", lambda: TEXT.encode("utf-16") + b"\n", 0)
    yield BadBook("zeroes.txt", just(b"Rain\0fell\0all night."), 3, "neither")
    yield BadBook(
        "html.txt", as_text(f"<html><body><p>{TEXT}</p><script>x</script></body></html>", "utf-8"), 0
    )
    yield BadBook("fences.md", as_text("```\n" * 999 + TEXT, "utf-8"), 0)
    yield BadBook("quotes.md", as_text(">" * 5000 + TEXT, "utf-8"), 0)
    yield BadBook("links.md", as_text("[" * 5000 + TEXT + "](" * 5000, "utf-8"), 0)
    yield BadBook("-rf.txt", as_text(TEXT, "utf-8"), 0)
    yield BadBook("new\nline.txt", as_text(TEXT, "utf-8"), 0)
    yield BadBook("%s{0}$(id)`id`;'\".txt", as_text(TEXT, "utf-8"), 0)
