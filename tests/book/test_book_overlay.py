"""Books that are read along: spans around sentences, nothing lost, and epubcheck has nothing to say."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from epubcheck import complaints, needs_epubcheck
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from make_epub import make_epub, ncx, page

from ttsbook.book.archive import MAX_ENTRY_BYTES
from ttsbook.book.markup import parse_whole
from ttsbook.book.overlay.mark import mark_document
from ttsbook.book.overlay.minimal import place_of
from ttsbook.book.overlay.narration import Narration, Par, Sentence
from ttsbook.book.overlay.rebuild import XHTML
from ttsbook.book.overlay.smil import clock_value, relative
from ttsbook.book.overlay.write import check_source, write_readalong
from ttsbook.book.printed import visible
from ttsbook.book.read import read_book
from ttsbook.book.rules import BLOCK_TAGS
from ttsbook.book.xhtml import read_document
from ttsbook.errors import InputError
from ttsbook.types import Block, BlockKind, Book, Chapter, Metadata

SAMPLE = Path(__file__).parents[1] / "data" / "sample.epub"
AUDIO = Path(__file__).parents[1] / "data" / "clip.opus"
SMIL = "{http://www.w3.org/ns/SMIL}"
SENTENCE = re.compile(r"[^.]+\.?”?\s*")


def sentences_of(blocks: Sequence[Block], places: Sequence[object] | None = None) -> list[Sentence]:
    """Say each sentence for a second, and each of its words for as long as it has letters."""
    found: list[Sentence] = []
    for index, block in enumerate(blocks):
        place = places[index] if places else block.place
        for match in SENTENCE.finditer(block.text):
            if not re.search(r"\w", match.group()):
                continue
            begin = 1000 * len(found)
            at = match.start()
            words = tuple((at + w.start(), begin + w.start()) for w in re.finditer(r"\w+", match.group()))
            found.append(Sentence(place, at, match.end(), 0, begin, begin + 1000, words))  # type: ignore[arg-type]
    return found


def marked(body: str) -> tuple[etree._Element, etree._Element, tuple[Par, ...], list[Block], list[Sentence]]:
    """Mark a page; return it before and after, what was marked, its blocks and sentences."""
    data = page(body).encode()
    before, root = parse_whole(data), parse_whole(data)
    read = read_document(root, "a.xhtml")
    blocks = [item for item in read.items if isinstance(item, Block)]
    sentences = sentences_of(blocks)
    pars = mark_document(root, blocks, read.traces, sentences)
    return before, root, pars, blocks, sentences


def spans(root: etree._Element) -> list[str]:
    return ["".join(span.itertext()) for span in root.iter(f"{{{XHTML}}}span") if span.get("id")]


def bare(root: etree._Element) -> str:
    """Return a page without the spans that were added."""
    for span in list(root.iter(f"{{{XHTML}}}span")):
        if str(span.get("id")).startswith("said"):
            span.tag = "added"
    etree.strip_tags(root, "added")
    return str(etree.tostring(root, encoding="unicode"))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<p>One. Two.</p>", ["One.", "Two."]),
        ("<p>He <i>never</i> said so. <b>Ever.</b></p>", ["He never said so.", "Ever."]),
        ("<p><i>One. Two</i> three.</p>", ["One.", "Two", "three."]),
        ("<p>A <a href='#n'>link. And</a> more.</p>", ["A", "link.", "And", "more."]),
        ("<p>One<br/>two. Three.</p>", ["Onetwo.", "Three."]),
        ("<p>One <!-- a remark -->two.</p>", ["One two."]),
        ("<p>Water<a epub:type='noteref' href='#n'>1</a> is wet.</p>", ["Water1 is wet."]),
        ("<table><tr><td>Height</td><td>two metres</td></tr></table>", ["Height", "two metres"]),
        (
            "<div class='poem'><div>Roses are red,</div><div>so are you.</div></div>",
            ["Roses are red,", "so are you."],
        ),
        ("<h1>I</h1><p>One.</p><hr/><p>Two.</p>", ["I", "One.", "Two."]),
        ("<div>Loose text. <p>A paragraph.</p> More.</div>", ["Loose text.", "A paragraph.", "More."]),
    ],
)
def test_each_sentence_has_as_few_elements_as_its_markup_allows(body: str, expected: list[str]) -> None:
    before, root, pars, _, _ = marked(body)
    assert spans(root) == expected
    assert len(pars) == len(expected)
    assert "".join(root.itertext()) == "".join(before.itertext())
    assert bare(root) == etree.tostring(before, encoding="unicode")


def test_pieces_of_a_sentence_share_its_time_by_its_words() -> None:
    _, _, pars, _, sentences = marked("<p><i>One. Two</i> three. Four.</p>")
    assert [(par.begin_ms, par.end_ms) for par in pars] == [
        (0, 1000),
        (1000, 1004),
        (1004, 2000),
        (2000, 3000),
    ]
    assert sentences[1].words[1][1] == 1004


def test_an_image_that_is_read_gets_the_highlight_itself() -> None:
    _, root, pars, _, _ = marked('<p>Look.</p><p><img src="a.png" alt="A red house"/></p>')
    (image,) = root.iter(f"{{{XHTML}}}img")
    assert [par.id for par in pars] == [spans_id(root, "Look."), image.get("id")]


def spans_id(root: etree._Element, text: str) -> str:
    return next(str(s.get("id")) for s in root.iter(f"{{{XHTML}}}span") if "".join(s.itertext()) == text)


def test_ids_of_the_book_are_not_taken() -> None:
    _, root, _, _, _ = marked('<p id="said1">One.</p><p>Two.</p>')
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert sorted(ids) == ["said1", "said2", "said3"]


TEXTS = st.sampled_from(["One. ", "two", " three. Four", ". ", " ", "五。", "six”", ""])
INLINE = st.recursive(
    TEXTS,
    lambda inner: st.builds(
        lambda tag, parts: f"<{tag}>{''.join(parts)}</{tag}>",
        st.sampled_from(["i", "b", "span", "a", "ruby"]),
        st.lists(inner, max_size=4),
    ),
    max_leaves=12,
)


@given(st.lists(st.lists(INLINE, max_size=5), min_size=1, max_size=3))
@settings(max_examples=150, deadline=None)
def test_whatever_the_markup_nothing_is_lost_and_all_is_marked(paragraphs: list[list[str]]) -> None:
    before, root, pars, blocks, sentences = marked("".join(f"<p>{''.join(p)}</p>" for p in paragraphs))
    assert "".join(root.itertext()) == "".join(before.itertext())
    tags = [element.tag for element in root.iter() if not str(element.get("id")).startswith("said")]
    assert tags == [element.tag for element in before.iter()]
    shown = "".join(visible(block.text[s.start : s.end]) for block, s in _with_blocks(blocks, sentences))
    assert visible("".join(spans(root))) == shown
    for span in root.iter(f"{{{XHTML}}}span"):
        assert not any(etree.QName(e).localname in BLOCK_TAGS for e in span.iter() if isinstance(e.tag, str))
    ends = [par.end_ms for par in pars]
    assert [par.begin_ms for par in pars] == [0, *ends][: len(pars)]


def _with_blocks(blocks: list[Block], sentences: list[Sentence]) -> list[tuple[Block, Sentence]]:
    return [(blocks[sentence.place.index], sentence) for sentence in sentences]


def test_clock_values_and_links() -> None:
    assert clock_value(0) == "0:00:00.000"
    assert clock_value(((31 * 60 + 5) * 60 + 7) * 1000 + 89) == "31:05:07.089"
    assert relative("EPUB/readalong/001.smil", "EPUB/text/a b.xhtml") == "../text/a%20b.xhtml"
    assert relative("book.opf", "readalong/001.smil") == "readalong/001.smil"


def narrate(book: Book, source: Path | None, output: Path) -> list[str]:
    """Write the read-along book with the same sound for every sentence; return what was told."""
    told: list[str] = []
    blocks = [(chapter, n, block) for chapter in book.chapters for n, block in enumerate(chapter.blocks)]
    places = [block.place or place_of(chapter, n) for chapter, n, block in blocks]
    sentences = sentences_of([block for _, _, block in blocks], places)
    narration = Narration(1, tuple(sentences), "Ann", "made by a test")
    with open(output, "wb") as handle:
        write_readalong(handle, book, source, narration, [AUDIO], told.append)
    return told


def names_and_bytes(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_book_keeps_all_its_files_and_gains_the_narration(tmp_path: Path) -> None:
    output = tmp_path / "out.epub"
    assert narrate(read_book(SAMPLE), SAMPLE, output) == []
    old, new = names_and_bytes(SAMPLE), names_and_bytes(output)
    assert next(iter(new)) == "mimetype"
    assert set(new) - set(old) == {
        "EPUB/readalong/001.m4a", "EPUB/readalong/readalong.css",
        *(f"EPUB/readalong/{number:03d}.smil" for number in range(1, 5)),
    }  # fmt: skip
    same = {name for name in old if old[name] == new[name]}
    assert same == {"mimetype", "META-INF/container.xml", "EPUB/nav.xhtml", "EPUB/cover.png"}
    package = etree.fromstring(new["EPUB/book.opf"])
    durations = [
        (meta.get("refines"), meta.text)
        for meta in package.iter("{*}meta")
        if meta.get("property") == "media:duration"
    ]
    total = sum(_ms(text) for refines, text in durations if refines)
    assert [_ms(text) for refines, text in durations if not refines] == [total]
    overlays = {item.get("href"): item.get("media-overlay") for item in package.iter("{*}item")}
    assert overlays["crow.xhtml"] is not None
    assert overlays["nav.xhtml"] is None
    for number in range(1, 5):
        smil = etree.fromstring(new[f"EPUB/readalong/{number:03d}.smil"])
        document = etree.fromstring(
            new[f"EPUB/{next(smil.iter(f'{SMIL}text')).get('src')[3:].partition('#')[0]}"]
        )
        ids = {element.get("id") for element in document.iter()}
        assert {text.get("src").partition("#")[2] for text in smil.iter(f"{SMIL}text")} <= ids


def _ms(clock: str) -> int:
    hours, minutes, seconds = clock.split(":")
    return round((int(hours) * 60 + int(minutes)) * 60_000 + float(seconds) * 1000)


def test_the_same_narration_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.epub", "b.epub"):
        narrate(read_book(SAMPLE), SAMPLE, tmp_path / name)
    assert (tmp_path / "a.epub").read_bytes() == (tmp_path / "b.epub").read_bytes()


def test_an_earlier_narration_gives_way(tmp_path: Path) -> None:
    first, second = tmp_path / "a.epub", tmp_path / "b.epub"
    narrate(read_book(SAMPLE), SAMPLE, first)
    narrate(read_book(first), first, second)
    package = etree.fromstring(names_and_bytes(second)["EPUB/book.opf"])
    smils = [item for item in package.iter("{*}item") if item.get("media-type") == "application/smil+xml"]
    assert [item.get("href") for item in smils] == [f"readalong2/{number:03d}.smil" for number in range(1, 5)]


def test_a_package_that_is_no_xml_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bad.epub"
    data = make_epub({"a.xhtml": page("<p>One.</p>")})
    content = {
        name: zipfile.ZipFile(io.BytesIO(data)).read(name)
        for name in zipfile.ZipFile(io.BytesIO(data)).namelist()
    }
    content["OEBPS/content.opf"] = content["OEBPS/content.opf"].replace(b"</metadata>", b"")
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in content.items():
            archive.writestr(name, text)
    with pytest.raises(InputError, match="not XML"):
        narrate(read_book(path), path, tmp_path / "out.epub")


def test_a_file_that_is_too_large_to_be_copied_is_refused_before_the_work(tmp_path: Path) -> None:
    path = tmp_path / "large.epub"
    path.write_bytes(make_epub({"a.xhtml": page("<p>One.</p>")}, files={"a.mp4": bytes(MAX_ENTRY_BYTES + 1)}))
    with pytest.raises(InputError, match=r"a\.mp4 has 64 MB"):
        check_source(read_book(path), path)


def test_characters_that_xml_cannot_hold_cost_no_text(tmp_path: Path) -> None:
    path, output = tmp_path / "controls.epub", tmp_path / "out.epub"
    path.write_bytes(make_epub({"a.xhtml": page("<p>One\x01 two\x0c three.<br> Four &#3; five.</p>")}))
    narrate(read_book(path), path, output)
    body = etree.fromstring(names_and_bytes(output)["OEBPS/a.xhtml"]).find("{*}body")
    words = re.findall(r"[A-Za-z]+", "".join(body.itertext()))
    assert words == ["One", "two", "three", "Four", "five"]


OLD_PAGE = page(
    '<center><h1 align="center">One</h1></center>'
    '<p align="justify"><a name="start"></a>He said <big>so</big>. <tt>Type</tt>,'
    ' <font color="#f00" size="4">red</font>.</p>'
    '<table border="1" cellpadding="3" cellspacing="0" width="100%" summary="x"><tr valign="top">'
    '<td width="50" nowrap="nowrap" bgcolor="#eee">Cell one</td><td align="right">Cell two</td></tr></table>'
    '<ul type="disc" compact="compact"><li>An item.</li></ul><p>Line<br clear="all"/>end.</p>'
    '<hr width="50%" noshade="noshade"/>'
    '<p><img src="pixel.png" alt="A pixel" width="50%" border="0" align="left"/> After.'
    ' <acronym title="x">ABC</acronym> <strike>no</strike></p>'
).replace("<head>", '<head><meta http-equiv="Content-Type" content="application/xhtml+xml; charset=utf-8"/>')
OLD_ID = "urn:uuid:0b4e7a9c-4f8e-4f0f-9a5e-2c9f3f1d2a11"
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000002"
    "000001e221bc330000000049454e44ae426082"
)


def old_book(path: Path) -> Path:
    """Write an EPUB 2 as they were made: attributes on Dublin Core, an NCX, presentational markup."""
    data = make_epub(
        {"one.xhtml": OLD_PAGE, "two.xhtml": page("<h1>Two</h1><p>The end.</p>")},
        ncx=ncx(
            '<navPoint id="n1" playOrder="1"><navLabel><text>One</text></navLabel><content src="one.xhtml"/>'
            '<navPoint id="n2" playOrder="2"><navLabel><text>Inside</text></navLabel>'
            '<content src="one.xhtml#start"/></navPoint></navPoint>'
            '<navPoint id="n3" playOrder="3"><navLabel><text>Two</text></navLabel><content src="two.xhtml"/>'
            '</navPoint><navPoint id="n4" playOrder="4"><navLabel><text>The maker</text></navLabel>'
            '<content src="http://example.com/"/></navPoint>'
        ),
        metadata=(
            "<dc:title>Old</dc:title><dc:language>en</dc:language>"
            f'<dc:creator opf:role="aut" opf:file-as="B, A">A B</dc:creator>'
            f'<dc:identifier id="uid" opf:scheme="UUID">{OLD_ID}</dc:identifier>'
            '<dc:date opf:event="publication">1901</dc:date>'
            '<dc:date opf:event="creation">1900</dc:date><dc:rights></dc:rights>'
            '<meta name="cover" content="pixel"/>'
        ),
        manifest='<item id="pixel" href="pixel.png" media-type="image/png"/>',
        files={"OEBPS/pixel.png": PIXEL},
    )
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(path, "w") as out:
        for name in archive.namelist():
            text = archive.read(name)
            if name.endswith(".opf"):
                text = text.replace(b'version="3.0"', b'version="2.0" unique-identifier="uid"').replace(
                    b"<guide></guide>", b""
                )
            if name.endswith(".ncx"):
                head = f'<head><meta name="dtb:uid" content="{OLD_ID}"/></head>'.encode()
                text = text.replace(b"<navMap>", head + b"<docTitle><text>Old</text></docTitle><navMap>")
                text = text.replace(b"<ncx ", b'<ncx version="2005-1" ')
            out.writestr(name, text)
    return path


def test_an_epub_2_becomes_an_epub_3_and_keeps_its_text(tmp_path: Path) -> None:
    source, output = old_book(tmp_path / "old.epub"), tmp_path / "new.epub"
    narrate(read_book(source), source, output)
    old, new = names_and_bytes(source), names_and_bytes(output)
    for name in ("OEBPS/one.xhtml", "OEBPS/two.xhtml"):
        body = [etree.fromstring(files[name]).find("{*}body") for files in (old, new)]
        assert "".join(body[0].itertext()) == "".join(body[1].itertext())
    text = new["OEBPS/one.xhtml"].decode()
    assert 'style="text-align: center"' in text
    assert '<a id="start"/>' in text
    assert "<center" not in text
    again = read_book(output)
    assert [chapter.title for chapter in again.chapters] == [c.title for c in read_book(source).chapters]
    assert (again.metadata.title, again.metadata.authors, again.metadata.year) == ("Old", ("A B",), "1901")
    assert again.cover is not None


def text_book(folder: Path, text: str) -> Book:
    path = folder / "book.md"
    path.write_text(text, encoding="utf-8")
    return read_book(path)


MARKDOWN = (
    "# One\n\nA *line*. Another & more.\n\n> Quoted.\n\n- an item\n\n***\n\nEnd.\n\n# 二\n\n你好。再见。\n"
)


def test_a_text_becomes_a_small_epub_with_all_its_words(tmp_path: Path) -> None:
    book = text_book(tmp_path, MARKDOWN)
    narrate(book, None, tmp_path / "out.epub")
    again = read_book(tmp_path / "out.epub")
    assert [chapter.title for chapter in again.chapters] == ["One", "二"]
    for old, new in zip(book.chapters, again.chapters, strict=True):
        assert [block.text for block in new.blocks] == [block.text for block in old.blocks]


def test_a_text_with_characters_that_xml_cannot_hold_becomes_one_too(tmp_path: Path) -> None:
    """A plan may hold them, and some of them plain text."""
    odd = "One\x01 \ufffftwo."
    chapter = Chapter(1, odd, (Block(BlockKind.VERSE, f"{odd}\n{odd}", language="e\x02n"),))
    book = Book("b", "0" * 64, Metadata(title=odd, authors=(odd,), language="e\x02n"), (chapter,))
    narrate(book, None, tmp_path / "out.epub")
    again = read_book(tmp_path / "out.epub")
    assert again.metadata.title == again.chapters[0].blocks[0].text == "One\ufffd \ufffdtwo."


@pytest.mark.slow
@needs_epubcheck
@pytest.mark.parametrize("kind", ["epub 3", "epub 2", "text"])
def test_epubcheck_has_nothing_to_say(kind: str, tmp_path: Path) -> None:
    output = tmp_path / "out.epub"
    if kind == "text":
        narrate(text_book(tmp_path, MARKDOWN), None, output)
    else:
        source = SAMPLE if kind == "epub 3" else old_book(tmp_path / "old.epub")
        narrate(read_book(source), source, output)
    assert complaints(output) == []
