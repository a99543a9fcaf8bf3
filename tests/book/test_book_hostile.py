from __future__ import annotations

import contextlib
import errno
import io
import os
import threading
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from make_epub import CONTAINER, make_epub, make_zip, nav, page

from ttsbook.book import archive, read_book, read_stream
from ttsbook.errors import InputError
from ttsbook.types import Book

GOOD = {"a.xhtml": page("<p>good</p>")}
ENCRYPTION = (
    '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container" xmlns:enc="http://www.w3.org/2001/04/xmlenc#">'
    '<enc:EncryptedData><enc:EncryptionMethod Algorithm="{}"/></enc:EncryptedData></encryption>'
)


def spoken(book: Book) -> str:
    return " ".join(block.text for chapter in book.chapters for block in chapter.blocks)


def refusal(data: bytes) -> InputError:
    with pytest.raises(InputError) as caught:
        read_stream(data, "evil.epub")
    assert "evil.epub" in caught.value.message
    assert caught.value.hint
    return caught.value


@pytest.mark.parametrize(
    ("name", "content", "scheme"),
    [
        (
            "META-INF/encryption.xml",
            ENCRYPTION.format("http://www.w3.org/2001/04/xmlenc#aes128-cbc"),
            "unknown",
        ),
        ("META-INF/rights.xml", '<rights xmlns="http://ns.adobe.com/adept"/>', "Adobe"),
        ("META-INF/license.lcpl", "{}", "LCP"),
    ],
)
def test_copy_protection_is_named_and_refused(name: str, content: str, scheme: str) -> None:
    error = refusal(make_epub(GOOD, files={name: content}))
    assert "DRM" in error.message
    assert scheme in error.message


def test_a_book_that_is_there_as_a_pdf_too_is_read() -> None:
    first = '<rootfiles><rootfile full-path="a.pdf" media-type="application/pdf"/>'
    files = {"META-INF/container.xml": CONTAINER.replace("<rootfiles>", first), "a.pdf": b"%PDF-1.7 ..."}
    assert spoken(read_stream(make_epub(GOOD, files=files))) == "good"


def test_obfuscated_fonts_are_no_copy_protection() -> None:
    encryption = ENCRYPTION.format("http://www.idpf.org/2008/embedding")
    assert spoken(read_stream(make_epub(GOOD, files={"META-INF/encryption.xml": encryption}))) == "good"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"%PDF-1.7 ...", "PDF"),
        (b"\0" * 60 + b"BOOKMOBI", "Kindle"),
        (b'\xef\xbb\xbf{"ttsbook_plan": 1, "source": "a.epub"}\n', "plan"),
        (b'<?xml version="1.0" encoding="utf-8"?>\n<FictionBook xmlns="x"><body/></FictionBook>', "FB2"),
        ("<?xml version='1.0'?><!-- a --><FictionBook>".encode("utf-16"), "FB2"),
        (b'<?xml version="1.0"?>\n<TEI><text>Words.</text></TEI>', "XML"),
        (b"% a thesis\n\n\\documentclass{book}\n\\begin{document}", "LaTeX"),
        (b"\xef\xbb\xbf1\r\n00:00:01,000 --> 00:00:02,500\r\nHello there.\r\n", "subtitles"),
        (b"WEBVTT\n\n00:01.000 --> 00:02.500\nHello there.\n", "subtitles"),
        (b"", "empty"),
        (b"  \n\n", "empty"),
        (bytes(range(256)) * 40, "neither"),
        (b"PK\x03\x04 cut off", "zip"),
        (make_epub(GOOD)[:-40], "zip"),
        (make_zip({"word/document.xml": "<w/>"}), "not an EPUB"),
        (make_epub({"a.xhtml": page('<img src="scan.jpg" alt=""/>')}), "1 images and no text"),
        (make_epub({}), "0 documents"),
        (make_epub({"a.xhtml": "-"}), "missing"),
        (make_zip({"META-INF/container.xml": CONTAINER, "OEBPS/content.opf": b"\0\1\2"}), "not XML"),
    ],
)
def test_what_is_no_book_is_refused_in_words(data: bytes, words: str) -> None:
    assert words in refusal(data).message


@pytest.mark.parametrize(
    "text",
    [
        "1\n\n00:00 was on the clock.\n",
        "<break time='1s'/> Now.",
        "\\documentless",
        '<?xml version="1.0"?>\n<?xml-stylesheet href="a.css"?>\n<html><body><p>Words.</p></body></html>',
    ],
)
def test_what_only_looks_like_another_format_is_read(text: str) -> None:
    assert "<" not in spoken(read_stream(text.encode()))


def test_missing_files_and_folders_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "no.epub", tmp_path):
        with pytest.raises(InputError, match="cannot read"):
            read_book(path)


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    assert "times its size" in refusal(make_epub({"a.xhtml": b" " * (80 << 20)})).message


def test_a_file_beyond_the_size_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_ENTRY_BYTES", 2000)
    assert "unpacks to more than" in refusal(make_epub({"a.xhtml": page("<p>x</p>" * 1000)})).message


def test_all_files_together_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_TOTAL_BYTES", 20_000)
    pages = {f"{n}.xhtml": page("<p>some text</p>" * 300) for n in range(10)}
    assert "unpacks to more than" in refusal(make_epub(pages)).message


def test_too_many_files_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_ENTRIES", 3)
    assert "files in the archive" in refusal(make_epub({**GOOD, "b.xhtml": page("<p>x</p>")})).message


def test_an_encrypted_zip_is_refused() -> None:
    data = bytearray(make_epub(GOOD))
    at = -1
    while (at := data.find(b"PK\x01\x02", at + 1)) >= 0:  # set the bit in every directory entry
        data[at + 8] |= 1
    assert "password" in refusal(bytes(data)).message


def test_links_never_lead_out_of_the_archive() -> None:
    assert archive.resolve("OEBPS/a.xhtml", "../../../etc/passwd") == ("", "")
    assert archive.resolve("OEBPS/a.xhtml", "%2e%2e/%2e%2e/etc/passwd") == ("", "")
    assert archive.resolve("OEBPS/a.xhtml", "file:///etc/passwd") == ("", "")
    assert archive.resolve("OEBPS/t/a.xhtml", "../b%20c.xhtml#x%20y") == ("OEBPS/b c.xhtml", "x y")


def test_entries_with_names_that_lead_out_are_never_read() -> None:
    evil = {"OEBPS/../../a.xhtml": page("<p>evil</p>"), "/etc/x": "x", "C:\\x": "x"}
    assert spoken(read_stream(make_epub(GOOD, files=evil))) == "good"


def test_external_and_nested_entities_are_never_resolved(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET", encoding="utf-8")
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    doctype = f'<!DOCTYPE html [<!ENTITY l0 "lol">{laughs}<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
    text = page("<p>a &x; &l11; &nbsp;&eacute; b</p>").replace("<!DOCTYPE html>", doctype)
    book = read_stream(make_epub({"a.xhtml": text}))
    assert spoken(book) == "a &x; &l11; é b"
    assert any("unknown entity &x;" in repair for repair in book.repairs)


def test_entities_in_the_package_are_never_resolved(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET", encoding="utf-8")
    with zipfile.ZipFile(io.BytesIO(make_epub(GOOD))) as source:
        content: dict[str, str | bytes] = {name: source.read(name) for name in source.namelist()}
    package = bytes(content["OEBPS/content.opf"]).decode().replace("A Book", "A &x; Book")  # type: ignore[arg-type]
    content["OEBPS/content.opf"] = f'<!DOCTYPE p [<!ENTITY x SYSTEM "{secret.as_uri()}">]>{package}'
    assert "SECRET" not in read_stream(make_zip(content)).metadata.title


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<p>AT&T & more < less</p>", "AT&T & more < less"),
        ("<p>one<p>two</i></div>", "one two"),
        ("<p epub:nothing:odd='1'>one</p>", "one"),
        ("<p>a\x07b&#x1f;c&#0;d</p>", "abcd"),
        ("<p>one", "one"),
        ("<div>" * 1000 + "<p>deep</p>" + "</div>" * 1000, "deep"),
        ("<div>" * 50_000 + "<p>deep</p>" + "</div>" * 50_000, "deep"),
        ("<script/><p>kept</p><title/><p>kept too</p>", "kept kept too"),
    ],
)
def test_bad_markup_is_read_and_the_repair_stated(body: str, expected: str) -> None:
    book = read_stream(make_epub({"a.xhtml": page(body).removesuffix("</body></html>")}))
    assert "".join(spoken(book).split()).replace("\ufffd", "") == expected.replace(" ", "")
    assert any("OEBPS/a.xhtml" in repair for repair in book.repairs)


def test_a_missing_document_is_stated_and_the_rest_read() -> None:
    book = read_stream(make_epub({**GOOD, "gone.xhtml": "-"}))
    assert spoken(book) == "good"
    assert any("gone.xhtml is missing" in repair for repair in book.repairs)


def test_a_damaged_document_is_stated_and_the_rest_read() -> None:
    data = bytearray(make_epub({**GOOD, "b.xhtml": page("<p>" + "abc" * 50 + "</p>")}))
    at = data.find(b"OEBPS/b.xhtml") + len("OEBPS/b.xhtml")
    data[at + 5 : at + 30] = b"\xff" * 25
    book = read_stream(bytes(data))
    assert spoken(book) == "good"
    assert any("b.xhtml is damaged" in repair for repair in book.repairs)


@pytest.mark.parametrize("error", [MemoryError(), OSError(errno.EIO, "Input/output error")])
def test_a_document_that_this_machine_cannot_read_is_no_damage_to_go_on_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    data = make_epub({"a.xhtml": page("<p>good</p>"), "b.xhtml": page("<p>good too</p>")})
    (tmp_path / "a.epub").write_bytes(data)
    unpack = zipfile.ZipExtFile.read

    def fail(file: zipfile.ZipExtFile, n: int = -1) -> bytes:
        if str(file.name).endswith("b.xhtml"):
            raise error
        return unpack(file, n)

    monkeypatch.setattr(zipfile.ZipExtFile, "read", fail)
    with pytest.raises((MemoryError, InputError)):
        read_book(tmp_path / "a.epub")


def test_a_damaged_document_that_is_packed_otherwise_is_stated_too() -> None:
    spine = '<itemref idref="a.xhtml"/><itemref idref="b"/>'
    manifest = '<item id="b" href="b.xhtml" media-type="text/html"/>'
    packed = io.BytesIO(make_epub(GOOD, spine=spine, manifest=manifest))
    with zipfile.ZipFile(packed, "a", zipfile.ZIP_LZMA) as archive:
        archive.writestr("OEBPS/b.xhtml", page("<p>" + "abc" * 50 + "</p>"))
    data = bytearray(packed.getvalue())
    at = data.find(b"OEBPS/b.xhtml\t") + len("OEBPS/b.xhtml")  # \t: the first byte of what is packed
    data[at + 12 : at + 40] = b"\xff" * 28
    book = read_stream(bytes(data))
    assert spoken(book) == "good"
    assert any("b.xhtml is damaged" in repair for repair in book.repairs)


def test_a_document_named_twice_is_read_once() -> None:
    spine = '<itemref idref="a.xhtml"/><itemref idref="a.xhtml"/><itemref idref="nothing"/>'
    book = read_stream(make_epub(GOOD, spine=spine))
    assert spoken(book) == "good"
    assert any("twice" in repair for repair in book.repairs)
    assert any("'nothing'" in repair for repair in book.repairs)


def test_fallbacks_in_a_circle_end() -> None:
    manifest = (
        '<item id="x" href="x.foo" media-type="foo/bar" fallback="y"/>'
        '<item id="y" href="y.foo" media-type="foo/bar" fallback="x"/>'
    )
    spine = '<itemref idref="x"/><itemref idref="a.xhtml"/>'
    book = read_stream(
        make_epub(GOOD, spine=spine, manifest=manifest, files={"OEBPS/x.foo": "x", "OEBPS/y.foo": "y"})
    )
    assert spoken(book) == "good"
    assert any("not a text" in repair for repair in book.repairs)


def test_contents_that_lead_nowhere_are_stated() -> None:
    contents = nav('<li><a href="gone.xhtml">Gone</a></li><li><a href="a.xhtml#gone">Here</a></li>')
    book = read_stream(make_epub(GOOD, nav=contents))
    assert [chapter.title for chapter in book.chapters] == ["Here"]
    assert any("'Gone'" in repair for repair in book.repairs)
    assert any("'gone'" in repair for repair in book.repairs)


def test_a_book_without_container_or_spine_is_read_in_the_order_of_the_manifest() -> None:
    data = make_epub(
        {**GOOD, "b.xhtml": page("<p>more</p>")}, spine="", files={"META-INF/container.xml": "<x/>"}
    )
    book = read_stream(data)
    assert spoken(book) == "good more"
    assert len(book.repairs) >= 2


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_damage_to_a_file_gives_anything_but_a_book_or_a_refusal(data: st.DataObject) -> None:
    damaged = bytearray(make_epub(GOOD, nav=nav('<li><a href="a.xhtml">A</a></li>')))
    for _ in range(data.draw(st.integers(1, 8))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.one_of(st.none(), st.integers(0, len(damaged))))
    with contextlib.suppress(InputError):  # any other exception fails the test
        assert read_stream(bytes(damaged[:cut])).chapters


@pytest.mark.parametrize("data", [f"{'One word after another. ' * 1000}\n".encode(), make_epub(GOOD)])
def test_a_pipe_is_read_once_and_whole(data: bytes, tmp_path: Path) -> None:
    """`<(command)` is one: its first bytes, looked at to tell the format, were missing from the book."""
    path = tmp_path / "book"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_bytes, args=(data,))
    writer.start()
    book = read_book(path)
    writer.join()
    assert spoken(book) == spoken(read_stream(data))
    assert (book.source, book.sha256) == (str(path), read_stream(data).sha256)
