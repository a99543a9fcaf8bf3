"""What a style sheet hides, and what it only seems to hide."""

from __future__ import annotations

import pytest
from make_epub import make_epub, page

from ttsbook.book import read_stream

TEXT = "<p>Some text that everybody may read, long enough for what is hidden to be little of it.</p>"
LINK = '<link rel="stylesheet" href="css/s.css"/>'


def read(body: str, css: str, link: str = LINK) -> tuple[list[str], list[tuple[str, str]]]:
    """Return what is read of a body besides `TEXT`, and what is skipped."""
    data = page(f"{body}{TEXT * 3}").replace("<title>", f"{link}<title>")
    (chapter,) = read_stream(make_epub({"a.xhtml": data}, files={"OEBPS/css/s.css": css})).chapters
    texts = [block.text for block in chapter.blocks if f"<p>{block.text}</p>" != TEXT]
    return texts, [(item.reason, item.text) for item in chapter.skipped]


@pytest.mark.parametrize(
    "css",
    [
        ".h{display:none}",
        "p.h , .other { color: red; display : NONE; }",
        '@charset "utf-8"; @import url(x.css); /* .h{display:block} */ .h {display: none !important}',
        "@media print {.a{color:red} .b{color:red}} .h{display:none}",
    ],
)
def test_a_paragraph_that_a_style_sheet_hides_is_skipped(css: str) -> None:
    assert read('<p class="x h">Hidden.</p>', css) == ([], [("hidden", "Hidden.")])


@pytest.mark.parametrize(
    ("body", "css", "link"),
    [
        ('<p class="h">Shown.</p>', "@media print {.h{display:none}}", LINK),
        ('<p class="h">Shown.</p>', ".h{display:none}", LINK.replace("href", 'media="print" href')),
        ('<p class="h">Shown.</p>', ".h{display:none}", LINK.replace("stylesheet", "alternate stylesheet")),
        ('<p class="h">Shown.</p>', ".h{display:none} body .h{display:block}", LINK),
        ('<p class="h">Shown.</p>', ".box .h{display:none}", LINK),
        ('<p class="h">Shown.</p>', "div.h{display:none}", LINK),
        ('<p class="h">Shown.</p>', ".h{color:red; .b{color:red; display:none}}", LINK),
        ('<p class="h" style="display:block">Shown.</p>', ".h{display:none}", LINK),
        ('<p class="h">Shown.</p>', "", LINK.replace("s.css", "gone.css")),
        (f'<div class="h">{TEXT}</div>', ".h{display:none}", LINK),  # much of the text
        ('<h1 class="h">Chapter One</h1><p><img src="one.png" alt=""/></p>', ".h{display:none}", LINK),
    ],
)
def test_what_a_style_sheet_may_show_is_read(body: str, css: str, link: str) -> None:
    texts, skipped = read(body, css, link)
    assert texts or TEXT in body
    assert skipped == []


def test_a_heading_that_is_hidden_is_skipped_where_the_text_says_it_again() -> None:
    body = '<div><h1 class="h">Chapter 1 The Start</h1></div><p>Chapter 1</p>'
    assert read(body, ".h{display:none}") == (["Chapter 1"], [("hidden", "Chapter 1 The Start")])


@pytest.mark.parametrize(
    "css", ["{" * 500_000, "}" * 500_000, "/*" * 250_000, "a" * 200_000 + "{}display:none" * 20_000]
)
def test_a_style_sheet_made_to_take_time_takes_none(css: str) -> None:
    assert read("<p>x</p>", css)[0] == ["x"]
