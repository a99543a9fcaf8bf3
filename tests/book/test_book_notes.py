"""Notes and their marks, as they stand in EPUBs: what is skipped with them, and what is read."""

from __future__ import annotations

import pytest
from make_epub import make_epub, page

from ttsbook.book import read_stream
from ttsbook.types import Chapter


def texts(chapter: Chapter) -> list[str]:
    return [block.text for block in chapter.blocks]


def test_notes_linked_both_ways_are_skipped_wherever_they_stand() -> None:
    text = '<p>Word<a id="r1" href="n.xhtml#n1"><sup>1</sup></a>, and<a id="r2" href="#n2">[2]</a> more.</p>'
    local = (
        '<div class="x"><p id="n2"><a href="#r2">[2]</a> Local note.</p><p>Its second paragraph.</p></div>'
    )
    notes = '<h2>Notes</h2><p><a id="n1" href="a.xhtml#r1">1</a> A note.</p><p>Kept.</p>'
    book = read_stream(make_epub({"a.xhtml": page(text + local), "n.xhtml": page(notes)}))
    spoken = [text for chapter in book.chapters for text in texts(chapter)]
    assert spoken == ["Word, and more.", "Notes", "Kept."]
    reasons = {item.text: item.reason for chapter in book.chapters for item in chapter.skipped}
    assert reasons["1 A note."] == "footnote"
    assert reasons["[2] Local note. Its second paragraph."] == "footnote"


@pytest.mark.parametrize(
    ("mark", "note"),
    [
        # Pandoc's EPUB 2, and InDesign: what raises the mark is a rule of the style sheet.
        ('<a href="#n" id="r">1</a>', '<ol><li id="n"><p>Note.</p><p>More.<a href="#r">↩</a></p></li></ol>'),
        (
            '<span class="c"><a id="r" href="#n">1</a></span>',
            '<div id="n"><p><a href="#r">1</a>\tNote.</p></div>',
        ),
        ('<a id="r"></a><a href="#n">1</a>', '<p><a id="n"></a><a href="#r">1</a>. Note.</p>'),
        ("<sup><small><a href='#n' id='r'>1</a></small></sup>", '<p id="n"><a href="#r">1</a> Note.</p>'),
        # calibre, from a Word document
        (
            '<sup><a id="r" href="#n">1</a></sup>',
            '<dl id="n"><dt>[<a href="#r">←1</a>]</dt><dd><p>Note.</p></dd></dl>',
        ),
        # Chinese readers: pictures as marks
        ('<a class="duokan-footnote" href="#n"><img alt="" src="n.png"/></a>', ""),
        ('<a id="r" href="#n"><img alt="注" src="n.png"/></a>', '<p id="n"><a href="#r">◎</a>Note.</p>'),
        ('<img class="qqreader-footnote" alt="Note." src="n.png"/>', ""),
    ],
)
def test_notes_as_converters_and_shops_mark_them_up_are_skipped(mark: str, note: str) -> None:
    notes = note or '<ol class="duokan-footnote-content"><li id="n">Note.</li></ol>'
    title = "" if note == "" else "<h3>FOOTNOTES:</h3>"
    book = read_stream(make_epub({"a.xhtml": page(f"<h1>I</h1><p>Word{mark}, more.</p>{title}{notes}")}))
    assert texts(book.chapters[0]) == ["I", "Word, more."]
    assert any("Note." in item.text and item.reason == "footnote" for item in book.chapters[0].skipped)


MARKS = '<p>Word<a id="r1" href="{0}#n1"><sup>1</sup></a>, more<a id="r2" href="{0}#n2"><sup>2</sup></a>.</p>'
FIRST = '<p><a id="n1" href="{0}#r1">1</a>. First.</p>'
SECOND = '<p><a id="n2" href="{0}#r2">2</a>. Second.</p>'


@pytest.mark.parametrize(
    "notes",
    [
        f"<h1>Notes</h1><h2>Chapter One</h2>{FIRST}<h2>Chapter Two</h2>{SECOND}",
        f"<h1>Notes</h1>{FIRST}<p>It goes on.</p><blockquote><p>Quoted.</p></blockquote>{SECOND}",
        f"<h1>Notes</h1><section><h2>One</h2>{FIRST}</section><section><h2>Two</h2>{SECOND}</section>",
        f"<p>NOTES</p>{FIRST}<ul><li>a list</li></ul>{SECOND}",
    ],
)
@pytest.mark.parametrize("is_apart", [True, False])
def test_headings_above_notes_and_their_later_paragraphs_go_with_them(notes: str, is_apart: bool) -> None:
    text = f"<h1>I</h1>{MARKS.format('n.xhtml' if is_apart else '')}"
    pages = {"a.xhtml": page(text if is_apart else text + notes.format(""))}
    if is_apart:
        pages["n.xhtml"] = page(notes.format("a.xhtml"))
    book = read_stream(make_epub(pages))
    assert [texts(chapter) for chapter in book.chapters] == [["I", "Word, more."]]


@pytest.mark.parametrize(
    "notes",
    [
        f"{FIRST}<p>Kept.</p>{SECOND}",  # as pages of print have them, among the text
        f"<h2>Notes</h2>{FIRST}{SECOND}<p>Kept.</p>",
        f"<h2>Notes</h2>{FIRST}<h2>II</h2><p>Kept.</p>{SECOND}",
        f'<h2>II</h2>{FIRST}<p><img src="a.png" alt="Kept."/></p><h2>III</h2>{SECOND}',
    ],
)
def test_text_among_notes_is_read(notes: str) -> None:
    book = read_stream(make_epub({"a.xhtml": page(f"<h1>I</h1>{MARKS.format('')}{notes.format('')}")}))
    assert "Kept." in [text for chapter in book.chapters for text in texts(chapter)]


def test_a_document_of_notes_needs_no_title() -> None:
    notes = f"{FIRST}<p>It goes on.</p>{SECOND}".format("a.xhtml")
    book = read_stream(make_epub({"a.xhtml": page(MARKS.format("n.xhtml")), "n.xhtml": page(notes)}))
    assert [texts(chapter) for chapter in book.chapters] == [["Word, more."]]


def test_text_between_notes_with_marks_of_its_own_is_read() -> None:
    marks = [MARKS.format("").split(",")[0] + "</p>", MARKS.format("").replace("r1", "x").replace("n1", "y")]
    body = f"<h3>Notes</h3>{FIRST.format('')}<p>Kept.</p>{marks[1]}{SECOND.format('')}"
    book = read_stream(make_epub({"a.xhtml": page(f"<h1>I</h1>{marks[0]}{body}")}))
    assert "Kept." in [text for chapter in book.chapters for text in texts(chapter)]


@pytest.mark.parametrize(
    "body",
    [
        # Numbers of verses, numbers of chapters and references, linked both ways, are text.
        '<p><a id="a" href="#x">1</a> <a id="b" href="#y">2</a></p>'
        '<p><a id="x" href="#a">1</a> In the beginning</p><p><a id="y" href="#b">2</a> And the earth</p>',
        '<p>The Start <a id="a" href="#x">1</a></p><h2 id="x"><a href="#a">Chapter 1</a></h2><p>Text</p>',
        '<p>as on page <a id="a" href="#x">12</a></p><p id="x">Text, see <a href="#a">above</a></p>',
    ],
)
def test_what_is_linked_both_ways_and_no_note_is_read(body: str) -> None:
    book = read_stream(make_epub({"a.xhtml": page(body)}))
    assert not [item for chapter in book.chapters for item in chapter.skipped]
