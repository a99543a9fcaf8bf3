from __future__ import annotations

import pytest
from make_epub import li, make_epub, nav, ncx, page, point

from ttsbook.book import read_stream
from ttsbook.types import Block, BlockKind, Book, Chapter

JPEG = b"\xff\xd8\xff\xe0" + b"0" * 20


def titles(book: Book) -> list[str]:
    return [chapter.title for chapter in book.chapters]


def texts(chapter: Chapter) -> list[str]:
    return [block.text for block in chapter.blocks]


def test_chapters_are_the_entries_of_the_navigation_document() -> None:
    pages = {"a.xhtml": page("<h1>1</h1><p>first</p>"), "b.xhtml": page("<p>second</p>")}
    book = read_stream(make_epub(pages, nav=nav(li("One", "a.xhtml") + li("Two", "b.xhtml"))))
    assert [(chapter.index, chapter.title) for chapter in book.chapters] == [(1, "One"), (2, "Two")]
    assert texts(book.chapters[0]) == ["1", "first"]
    assert book.repairs == ()


def test_reading_order_is_the_spine_not_the_manifest_or_the_contents() -> None:
    pages = {"z.xhtml": page("<p>first</p>"), "a.xhtml": page("<p>second</p>")}
    book = read_stream(make_epub(pages, nav=nav(li("A", "a.xhtml") + li("Z", "z.xhtml"))))
    assert titles(book) == ["Z", "A"]


def test_anchors_cut_one_document_into_chapters_and_nest() -> None:
    body = '<h1>Part</h1><h2 id="c1">I</h2><p>one</p><p>two <a id="c2"/>three</p>'
    contents = nav(li("Part", "a.xhtml", li("I", "a.xhtml#c1") + li("II", "a.xhtml#c2")))
    book = read_stream(make_epub({"a.xhtml": page(body)}, nav=contents))
    assert [(c.title, c.depth, texts(c)) for c in book.chapters] == [
        ("Part", 0, ["Part"]),
        ("I", 1, ["I", "one", "two"]),
        ("II", 1, ["three"]),
    ]


def test_ncx_gives_the_chapters_of_an_old_book() -> None:
    points = point("One", "a.xhtml", point("One and a half", "a.xhtml#half")) + point("Two", "b%20c.xhtml")
    pages = {"a.xhtml": page('<p>x</p><p id="half">y</p>'), "b c.xhtml": page("<p>z</p>")}
    book = read_stream(make_epub(pages, ncx=ncx(points)))
    assert [(c.title, c.depth) for c in book.chapters] == [("One", 0), ("One and a half", 1), ("Two", 0)]


def test_an_ncx_is_known_by_its_name_too() -> None:
    entries = ncx(point("One", "a.xhtml") + point("Two", "b.xhtml"))
    manifest = '<item id="t" href="toc.ncx" media-type="text/xml"/>'
    pages = {"a.xhtml": page("<p>x</p>"), "b.xhtml": page("<p>y</p>")}
    book = read_stream(make_epub(pages, manifest=manifest, files={"OEBPS/toc.ncx": entries}))
    assert titles(book) == ["One", "Two"]


def test_a_navigation_document_may_have_lists_without_numbers() -> None:
    pages = {"a.xhtml": page("<p>x</p>"), "b.xhtml": page("<p>y</p>")}
    entries = nav(li("One", "a.xhtml", li("Two", "b.xhtml")) + "<li><ul><li>a group</li></ul></li>")
    for contents in (entries, entries.replace("ol>", "ul>")):
        book = read_stream(make_epub(pages, nav=contents))
        assert [(chapter.title, chapter.depth) for chapter in book.chapters] == [("One", 0), ("Two", 1)]


def test_documents_without_an_entry_belong_to_the_entry_before() -> None:
    pages = {name: page(f"<p>{name}</p>") for name in ("a.xhtml", "b.xhtml", "c.xhtml")}
    book = read_stream(make_epub(pages, nav=nav(li("One", "a.xhtml") + li("Two", "c.xhtml"))))
    assert [texts(chapter) for chapter in book.chapters] == [["a.xhtml", "b.xhtml"], ["c.xhtml"]]


def test_text_before_the_first_entry_is_a_chapter_of_its_own() -> None:
    pages = {"a.xhtml": page("<p>opening</p>", title="Opening"), "b.xhtml": page("<p>x</p>")}
    book = read_stream(make_epub(pages, nav=nav(li("One", "b.xhtml"))))
    assert titles(book) == ["Opening", "One"]


def test_without_contents_the_headings_give_the_chapters() -> None:
    pages = {
        "a.xhtml": page("<h1>First</h1><p>x</p><h2>section</h2><p>y</p>"),
        "b.xhtml": page("<p>goes on</p>"),
        "c.xhtml": page("<h2>Second</h2><p>x</p><h2>Third</h2><p>x</p>"),
    }
    book = read_stream(make_epub(pages))
    assert titles(book) == ["First", "Second", "Third"]
    assert "goes on" in texts(book.chapters[0])
    assert any("no table of contents" in repair for repair in book.repairs)


def test_chapters_that_all_begin_with_the_title_of_the_book_have_their_own() -> None:
    body = "<h1>My Great Book</h1><h2>Chapter {0}</h2><p>Text {0}.</p>"
    pages = {f"{n}.xhtml": page(body.format(n)) for n in (1, 2, 3)}
    book = read_stream(make_epub(pages))
    assert titles(book) == ["Chapter 1", "Chapter 2", "Chapter 3"]
    assert texts(book.chapters[1]) == ["My Great Book", "Chapter 2", "Text 2."]
    poems = {f"{n}.xhtml": page(f"<h1>Sonnet</h1><p>Text {n}.</p>") for n in (1, 2, 3)}
    assert titles(read_stream(make_epub(poems))) == ["Sonnet"] * 3


def test_pages_of_a_pdf_that_calibre_converted_lose_their_edges() -> None:
    starts = ("<p>{}The Walk</p><p>Page {} goes", "<p>{}The Walk and so page <i>{} goes</i>")
    pages = (
        starts[n % 2].format(f'<a id="p{n}"></a>', n) + (f" on {n}</p>" if n % 3 else f" on.</p><p>{n}</p>")
        for n in range(1, 9)
    )
    (chapter,) = read_stream(make_epub({"a.xhtml": page("".join(pages) + "<p>End.</p>")})).chapters
    expected = [
        f"{'and so page' if n % 2 else 'Page'} {n} goes on{'' if n % 3 else '.'}" for n in range(1, 8)
    ]
    assert texts(chapter)[:7] == expected
    marks = [block.text[mark.start : mark.end] for block in chapter.blocks for mark in block.markup]
    assert marks == [f"{n} goes" for n in (1, 3, 5, 7)]
    assert {item.reason for item in chapter.skipped} == {"running-title", "page-number"}


def test_contents_that_list_the_cover_alone_are_none() -> None:
    pages = {
        "cover.xhtml": page('<img src="c.png"/>', title="A Book"),
        "a.xhtml": page("<p>The Man with the Lip</p><p>Text.</p>", title="A Book"),
        "b.xhtml": page("<p>More text of it.</p>", title="A Book"),
        "c.xhtml": page("<p>Chapter 2</p><p>Text.</p>", title="A Book"),
        "d.xhtml": page("<h2>The End</h2><p>Text.</p>", title="A Book"),
    }
    book = read_stream(make_epub(pages, ncx=ncx(point("Start", "cover.xhtml"))))
    assert titles(book) == ["The Man with the Lip", "Chapter 2", "The End"]
    assert texts(book.chapters[0]) == ["The Man with the Lip", "Text.", "More text of it."]


def test_contents_with_one_entry_are_none_where_the_text_has_headings() -> None:
    body = '<h2 id="TOC_1">Part One<br/></h2><p>Text.</p><h2 id="TOC_2">Part Two<br/></h2><p>Text.</p>'
    start = ncx(point("Start", "a.xhtml"))  # as calibre writes it where it finds no chapters
    book = read_stream(make_epub({"a.xhtml": page(body), "b.xhtml": page("<p>On.</p>")}, ncx=start))
    assert titles(book) == ["Part One", "Part Two"]
    assert texts(book.chapters[1]) == ["Part Two", "Text.", "On."]
    assert titles(read_stream(make_epub({"a.xhtml": page("<h2>I</h2><p>x</p>")}, ncx=start))) == ["Start"]


CHAPTERS = {f"c{n}.xhtml": page(f"<h2>Chapter {n}</h2><p>Text {n}.</p>") for n in range(1, 6)}
AROUND = {"cover.xhtml": page('<img src="c.png"/>'), "title.xhtml": page("<h1>A Book</h1><p>By me.</p>")}


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"Start": "c1.xhtml"},
        {"Begin Reading": "c1.xhtml"},
        {"Contents": "toc.xhtml", "Start": "c1.xhtml"},
    ],
)
def test_contents_that_list_pages_around_the_text_and_its_start_are_none(more: dict[str, str]) -> None:
    entries = {"Cover": "cover.xhtml", "Title Page": "title.xhtml", **more}
    pages = {**AROUND, "toc.xhtml": page("<p>Words.</p>"), **CHAPTERS}
    book = read_stream(make_epub(pages, nav=nav("".join(map(li, entries, entries.values())))))
    assert titles(book) == ["A Book", *(f"Chapter {n}" for n in range(1, 6))]
    assert any("lists no chapters" in repair for repair in book.repairs)


def test_contents_that_list_one_text_with_its_title_are_followed() -> None:
    pages = {**AROUND, "a.xhtml": page("<h1>The Story</h1><p>Text.</p>")}
    entries = li("Cover", "cover.xhtml") + li("Title Page", "title.xhtml") + li("My Story", "a.xhtml")
    assert titles(read_stream(make_epub(pages, nav=nav(entries)))) == ["Title Page", "My Story"]


@pytest.mark.parametrize("title", ["Chapter {}", "The {} Walk"])
def test_chapters_that_the_contents_leave_out_begin_at_their_headings(title: str) -> None:
    names = [title.format(n) for n in ("Three", "Four")]
    last = {f"d{n}.xhtml": page(f"<h2>{name}</h2><p>Text.</p>") for n, name in enumerate(names)}
    entries = "".join(li(f"{n}.", f"c{n}.xhtml") for n in range(1, 6))
    more = {"e.xhtml": page("<p>goes on</p>"), "f.xhtml": page(f"<h3>Notes</h3><p>x</p>{last['d1.xhtml']}")}
    book = read_stream(make_epub({**CHAPTERS, **last, **more}, nav=nav(entries)))
    assert titles(book) == ["1.", "2.", "3.", "4.", "5.", *names]
    assert texts(book.chapters[-1])[2:4] == ["goes on", "Notes"]
    assert any("leave out 2 chapters" in repair for repair in book.repairs)


@pytest.mark.parametrize(
    "begin", ["", "<h2>A Section</h2>", "<h1>One</h1>", "<p>Chapter 7</p>", "<h2>Scene 2</h2>"]
)
def test_parts_of_a_chapter_in_files_of_their_own_are_no_chapters(begin: str) -> None:
    pages = {
        "a.xhtml": page("<h1>One</h1><p>x</p>"),
        "b.xhtml": page(f"{begin}<p>y</p>"),
        "c.xhtml": page("<h1>Two</h1><p>z</p>"),
    }
    entries = li("One", "a.xhtml") + li("Two", "c.xhtml")
    book = read_stream(make_epub(pages, nav=nav(entries)))
    assert titles(book) == ["One", "Two"]
    assert book.repairs == ()


def test_a_heading_above_the_anchor_goes_with_the_chapter() -> None:
    body = '<p id="a">x</p><h2>Chapter 2</h2><p id="b">y</p>'
    book = read_stream(
        make_epub({"a.xhtml": page(body)}, nav=nav(li("1", "a.xhtml#a") + li("2", "a.xhtml#b")))
    )
    assert [texts(chapter) for chapter in book.chapters] == [["x"], ["Chapter 2", "y"]]


def test_a_part_and_its_first_chapter_at_one_place_share_a_chapter() -> None:
    pages = {"a.xhtml": page("<p>x</p>")}
    book = read_stream(make_epub(pages, nav=nav(li("Part I", "a.xhtml", li("Chapter 1", "a.xhtml")))))
    assert titles(book) == ["Part I: Chapter 1"]


def test_a_place_that_is_skipped_gives_way_to_the_next_entry() -> None:
    links = "".join(f'<p><a href="#c{n}">Chapter {n}</a></p>' for n in (1, 2, 3))
    notes = '<section epub:type="footnotes" id="fn"><p>A note.</p></section>'
    body = (
        f'<h1 id="t">My Book</h1><p>By me.</p><h2 id="k">Contents</h2>{links}'
        '<h2 id="c1">Chapter 1</h2><p>x</p>'
        f'<h2 id="c2">Chapter 2</h2><p>y</p>{notes}<h2 id="c3">Chapter 3</h2><p>z</p>'
    )
    entries = {"t": "My Book", "k": "Contents", "c1": "Chapter 1", "c2": "Chapter 2", "fn": "Notes"}
    entries["c3"] = "Chapter 3"
    contents = nav("".join(li(title, f"a.xhtml#{id}") for id, title in entries.items()))
    book = read_stream(make_epub({"a.xhtml": page(body)}, nav=contents))
    assert titles(book) == ["My Book", "Chapter 1", "Chapter 2", "Chapter 3"]
    assert "Chapter 3" in [item.text for item in book.skipped if item.reason == "contents"]
    assert [item.text for item in book.skipped if item.reason == "footnote"] == ["A note."]


@pytest.mark.parametrize(
    ("first", "second", "heading", "title"),
    [
        ("Map", "Chapter 1", "<h2>Chapter 1</h2>", "Chapter 1"),
        ("Map", "1. The Start", "<h2>The Start</h2>", "Map"),
        ("Plate", "Chapter 1: The Start", "<h2>Chapter 1</h2>", "Chapter 1: The Start"),
        ("Book One", "Chapter 1", "<h2>Book One</h2><h3>Chapter 1</h3>", "Book One"),
        ("Map", "Chapter 1", "", "Map"),
    ],
)
def test_of_two_entries_at_one_place_the_one_that_the_heading_says_is_the_title(
    first: str, second: str, heading: str, title: str
) -> None:
    body = f'<div id="map"><img src="m.png" alt=""/></div><div id="c">{heading}<p>Text.</p></div>'
    contents = nav(li(first, "a.xhtml#map") + li(second, "a.xhtml#c"))
    book = read_stream(make_epub({"a.xhtml": page(body)}, nav=contents))
    assert titles(book) == [title]
    assert any("point to the same place" in repair for repair in book.repairs)


TITLES = [(1, "Fall"), (2, "Rise"), (3, "End")]
_LISTS = [
    # InDesign, LibreOffice and Word: paragraphs
    "<p>Contents</p>" + "".join(f'<p><a href="c{n}.xhtml">{n} The {t}</a> .... {n}2</p>' for n, t in TITLES),
    # Project Gutenberg: a table, with the number of the page or the title as the link
    "<h2>CONTENTS</h2><table><tr><td>CHAP.</td><td>PAGE</td></tr>"
    + "".join(
        f'<tr><td>{n}.</td><td>The {t}</td><td><a href="c{n}.xhtml#h">{n}2</a></td></tr>' for n, t in TITLES
    )
    + "</table>",
    # one paragraph, and nested lists
    "<p>" + "<br/>".join(f'<a href="c{n}.xhtml#h">Chapter {n}</a>' for n, _ in TITLES) + "</p>",
    '<ul><li>PART ONE<ul><li><a href="c1.xhtml#h">The Fall</a></li><li><a href="c2.xhtml">THE RISE</a></li>'
    '</ul></li><li>PART TWO<ul><li><a href="c3.xhtml#h">The End</a></li></ul></li></ul>',
]


@pytest.mark.parametrize("contents", _LISTS)
@pytest.mark.parametrize("is_listed", [True, False])
def test_a_printed_list_of_links_to_the_chapters_is_skipped(contents: str, is_listed: bool) -> None:
    pages = {f"c{n}.xhtml": page(f'<h2 id="h">Chapter {n}<br/>The {t}</h2><p>Text.</p>') for n, t in TITLES}
    entries = "".join(li(f"{n}. The {t}", f"c{n}.xhtml") for n, t in TITLES)
    book = read_stream(
        make_epub(
            {"a.xhtml": page(f"<p>A Book</p>{contents}"), **pages}, nav=nav(entries if is_listed else "")
        )
    )
    assert texts(book.chapters[0]) in (["A Book"], ["A Book", "PART ONE"])
    assert {item.reason for item in book.chapters[0].skipped} == {"contents"}
    assert len(book.chapters) == 4


def test_the_title_of_contents_that_are_skipped_is_no_chapter() -> None:
    contents = page(f'<h1>Table of Contents</h1><nav epub:type="toc"><ol>{li("A", "a.xhtml")}</ol></nav>')
    book = read_stream(make_epub({"toc.xhtml": contents, "a.xhtml": page("<h1>A</h1><p>Text</p>")}))
    assert titles(book) == ["A"]
    assert {item.reason for item in book.skipped} == {"contents", "navigation"}


@pytest.mark.parametrize(
    "body",
    [
        "".join(f'<p><a href="c{n}.xhtml">If you would rather fight, go there</a></p>' for n in (1, 2, 3)),
        "".join(f'<p>Chapter <a href="c{n}.xhtml">{n}</a> tells how it began.</p>' for n in (1, 2, 3)),
        "".join(f'<h2><a href="c{n}.xhtml">The {t}</a></h2>' for n, t in TITLES),
        '<p>See <a href="c1.xhtml">The Fall</a> and <a href="c2.xhtml">The Rise</a>.</p>',
    ],
)
def test_links_to_chapters_in_the_text_are_read(body: str) -> None:
    pages = {f"c{n}.xhtml": page(f"<h2>Chapter {n}: The {t}</h2><p>Text.</p>") for n, t in TITLES}
    book = read_stream(make_epub({"a.xhtml": page(body), **pages}))
    assert not [item for chapter in book.chapters for item in chapter.skipped]


def test_a_document_outside_the_reading_order_is_skipped_unless_listed() -> None:
    pages = {"a.xhtml": page("<p>x</p>"), "b.xhtml": page("<p>answers</p>"), "c.xhtml": page("<p>map</p>")}
    spine = '<itemref idref="a.xhtml"/>'
    spine += '<itemref idref="b.xhtml" linear="no"/><itemref idref="c.xhtml" linear="no"/>'
    book = read_stream(make_epub(pages, nav=nav(li("A", "a.xhtml") + li("C", "c.xhtml")), spine=spine))
    assert titles(book) == ["A", "C"]
    assert [(item.reason, item.text) for item in book.skipped] == [("not-linear", "answers")]


def test_gutenberg_licence_is_skipped_in_an_epub() -> None:
    head = "<p>The Project Gutenberg eBook of X</p><p>*** START OF THE PROJECT GUTENBERG EBOOK X ***</p>"
    tail = "<p>*** END OF THE PROJECT GUTENBERG EBOOK X ***</p><p>Section 1. Terms</p>"
    pages = {
        "a.xhtml": page(head + "<h1>I</h1><p>text</p>"),
        "b.xhtml": page("<h1>II</h1><p>more</p>" + tail),
    }
    book = read_stream(make_epub(pages))
    assert [texts(chapter) for chapter in book.chapters] == [["I", "text"], ["II", "more"]]
    assert {item.reason for chapter in book.chapters for item in chapter.skipped} == {"licence"}


def test_metadata_of_epub_3() -> None:
    metadata = (
        '<dc:title id="s">Sub</dc:title><dc:title id="t">Main</dc:title>'
        '<meta refines="#t" property="title-type">main</meta>'
        '<dc:creator id="c1">An Author</dc:creator><meta refines="#c1" property="role">aut</meta>'
        '<dc:creator id="c2">A Drawer</dc:creator><meta refines="#c2" property="role">ill</meta>'
        "<dc:language>zh-CN</dc:language><dc:publisher>House</dc:publisher><dc:date>1998-05-01</dc:date>"
        "<dc:description>&lt;p&gt;Two &lt;b&gt;words&lt;/b&gt;&lt;/p&gt;"
        "&lt;P&gt;one&lt;br/&gt;more\nword&lt;/P&gt;</dc:description>"
        "<dc:identifier>urn:isbn:1</dc:identifier>"
        '<meta property="belongs-to-collection" id="x">A Set</meta>'
        '<meta refines="#x" property="collection-type">set</meta>'
        '<meta property="belongs-to-collection" id="y">A Series</meta>'
        '<meta refines="#y" property="collection-type">series</meta>'
        '<meta refines="#y" property="group-position">2</meta>'
    )
    found = read_stream(make_epub({"a.xhtml": page("<p>x</p>")}, metadata=metadata)).metadata
    assert (found.title, found.authors, found.language) == ("Main", ("An Author",), "zh-CN")
    assert (found.publisher, found.year, found.description) == ("House", "1998", "Two words\none\nmore word")
    assert (found.series, found.series_index, found.identifiers) == ("A Series", "2", ("urn:isbn:1",))


@pytest.mark.parametrize("damage", ["", "<meta name=x/>"])
def test_a_bare_ampersand_in_a_package_file_loses_no_letters(damage: str) -> None:
    metadata = f"<dc:title>Tom & Jerry; Q&A</dc:title><dc:creator>AT&T and R&D</dc:creator>{damage}"
    contents = ncx(point("Fish & Chips", "a.xhtml"))
    book = read_stream(make_epub({"a.xhtml": page("<p>x</p>")}, metadata=metadata, ncx=contents))
    assert (book.metadata.title, book.metadata.authors) == ("Tom & Jerry; Q&A", ("AT&T and R&D",))
    assert titles(book) == ["Fish & Chips"]
    assert any("content.opf: not well-formed" in repair for repair in book.repairs)


def test_metadata_of_epub_2() -> None:
    metadata = (
        "<dc:title>T</dc:title>"
        '<dc:creator opf:role="aut">One</dc:creator><dc:creator opf:role="edt">Two</dc:creator>'
        '<dc:date opf:event="conversion">2020</dc:date><dc:date opf:event="publication">1813</dc:date>'
        '<meta name="calibre:series" content="S"/><meta name="calibre:series_index" content="3"/>'
    )
    found = read_stream(make_epub({"a.xhtml": page("<p>x</p>")}, metadata=metadata)).metadata
    assert (found.authors, found.year, found.series, found.series_index) == (("One",), "1813", "S", "3")
    assert found.language is None


def test_who_is_named_without_a_role_beside_an_author_is_one_too() -> None:
    metadata = (
        '<dc:title>T</dc:title><dc:creator opf:role="aut">One</dc:creator><dc:creator>Two</dc:creator>'
        '<dc:creator opf:role="ill">Three</dc:creator>'
    )
    found = read_stream(make_epub({"a.xhtml": page("<p>x</p>")}, metadata=metadata)).metadata
    assert found.authors == ("One", "Two")


def test_the_date_and_author_by_which_calibre_says_that_it_knows_none_are_none() -> None:
    metadata = "<dc:title>T</dc:title><dc:date>0101-01-01T00:00:00+00:00</dc:date>"
    metadata += '<dc:creator opf:role="aut" opf:file-as="Unknown">Unknown</dc:creator>'
    found = read_stream(make_epub({"a.xhtml": page("<p>x</p>")}, metadata=metadata)).metadata
    assert (found.year, found.authors, found.author_sort) == (None, (), None)


@pytest.mark.parametrize(
    ("manifest", "metadata", "guide"),
    [
        ('<item id="c" href="c.img" media-type="image/jpeg" properties="cover-image"/>', "", ""),
        ('<item id="c" href="c.img" media-type="image/png"/>', '<meta name="cover" content="c"/>', ""),
        (
            '<item id="c" href="c.img" media-type="image/png"/>',
            "",
            '<reference type="cover" href="a.xhtml"/>',
        ),
    ],
)
def test_the_cover_is_found_and_its_type_told_from_its_bytes(
    manifest: str, metadata: str, guide: str
) -> None:
    data = make_epub(
        {"a.xhtml": page('<img src="c.img" alt="Cover"/><p>x</p>')},
        manifest=manifest,
        metadata=f"<dc:title>T</dc:title>{metadata}",
        guide=guide,
        files={"OEBPS/c.img": JPEG},
    )
    cover = read_stream(data).cover
    assert cover is not None
    assert (cover.data, cover.mime) == (JPEG, "image/jpeg")


def test_a_cover_of_another_type_is_left_out_and_said() -> None:
    manifest = '<item id="c" href="c.svg" media-type="image/svg+xml" properties="cover-image"/>'
    book = read_stream(
        make_epub({"a.xhtml": page("<p>x</p>")}, manifest=manifest, files={"OEBPS/c.svg": "<svg/>"})
    )
    assert book.cover is None
    assert any("c.svg" in repair for repair in book.repairs)


def test_four_hundred_chapters_stay_four_hundred() -> None:
    pages = {f"{n}.xhtml": page(f"<p>text {n}</p>") for n in range(400)}
    book = read_stream(
        make_epub(pages, nav=nav("".join(li(f"Chapter {n}", f"{n}.xhtml") for n in range(400))))
    )
    assert titles(book) == [f"Chapter {n}" for n in range(400)]


def test_odd_titles_come_through_as_printed() -> None:
    title = "It's “10 = 10”; 50 %\\ #1"
    book = read_stream(make_epub({"a.xhtml": page("<p>x</p>")}, nav=nav(li(title, "a.xhtml"))))
    assert titles(book) == [title]


def test_rules_at_the_edge_of_a_chapter_part_nothing() -> None:
    book = read_stream(make_epub({"a.xhtml": page("<hr/><p>x</p><hr/><hr/><p>y</p><hr/>")}))
    assert [block.kind for block in book.chapters[0].blocks] == [
        BlockKind.PARAGRAPH,
        BlockKind.SCENE_BREAK,
        BlockKind.PARAGRAPH,
    ]
    assert all(isinstance(block, Block) for block in book.chapters[0].blocks)


def test_how_shelves_sort_a_book_is_read_from_both_versions_of_epub() -> None:
    new = (
        '<dc:title id="t">The Book</dc:title><meta refines="#t" property="file-as">Book, The</meta>'
        '<dc:title id="s">A Tale</dc:title><meta refines="#s" property="title-type">subtitle</meta>'
        '<dc:creator id="a">A B</dc:creator><meta refines="#a" property="file-as">B, A</meta>'
        '<dc:creator id="c">C D</dc:creator><meta refines="#c" property="file-as">D, C</meta>'
    )
    old = (
        '<dc:title>The Book</dc:title><dc:creator opf:role="aut" opf:file-as="B, A">A B</dc:creator>'
        '<dc:creator opf:role="aut">C D</dc:creator><meta name="calibre:title_sort" content="Book, The"/>'
    )
    for metadata, subtitle, author_sort in ((new, "A Tale", "B, A; D, C"), (old, None, None)):
        data = make_epub({"a.xhtml": page("<p>Text.</p>")}, metadata=metadata)
        found = read_stream(data).metadata
        assert (found.title, found.authors) == ("The Book", ("A B", "C D"))
        assert (found.title_sort, found.subtitle, found.author_sort) == ("Book, The", subtitle, author_sort)
