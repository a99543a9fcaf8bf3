"""`ttsbook plan` and renders of what it wrote, through the command line."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from beep_engine import NAME
from command_line import SAMPLE, Command

from ttsbook.cli import main
from ttsbook.voice.store import add_voice, find_voice

FLAGS = ("--engine", NAME, "--workers", "1")


def edit(path: Path, number: int, **values: object) -> None:
    lines = path.read_text("utf-8").splitlines()
    lines[number - 1] = json.dumps(json.loads(lines[number - 1]) | values, ensure_ascii=False)
    path.write_text("\n".join(lines) + "\n", "utf-8")


def test_a_plan_is_written_edited_and_rendered(ttsbook: Command, voice: str, folder: Path) -> None:
    made = ttsbook("plan", SAMPLE, "-o", "book.plan.jsonl", "--voice", voice, "--engine", NAME)
    assert (made.code, made.out) == (0, "book.plan.jsonl\n")
    assert ttsbook("render", "book.plan.jsonl", *FLAGS).out == "book.wav\n"
    edit(folder / "book.plan.jsonl", 3, spoken="other words")
    run = ttsbook("render", "book.plan.jsonl", *FLAGS, "-o", "b.m4b", "--json")
    report = run.document["books"][0]["report"]
    assert report["chunks"] - report["cached"] == 1
    assert report["voice"] == voice
    assert report["title"] == "Two Fables and a Homecoming"
    assert report["warnings"] == []


def test_a_plan_is_not_written_over_one_that_was_edited(ttsbook: Command, voice: str, folder: Path) -> None:
    command = ("plan", SAMPLE, "-o", "b.plan.jsonl", "--voice", voice, "--engine", NAME)
    assert ttsbook(*command).code == ttsbook(*command).code == 0
    edit(folder / "b.plan.jsonl", 3, spoken="mine")
    refused = ttsbook(*command)
    assert refused.code == 5
    assert "--force" in refused.err
    assert "mine" in (folder / "b.plan.jsonl").read_text("utf-8")
    assert ttsbook(*command, "--force").code == 0
    assert "mine" not in (folder / "b.plan.jsonl").read_text("utf-8")


def test_what_is_wrong_with_a_plan_is_said_with_its_line(ttsbook: Command, voice: str, folder: Path) -> None:
    ttsbook("plan", SAMPLE, "-o", "b.plan.jsonl", "--voice", voice, "--engine", NAME)
    edit(folder / "b.plan.jsonl", 3, voice="nobody")
    missing = ttsbook("render", "b.plan.jsonl", *FLAGS)
    assert missing.code == 4
    assert "b.plan.jsonl, line 3: no voice named 'nobody'" in missing.err
    edit(folder / "b.plan.jsonl", 4, pause_ms="long")
    wrong = ttsbook("render", "b.plan.jsonl", *FLAGS)
    assert wrong.code == 3
    assert "line 4: 'pause_ms'" in wrong.err
    assert not (folder / "b.wav").exists()


def test_a_book_that_has_moved_costs_the_cover_only(ttsbook: Command, voice: str, folder: Path) -> None:
    (folder / "book.epub").write_bytes(SAMPLE.read_bytes())
    ttsbook("plan", "book.epub", "--voice", voice, "--engine", NAME)
    (folder / "book.epub").unlink()
    run = ttsbook("render", "book.plan.jsonl", *FLAGS)
    assert run.code == 0
    assert "no cover" in run.err


def test_names_of_plans_say_what_they_are(ttsbook: Command, folder: Path) -> None:
    assert ttsbook("plan", SAMPLE, "-o", "plan.json").code == 2
    (folder / "x.plan.jsonl").write_text("", "utf-8")
    assert ttsbook("plan", "x.plan.jsonl").code == 2
    assert ttsbook("inspect", "x.plan.jsonl").code == 3


def test_a_cast_gives_speech_its_voice(ttsbook: Command, voice: str, folder: Path) -> None:
    (folder / "roles.toml").write_text(f'narrator = "{voice}"\nquoted = "clara"\n', "utf-8")
    (folder / "b.txt").write_text("He came in. “Well, well,” he said.\n", "utf-8")
    run = ttsbook("render", "b.txt", *FLAGS, "--cast", "roles.toml", "--json")
    report = run.document["books"][0]["report"]
    assert (report["voice"], report["chunks"]) == (voice, 3)
    ttsbook("plan", "b.txt", "--cast", "roles.toml", "--engine", NAME)
    lines = [json.loads(line) for line in (folder / "b.plan.jsonl").read_text("utf-8").splitlines()[1:]]
    assert [line["voice"] for line in lines] == [voice, "clara", voice]
    again = ttsbook("render", "b.plan.jsonl", *FLAGS, "-o", "c.wav", "--json").document["books"][0]["report"]
    assert again["cached"] == again["chunks"] == 3
    (folder / "roles.toml").write_text('quoted = "nobody"\n', "utf-8")
    assert ttsbook("render", "b.txt", *FLAGS, "--cast", "roles.toml").code == 4
    dry = ttsbook("render", "b.plan.jsonl", *FLAGS, "--dry-run")
    assert "3 chunks" in dry.out


def test_a_plan_shows_the_accent_that_is_spoken(ttsbook: Command, voice: str, folder: Path) -> None:
    add_voice(replace(find_voice(voice), name="amy", accent="british"))
    (folder / "b.txt").write_text("A car.\n", "utf-8")

    (folder / "roles.toml").write_text('narrator = "amy"\n', "utf-8")
    british = [("--accent", "british"), ("--voice", "amy"), ("--cast", "roles.toml")]
    for flags, said in [((), "ə kˈɑɹ."), *((flags, "ə kˈɑ.") for flags in british)]:
        ttsbook("plan", "b.txt", *flags, "--engine", NAME, "--force")
        line = (folder / "b.plan.jsonl").read_text("utf-8").splitlines()[1]
        assert json.loads(line)["phonemes"] == said


def test_a_lexicon_that_comes_after_the_plan_is_for_edited_lines_and_says_so(
    ttsbook: Command, voice: str, folder: Path
) -> None:
    (folder / "b.txt").write_text("Zorblax ran.\n\nZorblax fell.\n", "utf-8")
    ttsbook("plan", "b.txt", "--voice", voice, "--engine", NAME)
    (folder / "b.lexicon.toml").write_text('[words]\nZorblax = { ipa = "wɪn" }\n', "utf-8")
    command = ("render", "b.plan.jsonl", *FLAGS, "--dry-run")
    assert "b.lexicon.toml, found next to the book, for edited lines of the plan" in ttsbook(*command).err
    flags = ("--lexicon", "b.lexicon.toml", "--accent", "british")
    assert "warning: --lexicon and --accent cannot change lines of a plan" in ttsbook(*command, *flags).err
    assert "warning" not in ttsbook("render", "b.txt", *FLAGS, "--dry-run", *flags).err


@pytest.mark.parametrize("command", ["inspect", "plan"])
def test_a_plan_under_another_name_is_not_read_out(
    ttsbook: Command, voice: str, folder: Path, command: str
) -> None:
    ttsbook("plan", SAMPLE, "-o", "b.plan.jsonl", "--voice", voice, "--engine", NAME)
    (folder / "b.plan.jsonl").rename(folder / "b.jsonl")
    run = ttsbook(command, "b.jsonl")
    assert (run.code, "it is a plan" in run.err, ".plan.jsonl" in run.err) == (3, True, True)


def test_make_is_told_all_that_a_plan_is_read_with(ttsbook: Command, voice: str, folder: Path) -> None:
    (folder / "b.txt").write_text("He came in. “Well, well,” he said.\n", "utf-8")
    (folder / "roles.toml").write_text(f'narrator = "{voice}"\nquoted = "clara"\n', "utf-8")
    ttsbook("plan", "b.txt", "--voice", voice, "--cast", "roles.toml", "--engine", NAME)
    ttsbook("render", "b.plan.jsonl", *FLAGS, "--depfile", "b.d", "--cast", "roles.toml")
    rule = (folder / "b.d").read_text("utf-8").splitlines()[0]
    sources = rule.split(": ", 1)[1].split()
    assert sources[:2] == ["b.plan.jsonl", "b.txt"]
    assert "roles.toml" in sources
    assert any(name.endswith("clara.toml") for name in sources)


def test_a_book_whose_name_is_no_utf8_is_planned_rendered_and_known_again(
    voice: str, folder: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    name = os.fsdecode(b"b\xd6\xd0")
    (folder / f"{name}.txt").write_text("A single line.\n", "utf-8")
    assert main(["plan", f"{name}.txt", "--voice", voice, "--engine", NAME]) == 0
    flags = ("render", f"{name}.plan.jsonl", *FLAGS, "-q", "--subtitles", "srt", "-o")
    assert main([*flags, f"{name}.mp3"]) == main([*flags, f"{name}.m4b"]) == 0  # the subtitles are ours
    assert capsysbinary.readouterr().out.endswith(b"b\xd6\xd0.m4b\n")
