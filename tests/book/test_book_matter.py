"""What the markup, the landmarks and the guide say about front and back matter."""

from __future__ import annotations

import pytest
from make_epub import li, make_epub, nav, ncx, page, point

from ttsbook.book import read_stream
from ttsbook.types import Matter


def test_matter_is_told_from_types_and_landmarks_never_from_names() -> None:
    pages = {
        "chapter1.xhtml": page("<p>by me</p>", body_type="frontmatter"),
        "half.xhtml": page("<p>unstated, before the start</p>"),
        "cover.xhtml": page("<p>the text itself, long enough to be most of the book by far</p>" * 3),
        "x.xhtml": page('<section epub:type="colophon"><p>printed</p></section>'),
        "copyright.xhtml": page("<section><p>an unstated last document</p></section>"),
    }
    entries = "".join(li(name, name) for name in pages)
    landmarks = '<li><a epub:type="bodymatter" href="cover.xhtml">Start</a></li>'
    book = read_stream(make_epub(pages, nav=nav(entries, landmarks)))
    assert [chapter.matter for chapter in book.chapters] == [
        Matter.FRONT,
        Matter.FRONT,
        Matter.BODY,
        Matter.BACK,
        Matter.BODY,
    ]


def test_the_guide_of_an_old_book_states_matter_too() -> None:
    pages = {
        "a.xhtml": page("<p>title</p>"),
        "b.xhtml": page("<p>text text text</p>"),
        "c.xhtml": page("<p>gl</p>"),
    }
    guide = '<reference type="title-page" href="a.xhtml"/><reference type="glossary" href="c.xhtml"/>'
    book = read_stream(make_epub(pages, ncx=ncx("".join(point(name, name) for name in pages)), guide=guide))
    assert [chapter.matter for chapter in book.chapters] == [Matter.FRONT, Matter.BODY, Matter.BACK]


LONG = page("<p>It was long before all this began, and nobody knew of it.</p>" * 100)
SHORT = page("<p>A few words.</p>")


@pytest.mark.parametrize(
    ("title", "text", "matter"),
    [
        ("Prologue", SHORT, Matter.BODY),
        ("PRELUDE: The Road", SHORT, Matter.BODY),
        ("Introduction", SHORT, Matter.BODY),
        ("Chapter Zero", SHORT, Matter.FRONT),  # no number that is known, and short
        ("1", SHORT, Matter.BODY),
        ("楔子", SHORT, Matter.BODY),
        ("Ten Years Before", LONG, Matter.BODY),
        ("Ten Years Before", SHORT, Matter.FRONT),
        ("Title Page", SHORT, Matter.FRONT),
        ("Copyright Page", LONG, Matter.FRONT),
        ("Dedication", SHORT, Matter.FRONT),
        ("Praise for The Road", LONG, Matter.FRONT),
        ("Also by A. Author", LONG, Matter.FRONT),
        ("版权页", LONG, Matter.FRONT),
    ],
)
@pytest.mark.parametrize("is_new", [True, False])
def test_what_the_contents_list_before_the_start_may_be_text(
    title: str, text: str, matter: Matter, is_new: bool
) -> None:
    pages = {"t.xhtml": SHORT, "p.xhtml": text, "on.xhtml": SHORT, "c.xhtml": page("<p>Text.</p>" * 3000)}
    start = '<li><a epub:type="bodymatter" href="c.xhtml">Start</a></li>' if is_new else ""
    guide = "" if is_new else '<reference type="text" href="c.xhtml"/>'
    contents = nav(li("The Book", "t.xhtml") + li(title, "p.xhtml") + li("The Day", "c.xhtml"), start)
    book = read_stream(make_epub(pages, nav=contents, guide=guide))
    assert [(c.title, c.matter) for c in book.chapters] == [
        ("The Book", Matter.FRONT),
        (title, matter),
        ("The Day", Matter.BODY),
    ]
    assert len(book.chapters[1].blocks) == len(read_stream(make_epub({"a": text})).chapters[0].blocks) + 1


@pytest.mark.parametrize(
    ("title", "matter"),
    [
        ("Epilogue", Matter.BODY),
        ("Chapter 40", Matter.BODY),
        ("尾声", Matter.BODY),
        ("Acknowledgments", Matter.BACK),
        ("Appendix", Matter.BACK),
        ("A Sample of the Next", Matter.BACK),
    ],
)
def test_an_epilogue_behind_the_start_of_the_back_matter_is_text(title: str, matter: Matter) -> None:
    pages = {"a.xhtml": page("<p>Text.</p>" * 3000), "b.xhtml": LONG}
    back = '<li><a epub:type="backmatter" href="b.xhtml">Back</a></li>'
    book = read_stream(make_epub(pages, nav=nav(li("The Day", "a.xhtml") + li(title, "b.xhtml"), back)))
    assert [chapter.matter for chapter in book.chapters] == [Matter.BODY, matter]


def test_a_start_that_would_leave_out_most_of_the_book_is_not_followed() -> None:
    pages = {"a.xhtml": page("<p>nearly the whole text</p>"), "b.xhtml": page("<p>end</p>")}
    guide = '<reference type="text" href="b.xhtml"/>'
    book = read_stream(make_epub(pages, ncx=ncx(point("A", "a.xhtml") + point("B", "b.xhtml")), guide=guide))
    assert {chapter.matter for chapter in book.chapters} == {Matter.BODY}
    assert any("landmarks" in repair for repair in book.repairs)
