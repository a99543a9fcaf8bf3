"""Dependency files: what make reads back is what was written."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import beep_engine
import pytest
from command_line import Command

from ttsbook.cli.choice import model_files
from ttsbook.cli.depfile import format_depfile
from ttsbook.config import load_config
from ttsbook.errors import UsageError

NAMES = [
    "plain",
    "two words",
    "a#b",
    "a$b",
    "50% off",
    "a:b",
    "back\\slash",
    "a\\ b",
    "a\\#b",
    "书 名",
    "it's",
    "[x]",
]


def test_a_rule_lists_the_sources_once_and_each_becomes_a_target() -> None:
    text = format_depfile([(Path("o.m4b"), [Path("b.epub"), Path("v.wav"), Path("b.epub")])])
    assert text == "o.m4b: b.epub v.wav\nb.epub:\nv.wav:\n"


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
@pytest.mark.parametrize("name", NAMES)
def test_make_understands_the_names(folder: Path, name: str) -> None:
    source, output = Path(f"in {name}"), Path(f"out {name}")
    source.touch()
    (folder / "Makefile").write_text(f"all: ;\n{format_depfile([(output, [source])])}", encoding="utf-8")
    said = subprocess.run(["make", "-rnd", output], capture_output=True, text=True, check=True).stdout
    assert f"Considering target file '{source}'" in said
    assert f"Considering target file '{output}'" in said


@pytest.mark.parametrize("name", ["a\nb", "a;b", "a|b", "a\tb", "ends\\", "lib(member)"])
def test_a_name_that_make_cannot_be_told_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="depfile"):
        format_depfile([(Path("out"), [Path(name)])])


def test_render_lists_book_voice_and_settings(ttsbook: Command, folder: Path, voice: str) -> None:
    (folder / "my book.txt").write_text("Hello.", encoding="utf-8")
    (folder / "ttsbook.toml").write_text(f'engine = "{beep_engine.NAME}"\n', encoding="utf-8")
    run = ttsbook("render", "my book.txt", "-o", "my book.wav", "--voice", voice, "--depfile", "book.d")
    assert run.code == 0
    rule = (folder / "book.d").read_text(encoding="utf-8").splitlines()[0]
    assert rule.startswith(r"my\ book.wav: my\ book.txt ")
    assert "ttsbook.toml" in rule
    assert "ann.toml" in rule


def test_files_of_a_model_of_ones_own_are_among_what_was_read(folder: Path) -> None:
    (folder / "mine").mkdir()
    for name in ("base.json", "joe.onnx", "joe.onnx.json"):
        (folder / "mine" / name).touch()
    (folder / "ttsbook.toml").write_text(
        '[vits2]\nmodel = "mine"\n[piper]\nmodel = "mine/joe.onnx"\n', "utf-8"
    )

    def names(engine: str) -> list[str]:
        return [path.name for path in model_files(load_config({"engine": engine}).settings)]

    assert names("hybrid") == ["base.json", "joe.onnx", "joe.onnx.json"]
    assert names("piper") == ["joe.onnx", "joe.onnx.json"]
    assert names("kokoro") == []


def test_a_bad_name_fails_before_the_work(ttsbook: Command, folder: Path, voice: str) -> None:
    (folder / "a;b.txt").write_text("Hello.", encoding="utf-8")
    run = ttsbook("render", "a;b.txt", "--voice", voice, "--engine", beep_engine.NAME, "--depfile", "d")
    assert run.code == 2
    assert not (folder / "a;b.wav").exists()
