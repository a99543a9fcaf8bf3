"""The training commands as they are typed: what is wrong is one line, a hint and an exit code."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="training needs the extra `train`")
pytest.importorskip("onnxruntime")

from clip_maker import make_clip, make_clips  # noqa: E402

from ttsbook.train.__main__ import main  # noqa: E402
from ttsbook.train.archive import SUFFIX, write_archive  # noqa: E402
from ttsbook.train.calls import only_call  # noqa: E402


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in that holds a file, an empty folder and training data."""
    (tmp_path / "file").write_text("not a folder", "utf-8")
    for name in ("empty", "data", "unlabelled"):
        (tmp_path / name).mkdir()
    write_archive(tmp_path / "data" / f"a{SUFFIX}", make_clips())
    write_archive(tmp_path / "unlabelled" / f"a{SUFFIX}", [make_clip("a", labelled=False)])
    monkeypatch.chdir(tmp_path)
    return tmp_path


def call(line: str, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr("sys.argv", ["train", *shlex.split(line)])
    return main()


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("frobnicate", 2, "No such command 'frobnicate'"),
        ("fit data", 2, "Missing argument"),
        ("fit data run --minutes nan", 2, "nan is not a number above 0"),
        ("fit data run --schedule-minutes -5", 2, "-5.0 is not a number above 0"),
        ("fit data run --rate nan", 2, "nan is not a number above 0"),
        ("fit data run --rate 8", 2, "a learning rate of 8"),
        ("fit data run --window 5", 2, "a window of 5 latent frames is too short"),
        ("fit data run --scale 0", 2, "'--scale'"),
        ("fit data run --text-steps -1", 2, "'--text-steps'"),
        ("fit data run --device gpu", 2, "there is no device 'gpu'"),
        ("fit data run --device cuda:99", 4, "cuda:99 was asked for"),
        ("fit empty run", 4, "no training data"),
        ("fit data file --minutes 0.0001 --device cpu", 5, "cannot write file"),
        ("prepare file --recorded empty", 5, "cannot write file"),
        ("prepare out --recorded empty", 4, "no audio files"),
        ("prepare out", 2, "there is nothing to prepare"),
        ("prepare out --recorded empty --recorded data/empty", 2, "two folders have the same name"),
        ("prepare out --recorded empty --language fr", 2, "'fr' is none of en, zh"),
        ("teacher out --voices empty --say Hello.", 2, "--say is for --speaker"),
        ("pack data data", 2, "data holds archives already"),
        ("pack data parts --megabytes nan", 2, "nan is not a number above 0"),
        ("recogniser unlabelled out.safetensors", 3, "no clip of the training data has durations"),
        ("recogniser data out.safetensors --steps 0", 2, "'--steps'"),
        ("average out.safetensors file --shares 1,x", 2, "'1,x' is not a list of numbers"),
        ("export file out", 3, "file is not a weight file"),
    ],
)
def test_a_mistake_is_one_line_a_hint_and_an_exit_code(
    line: str,
    code: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert call(line, monkeypatch) == code
    told = capsys.readouterr().err.splitlines()
    assert [each for each in told if said in each and each.startswith("error: ")], told


def test_without_a_command_the_help_is_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("", monkeypatch) == 0
    assert "Commands:" in capsys.readouterr().out


def test_two_calls_do_not_train_in_one_folder(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with only_call(place / "run"):
        assert call("fit data run --device cpu", monkeypatch) == 5
        assert "error: another process trains in run" in capsys.readouterr().err
    assert call("fit empty run --device cpu", monkeypatch) == 4
    assert not (place / "run").exists()
