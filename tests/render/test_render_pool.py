"""The pool: every key is kept once, workers may die, and the true cause comes back."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from stand_in import ENGINE, VOICE
from tone_engine import RATE_HZ, ToneEngine

from ttsbook.engines.base import EngineSpec, Request
from ttsbook.errors import MissingError, OutOfMemory, RenderError
from ttsbook.render.backlog import Backlog, Task
from ttsbook.render.fallback import Fallbacks
from ttsbook.render.limits import Limits, RemoteTraceback
from ttsbook.render.pool import open_pool
from ttsbook.render.terms import Terms
from ttsbook.render.worker import Failed, Spoken, speak_batch
from ttsbook.types import Speech

LIMITS = Limits()
TEXTS = [f"{word} words" * (1 + n % 4) for n, word in enumerate("abcdefghijkl")]


class Kept(dict[str, Speech]):
    """What the pool handed over; a second speech for a key is a fault."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def keep(self, key: str, speech: Speech) -> None:
        assert key not in self
        self[key] = speech

    def terms(self, batch: int = 3, limits: Limits = LIMITS, **options: str) -> Terms:
        """Return the terms of a pool of the tests' engine that hands over to this."""
        spec = EngineSpec(ENGINE, options=tuple(options.items()))
        return Terms(spec, VOICE, self.keep, self.told.append, Fallbacks(self.told.append), batch, limits)


def run_pool(n_workers: int, batch: int = 3, limits: Limits = LIMITS, **options: str) -> Kept:
    kept = Kept()
    with open_pool(kept.terms(batch, limits, **options), n_workers) as pool:
        for text in TEXTS:
            pool.submit(text, Request(text, text, "en", seed=7))
        for text in TEXTS:
            pool.finish(text)
            assert text in kept
    assert set(kept) == set(TEXTS)
    return kept


def is_same(one: Kept, other: Kept) -> bool:
    return all(np.array_equal(one[text].samples, other[text].samples) for text in TEXTS)


def test_processes_speak_what_this_process_speaks() -> None:
    assert is_same(run_pool(1, batch=1), run_pool(3, batch=4))


SOUND = Speech(np.full(800, 0.1, np.float32), RATE_HZ)


class OddEngine(ToneEngine):
    """Answers whatever is asked with what it was given."""

    def __init__(self, answer: list[Speech]) -> None:
        super().__init__(EngineSpec(ENGINE))
        self._answer = answer

    def speak(self, *_: object) -> list[Speech]:
        return self._answer


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ([SOUND], "answered 2 requests with 1"),
        ([SOUND] * 3, "answered 2 requests with 3"),
        ([SOUND, replace(SOUND, rate_hz=RATE_HZ + 1)], "not mono at 8000 Hz"),
        ([SOUND, replace(SOUND, samples=np.zeros((800, 2), np.float32))], "not mono at 8000 Hz"),
        (
            [SOUND, replace(SOUND, samples=np.array([0, np.nan], np.float32))],
            "NaN or infinite samples for 'Two'",
        ),
        ([SOUND, replace(SOUND, samples=np.zeros(0, np.float32))], "no sound for 'Two'"),
    ],
)
def test_an_engine_that_drops_or_spoils_speech_is_found_out(answer: list[Speech], message: str) -> None:
    requests = [Request(text.lower(), text, "en", seed=1) for text in ("One", "Two")]
    failed = speak_batch(OddEngine(answer), requests, VOICE)
    assert isinstance(failed, Failed)
    assert message in failed.error.message


def test_no_sound_is_expected_where_there_is_nothing_to_say() -> None:
    silent = replace(SOUND, samples=np.zeros(0, np.float32))
    assert isinstance(speak_batch(OddEngine([silent]), [Request("… .", "…", "en", seed=1)], VOICE), Spoken)


@pytest.mark.parametrize("n_workers", [1, 2])
def test_a_failing_engine_gives_its_own_words_and_traceback(n_workers: int) -> None:
    with pytest.raises(RenderError, match="ZeroDivisionError: the engine divided by zero") as caught:
        run_pool(n_workers, fail="e words")
    assert isinstance(caught.value.__cause__, RemoteTraceback)
    assert "in _misbehave" in caught.value.__cause__.trace


@pytest.mark.parametrize("n_workers", [1, 2])
def test_an_engine_that_cannot_be_loaded_says_why(n_workers: int) -> None:
    with pytest.raises(MissingError, match="no weights") as caught:
        run_pool(n_workers, missing="no weights")
    assert caught.value.hint == "install it"


def test_a_killed_worker_is_replaced_and_its_chunks_spoken_again(tmp_path: Path) -> None:
    kept = run_pool(2, kill="e words", once=str(tmp_path / "once"))
    assert is_same(kept, run_pool(1))
    assert any("SIGKILL" in text for text in kept.told)


def test_a_worker_killed_in_the_midst_of_its_answer_is_replaced(tmp_path: Path) -> None:
    """While nobody reads, an answer longer than the pipe's buffer is half sent: then no pipe simply ends."""
    log, long = tmp_path / "log", "a" * 20_000
    kept = Kept()

    def keep(key: str, speech: Speech) -> None:
        kept.keep(key, speech)
        if key == "short":
            while long not in (log.read_text() if log.exists() else ""):
                time.sleep(0.01)
            time.sleep(1.0)  # by now it is said and being sent
            for child in multiprocessing.active_children():
                child.kill()

    with open_pool(replace(kept.terms(batch=1, log=str(log)), keep=keep), 2) as pool:
        for key, said in (("short", "a"), ("long", long)):
            pool.submit(key, Request(said, said, "en", seed=7))
        pool.finish("long")
    assert set(kept) == {"short", "long"}
    assert any("SIGKILL" in text for text in kept.told)


def test_batches_that_no_pipe_holds_keep_nobody_waiting() -> None:
    """Parent and worker waited for one another to take what was sent, for ever: batches of 512, on a GPU."""
    texts = [f"{chr(97 + n % 26)} word" * 40 + str(n) for n in range(60)]
    kept = Kept()
    with open_pool(kept.terms(batch=10), 2) as pool:
        for text in texts:
            pool.submit(text, Request(text, text + "." * 50_000, "en", seed=7))
        for text in texts:
            pool.finish(text)
    assert set(kept) == set(texts)


def test_a_gpu_speaks_the_next_batch_while_the_last_is_kept(tmp_path: Path) -> None:
    log = tmp_path / "log"
    kept = Kept()

    def keep(key: str, speech: Speech) -> None:
        kept.keep(key, speech)
        deadline = time.monotonic() + 10
        while len(kept) == 1 and len(log.read_text().splitlines()) < 2 * batch:
            assert time.monotonic() < deadline, "nobody speaks"
            time.sleep(0.01)

    batch = 2
    terms = replace(kept.terms(batch, log=str(log), device="cuda:0"), keep=keep)
    with open_pool(terms, 1, engine=ToneEngine(terms.spec)) as pool:
        for text in TEXTS:
            pool.submit(text, Request(text, text, "en", seed=7))
        for text in TEXTS:
            pool.finish(text)
    assert is_same(kept, run_pool(1))


def test_a_chunk_that_kills_every_worker_stops_the_run() -> None:
    with pytest.raises(RenderError, match="2 times while speaking 'e words"):
        run_pool(2, kill="e words", limits=Limits(deaths=2))


def test_a_hanging_worker_is_replaced(tmp_path: Path) -> None:
    limits = Limits(batch_seconds=1.0, phoneme_seconds=0.001)
    kept = run_pool(2, limits=limits, hang="e words", once=str(tmp_path / "once"))
    assert is_same(kept, run_pool(1))
    assert any("did not answer in time" in text for text in kept.told)


def test_a_render_that_was_stopped_for_a_while_blames_no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, stopped_seconds, kept = time.monotonic, [0.0], Kept()
    monkeypatch.setattr(time, "monotonic", lambda: clock() + stopped_seconds[0])

    def keep(key: str, speech: Speech) -> None:
        kept.keep(key, speech)
        stopped_seconds[0] += 3600

    with open_pool(replace(kept.terms(2, delay="0.05"), keep=keep), 2) as pool:
        for text in TEXTS:
            pool.submit(text, Request(text, text, "en", seed=7))
        for text in TEXTS:
            pool.finish(text)
    assert is_same(kept, run_pool(1))
    assert kept.told == []


@pytest.mark.parametrize("n_workers", [1, 2])
def test_a_batch_that_does_not_fit_is_halved(n_workers: int) -> None:
    kept = run_pool(n_workers, batch=6, fits="1")
    assert is_same(kept, run_pool(1))
    assert any("batches of at most" in text for text in kept.told)


@pytest.mark.parametrize("n_workers", [1, 2])
def test_an_engine_without_memory_to_load_says_so_and_is_tried_with_fewer_workers(n_workers: int) -> None:
    with pytest.raises(OutOfMemory, match="out of memory"):
        run_pool(n_workers, no_memory="1")


def test_one_chunk_that_does_not_fit_is_an_error() -> None:
    with pytest.raises(OutOfMemory):
        run_pool(1, fits="0")


def test_no_worker_outlives_its_pool_even_in_the_midst_of_work() -> None:
    began = time.monotonic()
    with open_pool(Kept().terms(delay="30"), 2) as pool:
        for text in TEXTS:
            pool.submit(text, Request(text, text, "en", seed=7))
    assert multiprocessing.active_children() == []
    assert time.monotonic() - began < 5


def test_workers_do_not_mind_ctrl_c() -> None:
    kept = Kept()
    with open_pool(kept.terms(batch=8, delay="0.05"), 2) as pool:
        for text in TEXTS:
            pool.submit(text, Request(text, text, "en", seed=7))
        for child in multiprocessing.active_children():
            assert child.pid is not None
            os.kill(child.pid, signal.SIGINT)  # at once: before they could have asked to ignore it
        for text in TEXTS:
            pool.finish(text)
    assert kept.told == []


def test_batches_are_of_similar_length_and_begin_with_the_oldest() -> None:
    backlog = Backlog(batch=3, n_workers=1)
    for n, length in enumerate((10, 100, 11, 90, 12, 9, 1)):
        backlog.add(Task(str(n), Request("a" * length, "", "en", 0)))
    batches = []
    while len(backlog):
        batches.append([task.length for task in backlog.take()])
    assert batches == [[10, 11, 9], [100, 90], [12], [1]]


def test_workers_share_what_is_left() -> None:
    backlog = Backlog(batch=8, n_workers=2)
    for n in range(4):
        backlog.add(Task(str(n), Request("aaaa", "", "en", 0)))
    assert [len(backlog.take()), len(backlog.take()), len(backlog.take())] == [2, 1, 1]
