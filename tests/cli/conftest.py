"""A home and a current folder for every test, a voice in it, and the command line as a function."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from command_line import ROOT, Command, Run

from ttsbook.cli import main
from ttsbook.types import Provenance, VoiceProfile
from ttsbook.voice.store import add_voice


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder of the test; its home is elsewhere, so that no test meets another's files."""
    for variable in [name for name in os.environ if name.startswith(("TTSBOOK_", "TTS_PROVIDER"))]:
        monkeypatch.delenv(variable)
    monkeypatch.setenv("TTSBOOK_HOME", str(tmp_path / "home"))
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    return here


@pytest.fixture
def voice() -> str:
    """The name of a voice of the user's."""
    provenance = Provenance("ann.wav", "ab" * 32, 12.5, "plain", consent="my own voice")
    add_voice(VoiceProfile("ann", (1.0,) + (0.0,) * 255, 5.2, 0.2, provenance, sex="female"))
    return "ann"


@pytest.fixture
def ttsbook(capsys: pytest.CaptureFixture[str]) -> Command:
    """Run the command line in this process."""

    def run(*arguments: object) -> Run:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Run(code, captured.out, captured.err)

    return run


@pytest.fixture
def start() -> Callable[..., subprocess.Popen[str]]:
    """Start the command line as a process of its own."""

    def start(*arguments: object, **options: Any) -> subprocess.Popen[str]:
        places = [str(ROOT / "src"), str(Path(__file__).parent)]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(places), **options.pop("env", {})}
        return subprocess.Popen(
            [sys.executable, "-m", "ttsbook", *map(str, arguments)],
            env=environment,
            **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, **options},
        )

    return start
