"""Page numbers of texts without form feeds, and numbers that are none."""

from __future__ import annotations

import textwrap

import pytest

from ttsbook.book import read_stream
from ttsbook.types import Book

SENTENCE = (
    "The quick brown fox ran along the river while many people walked slowly home, and the lamps were"
    " lit one by one in all the windows of the little town beyond the bridge, where nobody was asleep."
)
PARAGRAPH = " ".join([SENTENCE] * 3)
LINES = textwrap.fill(PARAGRAPH, 64).split("\n")
CHINESE = "飞船离开了港口，所有人都站在甲板上望着远方，没有一个人说话，只听见风的声音在耳边不停地吹着"


def read(text: str) -> Book:
    return read_stream(text.encode())


def titles(book: Book) -> list[str]:
    return [chapter.title for chapter in book.chapters]


def texts(book: Book) -> list[str]:
    return [block.text for chapter in book.chapters for block in chapter.blocks]


def skipped(book: Book) -> list[tuple[str, str]]:
    items = [*book.skipped, *(item for chapter in book.chapters for item in chapter.skipped)]
    return [(item.reason, item.text) for item in items]


@pytest.mark.parametrize("between", ["\n\n{}\n\n", "\n{}\n", "\n\n\n          {}\n\n\n"])
@pytest.mark.parametrize(
    "numbered", ["{}", "- {} -", "~ {} ~", "[{}]", "Page {}", "page {} of 300", "第{}页", "1{}"]
)
def test_numbers_that_cut_sentences_are_those_of_pages(numbered: str, between: str) -> None:
    numbers = [numbered.format(number) for number in (1, 2, 3)]
    pages = ["\n".join(LINES[at : at + 2]) for at in (0, 2, 4)]
    text = "".join(page + between.format(number) for page, number in zip(pages, numbers, strict=True))
    book = read(f"{text}{chr(10).join(LINES[6:])}\n")
    assert texts(book) == [PARAGRAPH]
    assert skipped(book) == [("page-number", number) for number in numbers]


@pytest.mark.parametrize("titled", ["THE LONG ROAD          {}", "{}\tTHE LONG ROAD", "The Long Road | {}"])
def test_running_titles_with_numbers_are_skipped(titled: str) -> None:
    pages = ["\n".join(LINES[at : at + 2]) for at in (0, 2, 4)]
    text = "".join(f"{page}\n\n{titled.format(number)}\n\n" for number, page in enumerate(pages, 12))
    book = read(f"{text}{chr(10).join(LINES[6:])}\n")
    assert texts(book) == [PARAGRAPH]
    assert {reason for reason, _ in skipped(book)} == {"running-title"}


def test_running_titles_beside_numbers_are_skipped() -> None:
    text = "".join(
        f"{LINES[0]}\n{LINES[1]}\n\n{number}\n\n{('SAM WRITER', 'THE LONG ROAD')[number % 2]}\n\n{LINES[2]}\n"
        for number in range(1, 9)
    )
    book = read(text)
    assert titles(book) == ["1"]
    assert not any(title in "".join(texts(book)) for title in ("SAM WRITER", "THE LONG ROAD"))
    assert [reason for reason, _ in skipped(book)].count("page-number") == 8


def test_chapters_stay_among_page_numbers() -> None:
    page = 0
    text = ""
    for chapter in (1, 2, 3):
        text += f"\n\n{chapter}\n\n"
        for at in (0, 2, 4):
            page += 1
            text += "\n".join(LINES[at : at + 2]) + f"\n\n- {page} -\n\n"
        text += "\n".join(LINES[6:]) + "\n\n"
    book = read(text)
    assert titles(book) == ["1", "2", "3"]
    assert texts(book) == ["1", PARAGRAPH, "2", PARAGRAPH, "3", PARAGRAPH]


def test_chinese_pages_lose_their_numbers() -> None:
    lines = [CHINESE[:30], CHINESE[30:] + CHINESE[:20], CHINESE[20:], CHINESE + "。"]
    book = read("\n\n12\n\n".join(lines[:2]) + "\n\n13\n\n" + "\n\n14\n\n".join(lines[2:]) + "\n")
    assert [reason for reason, _ in skipped(book)] == ["page-number"] * 3
    assert titles(book) == ["1"]


@pytest.mark.parametrize(
    "chapter",
    [
        "\n".join(LINES),
        PARAGRAPH,
        "\n".join(LINES).rstrip(".") + "\n\nTHE END",
        "i woke in the night\nand heard the sea\n\nthere was nobody there\n\n" * 2,
        f"“{CHINESE}”他说。\n\n{CHINESE}。\n\n" * 2,
        f"　　{CHINESE}\n　　{CHINESE}\n" * 2,
    ],
)
def test_numbers_between_sentences_are_those_of_chapters(chapter: str) -> None:
    text = "".join(f"{number}\n\n{chapter}\n\n" for number in range(1, 6))
    book = read(f"a book with a title that is quite a long one indeed\n\n{text}")
    assert titles(book)[1:] == ["1", "2", "3", "4", "5"]
    assert skipped(book) == []


def test_a_few_sentences_that_end_without_a_point_do_not_make_chapters_pages() -> None:
    open_end = "\n".join(LINES).rstrip(".") + " and then"
    chapters = [open_end, *["\n".join(LINES)] * 10]
    book = read("".join(f"{number}\n\n{text}\n\n" for number, text in enumerate(chapters, 1)))
    assert len(book.chapters) == 11


@pytest.mark.parametrize("line", ["Lesson {}", "{}.", "{} men", "Apples    {}"])
def test_numbered_lines_of_a_text_stay(line: str) -> None:
    items = "".join(f"{line.format(number)}\n\n{SENTENCE}\n\n" for number in range(1, 6))
    assert skipped(read(items)) == []
