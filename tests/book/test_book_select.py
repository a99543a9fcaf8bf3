from __future__ import annotations

import pytest

from ttsbook.book import select_chapters
from ttsbook.errors import UsageError
from ttsbook.types import Block, BlockKind, Book, Chapter, Matter, Metadata

TITLES = ("Titlepage", "One", "Two", "Three", "Epilogue", "Colophon")
MATTERS = (Matter.FRONT, Matter.BODY, Matter.BODY, Matter.BODY, Matter.BODY, Matter.BACK)
BOOK = Book(
    source="b.epub",
    sha256="",
    metadata=Metadata(),
    chapters=tuple(
        Chapter(index, title, (Block(BlockKind.PARAGRAPH, "x"),), matter=matter)
        for index, (title, matter) in enumerate(zip(TITLES, MATTERS, strict=True), 1)
    ),
)


@pytest.mark.parametrize(
    ("spec", "include_matter", "expected"),
    [
        (None, False, [2, 3, 4, 5]),
        (None, True, [1, 2, 3, 4, 5, 6]),
        ("1-3,6", False, [1, 2, 3, 6]),
        ("4-", False, [4, 5, 6]),
        ("-2", False, [1, 2]),
        ("6,2,2-3", False, [2, 3, 6]),
        (" 2 - 3 ， 5", False, [2, 3, 5]),
        ("epilogue,t", False, [1, 3, 4, 5]),
    ],
)
def test_chapters_are_chosen_in_book_order(
    spec: str | None, include_matter: bool, expected: list[int]
) -> None:
    assert [chapter.index for chapter in select_chapters(BOOK, spec, include_matter)] == expected


@pytest.mark.parametrize(
    "spec", ["", ",", "0", "7", "3-1", "5-9", "prologue", "-", "9" * 5000, "1-" + "9" * 5000]
)
def test_a_choice_that_makes_no_sense_is_refused(spec: str) -> None:
    with pytest.raises(UsageError) as caught:
        select_chapters(BOOK, spec, False)
    assert caught.value.hint
