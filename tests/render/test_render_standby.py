"""Workers that are started while the book is planned: taken by the pool, and never left behind."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from stand_in import ENGINE, VOICE

from ttsbook.engines.base import EngineSpec, Request
from ttsbook.render.fallback import Fallbacks
from ttsbook.render.pool import open_pool
from ttsbook.render.standby import Standby
from ttsbook.render.terms import Terms
from ttsbook.types import Speech

SPEC = EngineSpec(ENGINE)
SCRIPT = """
from stand_in import VOICE
from tone_engine import ToneEngine
from ttsbook.engines.base import EngineSpec
from ttsbook.render.standby import start_worker

class Own(ToneEngine): ...

print(__name__, flush=True)
if {guard}:
    print(type(start_worker(EngineSpec("{engine}"), VOICE).connection.recv()).__name__)
"""
TEXTS = [f"{letter} words" for letter in "abcdef"]


def speak(standby: Standby, spec: EngineSpec = SPEC) -> set[int]:
    """Speak with a pool of two; return the processes that did."""
    kept: dict[str, Speech] = {}
    told: list[str] = []
    terms = Terms(spec, VOICE, kept.__setitem__, told.append, Fallbacks(told.append))
    with open_pool(terms, 2, standby=standby) as pool:
        for text in TEXTS:
            pool.submit(text, Request(text, text, "en", seed=7))
        numbers = running()
        for text in TEXTS:
            pool.finish(text)
    assert set(kept) == set(TEXTS)
    return numbers


def running() -> set[int]:
    return {child.pid for child in multiprocessing.active_children() if child.pid is not None}


def test_a_pool_takes_them_before_it_starts_its_own() -> None:
    standby = Standby(SPEC, VOICE, 2)
    waiting = running()
    assert len(waiting) == len(standby) == 2
    assert speak(standby) == waiting
    assert len(standby) == 0
    assert running() == set()


@pytest.mark.parametrize("spec", [replace(SPEC, threads=2), EngineSpec(ENGINE, options=(("delay", "0"),))])
def test_those_that_load_something_else_are_left_and_stopped(spec: EngineSpec) -> None:
    standby = Standby(SPEC, VOICE, 2)
    waiting = running()
    assert len(speak(standby, spec) - waiting) == 2
    assert running() == waiting
    standby.close()
    assert running() == set()


@pytest.mark.parametrize(
    ("spec", "n_workers", "n_left"),
    [(SPEC, 3, 3), (SPEC, 2, 2), (SPEC, 1, 0), (replace(SPEC, threads=2), 3, 0)],
)
def test_those_for_which_there_is_no_use_are_stopped(spec: EngineSpec, n_workers: int, n_left: int) -> None:
    standby = Standby(SPEC, VOICE, 3)
    standby.keep(spec, n_workers)
    assert len(standby) == len(running()) == n_left
    standby.close()
    assert running() == set()


def test_one_that_was_killed_while_it_waited_is_replaced() -> None:
    standby = Standby(SPEC, VOICE, 2)
    os.kill(min(running()), signal.SIGKILL)
    speak(standby)
    assert running() == set()


def test_where_none_can_be_started_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: object) -> None:
        raise OSError(11, "Resource temporarily unavailable")

    monkeypatch.setattr("multiprocessing.context.SpawnProcess.start", refuse)
    assert len(Standby(SPEC, VOICE, 2)) == 0


@pytest.mark.parametrize(
    ("guard", "engine", "expected"),
    [
        ("True", ENGINE, ["__main__", "Ready"]),
        ("__name__ == '__main__'", "__main__:Own", ["__main__", "__mp_main__", "Ready"]),
    ],
)
def test_a_script_is_imported_again_only_for_an_engine_in_it(
    tmp_path: Path, guard: str, engine: str, expected: list[str]
) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.format(guard=guard, engine=engine))
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, env=environment)
    assert (done.stdout.split(), done.stderr) == (expected, "")


def test_a_process_that_may_have_none_speaks_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multiprocessing.current_process(), "daemon", True)  # as in a multiprocessing.Pool
    standby = Standby(SPEC, VOICE, 2)
    assert len(standby) == 0
    assert speak(standby) == set()
