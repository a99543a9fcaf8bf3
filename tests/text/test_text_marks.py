"""Speech, questions, exclamations and stress are marked, and change no phoneme."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ttsbook.text import FrontEnd
from ttsbook.text.marks import marks_of
from ttsbook.types import Block, BlockKind, Chapter, MarkKind, Markup, MarkupKind


def marked(text: str, kind: MarkKind) -> list[str]:
    marks = marks_of(Block(BlockKind.PARAGRAPH, text))
    return [text[mark.start : mark.end] for mark in marks if mark.kind is kind]


@pytest.mark.parametrize(
    ("text", "speeches"),
    [
        ("“Yes,” he said. “No.”", ["Yes,", "No."]),
        ("‘It’s late,’ she said.", ["It’s late,"]),
        ('"Yes," he said.', ["Yes,"]),
        ("他说：“好！”她走了。", ["好！"]),
        ("「好，『甲』乙。」他说。", ["好，『甲』乙。"]),
        ("“He said ‘go’ to me,” she said.", ["He said ‘go’ to me,"]),
        ("“It goes on in the next paragraph.", ["It goes on in the next paragraph."]),
        ("The boys’ hats. It’s his.", []),
        ("In ’68 he left.", []),
    ],
)
def test_what_is_said_in_quotation_marks_is_speech(text: str, speeches: list[str]) -> None:
    assert marked(text, MarkKind.SPEECH) == speeches


def test_questions_and_exclamations_are_whole_sentences() -> None:
    text = "Is it late? It is. “Run!” 真的吗？走！ What?!"
    assert marked(text, MarkKind.QUESTION) == ["Is it late?", "真的吗？", "What?!"]
    assert marked(text, MarkKind.EXCLAMATION) == ["“Run!”", "走！", "What?!"]


def test_a_chunk_has_the_marks_of_its_own_part() -> None:
    text = "“This is the first sentence of a long speech, and it alone is as long as it can be. And then?”"
    block = Block(BlockKind.PARAGRAPH, text, markup=(Markup(9, 12, MarkupKind.EMPHASIS),))
    first, second = FrontEnd(max_characters=86).chunks(Chapter(1, "", (block,)))
    assert [(mark.kind, first.text[mark.start : mark.end]) for mark in first.marks] == [
        (MarkKind.SPEECH, first.text[1:]),
        (MarkKind.EMPHASIS, "the"),
    ]
    assert {mark.kind for mark in second.marks} == {MarkKind.SPEECH, MarkKind.QUESTION}


def test_marks_change_no_phoneme() -> None:
    plain = Block(BlockKind.PARAGRAPH, "It was his hat.")
    stressed = Block(BlockKind.PARAGRAPH, plain.text, markup=(Markup(7, 10, MarkupKind.EMPHASIS),))
    said = [[c.phonemes for c in FrontEnd().chunks(Chapter(1, "", (block,)))] for block in (plain, stressed)]
    assert said[0] == said[1]


@given(st.text(alphabet='ab ’‘“”"「」!?.。？', max_size=60))
@settings(max_examples=150, deadline=None)
def test_marks_lie_inside_the_text(text: str) -> None:
    assert all(
        0 <= m.start < m.end <= len(text)
        for m in marks_of(Block(BlockKind.PARAGRAPH, text))
        if m.start != m.end
    )
