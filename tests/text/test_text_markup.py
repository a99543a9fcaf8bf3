"""What the page says of its readings, as it is heard: readings, other words, letters, languages, breaks."""

from __future__ import annotations

import pytest

from ttsbook.book.ssml import take_tags
from ttsbook.text import FrontEnd, parse_lexicon
from ttsbook.text.g2p.ipa import from_ipa, from_xsampa
from ttsbook.types import Block, BlockKind, Boundary, Chapter, Chunk


def chunks_of(text: str, front_end: FrontEnd | None = None) -> list[Chunk]:
    untagged = take_tags(text)
    chapter = Chapter(1, "", (Block(BlockKind.PARAGRAPH, untagged.text, markup=untagged.markup),))
    chunks = list((front_end or FrontEnd()).chunks(chapter, "en"))
    assert "".join(chunk.text for chunk in chunks) == untagged.text
    return chunks


def spoken(text: str) -> str:
    return " ".join(chunk.spoken for chunk in chunks_of(text))


@pytest.mark.parametrize(
    ("ipa", "symbols"),
    [
        ("təˈmeɪtoʊ", "təmˈAtO"),
        ("təˈmɑːtəʊ", "təmˈɑtO"),
        ("lɛd", "lˈɛd"),
        ("ˈtʃɜːrtʃ", "ʧˈɜɹʧ"),
        ("/ˌʌn.dɚˈstænd/", "ˌʌndəɹstˈænd"),
        ("d͡ʒɔɪ", "ʤˈY"),
        ("ˈwɝld waɪd", "wˈɜɹld wˈId"),
    ],
)
def test_a_transcription_becomes_the_symbols_of_the_voice(ipa: str, symbols: str) -> None:
    assert from_ipa(ipa) == symbols


def test_x_sampa_is_read_like_ipa() -> None:
    assert from_xsampa('t@"mA:t@U') == "təmˈɑtO"
    assert from_xsampa('"k{t') == "kˈæt"


def test_a_sign_without_a_sound_is_an_error() -> None:
    with pytest.raises(ValueError, match="no sound"):
        from_ipa("ʘa")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('The <say-as interpret-as="characters">US2</say-as> won.', "The U S two won."),
        ('Call <say-as interpret-as="telephone">12 34</say-as>.', "Call one two, three four."),
        ('Call <say-as interpret-as="digits">1984</say-as>.', "Call one nine eight four."),
        (
            'Some <say-as interpret-as="cardinal">1984</say-as> men.',
            "Some one thousand nine hundred and eighty-four men.",
        ),
        ('The <say-as interpret-as="ordinal">3</say-as> man.', "The third man."),
        ('It is <say-as interpret-as="unheard-of">3</say-as>.', "It is three."),
        ('<sub alias="Number 10">Nr. 10</sub> fell.', "Number ten fell."),
        ('He is <lang xml:lang="zh">42</lang>.', "He is 四十二."),
        ("他<lang xml:lang='en'>42</lang>岁。", "他forty-two岁。"),
    ],
)
def test_the_page_says_how_a_text_is_read(text: str, expected: str) -> None:
    assert spoken(text) == expected


def test_a_reading_on_the_page_is_spoken_and_one_not_understood_is_passed_over() -> None:
    assert "lˈɛd" in chunks_of('They <phoneme ph="lɛd">lead</phoneme> on.')[0].phonemes
    assert "lˈid" in chunks_of('They <phoneme ph="ʘ">lead</phoneme> on.')[0].phonemes
    assert "lˈid" in chunks_of('They <phoneme alphabet="x-odd" ph="lɛd">lead</phoneme> on.')[0].phonemes
    pinyin = chunks_of('住在<phoneme alphabet="pinyin" ph="zhòng qìng">重庆</phoneme>。')[0]
    assert "ꭧʊ↘ŋʨʰi↘ŋ" in pinyin.phonemes


def test_the_readers_own_lexicon_goes_before_the_page() -> None:
    lexicon = parse_lexicon(b'[words]\nlead = { ipa = "l\xc9\x9bt" }', "test")
    (chunk,) = chunks_of('They <phoneme ph="lid">lead</phoneme>.', FrontEnd(lexicon=lexicon))
    assert "lˈɛt" in chunk.phonemes


def test_a_break_ends_a_chunk_and_asks_for_its_pause() -> None:
    first, second = chunks_of('Wait <break time="2s"/> for it.')
    assert (first.text, first.pause_ms, first.boundary) == ("Wait ", 2000, Boundary.CLAUSE)
    assert first.phonemes.endswith(",")
    assert (second.text, second.pause_ms) == ("for it.", 0)
    ended, _ = chunks_of('Wait. <break time="2s"/> Go.')
    assert (ended.boundary, ended.phonemes[-1]) == (Boundary.SENTENCE, ".")


def test_a_break_before_the_first_word_and_after_the_last_is_kept() -> None:
    chunks = chunks_of('<break time="1s"/>Go.<break time="3s"/>')
    assert [(chunk.text, chunk.pause_ms) for chunk in chunks] == [("", 1000), ("Go.", 3000)]


def test_words_are_found_in_the_phonemes_of_a_marked_chunk() -> None:
    (chunk,) = chunks_of('The <phoneme ph="lɛd">lead</phoneme> pipe <sub alias="Doctor">Dr</sub> saw.')
    words = FrontEnd().words(chunk)
    assert [chunk.text[word.start : word.end] for word in words] == ["The", "lead", "pipe", "Dr", "saw"]


def test_a_paragraph_with_thousands_of_tags_is_read() -> None:
    tag = '<emphasis>one</emphasis> <sub alias="two">2</sub> <break time="10ms"/> '
    chunks = chunks_of(tag * 3_000)
    assert len(chunks) == 3_000
    assert {chunk.spoken for chunk in chunks} == {"one two"}
