"""How many workers a render gets."""

from __future__ import annotations

import multiprocessing

import pytest

from ttsbook.render import machine
from ttsbook.render.machine import choose_workers, n_cores, peak_rss_bytes
from ttsbook.render.settings import RenderSettings

GIB = 1 << 30


@pytest.fixture
def eight_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "n_cores", lambda: 8)
    monkeypatch.setattr(machine, "free_memory_bytes", lambda: 4 * GIB)


@pytest.mark.usefixtures("eight_cores")
@pytest.mark.parametrize(
    ("asked", "n_chunks", "device", "worker_bytes", "expected"),
    [
        (None, 10_000, "cpu", GIB // 10, 8),  # as many as there are cores
        (None, 10_000, "cpu", GIB, 3),  # as many as fit into memory
        (None, 70, "cpu", GIB // 10, 2),  # as many as have something to do
        (None, 0, "cpu", GIB // 10, 1),
        (None, 10_000, "cpu", 100 * GIB, 1),
        (None, 10_000, "cuda:0", GIB // 10, 1),  # processes would share the GPU badly
        (5, 1, "cpu", 100 * GIB, 5),  # the user knows
    ],
)
def test_workers_by_cores_memory_and_work(
    asked: int | None, n_chunks: int, device: str, worker_bytes: int, expected: int
) -> None:
    assert choose_workers(asked, n_chunks=n_chunks, device=device, worker_bytes=worker_bytes) == expected


@pytest.mark.usefixtures("eight_cores")
@pytest.mark.parametrize(
    ("n_chunks", "device", "worker_bytes", "expected"),
    [
        (20, "cpu", GIB // 10, 8),  # a short book too
        (5, "cpu", GIB // 10, 5),
        (1, "cpu", GIB // 10, 1),
        (0, "cpu", GIB // 10, 1),
        (20, "cpu", 100 * GIB, 2),
        (20, "cuda:0", GIB // 10, 2),
    ],
)
def test_an_engine_that_stands_for_several_processes_gets_them(
    n_chunks: int, device: str, worker_bytes: int, expected: int
) -> None:
    chosen = choose_workers(None, n_chunks=n_chunks, device=device, worker_bytes=worker_bytes, at_least=2)
    assert chosen == expected


@pytest.mark.usefixtures("eight_cores")
def test_a_process_that_may_start_none_gets_none_unless_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multiprocessing.current_process(), "daemon", True)  # as in a multiprocessing.Pool
    assert choose_workers(None, n_chunks=10_000, device="cpu", worker_bytes=GIB // 10) == 1


def test_this_process_has_a_size_and_a_core() -> None:
    assert n_cores() >= 1
    assert peak_rss_bytes() > 10 << 20


def test_chunks_in_one_go_are_as_many_as_threads_or_as_suit_the_engine_on_a_gpu() -> None:
    settings = RenderSettings(engine="hybrid")
    assert [settings.batch_on("cpu", threads) for threads in (1, 8)] == [2, 8]
    assert settings.batch_on("cuda:0", 8) == 512
    assert RenderSettings(engine="coqui").batch_on("cuda:0", 8) == 64  # speaks one after the other
    assert RenderSettings(batch=3).batch_on("cuda:0", 8) == 3
