from __future__ import annotations

import textwrap
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ttsbook.book import read_book, read_stream
from ttsbook.book.headings import chapter_line, numbered_line
from ttsbook.book.plain import read_plain
from ttsbook.book.printed import visible
from ttsbook.text.g2p.dictionary import has_word
from ttsbook.types import BlockKind, Book

LONG = (
    "The quick brown fox ran along the river while many people walked slowly home and the lamps"
    " were lit one by one in all the windows of the little town beyond the bridge."
)
WRAPPED = textwrap.fill(LONG, 64)


def read(text: str, encoding: str = "utf-8") -> Book:
    return read_stream(text.encode(encoding))


def titles(book: Book) -> list[str]:
    return [chapter.title for chapter in book.chapters]


def texts(book: Book) -> list[list[str]]:
    return [[block.text for block in chapter.blocks] for chapter in book.chapters]


def reasons(book: Book) -> set[str]:
    return {item.reason for chapter in book.chapters for item in chapter.skipped}


@pytest.mark.parametrize(
    ("line", "family", "number", "title"),
    [
        ("Chapter 1", "chapter", 1, ""),
        ("CHAPTER XIV.", "chapter", 14, ""),
        ("CHAPTER I. Down the Rabbit-Hole", "chapter", 1, "Down the Rabbit-Hole"),
        ("Chapter Twenty-One: The Return", "chapter", 21, "The Return"),
        ("Chapter 3 The Boy Who Lived", "chapter", 3, "The Boy Who Lived"),
        ("BOOK THE SECOND", "book", 2, ""),
        ("PART ONE", "part", 1, ""),
        ("Epilogue", "named", None, "Epilogue"),
        ("第一章", "章", 1, ""),
        ("第十二回　陶恭祖三让徐州", "回", 12, "陶恭祖三让徐州"),
        ("第1024章 大结局", "章", 1024, "大结局"),
        ("第二百零三节：开端", "节", 203, "：开端"),
        ("卷三", "卷", 3, ""),
        ("正文 第五章 归来", "章", 5, "归来"),
        ("尾声", "named", None, "尾声"),
        ("☆、第三章 大雪", "章", 3, "大雪"),
        ("【第三章】雪停", "章", 3, "雪停"),
        ("第一百零二章：大雪！", "章", 102, "：大雪！"),
        ("第104-105章 合章", "章", 104, "合章"),
        ("Chapter 3 大雪", "chapter", 3, "大雪"),
        ("--- Chapter 3 ---", "chapter", 3, ""),
        ("--- Prologue ---", "named", None, "Prologue"),
        ("CHAP. IV.", "chapter", 4, ""),
        ("Day One", "day", 1, ""),
    ],
)
def test_chapter_lines_are_recognised(line: str, family: str, number: int | None, title: str) -> None:
    found = chapter_line(line)
    assert found is not None
    assert (found.family, found.number, found.title) == (family, number, title)


@pytest.mark.parametrize(
    "line",
    [
        "Part 2 of the plan failed.",
        "- Note: bring the rope",
        "chapter and verse",
        "Book a table for two.",
        "Act one way, think another.",
        "第一章节的内容是这样的。",
        "第二天，他走了。",
        "第三回合开始了！",
        "序幕拉开了，大家都很高兴。",
        "Prologue to a long and weary tale of two cities and of the people in them, told by one who saw it",
    ],
)
def test_sentences_are_no_chapter_lines(line: str) -> None:
    assert chapter_line(line) is None
    assert numbered_line(line) is None


def test_hard_wrapped_lines_are_joined() -> None:
    assert texts(read(f"Chapter 1\n\n{WRAPPED}\n\n{WRAPPED}\n")) == [["Chapter 1", LONG, LONG]]


def test_each_line_is_a_paragraph_where_lines_are_not_wrapped() -> None:
    lines = [LONG * 3, "“Yes.”", "“No.”", LONG]
    assert texts(read("\n".join(lines))) == [lines]


def test_chinese_lines_are_joined_without_a_space() -> None:
    sentence = "话说天下大势，分久必合，合久必分，周末七国分争并入于秦，"
    sentence += "及秦灭之后楚汉分争又并入于汉，汉朝自高祖斩白蛇"
    wrapped = f"　　{sentence[:30]}\n{sentence[30:]}\n而起义，一统天下。\n"
    book = read(f"第一回　开始\n{wrapped * 6}第二回　后来\n{wrapped}", "gb18030")
    assert titles(book) == ["第一回 开始", "第二回 后来"]
    assert texts(book)[1] == ["第二回 后来", f"{sentence}而起义，一统天下。"]


def test_verse_and_scene_breaks_are_kept() -> None:
    verse = "   How doth the little\n     crocodile\n   Improve his shining tail"
    book = read(f"{WRAPPED}\n\n{verse}\n\n     *     *     *\n\n{WRAPPED}\n")
    assert [block.kind for block in book.chapters[0].blocks] == [
        BlockKind.PARAGRAPH,
        BlockKind.VERSE,
        BlockKind.SCENE_BREAK,
        BlockKind.PARAGRAPH,
    ]
    assert book.chapters[0].blocks[1].text == "How doth the little\ncrocodile\nImprove his shining tail"


def test_an_indented_letter_is_a_quotation() -> None:
    letter = textwrap.indent(textwrap.fill(LONG, 60), "    ")
    book = read(f"{WRAPPED}\n\n{letter}\n\n{WRAPPED}\n")
    assert (book.chapters[0].blocks[1].kind, book.chapters[0].blocks[1].text) == (BlockKind.QUOTE, LONG)


@pytest.mark.parametrize(
    "contents",
    [
        "CONTENTS\n\nCHAPTER I. The First\nCHAPTER II. The Second\nCHAPTER III. The Third\n",
        "Contents\n\nCHAPTER I\n\nCHAPTER II\n\nCHAPTER III\n",
        "Table of Contents\n\nChapter I. The First ........ 3\nChapter II. .... 17\nChapter III. .... 90\n",
    ],
)
def test_a_printed_table_of_contents_is_skipped(contents: str) -> None:
    body = "\n\n".join(f"CHAPTER {number}\n\n{WRAPPED}" for number in ("I", "II", "III"))
    book = read(f"A TITLE\n\n{contents}\n{body}\n")
    assert titles(book) == ["1", "CHAPTER I", "CHAPTER II", "CHAPTER III"]
    assert reasons(book) == {"contents"}


@pytest.mark.parametrize("unit", ["", "CHAPTER "])
@pytest.mark.parametrize(
    "contents",
    [
        "CONTENTS\n\nCHAP.                   PAGE\n\n   I. THE MILL             1\n\n"
        "  II. IN WHICH JOHN GOES UP TO\n        LONDON             14\n\n III. AN END             33\n",
        "Contents\n\nI. The Mill\nII. In Which John Goes up to London\nIII. An End\n",
        "Contents\n\nThe Mill\n\nIn Which John Goes up to London\n\nAn End\n",
    ],
)
def test_contents_that_give_the_titles_below_bare_numbers_are_skipped(contents: str, unit: str) -> None:
    parts = (("I.", "THE MILL."), ("II.", "IN WHICH JOHN GOES UP TO LONDON."), ("III.", "AN END."))
    body = "".join(f"{unit}{number}\n\n{title}\n\n{WRAPPED}\n\n{WRAPPED}\n\n" for number, title in parts)
    book = read(f"A Title\n\n{contents}\n\n{body}")
    assert titles(book) == ["1", *(f"{unit}{number} {title}" for number, title in parts)]
    assert texts(book)[0] == ["A Title"]
    assert reasons(book) == {"contents"}


def test_titles_set_apart_by_empty_lines_are_headings() -> None:
    stories = ("THE SISTERS", "An Encounter", "A LITTLE CLOUD OVER\nTHE SEA")
    body = "".join(f"\n\n\n\n{title}\n\n\n" + f"{WRAPPED}\n\n" * 12 for title in stories)
    listed = "Contents\n\nThe Sisters\nAn Encounter\nA Little Cloud over the Sea\n"
    head = f"THE BOOK\n\nby\n\nA WRITER\n\n\n\n{listed}"
    book = read(f"{head}\n\n\n\nTHE BOOK\n{body}\n\n\n\nTHE END\n")
    assert titles(book) == ["1", *(" ".join(title.split()) for title in stories)]
    assert texts(book)[0] == ["THE BOOK", "by", "A WRITER", "THE BOOK"]
    assert texts(book)[-1][-1] == "THE END"
    assert len(read(body.replace("\n\n", "\n\n\n\n")).chapters) == 1


def test_short_chapters_whose_titles_come_again_are_no_contents() -> None:
    poems = "".join(f"{number}\n\nA short poem about the wide sea\n\n" for number in ("I", "II", "III"))
    book = read(f"Part One\n\n{poems}{WRAPPED}\n\nPart Two\n\n{poems}{WRAPPED}\n")
    assert reasons(book) == set()
    twice = "".join(f"Chapter {n}\n\nChapter {n}\n\n{LONG[:60]}\n\n" for n in (1, 2, 3))
    assert reasons(read(twice)) == set()


def test_bare_numbers_are_chapters_below_parts() -> None:
    numbers = "".join(f"{number}\n\n{WRAPPED}\n\n{WRAPPED}\n\n" for number in ("1", "2"))
    book = read(f"PART ONE\n\n{numbers}PART TWO\n\n{numbers}")
    assert titles(book) == ["PART ONE", "1", "2", "PART TWO", "1", "2"]
    assert [chapter.depth for chapter in book.chapters] == [0, 1, 1, 0, 1, 1]


def test_a_chinese_table_of_contents_is_skipped() -> None:
    body = "\n".join(f"第{number}章 题目\n{LONG}\n" for number in "一二三")
    book = read("书名\n\n目录\n第一章 题目\n第二章 题目\n第三章 题目\n\n" + body)
    assert titles(book)[1:] == ["第一章 题目", "第二章 题目", "第三章 题目"]
    assert reasons(book) == {"contents"}


def test_parts_hold_chapters_whose_numbers_begin_again() -> None:
    text = "".join(
        f"PART {part}\n\nCHAPTER I\n\n{WRAPPED}\n\nCHAPTER II\n\n{WRAPPED}\n\n" for part in ("ONE", "TWO")
    )
    book = read(text)
    assert [(chapter.title, chapter.depth) for chapter in book.chapters] == [
        ("PART ONE", 0),
        ("CHAPTER I", 1),
        ("CHAPTER II", 1),
        ("PART TWO", 0),
        ("CHAPTER I", 1),
        ("CHAPTER II", 1),
    ]
    assert reasons(book) == set()


def test_bare_numbers_count_as_a_series_only() -> None:
    series = "".join(f"{number}\n\n{WRAPPED}\n\n" for number in ("I", "II", "III"))
    assert titles(read(series)) == ["I", "II", "III"]
    assert len(read(f"{WRAPPED}\n\n42\n\n{WRAPPED}\n\n7\n").chapters) == 1


@pytest.mark.parametrize("numbered", ["{}. The Road", "{:03} 大雪", "{}、大雪"])
def test_numbers_with_titles_count_as_a_series_of_several(numbered: str) -> None:
    lines = [numbered.format(number) for number in (1, 2, 3)]
    assert titles(read("".join(f"{line}\n\n{LONG}\n\n" for line in lines))) == lines
    assert len(read("".join(f"{line}\n\n" for line in lines) + LONG).chapters) == 1


def test_a_heading_above_its_text_without_an_empty_line_is_found() -> None:
    book = read(f"Chapter 1\n{WRAPPED}\n\nChapter 2\n{WRAPPED}\n")
    assert texts(book) == [["Chapter 1", LONG], ["Chapter 2", LONG]]


def test_the_title_below_a_chapter_number_is_part_of_the_heading() -> None:
    book = read(
        f"CHAPTER I\n\nThe Pool of Tears\n\n{WRAPPED}\n\n{WRAPPED}\n\nCHAPTER II\nAnother\n\n{WRAPPED}\n"
    )
    assert titles(book) == ["CHAPTER I The Pool of Tears", "CHAPTER II Another"]


def test_gutenberg_header_and_licence_are_skipped_and_used_for_the_metadata() -> None:
    text = (
        "The Project Gutenberg eBook of Alice\n\n"
        "Title: Alice\n\nAuthor: Lewis Carroll\n        Another\n\nLanguage: English\n\n"
        "*** START OF THE PROJECT GUTENBERG EBOOK ALICE ***\n\nProduced by Somebody\n\n"
        f"CHAPTER I\n\n{WRAPPED}\n\n[Illustration: A rabbit]\n\nShe said _no_ to it.\n\n"
        "*** END OF THE PROJECT GUTENBERG EBOOK ALICE ***\n\nSection 1. Terms of use.\n"
    )
    book = read(text)
    assert texts(book) == [["CHAPTER I", LONG, "She said no to it."]]
    assert (book.metadata.title, book.metadata.authors, book.metadata.language) == (
        "Alice",
        ("Lewis Carroll", "Another"),
        "en",
    )
    assert reasons(book) == {"licence", "image", "markup"}


def test_asides_in_brackets_as_gutenberg_sets_them_are_skipped() -> None:
    book = read(
        "Chapter 1\n\nIt stood[1] by [Pg 24] the =old= mill,[A] they said;[2] so{25} it was.\n\n"
        "[Illustration: THE MILL [Greek: mule]\n\n_From a drawing_]\n\n"
        "[Footnote 1: It fell.\n\nIt rose.]\n\nAnd on.\n\nFOOTNOTES:\n\n[A] See above.\n\n[3] No note.\n"
    )
    assert texts(book) == [
        ["Chapter 1", "It stood by the old mill, they said;[2] so it was.", "And on.", "[3] No note."]
    ]
    found = {(item.reason, item.text) for item in book.chapters[0].skipped}
    assert found == {
        ("note-mark", "[1]"),
        ("note-mark", "[A]"),
        ("page-number", "[Pg 24]"),
        ("page-number", "{25}"),
        ("markup", "=="),
        ("image", "[Illustration: THE MILL [Greek: mule] _From a drawing_]"),
        ("footnote", "[Footnote 1: It fell. It rose.]"),
        ("footnote", "FOOTNOTES:"),
        ("footnote", "[A] See above."),
    }


def test_words_parted_at_line_ends_are_whole_again_and_compounds_stay() -> None:
    text = (
        "He went along the river with all of the others, and they talked of coming to-\n"
        "gether for the custom of the well-known half-moon together, as was their cus-\n"
        "tom; and then they saw the moon above the mill in the clear sky, and its half-\n"
        "moon shone on the man, who was of a rather self-willed and then of a too self-\n"
        "evident kind of mind, as it was seen by them and others in the evening there.\n"
    )
    (spoken,) = texts(read(text))[0]
    for words in ("coming together for the custom", "their custom; and", "its half-moon", "too self-evident"):
        assert words in spoken
    assert reasons(read(text)) == {"line-end"}


def test_the_dictionary_knows_words_that_the_text_has_nowhere_else() -> None:
    text = (
        "He was a beauti-\nful man of the coun-\ntry, and he was known by everyone who lived in the old\n"
        "houses by the sea, a well-\nknown and long-\nlegged man, self-\nwilled by all accounts, in the\n"
        "news-\npapers of the day."
    )
    (spoken,) = texts(read_stream(text.encode(), is_word=has_word))[0]
    for words in ("beautiful man", "country,", "well-known", "long-legged", "self-willed", "newspapers"):
        assert words in spoken
    assert "beauti-ful" in texts(read(text))[0][0]


def test_a_soft_hyphen_at_a_line_end_joins_a_word() -> None:
    (spoken,) = texts(read(f"{WRAPPED}\nIt was won\u00ad\nderful to see the lamps lit in the town.\n"))[0]
    assert spoken.endswith("It was wonderful to see the lamps lit in the town.")


@pytest.mark.parametrize("rule", ["----------", "==========", "* * *", "─────"])
def test_a_rule_beside_a_chapter_line_hides_nothing(rule: str) -> None:
    above = "".join(f"{rule}\nChapter {number}\n\n{WRAPPED}\n\n" for number in (1, 2, 3))
    below = "".join(f"Chapter {number}\n{rule}\n{WRAPPED}\n\n" for number in (1, 2, 3))
    for text in (above, below):
        book = read(text)
        assert titles(book) == ["Chapter 1", "Chapter 2", "Chapter 3"]
        assert all(LONG in blocks for blocks in texts(book))
        assert {block.text for chapter in book.chapters[:-1] for block in chapter.blocks} == {
            *(title for title in titles(book)[:-1]),
            LONG,
            rule,
        }


def test_a_dash_in_a_paragraph_is_no_rule() -> None:
    lines = WRAPPED.split("\n")
    book = read("\n".join([lines[0] + " --", *lines[1:], "—and then", *lines]))
    assert len(texts(book)[0]) == 1


def test_column_heads_belong_to_the_contents_below() -> None:
    rows = "  I. The Mill               1\n II. The Sea               14\nIII. The End              33\n"
    parts = (("I", "THE MILL"), ("II", "THE SEA"), ("III", "THE END"))
    body = "".join(f"CHAPTER {number}\n\n{title}\n\n{WRAPPED}\n\n" for number, title in parts)
    for heads in ("CHAPTER                  PAGE\n", "                         PAGE\n"):
        book = read(f"{WRAPPED}\n\nCONTENTS\n\n{heads}{rows}\n\n{body}")
        assert texts(book)[0] == [LONG]
        assert reasons(book) == {"contents"}


@pytest.mark.parametrize(
    "names", [("One", "Two", "Three"), ("ONE.", "TWO.", "THREE."), ("Ch. 1", "Ch. 2", "Ch. 3: The End")]
)
def test_numbers_in_words_and_short_units_begin_chapters(names: tuple[str, ...]) -> None:
    assert titles(read("".join(f"{name}\n\n{WRAPPED}\n\n" for name in names))) == list(names)
    book = read("".join(f"{name}\n\nThe Storm\n\n{WRAPPED}\n\n{WRAPPED}\n\n" for name in names))
    assert titles(book)[:2] == [f"{name} The Storm" for name in names[:2]]


@pytest.mark.parametrize(
    "text",
    [
        f"{WRAPPED}\n\nOne\n\nTwo\n\nThree\n\n{WRAPPED}\n",  # somebody counts
        f"One\n\n{WRAPPED}\n\nTwo\n\n{WRAPPED}\n",
        f"one\n\n{WRAPPED}\n\ntwo\n\n{WRAPPED}\n\nthree\n\n{WRAPPED}\n",
        f"One\n\n{WRAPPED}\n\nSeven\n\n{WRAPPED}\n\nTwo\n\n{WRAPPED}\n",
    ],
)
def test_words_for_numbers_that_are_no_series_stay_text(text: str) -> None:
    assert len(read(text).chapters) == 1


def test_pages_of_a_pdf_lose_their_numbers_and_running_titles() -> None:
    first, second = WRAPPED.split("\n", 1)
    halves = [first if number % 2 else second for number in range(1, 9)]
    pages = [f"THE LONG WALK {n}\n\n{part}\n\n- {n + 20} -\n" for n, part in enumerate(halves, 1)]
    pages[0] = f"Chapter 1\n\n{first}\n\n21\n"
    book = read("\f".join(pages))
    assert titles(book) == ["Chapter 1"]
    assert texts(book)[0] == ["Chapter 1", *[LONG] * 4]
    assert {item.reason for item in book.skipped} == {"page-number", "running-title"}


def test_a_file_without_headings_is_one_chapter_named_after_it(tmp_path: Path) -> None:
    path = tmp_path / "二月.txt"
    path.write_text("是阴历二月初。\n立春刚过了不久。\n", encoding="utf-8")
    book = read_book(path)
    assert (titles(book), book.metadata.title) == (["二月"], "")
    assert texts(book) == [["是阴历二月初。", "立春刚过了不久。"]]


_LINES = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "",
                "",
                "Chapter 1",
                "Chapter 2",
                "第一章 开始",
                "I.",
                "II.",
                "CONTENTS",
                "* * *",
                "_a_ b",
                "[Illustration]",
                "[Footnote 1: a",
                "b.[1] cab-",
                "bac [1] ]",
                "[1] c",
                *("\f", "\f\f", "12", "13", "- 14 -", "12345", "1 2", "ABBA 2", "ABBA 3", "ABBA"),
                "a line that is as long as those of a paragraph",
            ]
        ),
        st.text(alphabet="ab .,中。“”\u3000-*_", max_size=90),
    ),
    max_size=30,
)


@given(_LINES)
def test_every_character_of_any_text_is_read_or_skipped_once(lines: list[str]) -> None:
    text = "\n".join(lines)
    items = [item for draft in read_plain(text, title="t", is_word=has_word) for item in draft.items]
    assert Counter(visible("".join(item.text for item in items))) == Counter(visible(text))
