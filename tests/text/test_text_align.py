from __future__ import annotations

import pytest

from ttsbook.symbols import PUNCTUATION
from ttsbook.text.align import align_words
from ttsbook.text.frontend import FrontEnd
from ttsbook.text.lexicon import read_lexicon
from ttsbook.types import Block, BlockKind, Chapter, Chunk


def chunks_of(text: str, front_end: FrontEnd) -> list[Chunk]:
    return list(front_end.chunks(Chapter(1, "", (Block(BlockKind.PARAGRAPH, text),))))


def words_of(text: str, front_end: FrontEnd | None = None) -> list[str]:
    front_end = front_end or FrontEnd()
    found = []
    for chunk in chunks_of(text, front_end):
        words = front_end.words(chunk)
        assert words or not chunk.phonemes
        found += [chunk.text[word.start : word.end] for word in words]
    return found


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("“Hello,” said Mr. Darcy.", ["Hello", "said", "Mr.", "Darcy"]),
        ("It cost £1,250 in 1813, I think.", ["It", "cost", "£1,250", "in", "1813", "I", "think"]),
        ("The USA won't.", ["The", "USA", "won't"]),
        ("他在2024年说：“你好，世界！”", ["他", "在", "2024年", "说", "你好", "世界"]),
        ("他用iPhone打电话。", ["他", "用", "iPhone", "打电话"]),
    ],
)
def test_words_are_those_of_the_print(text: str, words: list[str]) -> None:
    assert words_of(text) == words


def test_every_phoneme_of_a_word_belongs_to_it_and_only_marks_lie_between() -> None:
    front_end = FrontEnd()
    text = "“Well,” she read on 4 May 1812; the café—near St. Paul's—had closed… 3.5% of it, anyway."
    for chunk in chunks_of(text, front_end):
        words = front_end.words(chunk)
        taken = {at for word in words for at in range(word.first, word.last)}
        between = {symbol for at, symbol in enumerate(chunk.phonemes) if at not in taken}
        assert between <= set(PUNCTUATION + " ")
        assert [word.first for word in words] == sorted(word.first for word in words)


def test_words_of_a_lexicon_are_found(tmp_path) -> None:
    path = tmp_path / "names.toml"
    path.write_text('[words]\nHermione = "her-MY-oh-nee"\n', encoding="utf-8")
    front_end = FrontEnd(lexicon=read_lexicon(path))
    assert words_of("So Hermione said it.", front_end) == ["So", "Hermione", "said", "it"]


def test_phonemes_of_other_words_are_not_guessed_at() -> None:
    front_end = FrontEnd()
    (chunk,) = chunks_of("One thing.", front_end)
    (other,) = chunks_of("Two things, at least.", front_end)
    assert align_words(chunk.spoken, chunk.phonemes)
    assert align_words(chunk.spoken, other.phonemes) == ()
    assert align_words(chunk.spoken + " more", chunk.phonemes) == ()
    assert align_words("One", chunk.phonemes) == ()


def test_sentences_end_after_their_marks_also_where_languages_meet() -> None:
    front_end = FrontEnd()
    (chunk,) = chunks_of("“No. Not I,” said the crow. 他走了。", front_end)
    ends = front_end.sentence_ends(chunk)
    assert [chunk.text[:end].strip() for end, _ in ends] == [
        "“No.",
        "“No. Not I,” said the crow.",
        "“No. Not I,” said the crow. 他走了。",
    ]
    said = [chunk.phonemes[:n_phonemes] for _, n_phonemes in ends]
    assert said[-1] == chunk.phonemes
    assert all(part.endswith(".") for part in said)
    assert [part.count(".") for part in said] == [1, 2, 3]
