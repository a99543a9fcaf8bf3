"""Whole processes killed: nothing is lost, nothing is spoken twice, nothing is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SRC = HERE.parents[1] / "src"


def start(output: Path, workers: int, home: Path, **options: str) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": f"{SRC}:{HERE}", "TTSBOOK_HOME": str(home)}
    return subprocess.Popen(
        [sys.executable, str(HERE / "killable.py"), str(output), str(workers)]
        + [f"{key}={value}" for key, value in options.items()],
        env=environment,
        stderr=subprocess.PIPE,
        # Where the tests run in the background of a shell, Ctrl-C is ignored by them and by their children.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def run(output: Path, workers: int, home: Path, **options: str) -> None:
    process = start(output, workers, home, **options)
    _, talk = process.communicate(timeout=20)
    assert process.returncode == 0, talk.decode()


def wait_for_lines(log: Path, n_lines: int) -> None:
    deadline = time.monotonic() + 20
    while not log.exists() or len(log.read_text().splitlines()) < n_lines:
        assert time.monotonic() < deadline, "the render does not get on"
        time.sleep(0.005)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_killed_render_goes_on_where_it_was_and_gives_the_same_bytes(tmp_path: Path, workers: int) -> None:
    undisturbed = tmp_path / "undisturbed.flac"
    run(undisturbed, 1, tmp_path / "other")

    output, log = tmp_path / "out" / "book.flac", tmp_path / "log"
    output.parent.mkdir()
    process = start(output, workers, tmp_path / "home", log=str(log), delay="0.02")
    wait_for_lines(log, 13)
    process.kill()
    process.communicate()
    assert not output.exists()
    run(output, workers, tmp_path / "home", log=str(log))

    assert output.read_bytes() == undisturbed.read_bytes()
    assert [path.name for path in output.parent.iterdir()] == ["book.flac"]
    spoken = Counter(log.read_text().splitlines())
    twice = sum(count - 1 for count in spoken.values())
    in_flight = 2 * 2 * workers  # two batches of two for each worker
    assert twice <= in_flight


def test_a_kill_while_the_file_is_written_leaves_nothing_half(tmp_path: Path) -> None:
    output, home = tmp_path / "out" / "book.m4b", tmp_path / "home"
    output.parent.mkdir()
    run(tmp_path / "first.m4b", 1, home)  # all chunks are cached now
    for _ in range(2):
        process = start(output, 1, home)
        deadline = time.monotonic() + 20
        while not list(output.parent.iterdir()) and time.monotonic() < deadline:
            time.sleep(0.001)
        process.kill()
        process.communicate()
        assert not output.exists() or output.read_bytes() == (tmp_path / "first.m4b").read_bytes()
        output.unlink(missing_ok=True)
    run(output, 1, home)
    assert output.read_bytes() == (tmp_path / "first.m4b").read_bytes()
    assert [path.name for path in output.parent.iterdir()] == ["book.m4b"]


def test_workers_die_with_a_killed_parent(tmp_path: Path) -> None:
    log = tmp_path / "log"
    process = start(tmp_path / "book.wav", 2, tmp_path / "home", log=str(log), delay="0.3")
    wait_for_lines(log, 1)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    assert len(children) >= 2
    process.kill()
    process.communicate()
    wait_for_end(children)


def test_ctrl_c_keeps_the_chunks_and_leaves_no_worker(tmp_path: Path) -> None:
    log, home = tmp_path / "log", tmp_path / "home"
    process = start(tmp_path / "book.wav", 2, home, log=str(log), delay="0.05")
    wait_for_lines(log, 12)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    process.send_signal(signal.SIGINT)
    _, talk = process.communicate(timeout=5)
    assert process.returncode == -signal.SIGINT
    assert talk.decode().count("KeyboardInterrupt") == 1  # the parent's own
    wait_for_end(children)
    assert len(list((home / "cache" / "chunks").glob("*/*.chunk"))) >= 8


def wait_for_end(processes: list[str]) -> None:
    deadline = time.monotonic() + 5
    while any(is_alive(process) for process in processes):
        assert time.monotonic() < deadline, "a worker outlived its render"
        time.sleep(0.02)


def is_alive(pid: str) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"  # a zombie waits for whoever adopted it
