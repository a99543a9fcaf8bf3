"""The wheel holds all that a render needs: an editable install hides what is missing from it."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the unpacked wheel and nothing else of ttsbook."""
    pytest.importorskip("hatchling")
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def run(installed: Path, folder: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(installed), "TTSBOOK_HOME": str(folder / "home")}
    command = [sys.executable, "-m", "ttsbook", *map(str, arguments)]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


@pytest.mark.slow
def test_configs_voices_weights_and_licences_are_inside(installed: Path) -> None:
    package = installed / "ttsbook"
    assert {path.name for path in (package / "configs").iterdir()} == {
        path.name for path in (ROOT / "configs").iterdir()
    }
    assert len(list((package / "voices").glob("*.toml"))) >= 6
    assert (package / "weights" / "base.safetensors").is_file()
    assert (package / "py.typed").is_file()  # without it mypy sees no types
    (metadata,) = installed.glob("ttsbook-*.dist-info")
    assert {path.name for path in (metadata / "licenses").iterdir()} >= {"LICENSE", "NOTICE"}


@pytest.mark.slow
def test_the_wheel_renders_a_book_with_a_built_in_voice(installed: Path, tmp_path: Path) -> None:
    done = run(
        installed, tmp_path, "render", ROOT / "tests/data/sample.epub", "--chapters", "4", "-o", "b.m4b"
    )
    assert (done.returncode, done.stdout) == (0, "b.m4b\n"), done.stderr
    assert (tmp_path / "b.m4b").stat().st_size > 100_000


@pytest.mark.slow
def test_the_wheel_finds_nothing_missing(installed: Path, tmp_path: Path) -> None:
    done = run(installed, tmp_path, "doctor")
    assert done.returncode == 0, done.stdout
    assert str(ROOT) not in done.stdout
