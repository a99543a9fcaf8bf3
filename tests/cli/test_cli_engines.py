"""Choosing an engine on the command line: what it means for the voice, the processes and the report."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import CLIP, Command

from ttsbook.engines.gpu import Gpu
from ttsbook.paths import packaged

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


def test_a_folder_that_the_configuration_names_takes_the_place_of_the_base_voice(
    ttsbook: Command, folder: Path
) -> None:
    shipped = render(ttsbook, folder, "vits2", "shipped.wav")["model_hash"]
    (folder / "mine").mkdir()
    (folder / "ttsbook.toml").write_text('[vits2]\nmodel = "mine"\n', "utf-8")
    run = ttsbook("speak", "Hello.", "-o", "a.wav", "--engine", "vits2", "--no-fallback")
    assert run.code == 4
    assert "train export" in run.err
    for path in packaged("weights").iterdir():
        (folder / "mine" / path.name).symlink_to(path)
    (folder / "mine" / "base.json").unlink()
    index = (packaged("weights") / "base.json").read_text("utf-8")
    (folder / "mine" / "base.json").write_text(index.replace('safetensors": "', 'safetensors": "0'), "utf-8")
    assert render(ttsbook, folder, "vits2", "mine.wav")["model_hash"] != shipped


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


def test_an_engine_that_is_not_installed_gives_way_to_hybrid_and_says_so(
    ttsbook: Command, folder: Path, clip: Path
) -> None:
    book = folder / "evening.txt"
    book.write_text(TEXT, encoding="utf-8")
    run = ttsbook(
        "render", book, "-o", "a.wav", "--engine", "cosyvoice", "--voice", clip, "--report", "r.json"
    )
    assert (run.code, run.out) == (0, "a.wav\n")
    (warning,) = [line for line in run.err.splitlines() if "CosyVoice" in line]
    assert "continuing with hybrid instead of cosyvoice" in warning
    report = json.loads((folder / "r.json").read_text(encoding="utf-8"))["books"][0]["report"]
    assert report["engine"] == "hybrid"
    assert [(step["kind"], step["before"], step["after"]) for step in report["fallbacks"]] == [
        ("engine", "cosyvoice", "hybrid")
    ]


def test_without_fallback_a_missing_engine_is_an_error_with_the_way_to_get_it(
    ttsbook: Command, folder: Path, clip: Path
) -> None:
    for command in (["render", folder / "evening.txt"], ["speak", "Good evening."]):
        (folder / "evening.txt").write_text(TEXT, encoding="utf-8")
        run = ttsbook(*command, "-o", "a.wav", "--engine", "cosyvoice", "--voice", clip, "--no-fallback")
        assert run.code == 4
        assert "hint: git clone" in run.err
        assert not (folder / "a.wav").exists()


def test_words_of_the_recording_that_nobody_uses_are_noticed(ttsbook: Command, clip: Path) -> None:
    run = ttsbook(
        "speak", "Hello.", "-o", "a.wav", "--voice", clip, "--engine", "vits2", "--ref-text", "my words"
    )
    assert run.code == 0
    assert "engine vits2 does not use the words" in run.err
    run = ttsbook(
        "speak", "Hello.", "-o", "b.wav", "--voice", clip, "--ref-text", "my words", "--engine", "hybrid"
    )
    assert run.code == 0
    assert "makes no use" not in run.err


def test_doctor_names_every_engine_with_its_fix(ttsbook: Command) -> None:
    engines = {entry["name"]: entry for entry in ttsbook("doctor", "--json").document["engines"]}
    assert {"vits2", "hybrid", "parallel", "tensorrt", "cosyvoice", "coqui", "kokoro", "piper"} == set(
        engines
    )
    assert engines["parallel"]["available"]
    assert all(entry["available"] or (entry["why"] and entry["fix"]) for entry in engines.values())


def test_settings_with_sections_are_printed_as_they_can_be_read(ttsbook: Command, folder: Path) -> None:
    out = ttsbook("config", "show").out
    assert '[fallback]\nallowed = true\nengines = ["hybrid", "vits2"]\n' in out
    (folder / "ttsbook.toml").write_text(out, encoding="utf-8")
    assert ttsbook("config", "show").out == out


def test_optimize_says_what_it_needs(ttsbook: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ttsbook.engines.tensorrt_engine.list_gpus", lambda: ())
    run = ttsbook("optimize")
    assert run.code == 4
    assert "there is no NVIDIA GPU here" in run.err


def test_tensorrt_without_a_gpu_gives_way_in_one_line(
    ttsbook: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ttsbook.engines.tensorrt_engine.list_gpus", lambda: ())
    run = ttsbook("speak", "Hello.", "-o", "a.wav", "--engine", "tensorrt", "--verbose")
    assert run.code == 0
    assert run.err.count("instead of tensorrt") == 1
    assert "no NVIDIA GPU" in run.err


def test_doctor_notices_a_gpu_that_nothing_uses(ttsbook: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    gpu = Gpu(0, "NVIDIA Made Up", 8 << 30, 4 << 30, "580.1")
    monkeypatch.setattr("ttsbook.engines.gpu.list_gpus", lambda: (gpu,))
    monkeypatch.setattr("ttsbook.engines.hardware.torch_sees_gpus", lambda: False)
    problems = ttsbook("doctor", "--json").document["problems"]
    (found,) = [problem for problem in problems if "NVIDIA Made Up is not used" in problem["what"]]
    assert "ttsbook[gpu]" in found["fix"]
    gpu = Gpu(0, "NVIDIA In Parts", None, None, "580.1")
    assert "NVIDIA In Parts, memory unknown" in ttsbook("doctor").out


def test_doctor_tells_whose_licence_to_agree_to(ttsbook: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ttsbook.engines.coqui.find_spec", lambda _: object())
    engines = {entry["name"]: entry for entry in ttsbook("doctor", "--json").document["engines"]}
    assert "https://coqui.ai/cpml" in engines["coqui"]["why"]
    assert 'agree = "CPML"' in engines["coqui"]["fix"]
