"""The index of a book and the list of its pictures: what is one, and what is read."""

from __future__ import annotations

import pytest
from make_epub import make_epub, nav, page

from ttsbook.book import read_stream


def entry(name: str, *pages: str) -> str:
    links = ", ".join(f'<a href="a.xhtml#Page_{number}">{number}</a>' for number in pages)
    return f"<li>{name}{', ' if pages else ''}{links}</li>"


INDEX = entry("Abbot", "1", "12") + "<li>Abbey, see Monks</li>" + entry("Bell", "xii") + entry("Cat", "3")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (f"<h2>INDEX</h2><ul>{INDEX}</ul>", "index"),
        (f"<p>General Index</p><h3>A</h3><ul>{INDEX}</ul><h3>B</h3><ul>{INDEX}</ul>", "index"),
        (f"<ul>{INDEX * 10}</ul>", "index"),  # that goes on in the next file
        (
            '<h2>ILLUSTRATIONS</h2><p><a href="#i1">The Mill</a> 2</p><p><a href="#i2">The Dam</a></p>',
            "contents",
        ),
    ],
)
def test_lists_of_pages_are_skipped(body: str, reason: str) -> None:
    entries = '<li><a href="a.xhtml">I</a></li><li><a href="b.xhtml">More</a></li>'
    pages = {"a.xhtml": page("<h1>I</h1><p>Text.</p>"), "b.xhtml": page(body)}
    book = read_stream(make_epub(pages, nav=nav(entries)))
    assert [chapter.title for chapter in book.chapters] == ["I"]
    assert {item.reason for item in book.skipped} == {reason}


@pytest.mark.parametrize(
    "body",
    [
        f"<h2>A List</h2><ul>{INDEX}</ul>",
        "<h2>Index</h2><p>So the list was called, and it began on page "
        f'<a href="#Page_1">1</a>. {"Nobody read it. " * 10}</p><p>Indeed.</p>',
        f"<h2>Index</h2><p>{'Words about what follows. ' * 10}</p><ul>{INDEX}</ul>",
        '<h2>Index</h2><ul><li><a href="#c1">1</a></li><li><a href="#c2">2</a></li></ul>',  # of chapters
        '<h2>Maps</h2><p>See <a href="#m1">the first</a> of the two we have.</p><p>The rest is lost.</p>',
    ],
)
def test_what_is_no_list_of_pages_is_read(body: str) -> None:
    book = read_stream(make_epub({"a.xhtml": page(body)}))
    assert not [item for chapter in book.chapters for item in chapter.skipped]
