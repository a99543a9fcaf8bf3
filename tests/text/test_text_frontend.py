"""Chapters to chunks: nothing lost, nothing doubled, limits kept, boundaries stated."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ttsbook.symbols import is_known
from ttsbook.text import FrontEnd
from ttsbook.text.cut import cut_text
from ttsbook.text.sentence import split_sentences
from ttsbook.types import Block, BlockKind, Boundary, Chapter, Chunk

NASTY = "a1 .,;…—“”'（），。！？\u0301\u200d\u202e\u200b\ud800\udfff😀👩\ufe0f汉字ßéΩя\n\t\u00ad"


def chapter(*blocks: Block | str) -> Chapter:
    kinds = (Block(BlockKind.PARAGRAPH, b) if isinstance(b, str) else b for b in blocks)
    return Chapter(3, "Title", tuple(kinds))


def chunks_of(*blocks: Block | str, front_end: FrontEnd | None = None) -> list[Chunk]:
    return list((front_end or FrontEnd()).chunks(chapter(*blocks)))


def sentences(text: str) -> list[str]:
    return [text[start:end].strip() for start, end in split_sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mr. Smith left. He ran.", ["Mr. Smith left.", "He ran."]),
        ("It is 3.14 here. Yes.", ["It is 3.14 here.", "Yes."]),
        ("J. K. Rowling wrote. I read.", ["J. K. Rowling wrote.", "I read."]),
        ("See p. 12 there. Go.", ["See p. 12 there.", "Go."]),
        ("So did I. Then we left.", ["So did I.", "Then we left."]),
        ("So said Edward I. Koch. I ran.", ["So said Edward I. Koch.", "I ran."]),
        ("The heir of Edward I. Parliament met.", ["The heir of Edward I.", "Parliament met."]),
        ("See Rom. viii. 28 and Isa. 53 too. Go.", ["See Rom. viii. 28 and Isa. 53 too.", "Go."]),
        ("“What?” he said. “No!” She ran.", ["“What?” he said.", "“No!”", "She ran."]),
        ("He waited... and waited. Then left.", ["He waited... and waited.", "Then left."]),
        ("He waited… Then left.", ["He waited…", "Then left."]),
        ("What?! No way!! Go.", ["What?!", "No way!!", "Go."]),
        ("(He left.) She stayed.", ["(He left.)", "She stayed."]),
        ("We chose plan B. He left.", ["We chose plan B.", "He left."]),
        ("We sat in Row D. Mom waved.", ["We sat in Row D.", "Mom waved."]),
        ("A series D. H. Lawrence wrote.", ["A series D. H. Lawrence wrote."]),
        ("No. 5 is here. Yes.", ["No. 5 is here.", "Yes."]),
        ("No. He left.", ["No.", "He left."]),
        ("Dear me! how odd. Yes.", ["Dear me! how odd.", "Yes."]),
        ("他走了。“好！”她说。", ["他走了。", "“好！”", "她说。"]),
        ("「走吧。」他说；我不去。", ["「走吧。」", "他说；", "我不去。"]),
        ("真的？！是。", ["真的？！", "是。"]),
        ("一九八四年……他走了。", ["一九八四年……他走了。"]),
        ("No stop at all", ["No stop at all"]),
        ("", []),
    ],
)
def test_a_sentence_ends_where_a_reader_would_end_it(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@given(st.text(alphabet=NASTY, max_size=200), st.integers(1, 40))
@example("x" * 300, 7)
@example("\u0301" * 90, 10)
@settings(max_examples=200, deadline=None)
def test_pieces_cover_the_text_and_keep_the_limit(text: str, limit: int) -> None:
    for by_line in (False, True):
        pieces = list(cut_text(text, limit, by_line=by_line))
        assert "".join(text[p.start : p.end] for p in pieces) == text
        assert all(0 < p.end - p.start <= limit for p in pieces)


@given(
    st.lists(st.text(alphabet=NASTY, min_size=1, max_size=80), max_size=4),
    st.sampled_from(["auto", "en", "zh"]),
)
@settings(max_examples=100, deadline=None)
def test_the_chunks_of_a_block_joined_are_the_block(texts: list[str], language: str) -> None:
    accent, emoji = ("british", "name") if len(texts) % 2 else ("american", "silent")
    front_end = FrontEnd(language=language, accent=accent, emoji=emoji, max_characters=30, max_phonemes=60)
    chunks = chunks_of(*texts, front_end=front_end)
    for position, text in enumerate(texts):
        own = [chunk for chunk in chunks if chunk.block == position]
        assert "".join(chunk.text for chunk in own) == text
        assert all(text[chunk.start : chunk.end] == chunk.text for chunk in own)
    assert [chunk.index for chunk in chunks] == list(range(len(chunks)))
    for chunk in chunks:
        assert len(chunk.text) <= 30
        assert is_known(chunk.phonemes)
        assert bool(chunk.spoken) == bool(chunk.phonemes)
        assert chunk.language in ("en", "zh")


@given(st.text(max_size=120))
@settings(max_examples=100, deadline=None)
def test_any_text_at_all_gives_chunks_that_cover_it(text: str) -> None:
    assert "".join(chunk.text for chunk in chunks_of(Block(BlockKind.VERSE, text))) == text


def test_the_same_chapter_gives_the_same_chunks() -> None:
    blocks = ("Mr. Smith paid $5 in 1914. 他有2个苹果。", "Zorblax!")
    assert chunks_of(*blocks) == chunks_of(*blocks)


def test_short_sentences_are_joined_and_long_ones_stand_alone() -> None:
    long = (
        "This sentence is long enough to be spoken alone without any doubt about it, as anyone hears at once"
    )
    assert [c.text for c in chunks_of("No. Yes. Go on.")] == ["No. Yes. Go on."]
    assert len(chunks_of(f"{long}. {long}.")) == 2


def test_sentences_of_two_paragraphs_are_never_joined() -> None:
    assert [c.text for c in chunks_of("No.", "Yes.")] == ["No.", "Yes."]


def test_a_long_sentence_is_cut_at_a_clause_then_a_word_then_anywhere() -> None:
    clause = chunks_of("word " * 12 + "here, " + "word " * 12, front_end=FrontEnd(max_characters=90))
    assert clause[0].text.endswith("here, ")
    assert clause[0].boundary is Boundary.CLAUSE
    assert clause[0].phonemes.endswith(",")
    words = chunks_of("word " * 40, front_end=FrontEnd(max_characters=60))
    assert all(c.text.endswith(" ") for c in words)
    assert words[0].boundary is Boundary.NONE
    crumbs = chunks_of("word " * 12 + "end.", front_end=FrontEnd(max_characters=60))
    assert min(len(c.text) for c in crumbs) >= 18  # "end." alone would be one word between two pauses
    letters = chunks_of("x" * 1000)
    assert max(len(c.text) for c in letters) <= 500


def test_a_sentence_that_is_too_long_is_cut_in_two_at_its_strongest_mark() -> None:
    text = (
        "She walked on, past the mill, past the church and past the last of the houses, in the rain; she did"
        " not look back, although they called her, all of them, from the door of the inn, and waved."
    )
    for front_end in (FrontEnd(max_characters=len(text) - 1), FrontEnd(max_phonemes=150)):
        first, second = chunks_of(text, front_end=front_end)
        assert first.text.endswith("in the rain; ")
        assert (first.boundary, second.boundary) == (Boundary.CLAUSE, Boundary.CHAPTER)


@pytest.mark.parametrize(
    ("text", "second"),
    [
        ("He bought bread, milk and ham, and then went home, tired, slowly.", "and then went home"),
        ("He told the man at the gate that the horse was not for sale now.", "that the horse"),
        ("To sell it soon, all the many houses in that long and narrow street went up.", "all the many"),
        ("They all went up to the old house in which the two sisters had lived", "in which the two"),
        ("他买了苹果、梨、橘子、桃，又买了香蕉、葡萄、西瓜、枣。", "又买了"),
        ("他走进房间--她没有回头，也没有说话，只是看着窗外的雨。", "也没有"),
    ],
)
def test_a_long_sentence_is_cut_where_a_clause_begins(text: str, second: str) -> None:
    chunks = chunks_of(text, front_end=FrontEnd(max_characters=len(text) - 1))
    assert len(chunks) == 2
    assert chunks[1].text.startswith(second)


def test_a_hundred_thousand_letters_without_a_space_are_spoken_in_pieces() -> None:
    text = "长" * 50_000 + "a" * 50_000
    chunks = chunks_of(text, front_end=FrontEnd(max_phonemes=400))
    assert "".join(c.text for c in chunks) == text
    assert all(len(c.phonemes) <= 400 for c in chunks)


def test_no_chunk_has_more_phonemes_than_the_model_takes() -> None:
    text = "It cost $1,234,567,890.12 or 987654321 of them, " * 12
    chunks = chunks_of(text, front_end=FrontEnd(max_phonemes=120))
    assert "".join(c.text for c in chunks) == text
    assert all(0 < len(c.phonemes) <= 120 for c in chunks)


def test_boundaries_say_what_ends() -> None:
    chunks = chunks_of(
        Block(BlockKind.HEADING, "One"),
        "First paragraph.",
        Block(BlockKind.SCENE_BREAK, "* * *"),
        Block(BlockKind.VERSE, "Roses are red\nViolets are blue"),
        Block(BlockKind.SCENE_BREAK, ""),
        "The end.",
    )
    assert [(c.text, c.boundary) for c in chunks] == [
        ("One", Boundary.HEADING),
        ("First paragraph.", Boundary.PARAGRAPH),
        ("* * *", Boundary.SCENE),
        ("Roses are red\n", Boundary.LINE),
        ("Violets are blue", Boundary.PARAGRAPH),
        ("", Boundary.SCENE),
        ("The end.", Boundary.CHAPTER),
    ]
    assert chunks[2].phonemes == chunks[2].spoken == ""
    assert chunks[0].phonemes.endswith(".")


@pytest.mark.parametrize(
    ("text", "default", "expected"),
    [
        ("Hello there.", "zh", "en"),
        ("你好。", "en", "zh"),
        ("1984", "zh-Hant", "zh"),
        ("1984", "en-GB", "en"),
        ("1984", None, "en"),
        ("3V3，HP+100", "zh", "zh"),
        ("3V3", "en", "en"),
        ("Chapter 12", "zh", "en"),
        ("我的iPhone很好。", "en", "zh"),
        ("He said 你好 to me.", "zh", "en"),
        ("CFO、CTO、COO、HR都到了", "zh", "zh"),
        ("访问https://www.example.com/path?x=1", "zh", "zh"),
        ("Steve Jobs创办Apple。", "zh", "zh"),
        ("他说：“I am 25 years old.”", "zh", "en"),
        ("WTO、IMF、OPEC", "zh", "zh"),
        ("FBI！", "zh", "zh"),
        ("a²+b²=c²", "zh", "zh"),
        ("sin30°=1/2", "zh", "zh"),
        ("I am 25.", "zh", "en"),
        ("Day 1", "zh", "en"),
    ],
)
def test_the_language_of_a_chunk_is_that_of_its_letters(
    text: str, default: str | None, expected: str
) -> None:
    (chunk,) = FrontEnd().chunks(chapter(text), default)
    assert chunk.language == expected


def test_the_block_knows_its_language_better_than_the_book() -> None:
    (chunk,) = FrontEnd().chunks(chapter(Block(BlockKind.PARAGRAPH, "42", language="zh-CN")), "en")
    assert (chunk.language, chunk.spoken) == ("zh", "四十二")


def test_a_chosen_language_reads_the_digits() -> None:
    (chunk,) = chunks_of("42", front_end=FrontEnd(language="zh"))
    assert chunk.spoken == "四十二"
    with pytest.raises(ValueError, match="auto, en or zh"):
        FrontEnd(language="fr")
