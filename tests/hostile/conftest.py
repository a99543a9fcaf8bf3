"""A home and a current folder for every test, and the command line in this process."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1] / "cli"))
from command_line import Command, Run

from ttsbook.cli import main
from ttsbook.types import Provenance, VoiceProfile
from ttsbook.voice.store import add_voice


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder of the test; home and temporary files lie beside it."""
    for variable in [name for name in os.environ if name.startswith(("TTSBOOK_", "TTS_PROVIDER"))]:
        monkeypatch.delenv(variable)
    monkeypatch.setenv("TTSBOOK_HOME", str(tmp_path / "home"))
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    return here


@pytest.fixture
def voice() -> str:
    provenance = Provenance("ann.wav", "ab" * 32, 12.5, "plain", consent="my own voice")
    add_voice(VoiceProfile("ann", (1.0,) + (0.0,) * 255, 5.2, 0.2, provenance, sex="female"))
    return "ann"


@pytest.fixture
def ttsbook(capfd: pytest.CaptureFixture[str]) -> Command:
    """Run the command line in this process; what libraries print by themselves is seen too."""

    def run(*arguments: object) -> Run:
        capfd.readouterr()
        code = main([str(argument) for argument in arguments])
        captured = capfd.readouterr()
        return Run(code, captured.out, captured.err)

    return run
