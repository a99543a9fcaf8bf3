"""`ttsbook verify` on what `ttsbook speak` makes."""

from __future__ import annotations

import beep_engine
import pytest
from command_line import CLIP, Command


@pytest.fixture
def spoken(ttsbook: Command, voice: str) -> str:
    run = ttsbook("speak", "Hello there.", "-o", "hi.flac", "--voice", voice, "--engine", beep_engine.NAME)
    assert run.code == 0
    return "hi.flac"


def test_a_file_is_measured_and_what_fails_is_said(ttsbook: Command, spoken: str) -> None:
    run = ttsbook("verify", spoken)
    assert run.code == 1
    assert "FAIL acx  format: flac (wanted: mp3)" in run.out
    assert "ok   file duration" in run.out


def test_figures_come_as_json(ttsbook: Command, spoken: str) -> None:
    run = ttsbook("verify", spoken, "--against", "ebu", "--json")
    (entry,) = run.document["files"]
    assert (run.code, entry["passed"]) == (1, False)
    assert entry["figures"]["rms_db"] == pytest.approx(-17, abs=4)
    assert {verdict["standard"] for verdict in entry["verdicts"]} == {"ebu"}


def test_one_bad_file_does_not_hide_the_others(ttsbook: Command, spoken: str) -> None:
    run = ttsbook("verify", "none.mp3", spoken, "--against", "file")
    assert run.code == 1
    assert "error: none.mp3" in run.err
    assert spoken in run.out
    assert ttsbook("verify", "none.mp3").code == 3


def test_an_unknown_standard_is_a_usage_error(ttsbook: Command) -> None:
    assert ttsbook("verify", CLIP, "--against", "bbc").code == 2
