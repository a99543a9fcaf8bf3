"""The lexicon: readings in four notations, and errors that name the entry and what is allowed."""

from __future__ import annotations

from pathlib import Path

import pytest

from ttsbook.errors import InputError, UsageError
from ttsbook.text import FrontEnd, Lexicon, parse_lexicon, read_lexicon
from ttsbook.text.g2p.respelling import read_respelling


def lexicon(text: str) -> Lexicon:
    return parse_lexicon(text.encode("utf-8"), "my.toml")


def say(entries: str, text: str, language: str = "en") -> str:
    return FrontEnd(lexicon=lexicon("[words]\n" + entries)).say(text, language)[1]


@pytest.mark.parametrize(
    ("entry", "symbols"),
    [
        ('Hermione = "her-MY-oh-nee"', "həɹmˈIOni"),
        ('Hermione = { respelling = "her-MY-oh-nee" }', "həɹmˈIOni"),
        ('Hermione = { arpabet = "HH ER0 M AY1 AH0 N IY0" }', "həɹmˈIəni"),
        ('Hermione = { ipa = "həɹmˈIəni", comment = "a friend" }', "həɹmˈIəni"),
        ('Hermione = { ipa = "hɜːˈmaɪ.ə.ni" }', "hɜɹmˈIəni"),
        ('Cholmondeley = { ipa = "/ˈtʃʌmli/" }', "ʧˈʌmli"),
        ('Cholmondeley = { ipa = "ˈt͡ʃʌml̩i" }', "ʧˈʌmli"),
        ('Nguyen = { ipa = "wɪn" }', "wˈɪn"),
        ('Lydia = { ipa = "ˈlɪdiə" }', "lˈɪdiə"),
        ('Cholmondeley = { arpabet = "ch ah1 m l iy0" }', "ʧˈʌmli"),
        ('"重庆" = { pinyin = "chong2 qing4" }', "ꭧʰʊ↗ŋʨʰi↘ŋ"),
        ('"重庆" = { pinyin = "Chóng qìng" }', "ꭧʰʊ↗ŋʨʰi↘ŋ"),
        ('"绿子" = { pinyin = "lü4 zi" }', "ly↘ʦɨ"),
        ('"吗" = { pinyin = "ma" }', "ma"),
    ],
)
def test_a_reading_may_be_written_in_four_ways(entry: str, symbols: str) -> None:
    assert lexicon("[words]\n" + entry).entries[0].phonemes == symbols


@pytest.mark.parametrize("word", ["Lydia", "Hermione", "Beauchamp", "Zorblax", "museum", "重庆"])
def test_what_say_prints_is_a_reading(word: str) -> None:
    printed = FrontEnd().say(word)[1].rstrip(".")
    assert lexicon(f'[words]\nNemo = {{ ipa = "{printed}" }}').entries[0].phonemes == printed


def test_an_entry_is_read_wherever_its_word_stands() -> None:
    entry = 'Siobhan = "shi-VAWN"'
    assert say(entry, "Siobhan met Siobhan's aunt.") == "ʃɪvˈɔn mˈɛt ʃɪvˈɔnz ˈænt."
    assert say(entry, "SIOBHAN!") == "ʃɪvˈɔn!"
    assert "ʃɪvˈɔn" not in say(entry, "Siobhanna left.")


@pytest.mark.parametrize("written", ["O'Gara", "O’Gara"])
def test_either_apostrophe_means_both(written: str) -> None:
    """`inspect --unknown` proposes entries as they are printed, which is with the curly one."""
    for limit in ("", ", case = true"):
        entry = f'"{written}" = {{ ipa = "bˈɑb"{limit} }}'
        assert say(entry, "O’Gara met O'Gara.") == "bˈɑb mˈɛt bˈɑb."


def test_a_phrase_is_found_whatever_space_parts_its_words() -> None:
    assert say('"Ab Cd" = { ipa = "bˈɑb" }', "Ab\u00a0Cd met Ab\nCd.") == "bˈɑb mˈɛt bˈɑb."


def test_a_phrase_wins_over_its_words_and_over_every_rule() -> None:
    entries = '"Dr. No" = { ipa = "dˈɑktəɹ nˈO" }\nNo = { ipa = "nˈɑ" }'
    assert say(entries, "Dr. No said no.") == "dˈɑktəɹ nˈO sˈɛd nˈɑ."


def test_case_and_language_limit_an_entry() -> None:
    assert say('Reading = { ipa = "ɹˈɛdɪŋ", case = true }', "Reading is reading.") == "ɹˈɛdɪŋ ɪz ɹˈidɪŋ."
    entry = 'Paris = { ipa = "pɑɹˈi", language = "zh" }'
    assert "pɑɹˈi" not in say(entry, "Paris is big.")
    assert "pɑɹˈi" in say(entry, "我在Paris住。", "zh")


def test_the_entry_with_narrower_limits_wins_wherever_it_stands() -> None:
    entries = ['polish = "PAH-lish"', 'Polish = { respelling = "POH-lish", case = true }']
    for lines in (entries, entries[::-1]):
        assert say("\n".join(lines), "Polish polish.") == "pˈOlɪʃ pˈɑlɪʃ."
    assert "lˈi" in say('"Li" = { ipa = "lˈI" }\n"LI" = { ipa = "lˈi", language = "en" }', "Li")


def test_a_phrase_that_does_not_apply_hides_none_of_its_words() -> None:
    entries = '"New York" = { pinyin = "niu3 yue1", language = "zh" }\nYork = "YAWRK-ee"'
    found = lexicon("[words]\n" + entries).find("New York and York", "en")
    assert [claim.spoken for claim in found] == ["York", "York"]


def test_a_chinese_entry_needs_no_word_borders() -> None:
    entry = '"单田芳" = { pinyin = "shan4 tian2 fang1" }'
    assert "ʂa↘ntʰjɛ↗nfa→ŋ" in say(entry, "我听单田芳说书。", "zh")


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ('[word]\na = "b"', "unknown section", "[words]"),
        ("[words]\nDarcy = 3", "'Darcy' must be text or a table", "Hermione"),
        ('[words]\nDarcy = { ipb = "x" }', "unknown key 'ipb'", "'ipa'"),
        ("[words]\nDarcy = { case = true }", "exactly one reading", "respelling"),
        ('[words]\nDarcy = { ipa = "x", pinyin = "a1" }', "exactly one reading", "pinyin"),
        ('[words]\nDarcy = { ipa = "@" }', "no sound for '@'", "dictionaries"),
        ('[words]\nDarcy = { ipa = "I@" }', "no symbol '@'", "allowed"),
        ('[words]\nDarcy = { ipa = "//" }', "'//' has no sound", "dictionaries"),
        ('[words]\nDarcy = { arpabet = "DD AA1" }', "'DD' is not ARPAbet", "D"),
        ('[words]\nDarcy = { arpabet = "D AA11" }', "'AA11' is not ARPAbet", "AA"),
        ('[words]\nDarcy = { pinyin = "xyz1" }', "not a pinyin syllable", "tone digits"),
        ('[words]\n"重庆" = { pinyin = "chong qing" }', "has no tones", "tone digits"),
        ('[words]\nAnn = "AN"\nann = "AHN"', "'Ann' and 'ann' are one word", "case = true"),
        ('[words]\n"O\'Gara" = "AH"\n"O’Gara" = "OH"', "one word with two readings", "case = true"),
        ('[words]\nDarcy = "d-@-c"', "no vowel", "hyphens"),
        ('[words]\nDarcy = { ipa = "x", case = "yes" }', "case must be true or false", None),
        ('[words]\nDarcy = { ipa = "x", language = "fr" }', "language is 'fr'", '"en" or "zh"'),
        ('[words]\n" " = "ah"', "has no text", None),
    ],
)
def test_a_wrong_entry_is_named_with_what_is_allowed(text: str, message: str, hint: str | None) -> None:
    with pytest.raises(UsageError) as caught:
        lexicon(text)
    assert message in caught.value.message
    assert "my.toml" in caught.value.message
    assert hint is None or hint in (caught.value.hint or "")


def test_a_file_that_is_not_toml_is_an_input_error(tmp_path: Path) -> None:
    path = tmp_path / "my.toml"
    path.write_text("[words\n", encoding="utf-8")
    with pytest.raises(InputError, match="not a TOML file"):
        read_lexicon(path)
    path.write_text("[words]\nHermione = her-MY-oh-nee\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_lexicon(path)
    assert "in quotes" in (caught.value.hint or "")
    with pytest.raises(InputError, match="cannot read"):
        read_lexicon(tmp_path / "none.toml")


def test_one_reading_may_be_given_twice() -> None:
    assert len(lexicon('[words]\nAnn = "AN"\nann = "AN"').entries) == 2


def test_an_empty_lexicon_changes_nothing() -> None:
    assert FrontEnd(lexicon=lexicon("")).say("Hello.", "en") == FrontEnd().say("Hello.", "en")


@pytest.mark.parametrize(
    ("text", "symbols"),
    [
        ("BEE-chum", "bˈiʧʌm"),
        ("yoh-HAHN", "jOhˈɑn"),
        ("THIRD", "θˈɜɹd"),
        ("win", "wˈɪn"),
        ("ZHAHK kloo-ZOH", "ʒˈɑk kluzˈO"),
        ("HILL-er-ee MISS", "hˈɪləɹi mˈɪs"),  # a doubled consonant is one sound
        ("BUUK-kee-per", "bˈʊkkipəɹ"),  # but not in two syllables
        ("nye-OH-mee RYE-lee", "nIˈOmi ɹˈIli"),
        ("YEH-wuh nyet nyay", "jˈɛwə njˈɛt njˈA"),
    ],
)
def test_a_respelling_is_read_by_its_syllables(text: str, symbols: str) -> None:
    assert read_respelling(text) == symbols
