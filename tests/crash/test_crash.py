"""The command killed again and again at random moments: in the end the file is as if nothing had happened.

What is killed is the command itself or one of its workers, from its start to the last rename. The moments
come from a seed each, so that a failure can be looked at again.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

HERE = Path(__file__).parent
PLACES = [HERE.parents[1] / "src", HERE, HERE.parent / "render"]
ENGINE = "logging_engine:LoggingEngine"
WORKERS, BATCH = 2, 2
DELAY = 0.02  # seconds for each chunk
# Two batches for each worker; what was spoken but not kept yet is lost with them.
IN_FLIGHT = 2 * WORKERS * BATCH
N_SENTENCES = 48


@dataclass(frozen=True, slots=True)
class Place:
    """A folder with a book, a home and a place for the output."""

    folder: Path
    suffix: str

    @property
    def output(self) -> Path:
        return self.folder / "out" / f"book.{self.suffix}"

    @property
    def log(self) -> Path:
        return self.folder / "log"

    def prepare(self) -> None:
        self.output.parent.mkdir(parents=True)
        words = ("alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel")
        sentences = [
            f"The {words[n % 8]} saw the {words[n // 8]} and went {'on and ' * (n % 5)}on till the evening."
            for n in range(N_SENTENCES)
        ]
        third = N_SENTENCES // 3
        chapters = [
            f"# Part {start}\n\n" + " ".join(sentences[start : start + third]) + "\n\n"
            for start in range(0, N_SENTENCES, third)
        ]
        (self.folder / "book.md").write_text("".join(chapters), encoding="utf-8")
        (self.folder / "ttsbook.toml").write_text(f"batch = {BATCH}\n", encoding="utf-8")

    def start(self, delay: float) -> subprocess.Popen[bytes]:
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(map(str, PLACES)),
            "TTSBOOK_HOME": str(self.folder / "home"),
            "CRASH_LOG": str(self.log),
            "CRASH_DELAY": str(delay),
        }
        command = [sys.executable, "-m", "ttsbook", "render", "book.md", "-o", str(self.output)]
        command += ["--engine", ENGINE, "--workers", str(WORKERS), "--quiet"]
        return subprocess.Popen(command, cwd=self.folder, env=environment, stderr=subprocess.PIPE)

    def finish(self) -> None:
        process = self.start(0.0)
        _, talk = process.communicate(timeout=60)
        assert process.returncode == 0, talk.decode()

    def leftovers(self) -> list[str]:
        """Return what lies beside the output and what is unfinished in the home."""
        beside = [path.name for path in self.output.parent.iterdir() if path != self.output]
        return beside + [path.name for path in (self.folder / "home").rglob("*.part")]


@dataclass(frozen=True, slots=True)
class Undisturbed:
    suffix: str
    data: bytes
    seconds: float


@pytest.fixture(scope="module")
def undisturbed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    place = Place(tmp_path_factory.mktemp("undisturbed") / "place", request.param)
    place.prepare()
    began = time.monotonic()
    process = place.start(DELAY)
    _, talk = process.communicate(timeout=60)
    assert process.returncode == 0, talk.decode()
    return Undisturbed(place.suffix, place.output.read_bytes(), time.monotonic() - began)


def kill_at_random(place: Place, random: Random, seconds: float) -> None:
    """Start the command and kill it, or a worker of it, after a part of the time that it takes."""
    process = place.start(DELAY)
    time.sleep(random.uniform(0.1, 1.0) * seconds)
    workers = _children(process.pid)
    if workers and random.random() < 0.3:
        with contextlib.suppress(ProcessLookupError):
            os.kill(random.choice(workers), signal.SIGKILL)
        time.sleep(random.uniform(0.0, 0.2))
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    process.communicate()
    _wait_for_end(workers)


@pytest.mark.parametrize("undisturbed", ["m4b"], indirect=True)
@pytest.mark.parametrize("seed", range(5))
def test_a_killed_render_ends_as_if_nothing_had_happened(
    tmp_path: Path, seed: int, undisturbed: Undisturbed
) -> None:
    check(tmp_path, seed, undisturbed, n_kills=1)


@pytest.mark.slow
@pytest.mark.parametrize("undisturbed", ["m4b", "mp3"], indirect=True)
@pytest.mark.parametrize("seed", range(100, 150))
def test_a_render_killed_often_ends_as_if_nothing_had_happened(
    tmp_path: Path, seed: int, undisturbed: Undisturbed
) -> None:
    check(tmp_path, seed, undisturbed, n_kills=1 + seed % 3)


def check(folder: Path, seed: int, undisturbed: Undisturbed, *, n_kills: int) -> None:
    """Kill a render `n_kills` times, finish it, and compare with the undisturbed one."""
    random = Random(seed)
    place = Place(folder / "place", undisturbed.suffix)
    place.prepare()
    for _ in range(n_kills):
        kill_at_random(place, random, undisturbed.seconds)
        # Either the whole file is there, or none.
        assert not place.output.exists() or place.output.read_bytes() == undisturbed.data
    age_unfinished_files(place)
    place.finish()
    assert place.output.read_bytes() == undisturbed.data
    spoken = Counter(place.log.read_text(encoding="utf-8").splitlines())
    assert sum(count - 1 for count in spoken.values()) <= 2 * n_kills * IN_FLIGHT  # command, perhaps worker
    assert place.leftovers() == []


def age_unfinished_files(place: Place) -> None:
    """Make what killed writers left in the cache look a minute old: younger files may have a writer."""
    for path in (place.folder / "home").rglob("*.part"):
        os.utime(path, (1000, 1000))


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _wait_for_end(processes: list[int]) -> None:
    """Workers notice within a moment that their parent is gone."""
    deadline = time.monotonic() + 10
    while any(_is_alive(pid) for pid in processes):
        assert time.monotonic() < deadline, "a worker outlived its render"
        time.sleep(0.01)


def _is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"  # a zombie waits for whoever adopted it
