from __future__ import annotations

from pathlib import Path

import pytest

from ttsbook.book import read_book, read_stream
from ttsbook.types import BlockKind

MARKDOWN = """---
title: "My Book"
author: Me
language: en
---

# My Book

## One

Hello[^1] *there*
friend, see [the site](https://example.org) and 3 * 4.

* * *

> quoted

- item

## Two

| A | B |
|---|---|
| 1 | 2 |

[^1]: The note
    goes on.

Last[^2].
"""


def test_markdown_is_cut_at_its_headings() -> None:
    book = read_stream(MARKDOWN.encode())
    assert [(chapter.title, chapter.depth) for chapter in book.chapters] == [("One", 0), ("Two", 0)]
    assert [(block.kind, block.text) for block in book.chapters[0].blocks] == [
        (BlockKind.HEADING, "My Book"),
        (BlockKind.HEADING, "One"),
        (BlockKind.PARAGRAPH, "Hello there friend, see the site and 3 * 4."),
        (BlockKind.SCENE_BREAK, ""),
        (BlockKind.QUOTE, "quoted"),
        (BlockKind.LIST_ITEM, "item"),
    ]


def test_header_and_footnotes_are_skipped_but_a_mark_without_a_note_stays() -> None:
    book = read_stream(MARKDOWN.encode())
    assert (book.metadata.title, book.metadata.authors, book.metadata.language) == ("My Book", ("Me",), "en")
    skipped = {item.reason: item.text for chapter in book.chapters for item in chapter.skipped}
    assert set(skipped) == {"metadata", "footnote", "note-mark"}
    assert skipped["footnote"].endswith("goes on.")
    assert book.chapters[1].blocks[-1].text == "Last[^2]."


def test_lines_of_a_footnote_need_no_indent() -> None:
    (chapter,) = read_stream(b"# A\n\nOne[^1].\n\n[^1]: The note\ngoes on.\n- two\n\n    So\n").chapters
    assert [block.text for block in chapter.blocks] == ["A", "One.", "two", "So"]
    assert chapter.skipped[0].text == "[^1]: The note goes on."


def test_parts_above_chapters_nest() -> None:
    book = read_stream(b"# Part I\n\n## 1\n\nx\n\n## 2\n\ny\n\n# Part II\n\n## 3\n\nz\n")
    assert [(chapter.title, chapter.depth) for chapter in book.chapters] == [
        ("Part I", 0),
        ("1", 1),
        ("2", 1),
        ("Part II", 0),
        ("3", 1),
    ]


def test_a_number_sign_in_prose_does_not_make_markdown(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("He was #1.\n#hashtag\n1. not a list\n", encoding="utf-8")
    assert [block.text for block in read_book(path).chapters[0].blocks] == [
        "He was #1.",
        "#hashtag",
        "1. not a list",
    ]


def test_an_html_file_is_read_by_its_headings() -> None:
    head = b"<!DOCTYPE html><html lang='fr'><head><title>T</title><meta name='Author' content='A'></head>"
    data = head + b"<body><h1>A</h1>x<h1>B</h1><p>y</body></html>"
    book = read_stream(data)
    assert [chapter.title for chapter in book.chapters] == ["A", "B"]
    assert (book.metadata.title, book.metadata.authors, book.metadata.language) == ("T", ("A",), "fr")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("[Ann]: Yes.\n[Ann]: No!", "[Ann]: Yes. [Ann]: No!"),
        ("See [a] and [b].\n\n[a]: b.html\n[b]: there", "See a and b."),
        ("x\n\n> a | b\n> --|--\n> 1 | 2 | 3 more", "1, 2, 3 more"),
        ("x\n\n|a|\n|-|\n|1|2\\|3|", "1, 2|3"),
    ],
)
def test_what_the_parser_would_drop_is_read(written: str, read: str) -> None:
    assert read_stream(f"# A\n\n{written}".encode()).chapters[0].blocks[-1].text == read


@pytest.mark.parametrize("start", ["# A\n\n", "<html><body><p>"])
@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Press <enter>, <Bob the Great>.", "Press <enter>, <Bob the Great>."),
        ("<Ann's> “<no-one>” and <well, now>.", "<Ann's> “<no-one>” and <well, now>."),
        ("One <x-y>two</x-y> <b>three</b> <cite>four <br>five.", "One two three four five."),
        ("One <ship>two</ship> three.", "One two three."),
        ("<p and no end", "<p and no end"),
    ],
)
def test_words_in_angle_brackets_that_are_no_tag_are_read(start: str, written: str, read: str) -> None:
    assert read_stream(f"{start}{written}".encode()).chapters[0].blocks[-1].text == read


def test_text_nested_deeper_than_any_book_is_read_all_the_same() -> None:
    """The parser drops what is beyond its limit: a list of ten levels lost its last item."""
    for depth in (10, 30, 300):
        nested = "\n".join("  " * level + f"- item {level}" for level in range(depth))
        words = " ".join(block.text for block in read_stream(f"# A\n\n{nested}".encode()).chapters[0].blocks)
        assert [f"item {level}" in words for level in range(depth)] == [True] * depth
        for marks in ("> ", "- ", "* > ", "1. "):
            book = read_stream(f"# A\n\n{marks * depth}2020 was wet, 5 - 6.".encode())
            assert book.chapters[0].blocks[-1].text == "2020 was wet, 5 - 6."


def test_attributes_of_pandoc_are_not_read() -> None:
    text = "# Preface {#pre .unnumbered}\n\n::: {.epigraph}\nIn [small]{.smallcaps} {braces}.\n:::\n"
    (chapter,) = read_stream(text.encode()).chapters
    assert [block.text for block in chapter.blocks] == ["Preface", "In [small] {braces}."]


def test_what_tools_added_to_markdown_is_not_read() -> None:
    text = (
        "# A {-}\n\nWords^[A note, *here* [1].] and ![](a.png){width=50%} ==marked== H~2~O, 10^th^, x^2^,\n"
        "$a^2 = b$, but $5 and $6.\n\n[TOC]\n\n\\newpage\n\n- [ ] open\n- [x] done\n\n"
        "+-----+-----+\n| Tea | Cup |\n+=====+=====+\n"
    )
    (chapter,) = read_stream(text.encode()).chapters
    assert [block.text for block in chapter.blocks] == [
        "A",
        "Words and marked H2O, 10th, x^2, a^2 = b, but $5 and $6.",
        "open",
        "done",
        "| Tea | Cup |",
    ]
    assert [item.text for item in chapter.skipped if item.reason == "footnote"] == ["^[A note, *here* [1].]"]


@pytest.mark.parametrize(
    "header",
    [
        "---\ntitle: >\n  My\n  Book\nauthor:\n  - name: A B\n  - 'C'\nlang: en\n---\n",
        '---\ntitle: "My Book"\nauthor: [A B, "C"]\nlanguage: en\n...\n',
        '+++\ntitle = "My Book"\nauthors = ["A B", "C"]\nlanguage = "en"\n+++\n',
    ],
)
def test_lists_and_folded_lines_of_a_header_are_read(header: str) -> None:
    found = read_stream(f"{header}\n# One\n\nText.\n\n# Two\n".encode()).metadata
    assert (found.title, found.authors, found.language) == ("My Book", ("A B", "C"), "en")
