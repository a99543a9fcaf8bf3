"""British readings keep to the symbols that the voice has learned."""

from __future__ import annotations

from pathlib import Path

import pytest

from ttsbook.book.words import book_of_text
from ttsbook.text import FrontEnd, parse_lexicon
from ttsbook.text.g2p.british import british_word, drop_r
from ttsbook.text.tables import read_map

BRITISH = FrontEnd(accent="british")


def said(text: str) -> str:
    return BRITISH.say(text, "en")[1]


@pytest.mark.parametrize(
    ("text", "symbols"),
    [
        ("glass", "ɡlˈɑs."),
        ("glasses", "ɡlˈɑsəz."),
        ("gas", "ɡˈæs."),
        ("hot", "hˈɔt."),
        ("father", "fˈɑðə."),
        ("car", "kˈɑ."),
        ("bird", "bˈɜd."),
        ("near", "nˈɪə."),
        ("new tune", "njˈu tjˈun."),
        ("too soon", "tˈu sˈun."),
        ("schedule", "ʃˈɛʤul."),
        ("lieutenants", "lɛftˈɛnənts."),
        ("tomatoes", "təmˈɑtOz."),
        ("secretary", "sˈɛkɹətəɹi."),
    ],
)
def test_a_word_is_said_as_in_southern_britain(text: str, symbols: str) -> None:
    assert said(text) == symbols


def test_r_is_said_before_a_vowel_and_nowhere_else() -> None:
    assert said("far away") == "fˈɑɹ əwˈA."
    assert said("far, away") == "fˈɑ, əwˈA."
    assert said("far from") == "fˈɑ fɹʌm."
    assert said("red") == "ɹˈɛd."
    assert drop_r("hˈɛɹi", before_vowel=False) == "hˈɛɹi"


def test_a_heteronym_keeps_the_reading_that_its_sentence_asks_for() -> None:
    assert "tˈɛə" in said("Do not tear them.")
    assert "tˈɪə" in said("A tear fell.")


def test_the_readers_lexicon_has_no_accent() -> None:
    lexicon = parse_lexicon('[words]\ncar = { ipa = "kˈɑɹ" }'.encode(), "test")
    front_end = FrontEnd(accent="british", lexicon=lexicon)
    assert front_end.say("car")[1] == "kˈɑɹ."


def test_no_symbol_is_used_that_the_voice_has_not_heard() -> None:
    text = Path(__file__).with_name("heteronyms.tsv").read_text(encoding="utf-8")
    for line in text.splitlines():
        if not line.startswith("#"):
            assert not set(said(line.split("\t")[1])) & set("ɒQːaᵻɾ"), line
    for word in read_map("words_gb.tsv"):
        assert not set(british_word(word, "")) & set("ɒQːaᵻɾ")


def test_words_are_found_in_british_phonemes() -> None:
    (chapter,) = book_of_text("Far away, her father's car cost £5.").chapters
    (chunk,) = BRITISH.chunks(chapter, "en")
    words = [chunk.text[word.start : word.end] for word in BRITISH.words(chunk)]
    assert words == ["Far", "away", "her", "father's", "car", "cost", "£5"]


def test_mandarin_and_the_default_are_left_as_they_are() -> None:
    assert BRITISH.say("银行", "zh")[1] == FrontEnd().say("银行", "zh")[1]
    assert FrontEnd().say("car")[1] == "kˈɑɹ."


def test_an_accent_that_is_not_known_is_refused() -> None:
    with pytest.raises(ValueError, match="accent"):
        FrontEnd(accent="scottish")
