"""A folder with a book, a home and a place for the output, and the command that renders it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

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

    @property
    def home(self) -> Path:
        return self.folder / "home"

    def prepare(self) -> Place:
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
        return self

    def start(self, delay: float, *more: str, **options: object) -> subprocess.Popen[bytes]:
        """Start the command; `more` are further arguments, `options` those of the engine, in capitals."""
        popen = {key: options.pop(key) for key in tuple(options) if key.islower()}
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(map(str, PLACES)),
            "TTSBOOK_HOME": str(self.home),
            "CRASH_LOG": str(self.log),
            "CRASH_DELAY": str(delay),
            **{f"CRASH_{key}": str(value) for key, value in options.items()},
        }
        command = [sys.executable, "-m", "ttsbook", "render", "book.md", "-o", str(self.output)]
        command += ["--engine", ENGINE, "--workers", str(WORKERS), *(more or ("--quiet",))]
        streams = {"stderr": subprocess.PIPE, **popen}
        return subprocess.Popen(command, cwd=self.folder, env=environment, **streams)  # type: ignore[call-overload,no-any-return]

    def finish(self, *more: str, **options: object) -> bytes:
        """Run the command to its good end; return what it said."""
        return self.end(self.start(0.0, *more, **options))

    def end(self, process: subprocess.Popen[bytes], code: int = 0, *, timeout: float = 300) -> bytes:
        """Wait for the end of a command; return what it said."""
        _, talk = process.communicate(timeout=timeout)
        assert process.returncode == code, talk.decode()
        assert b"Traceback" not in (talk or b""), talk.decode()
        return talk or b""

    def spoken(self) -> Counter[str]:
        """Return how often each chunk was spoken."""
        return Counter(self.log.read_text(encoding="utf-8").splitlines()) if self.log.exists() else Counter()

    def wait_for_chunks(self, n_chunks: int) -> None:
        """Wait until so many chunks were spoken, by all runs together."""
        wait_until(lambda: self.spoken().total() >= n_chunks, "the render does not get on")

    def leftovers(self) -> list[str]:
        """Return what lies beside the output and what is unfinished in the home."""
        beside = [path.name for path in self.output.parent.iterdir() if path != self.output]
        return beside + [path.name for path in self.home.rglob("*.part")]


def wait_until(true: Callable[[], bool], else_: str, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, else_
        time.sleep(0.005)


def children(pid: int) -> list[int]:
    """Return the processes that a process has started."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def wait_for_end(processes: list[int]) -> None:
    """Workers notice within a moment that their parent is gone."""
    wait_until(lambda: not any(map(is_alive, processes)), "a worker outlived its render", 60)


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"  # a zombie waits for whoever adopted it
