"""Lexicons on the command line: say, lexicon check, inspect --unknown, and the file beside a book."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from command_line import Command

from ttsbook.book.words import book_of_text
from ttsbook.cli.source import plan_without_keys
from ttsbook.render.account import account_of
from ttsbook.render.settings import RenderSettings
from ttsbook.text import read_lexicon
from ttsbook.voice.store import add_voice, find_voice

LEXICON = '[words]\nZorblax = { ipa = "zˈɔɹblæks" }\n'


def test_say_shows_what_is_spoken_and_what_the_lexicon_makes_of_it(ttsbook: Command, folder: Path) -> None:
    (folder / "names.toml").write_text('[words]\nDarcy = { ipa = "dˈɑɹ" }\n', encoding="utf-8")
    run = ttsbook("say", "Darcy", "Dr. Who", "--lexicon", "names.toml")
    assert run.code == 0
    assert run.out.splitlines() == [
        "Darcy: Darcy  /dˈɑɹsi./, by the lexicon /dˈɑɹ./",
        "Dr. Who: Doctor Who  /dˈɑktəɹ hˈu./",
    ]
    found = ttsbook("say", "重庆", "--json").document["words"]
    assert found[0]["language"] == "zh"
    assert found[0]["lexicon"] is None


def test_say_follows_the_markup_that_speak_follows(ttsbook: Command, folder: Path) -> None:
    lead = '<phoneme alphabet="ipa" ph="lɛd">lead</phoneme>'
    found = ttsbook("say", lead, "a < b", "--json").document["words"]
    assert [(word["spoken"], word["phonemes"]) for word in found] == [
        ("lead", "lˈɛd."),
        ("A is less than b", "ˈA ɪz lˈɛs ðˈæn bˈi."),
    ]
    (folder / "names.toml").write_text('[words]\nlead = "LEED"\n', encoding="utf-8")
    assert "by the lexicon /lˈid./" in ttsbook("say", lead, "--lexicon", "names.toml").out


def test_say_prints_one_document_also_when_it_speaks(ttsbook: Command, folder: Path, voice: str) -> None:
    flags = ("--voice", voice, "-o", "darcy.wav")
    assert ttsbook("say", "Darcy", *flags, "--json").document["words"][0]["word"] == "Darcy"
    assert (folder / "darcy.wav").is_file()
    assert ttsbook("say", "Darcy", *flags, "--force").out.splitlines()[0] == "darcy.wav"


def test_say_reads_in_the_accent_that_is_asked_for(ttsbook: Command) -> None:
    words = ttsbook("say", "car", "--accent", "british", "--json").document["words"]
    assert [word["phonemes"] for word in words] == ["kˈɑ."]


def test_say_reads_in_the_accent_of_the_voice(ttsbook: Command, voice: str) -> None:
    add_voice(replace(find_voice(voice), name="amy", accent="british"))
    words = ttsbook("say", "car", "--voice", "amy", "--json").document["words"]
    assert [word["phonemes"] for word in words] == ["kˈɑ."]
    assert ttsbook("say", "car", "--voice", "nobody").code == 4
    assert ttsbook("say", "car", "--json").document["words"][0]["phonemes"] == "kˈɑɹ."
    assert ttsbook("say", "car", "--accent", "scottish").code == 2


def test_say_reads_emoji_as_a_render_does(ttsbook: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ttsbook("say", "👋", "--json").document["words"][0]["spoken"] == ""
    monkeypatch.setenv("TTSBOOK_EMOJI", "name")
    assert ttsbook("say", "👋", "--json").document["words"][0]["spoken"] == "waving hand"


def test_lexicon_check_prints_readings_or_the_mistake(ttsbook: Command, folder: Path) -> None:
    (folder / "good.toml").write_text(LEXICON, encoding="utf-8")
    run = ttsbook("lexicon", "check", "good.toml")
    assert run.code == 0
    assert "1 entry, no mistakes" in run.out
    (folder / "bad.toml").write_text('[words]\nDarcy = { ipb = "x" }\n', encoding="utf-8")
    run = ttsbook("lexicon", "check", "bad.toml")
    assert run.code == 2
    assert "did you mean 'ipa'?" in run.err


def test_inspect_unknown_prints_a_lexicon(ttsbook: Command, folder: Path) -> None:
    (folder / "book.txt").write_text("Then Zorblax ran. And Zorblax fell.", encoding="utf-8")
    run = ttsbook("inspect", "book.txt", "--unknown")
    (folder / "found.toml").write_text(run.out, encoding="utf-8")
    assert [entry.written for entry in read_lexicon(folder / "found.toml").entries] == ["Zorblax"]
    assert "# 2×, chapter 1" in run.out
    assert ttsbook("inspect", "book.txt", "--unknown", "--json").document["unknown"][0]["count"] == 2


def test_the_lexicon_beside_a_book_is_used_and_named(ttsbook: Command, folder: Path) -> None:
    (folder / "book.txt").write_text("Then Zorblax ran.", encoding="utf-8")
    (folder / "lexicon.toml").write_text("[words]\n", encoding="utf-8")
    assert "lexicon lexicon.toml, found next to the book" in ttsbook("inspect", "book.txt").err
    (folder / "book.lexicon.toml").write_text(LEXICON, encoding="utf-8")
    run = ttsbook("inspect", "book.txt", "--unknown")
    assert "book.lexicon.toml" in run.err
    assert "Zorblax" not in run.out
    (folder / "own.toml").write_text("[words]\n", encoding="utf-8")
    assert "beside" not in ttsbook("inspect", "book.txt", "--lexicon", "own.toml").err


def test_words_in_letters_that_cannot_be_read_are_accounted_for() -> None:
    book = book_of_text("He said Привет, John.\n\nПривет.")
    account = account_of(plan_without_keys(book, RenderSettings()))
    assert account.adds_up
    assert dict(account.skipped) == {"nothing-to-say": 1, "unspeakable-script": 12}
    assert account.spoken == len("Hesaid,John.")


def test_words_in_letters_that_cannot_be_read_are_told(ttsbook: Command, folder: Path) -> None:
    (folder / "a.txt").write_text("He said Привет, John.\n\nПривет.", encoding="utf-8")
    run = ttsbook("inspect", "a.txt", "--json")
    assert run.document["skipped"]["unspeakable-script"]["characters"] == 12
    assert "skipped: unspeakable-script: 2×, 12 characters (He said" in ttsbook("inspect", "a.txt").out
    run = ttsbook("render", "a.txt", "-o", "a.wav")
    assert run.code == 0
    assert "not spoken: 12 letters of a script that cannot be read, in 2 places, first: He said" in run.err


def test_a_book_in_another_script_says_so(ttsbook: Command, folder: Path) -> None:
    (folder / "a.txt").write_text("Привет.", encoding="utf-8")
    for command in (("inspect", "a.txt"), ("render", "a.txt", "-o", "a.wav")):
        run = ttsbook(*command)
        assert run.code == 3
        assert "a script that cannot be read" in run.err
        assert "English and Mandarin" in run.err
