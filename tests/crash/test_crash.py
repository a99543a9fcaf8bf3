"""The command killed again and again at random moments: in the end the file is as if nothing had happened.

What is killed is the command itself or one of its workers, from its start to the last rename. The moments
come from a seed each, so that a failure can be looked at again.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
from place import DELAY, IN_FLIGHT, Place, children, wait_for_end

PART_OF_KILLS_WHILE_WRITING = 0.3


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
    place.end(place.start(DELAY))
    return Undisturbed(place.suffix, place.output.read_bytes(), time.monotonic() - began)


def kill_at_random(place: Place, random: Random, seconds: float) -> None:
    """Start the command and kill it, or a worker of it, after a part of the time that it takes."""
    process = place.start(DELAY)
    if random.random() < PART_OF_KILLS_WHILE_WRITING:
        _wait_for_writing(place, process)
        time.sleep(random.uniform(0.0, 0.05) * seconds)
    else:
        time.sleep(random.uniform(0.1, 1.0) * seconds)
    workers = children(process.pid)
    if workers and random.random() < 0.3:
        with contextlib.suppress(ProcessLookupError):
            os.kill(random.choice(workers), signal.SIGKILL)
        time.sleep(random.uniform(0.0, 0.2))
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    process.communicate()
    wait_for_end(workers)


def _wait_for_writing(place: Place, process: subprocess.Popen[bytes]) -> None:
    """Wait until the output is being written: encoded, muxed, read back."""
    while process.poll() is None and not list(place.output.parent.glob(".*.part")):
        time.sleep(0.001)


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
    assert (
        sum(count - 1 for count in place.spoken().values()) <= 2 * n_kills * IN_FLIGHT
    )  # command, perhaps worker
    assert place.leftovers() == []


def age_unfinished_files(place: Place) -> None:
    """Make what killed writers left in the cache look a minute old: younger files may have a writer."""
    for path in place.home.rglob("*.part"):
        os.utime(path, (1000, 1000))
