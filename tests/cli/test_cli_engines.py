"""Choosing an engine on the command line: what it means for the voice, the processes and the report."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import CLIP, Command

pytest.importorskip("onnxruntime")

TEXT = "Good evening.\n\nThe rain had stopped.\n\nNobody spoke."


@pytest.fixture
def clip(folder: Path) -> Path:
    path = folder / "me.opus"
    path.write_bytes(CLIP.read_bytes())
    return path


def render(ttsbook: Command, folder: Path, engine: str, output: str, **flags: object) -> dict[str, object]:
    book = folder / "evening.txt"
    book.write_text(TEXT, encoding="utf-8")
    more = [str(part) for name, value in flags.items() for part in (f"--{name}", value)]
    run = ttsbook("render", book, "-o", output, "--engine", engine, "--json", *more)
    assert run.code == 0, run.err
    report = run.document["books"][0]["report"]
    assert isinstance(report, dict)
    return report


def test_hybrid_analyses_the_clip_with_care_and_says_so(ttsbook: Command, folder: Path, clip: Path) -> None:
    plain = render(ttsbook, folder, "vits2", "plain.wav", voice=clip)
    careful = render(ttsbook, folder, "hybrid", "hybrid.wav", voice=clip)
    assert (plain["engine"], careful["engine"]) == ("vits2", "hybrid")
    assert plain["voice_hash"] != careful["voice_hash"]
    assert plain["model_hash"] == careful["model_hash"]


def test_hybrid_analyses_a_clip_once(
    ttsbook: Command, folder: Path, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = render(ttsbook, folder, "hybrid", "one.wav", voice=clip)
    monkeypatch.setattr("ttsbook.voice.store.analyse_clip", None)
    assert render(ttsbook, folder, "hybrid", "two.wav", voice=clip)["voice_hash"] == first["voice_hash"]


def test_parallel_speaks_in_several_processes_what_hybrid_speaks_in_one(
    ttsbook: Command, folder: Path
) -> None:
    both = render(ttsbook, folder, "parallel", "parallel.wav")
    alone = render(ttsbook, folder, "hybrid", "hybrid.wav", workers=1)
    assert both["engine"] == "parallel"
    assert both["workers"] == 2
    assert both["cached"] == 0
    assert alone["cached"] == alone["chunks"]
    assert (folder / "parallel.wav").read_bytes() == (folder / "hybrid.wav").read_bytes()
