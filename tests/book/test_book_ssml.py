"""Speech markup in plain text: taken out where it says something, left where it is text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ttsbook.book.printed import visible
from ttsbook.book.ssml import take_tags
from ttsbook.book.words import book_of_text
from ttsbook.types import Markup, MarkupKind


def marked(text: str) -> list[tuple[str, MarkupKind, str, str]]:
    untagged = take_tags(text)
    return [(untagged.text[m.start : m.end], m.kind, m.value, m.detail) for m in untagged.markup]


@pytest.mark.parametrize(
    ("text", "left", "markup"),
    [
        ('Wait <break time="1.5s"/> here.', "Wait here.", ("", MarkupKind.BREAK, "1500", "")),
        ('Wait<break time="250ms"/>here.', "Waithere.", ("", MarkupKind.BREAK, "250", "")),
        ('<break strength="strong"/>Go.', "Go.", ("", MarkupKind.BREAK, "700", "")),
        ("Go <break/>", "Go", ("", MarkupKind.BREAK, "350", "")),
        ('<break time="9000s"/>Go.', "Go.", ("", MarkupKind.BREAK, "10000", "")),
        (
            'a <phoneme alphabet="ipa" ph="lɛd">lead</phoneme> pipe',
            "a lead pipe",
            ("lead", MarkupKind.PHONEMES, "lɛd", "ipa"),
        ),
        ("<phoneme ph='lɛd'>lead</phoneme>", "lead", ("lead", MarkupKind.PHONEMES, "lɛd", "ipa")),
        ('<sub alias="Doctor">Dr</sub> No', "Dr No", ("Dr", MarkupKind.ALIAS, "Doctor", "")),
        (
            '<say-as interpret-as="characters">SS</say-as>',
            "SS",
            ("SS", MarkupKind.SAY_AS, "characters", ""),
        ),
        ('<lang xml:lang="zh-CN">42</lang>', "42", ("42", MarkupKind.LANGUAGE, "zh-CN", "")),
        ("<emphasis>now</emphasis>", "now", ("now", MarkupKind.EMPHASIS, "", "")),
    ],
)
def test_a_tag_is_taken_out_and_says_something_of_its_text(
    text: str, left: str, markup: tuple[str, MarkupKind, str, str]
) -> None:
    assert take_tags(text).text == left
    assert marked(text) == [markup]


@pytest.mark.parametrize(
    "text",
    [
        "a < b and c > d",
        "the tag <break> of HTML",
        "an open <phoneme ph='x'>word",
        "<phoneme>no reading</phoneme>",
        "<lang>no language</lang>",
        "</sub> alone",
        "<b>bold</b>",
    ],
)
def test_what_says_nothing_is_text_and_stays(text: str) -> None:
    untagged = take_tags(text)
    assert (untagged.text, untagged.markup, untagged.tags) == (text, (), ())


def test_tags_inside_one_another_each_have_their_own_stretch() -> None:
    text = '<emphasis>Say <lang xml:lang="zh">42</lang> now</emphasis>.'
    assert [(printed, kind) for printed, kind, *_ in marked(text)] == [
        ("Say 42 now", MarkupKind.EMPHASIS),
        ("42", MarkupKind.LANGUAGE),
    ]


@given(
    st.lists(
        st.sampled_from(
            ["a ", " b", "<break/>", '<sub alias="x">', "</sub>", "<lang xml:lang='zh'>", "</lang>", "<", " "]
        ),
        max_size=14,
    )
)
@settings(max_examples=150, deadline=None)
def test_every_character_is_kept_or_among_the_tags(pieces: list[str]) -> None:
    text = " ".join("".join(pieces).split())
    untagged = take_tags(text)
    kept = sorted(visible(untagged.text) + visible("".join(untagged.tags)))
    assert kept == sorted(visible(text))
    assert "  " not in untagged.text
    assert all(0 <= m.start <= m.end <= len(untagged.text) for m in untagged.markup)


def test_a_line_of_spaces_separates_paragraphs_like_an_empty_one() -> None:
    (chapter,) = book_of_text("One.\n  \nTwo.\r\n\r\nThree.\nFour.").chapters
    assert [block.text for block in chapter.blocks] == ["One.", "Two.", "Three. Four."]


def test_words_given_on_the_command_line_may_have_tags() -> None:
    (chapter,) = book_of_text('Go <break time="1s"/> on.').chapters
    (block,) = chapter.blocks
    assert block.text == "Go on."
    assert block.markup == (Markup(3, 3, MarkupKind.BREAK, "1000"),)
    assert [(piece.reason, piece.text) for piece in chapter.skipped] == [("markup", '<break time="1s"/>')]
