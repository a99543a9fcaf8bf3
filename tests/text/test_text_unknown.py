"""Words whose reading is a guess, and letters that cannot be read at all."""

from __future__ import annotations

import pytest

from ttsbook.text import FrontEnd, parse_lexicon
from ttsbook.text.normalize.squares import SQUARES
from ttsbook.text.unknown import UnknownWord, find_unknown
from ttsbook.text.unspeakable import count_unspeakable
from ttsbook.types import Block, BlockKind, Boundary, Chapter


def unknown(*texts: str, lexicon: bytes = b"") -> dict[str, UnknownWord]:
    chapters = [
        Chapter(index, "", (Block(BlockKind.PARAGRAPH, text),)) for index, text in enumerate(texts, start=1)
    ]
    chunks = [chunk for chapter in chapters for chunk in FrontEnd().chunks(chapter)]
    found = find_unknown(chunks, parse_lexicon(lexicon, "test") if lexicon else None)
    return {word.word: word for word in found}


def test_names_that_nobody_has_written_down_are_counted_with_their_chapters() -> None:
    found = unknown("Zorblax met Darcy. Zorblax’s dog ran.", "Nobody.", "Then Zorblax left with Quimbly.")
    assert list(found) == ["Zorblax", "Quimbly"]
    assert (found["Zorblax"].count, found["Zorblax"].chapters) == (3, (1, 3))
    assert "met Darcy" in found["Zorblax"].sample


def test_a_name_is_proposed_once_however_it_is_printed() -> None:
    found = unknown("A zorblax’qa met Zorblax'qa. Zorblax’qa won.")
    assert [(word, entry.count) for word, entry in found.items()] == [("zorblax’qa", 3)]


def test_a_proposed_entry_can_be_pasted_and_changes_nothing() -> None:
    found = unknown("Zorblax left. Zoë-Xanthippia ran. 祥子走了。祥子来了。祥子笑了。")
    assert {"Zorblax", "祥子"} <= set(found)
    entries = "[words]\n" + "\n".join(word.entry for word in found.values())
    lexicon = parse_lexicon(entries.encode("utf-8"), "test")
    for text, language in (("Zorblax left.", "en"), ("祥子走了。", "zh")):
        own = FrontEnd(lexicon=lexicon).say(text, language)[1]
        assert own.replace(" ", "") == FrontEnd().say(text, language)[1].replace(" ", "")


def test_a_word_of_the_lexicon_is_no_longer_unknown() -> None:
    assert unknown("Zorblax ran.", lexicon=b'[words]\nZorblax = "ZOR-blaks"') == {}


@pytest.mark.parametrize(
    ("text", "n"),
    [
        ("plain", 0),
        ("Привет, John.", 6),
        ("café Ø 你好 ５ ½ ① π", 0),
        ("かな and 汉字", 2),
        ("鲜の每日, 人々, ⼈⺠, の", 1),
        ("שלום", 4),
        ("5㎏, ㍿, ㋁ ㌔", 1),
        ("1, 2 — “x”", 0),
    ],
)
def test_letters_without_a_sound_are_counted(text: str, n: int) -> None:
    assert count_unspeakable(text) == n


@pytest.mark.parametrize(
    ("printed", "plain"),
    [
        ("The oﬃcer’s ﬁrst ﬂat.", "The officer’s first flat."),
        ("Paradiſe Loſt", "Paradise Lost"),
        ("Mʳ Smith, the 4ᵗʰ of 𝐍𝐢𝐧𝐞", "Mr Smith, the 4th of Nine"),
        ("Ħal, ƒive ǽons", "Hal, five aeons"),
        ("Rule ❷ and ㉑", "Rule 2 and 21"),
        ("Ⓐ or ⅬⅤ", "A or fifty five"),
        ("第❷条和㈢", "第②条和③"),
        ("一門礮，一個藷。", "一门炮，一个薯。"),
    ],
)
def test_letters_and_numbers_of_another_form_are_read(printed: str, plain: str) -> None:
    say = FrontEnd().say
    assert say(printed)[1] == say(plain)[1]
    assert count_unspeakable(printed) == 0


@pytest.mark.parametrize(("language", "before", "after"), [("en", "Take the ", "."), ("zh", "走那条", "。")])
def test_every_letter_is_read_or_counted(language: str, before: str, after: str) -> None:
    def say(character: str) -> str:
        return FrontEnd().say_part(before + character + after, language, Boundary.SENTENCE)[1]

    alphabets = [*range(0x80, 0x2BC), *range(0x2BD, 0x3400), *range(0xA000, 0xAC00), *range(0xF900, 0x10000)]
    samples = [*range(0x3400, 0xA000, 50), *range(0x10000, 0x30000, 50)]
    letters = [chr(code) for code in alphabets + samples if chr(code).isalnum()]
    letters += sorted(SQUARES)
    assert [each for each in letters if not count_unspeakable(each) and say(each) == say("")] == []
