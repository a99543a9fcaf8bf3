"""The smaller commands: inspect, speak, voices, doctor, cache, config."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import beep_engine
import pytest
from command_line import CLIP, ROOT, SAMPLE, Command, Start

from ttsbook.cli.cache import parse_size
from ttsbook.cli.pace import known_pace, remember_pace
from ttsbook.cli.talk import clock, size
from ttsbook.config import Source, load_config
from ttsbook.engines.gpu import Gpu, list_gpus, parse_gpus, visible_gpus
from ttsbook.render.report import Report

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


def test_inspect_shows_chapters_and_what_is_skipped_and_why(ttsbook: Command) -> None:
    run = ttsbook("inspect", SAMPLE)
    assert run.code == 0
    assert "The Crow and the Pitcher" in run.out
    assert "left out: front matter" in run.out
    assert "footnote: 1×" in run.out
    assert "A note that is not read aloud" in run.out


def test_inspect_in_json_counts_characters_and_names_languages(ttsbook: Command) -> None:
    found = ttsbook("inspect", SAMPLE, "--json").document
    read = [chapter for chapter in found["chapters"] if chapter["read"]]
    assert [chapter["language"] for chapter in read] == ["en", "en", "zh"]
    assert found["characters"] == sum(chapter["characters"] for chapter in read)
    assert found["skipped"]["footnote"]["places"] == 1
    assert 60 < found["estimated_seconds"] < 240


def test_inspect_follows_the_choice_of_chapters(ttsbook: Command) -> None:
    found = ttsbook("inspect", SAMPLE, "--chapters", "4", "--json").document
    assert [chapter["index"] for chapter in found["chapters"] if chapter["read"]] == [4]
    assert {chapter["why_not"] for chapter in found["chapters"][1:3]} == {"not chosen"}


def test_speak_writes_a_file(ttsbook: Command, folder: Path, voice: str) -> None:
    run = ttsbook("speak", "Hello there.", "-o", "hi.wav", "--voice", voice, "--engine", beep_engine.NAME)
    assert (run.code, run.out, run.err) == (0, "hi.wav\n", "")
    assert (folder / "hi.wav").read_bytes()[:4] == b"RIFF"


def test_speak_pipes_audio_to_standard_output(start: Start, voice: str) -> None:
    arguments = ["speak", "-", "-o", "-", "--voice", voice, "--engine", beep_engine.NAME]
    process = start(*arguments, stdin=subprocess.PIPE, text=False)
    out, err = process.communicate("你好。".encode(), timeout=60)
    assert (process.returncode, err) == (0, b"")
    assert bytes(out[:4]) == b"RIFF"


@pytest.mark.parametrize(
    "command", [("render", SAMPLE, "--format", "wav"), ("say", "hi"), ("voices", "preview")]
)
def test_other_commands_write_no_audio_to_standard_output(
    ttsbook: Command, folder: Path, voice: str, command: tuple[object, ...]
) -> None:
    named = (voice,) if command[0] == "voices" else ("--voice", voice)
    run = ttsbook(*command, *named, "-o", "-")
    assert (run.code, run.out, list(folder.iterdir())) == (2, "", [])


@pytest.mark.parametrize("encoding", ["utf-16", "gb18030", "utf-8-sig"])
def test_speak_reads_standard_input_in_the_encodings_of_books(
    start: Start, folder: Path, voice: str, encoding: str
) -> None:
    words = "今天天气很好，我们去公园散步，然后就回家吃饭。"
    for name, data in (("piped.wav", words.encode(encoding)), ("plain.wav", words.encode())):
        flags = ("--voice", voice, "--engine", beep_engine.NAME)
        process = start("speak", "-", "-o", name, *flags, stdin=subprocess.PIPE, text=False)
        process.communicate(data)
        assert process.returncode == 0
    assert (folder / "piped.wav").read_bytes() == (folder / "plain.wav").read_bytes()


def test_speak_says_what_does_not_go_as_asked(ttsbook: Command, voice: str) -> None:
    flags = ("-o", "hi.wav", "--force", "--voice", voice, "--engine")
    assert "warning: " in ttsbook("speak", "Hello.", *flags, "tensorrt", "--device", "cpu").err
    cyrillic = ("speak", "Привет, hello.", *flags, beep_engine.NAME)
    assert "6 letters" in ttsbook(*cyrillic).err
    assert ttsbook(*cyrillic, "-q").err == ""


def test_speak_does_not_read_out_an_epub(start: Start, voice: str) -> None:
    with SAMPLE.open("rb") as book:
        process = start("speak", "-", "-o", "x.wav", "--voice", voice, stdin=book)
        assert "not text" in process.communicate()[1]
    assert process.returncode == 3


def test_speak_needs_something_to_say(ttsbook: Command, voice: str) -> None:
    assert ttsbook("speak", "  ", "-o", "x.wav", "--voice", voice).code == 3


def test_a_voice_is_added_only_with_words_of_consent(ttsbook: Command) -> None:
    run = ttsbook("voices", "add", CLIP, "--name", "karen")
    assert run.code == 2
    assert "a voice belongs to a person" in run.err
    assert ttsbook("voices", "show", "karen").code == 4


def test_a_voice_is_added_shown_compared_and_removed(ttsbook: Command) -> None:
    flags = ("--consent", "read for LibriVox", "--accent", "british")
    assert ttsbook("voices", "add", CLIP, *flags[:3], "scottish").code == 2
    added = ttsbook("voices", "add", CLIP, "--name", "karen", *flags)
    assert added.code == 0
    assert Path(added.out.strip()).name == "karen.toml"
    shown = ttsbook("voices", "show", "karen", "--json").document["voice"]
    assert (shown["consent"], shown["source"], shown["origin"]) == ("read for LibriVox", "clip.opus", "yours")
    assert shown["accent"] == "british"
    assert ttsbook("voices", "compare", "karen", CLIP, "--json").document["similarity"] == pytest.approx(1.0)
    assert ttsbook("voices", "remove", "karen").code == 0
    assert ttsbook("voices", "remove", "karen").code == 4


@pytest.mark.usefixtures("voice")
def test_voices_are_listed_with_their_origin(ttsbook: Command) -> None:
    listed = ttsbook("voices", "list", "--json").document["voices"]
    assert ("ann", "yours") in {(entry["name"], entry["origin"]) for entry in listed}
    assert "ann" in ttsbook("voices", "list").out


def test_a_clip_as_voice_is_followed_by_a_word_on_consent(ttsbook: Command) -> None:
    run = ttsbook("speak", "Hello.", "-o", "hi.wav", "--voice", CLIP, "--engine", beep_engine.NAME)
    assert run.code == 0
    assert "a voice belongs to a person" in run.err


def test_doctor_names_engines_folders_and_what_is_missing(
    ttsbook: Command, tmp_path: Path, voice: str
) -> None:
    (tmp_path / "here" / "ttsbook.toml").write_text(f'voice = "{voice}"\n', encoding="utf-8")
    found = ttsbook("doctor", "--json")
    assert {"vits2"} <= {engine["name"] for engine in found.document["engines"]}
    assert {folder["name"] for folder in found.document["folders"]} == {"config", "data", "cache", "state"}
    assert found.document["processor"]["cores"] >= 1
    assert found.code == (0 if found.document["ok"] else 4)
    text = ttsbook("doctor")
    assert str(tmp_path / "home") in text.out


def test_doctor_exits_with_four_and_the_fix_when_the_voice_is_missing(ttsbook: Command, folder: Path) -> None:
    (folder / "ttsbook.toml").write_text('voice = "nobody"\n', encoding="utf-8")
    run = ttsbook("doctor")
    assert run.code == 4
    assert "voice 'nobody' does not exist" in run.out
    assert "ttsbook voices list" in run.out


def test_doctor_says_where_an_engine_is_named_that_does_not_exist(
    ttsbook: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "ttsbook.toml").write_text('[fallback]\nengines = ["vits"]\n', encoding="utf-8")
    monkeypatch.setenv("TTS_PROVIDER", "openai")
    run = ttsbook("doctor")
    assert run.code == 4
    assert "TTS_PROVIDER: unknown engine 'openai'" in run.out
    assert "ttsbook.toml: unknown engine 'vits'" in run.out


def test_doctor_knows_a_voice_as_a_render_does(
    ttsbook: Command, voice: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (voice.upper(), str(CLIP)):
        monkeypatch.setenv("TTSBOOK_VOICE", name)
        assert ttsbook("doctor").code == 0


GPUS = """0, GPU-aaa-1, NVIDIA H200, 143771, 143000, 570.10
1, GPU-bbb-2, In parts, [N/A], [Insufficient Permissions], 570.10
2, GPU-aac-3, NVIDIA L4, 23034, 22000, 570.10
nonsense
"""


def test_gpus_are_read_from_what_the_driver_says() -> None:
    first, second, third = parse_gpus(GPUS).values()
    assert first == Gpu(0, "NVIDIA H200", 143771 << 20, 143000 << 20, "570.10")
    assert second == Gpu(1, "In parts", None, None, "570.10")
    assert (third.index, third.name) == (2, "NVIDIA L4")


@pytest.mark.parametrize(
    ("chosen", "names"),
    [
        ("2,0", ["NVIDIA L4", "NVIDIA H200"]),
        ("GPU-bbb", ["In parts"]),
        ("GPU-aaa-1, 2", ["NVIDIA H200", "NVIDIA L4"]),
        ("1,7,0", ["In parts"]),
        ("MIG-123", ["NVIDIA H200"]),
        ("", []),
        ("-1", []),
        ("NoDevFiles", []),
    ],
)
def test_gpus_are_counted_as_cuda_counts_them(chosen: str, names: list[str]) -> None:
    gpus = visible_gpus(parse_gpus(GPUS), chosen)
    assert [gpu.name for gpu in gpus] == names
    assert [gpu.index for gpu in gpus] == list(range(len(names)))


@pytest.mark.parametrize(("chosen", "names"), [(None, ["H200", "Parts"]), ("1", ["Parts"]), ("", [])])
def test_the_driver_is_asked_for_the_gpus_of_this_process(
    chosen: str | None, names: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = ("0, GPU-a, H200, 9, 8, 570.10", "1, GPU-b, Parts, [N/A], [N/A], 570.10")
    program = tmp_path / "nvidia-smi"
    program.write_text("#!/bin/sh\n" + "".join(f"echo '{line}'\n" for line in lines), "utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    for variable in ("CUDA_VISIBLE_DEVICES", "CUDA_DEVICE_ORDER"):
        monkeypatch.setenv(variable, "")
        monkeypatch.delenv(variable)
    if chosen is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", chosen)
    assert [gpu.name for gpu in list_gpus()] == names
    assert os.environ["CUDA_DEVICE_ORDER"] == "PCI_BUS_ID"


def test_the_cache_is_counted_trimmed_and_cleared(ttsbook: Command, voice: str) -> None:
    ttsbook("speak", "Hello there.", "-o", "hi.wav", "--voice", voice, "--engine", beep_engine.NAME)
    before = ttsbook("cache", "info", "--json").document
    assert before["chunks"] == 1
    assert ttsbook("cache", "gc", "--max-size", "1GB", "--json").document["freed_bytes"] == 0
    assert ttsbook("cache", "gc", "--max-size", "0", "--json").document["freed_bytes"] == before["bytes"]
    assert ttsbook("cache", "clear").code == 0
    assert ttsbook("cache", "info", "--json").document["chunks"] == 0


@pytest.mark.parametrize(
    ("text", "n_bytes"), [("0", 0), ("500MB", 500_000_000), ("2 GiB", 2 << 30), ("1.5kb", 1500)]
)
def test_sizes_are_read_with_their_unit(text: str, n_bytes: int) -> None:
    assert parse_size(text) == n_bytes


@pytest.mark.parametrize("text", ["", "x", "1 XB", "-1", "9" * 400])
def test_what_is_no_size_is_a_usage_error(ttsbook: Command, text: str) -> None:
    assert ttsbook("cache", "gc", f"--max-size={text}").code == 2


def test_config_show_prints_a_file_that_can_be_used(ttsbook: Command, folder: Path) -> None:
    shown = ttsbook("config", "show", "--preset", "acx", "--origin").out
    assert "preset acx" in shown
    (folder / "copy.toml").write_text(shown, encoding="utf-8")
    assert (
        load_config(source=Source(file=folder / "copy.toml")).settings
        == load_config(source=Source(preset="acx")).settings
    )


def test_the_defaults_in_the_help_are_those_of_the_default_preset(ttsbook: Command) -> None:
    with (ROOT / "configs" / "default.toml").open("rb") as handle:
        defaults = tomllib.load(handle)
    out = " ".join(ttsbook("render", "--help").out.partition("Arguments:")[2].split())
    checked = 0
    for name, value in defaults.items():
        about = out.partition(f"--{name} ")[2].split(" --")[0]
        if about and isinstance(value, (str, int, float)) and not isinstance(value, bool) and value != "":
            assert f"[default: {value}]" in about, name
            checked += 1
    assert checked > 10


def test_durations_and_sizes_read_well() -> None:
    assert [clock(59.6), clock(3725)] == ["1:00", "1:02:05"]
    sizes = [size(999), size(999_960), size(1_536_000), size(2_000_000_000_000)]
    assert sizes == ["999 B", "1.0 MB", "1.5 MB", "2.0 TB"]


def test_only_long_renders_tell_how_long_the_next_one_takes() -> None:
    def rendered(seconds: float, rtf: float) -> Report:
        return cast(Report, SimpleNamespace(up_to_date=False, seconds=seconds, cached=0, chunks=9, rtf=rtf))

    remember_pace("hybrid", rendered(44.0, 0.04))
    assert known_pace("hybrid") is None
    remember_pace("hybrid", rendered(3600.0, 0.007))
    remember_pace("hybrid", rendered(44.0, 0.04))
    assert known_pace("hybrid") == 0.007
