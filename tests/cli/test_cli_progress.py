"""How a render looks: a bar only where there is a person to see it."""

from __future__ import annotations

import os
import pty
from pathlib import Path

import beep_engine
import pytest
from command_line import SAMPLE, Start

from ttsbook.cli.progress import BarReporter, JsonReporter, PlainReporter, WarningReporter, make_reporter
from ttsbook.cli.talk import Talk


@pytest.mark.parametrize(
    ("kind", "terminal", "term", "level", "expected"),
    [
        ("auto", True, "xterm", 0, BarReporter),
        ("auto", True, "dumb", 0, PlainReporter),
        ("auto", False, "xterm", 0, PlainReporter),
        ("auto", True, "xterm", -1, WarningReporter),
        ("plain", True, "xterm", 0, PlainReporter),
        ("none", True, "xterm", 0, WarningReporter),
        ("json", True, "xterm", -1, JsonReporter),
    ],
)
def test_the_look_follows_the_choice_and_the_terminal(
    monkeypatch: pytest.MonkeyPatch, kind: str, terminal: bool, term: str, level: int, expected: type
) -> None:
    monkeypatch.setenv("TERM", term)
    monkeypatch.setattr("ttsbook.cli.progress.is_terminal", lambda _: terminal)
    assert type(make_reporter(kind, Talk(level))) is expected


def test_on_a_terminal_a_bar_shows_chapter_and_chunks_without_colour_if_asked(
    start: Start, voice: str, folder: Path
) -> None:
    ours, theirs = pty.openpty()
    environment = {"TERM": "xterm", "NO_COLOR": "1", "COLUMNS": "120"}
    arguments = [
        "render",
        SAMPLE,
        "-o",
        "b.wav",
        "--voice",
        voice,
        "--engine",
        beep_engine.NAME,
        "--workers",
        1,
    ]
    process = start(*arguments, stderr=theirs, env=environment)
    os.close(theirs)
    seen = _read_all(ours)
    out, _ = process.communicate(timeout=60)
    assert (process.returncode, out) == (0, "b.wav\n")
    assert "3/3 故乡" in seen
    assert "21/21" in seen
    assert "× real time" in seen.splitlines()[-1]
    assert "\x1b[3" not in seen  # no colours
    assert "\x1b[?25l" not in seen  # the cursor stays: a second Ctrl-C could not bring it back
    assert (folder / "b.wav").is_file()


def test_ctrl_c_while_the_bar_appears_is_no_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("rich.console.Console.push_render_hook", interrupted)
    reporter = BarReporter(Talk())
    with pytest.raises(KeyboardInterrupt):
        reporter.heard(1, 3)
    reporter.close()


def _read_all(descriptor: int) -> str:
    data = b""
    while True:
        try:
            piece = os.read(descriptor, 65536)
        except OSError:  # the other end is closed
            piece = b""
        if not piece:
            os.close(descriptor)
            return data.decode("utf-8")
        data += piece
