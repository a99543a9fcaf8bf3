"""Pauses that no mark of the voice asks for: around asides, at strokes, behind the number of a chapter."""

from __future__ import annotations

import pytest

from ttsbook.text import FrontEnd

FRONT_END = FrontEnd()


def said(text: str) -> str:
    return FRONT_END.say(text)[1]


@pytest.mark.parametrize(
    ("printed", "paused"),
    [
        ("The man (who knew her) rose.", "The man, who knew her, rose."),
        ("The answer [he said] was no.", "The answer, he said, was no."),
        ("It appeared in London (1813).", "It appeared in London, 1813."),
        ("He left (and never came back)", "He left, and never came back"),
        ("We went (it was late), and slept.", "We went, it was late, and slept."),
        ("Is it he (the old man)?", "Is it he, the old man?"),
        ("Was it late? (It was late.) We left.", "Was it late? It was late. We left."),
        ("Roses are red / violets are blue.", "Roses are red, violets are blue."),
        ("他（那个老人）走了。", "他，那个老人，走了。"),
        ("他说（笑着说）：“走吧！”", "他说，笑着说：“走吧！”"),
        ("他走了（没人知道）。", "他走了，没人知道。"),
        ("他叫John（约翰），来了。", "他叫John，约翰，来了。"),
        ("北大（北京大学）的学生", "北大，北京大学的学生"),
        ("（甲乙）（丙丁）来了", "甲乙，丙丁，来了"),
        ("(b) Dry the cup", "B, dry the cup"),
        ("21) Wash it", "Twenty-one, wash it"),
        ("[3] Smith said so", "Three, Smith said so"),
        ("（一）总则", "一，总则"),
        ("CHAPTER IV THE STORM", "Chapter Four, The Storm"),
        ("Part 2 Chapter 21 The Return", "Part Two, Chapter Twenty-One, The Return"),
        ("第3章　风云", "第三章，风云"),
        ("楔子 旧事", "楔子，旧事"),
        ("第二回 甄士隐梦幻识通灵 贾雨村风尘怀闺秀", "第二回，甄士隐梦幻识通灵，贾雨村风尘怀闺秀"),
    ],
)
def test_a_reader_pauses(printed: str, paused: str) -> None:
    assert said(printed) == said(paused)


@pytest.mark.parametrize(
    ("printed", "plain"),
    [
        ("the end of (nearly) everything", "the end of nearly everything"),
        ("any (re)built house", "any re built house"),
        ("see (b) and (c)", "see b and c"),
        ("(re)build it", "re build it"),
        ("I saw him :) and left", "I saw him: and left"),
        ("Chapter 3 of the book", "Chapter Three of the book"),
        ("Part One", "Part One"),
        ("[He] was a great man.", "He was a great man."),
        ("[A] man came.", "A man came."),
        ("(Nearly) all of them left.", "Nearly all of them left."),
        ("the owner and / or his heirs", "the owner and or his heirs"),
        ("本条第（二）款有规定。", "本条第二款有规定。"),
        ("你们真是[令鸟]在原", "你们真是令鸟在原"),
        ("[纟全]儿呀", "纟全儿呀"),
        ("高三（12）班的人", "高三十二班的人"),
        ("今天 我们 去 北京", "今天我们去北京"),
    ],
)
def test_a_reader_does_not_pause(printed: str, plain: str) -> None:
    assert said(printed).count(",") == said(plain).count(",")


def test_a_sentence_that_begins_like_a_title_has_no_pause() -> None:
    title = "Part One Direction played, the rest of the evening went to a band that nobody knew by name."
    assert said(title).count(",") == 1
