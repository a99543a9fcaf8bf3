"""A Ray cluster of this machine's own speaks what the local pool speaks, also after losing an actor."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from stand_in import ENGINE, VOICE, LetterFrontEnd, make_book, make_settings

from ttsbook.engines.base import EngineSpec, Request
from ttsbook.errors import MissingError, RenderError, UsageError
from ttsbook.render import ray_pool
from ttsbook.render.fallback import Fallbacks
from ttsbook.render.limits import Limits
from ttsbook.render.pool import open_pool
from ttsbook.render.run import render_book
from ttsbook.render.terms import Terms
from ttsbook.types import Speech

TEXTS = [f"{word} words" * (1 + n % 4) for n, word in enumerate("abcdefghijkl")]


@pytest.fixture(scope="module")
def cluster() -> Iterator[None]:
    """Ray with two processors, whose workers find the tests' engine."""
    ray = pytest.importorskip("ray")
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    yield
    ray.shutdown()
    if before is None:
        del os.environ["PYTHONPATH"]
    else:
        os.environ["PYTHONPATH"] = before


class Spoken:
    def __init__(self, n_workers: int, *, cluster: str | None = "", **options: str) -> None:
        self.told: list[str] = []
        self.samples: dict[str, np.ndarray] = {}
        self.fallbacks = Fallbacks(self.told.append)
        spec = EngineSpec(ENGINE, "cpu", options=tuple(options.items()))
        terms = Terms(spec, VOICE, self.keep, self.told.append, self.fallbacks, 2, Limits(deaths=2))
        with open_pool(terms, n_workers, cluster=cluster) as pool:
            for text in TEXTS:
                pool.submit(text, Request(text, text, "en", seed=7))
            for text in TEXTS:
                pool.finish(text)
            self.n_workers = pool.n_workers

    def keep(self, key: str, speech: Speech) -> None:
        assert key not in self.samples
        self.samples[key] = speech.samples

    def is_same(self, other: Spoken) -> bool:
        return all(np.array_equal(self.samples[text], other.samples[text]) for text in TEXTS)


@pytest.mark.ray
@pytest.mark.usefixtures("cluster")
def test_the_cluster_speaks_what_this_process_speaks() -> None:
    far = Spoken(0)
    assert far.n_workers == 2
    assert far.told == []
    assert far.is_same(Spoken(1, cluster=None))


@pytest.mark.ray
@pytest.mark.usefixtures("cluster")
def test_an_actor_that_is_lost_is_replaced_and_its_chunks_are_spoken_again(tmp_path: Path) -> None:
    far = Spoken(2, kill="e words", once=str(tmp_path / "killed"))
    assert far.is_same(Spoken(1, cluster=None))
    (line,) = far.told
    assert "an actor was lost" in line
    assert "a new one renders its chunks again" in line


@pytest.mark.ray
@pytest.mark.usefixtures("cluster")
def test_what_is_lost_again_and_again_is_an_error() -> None:
    with pytest.raises(RenderError, match="2 times while speaking"):
        Spoken(2, kill="e words")


@pytest.mark.ray
@pytest.mark.usefixtures("cluster")
def test_what_an_engine_says_comes_back() -> None:
    with pytest.raises(RenderError, match="divided by zero"):
        Spoken(2, fail="e words")
    with pytest.raises(MissingError, match="no weights"):
        Spoken(2, missing="no weights")


@pytest.mark.ray
@pytest.mark.usefixtures("cluster")
def test_too_little_memory_for_a_batch_halves_it() -> None:
    far = Spoken(2, fits="1")
    assert {step.kind for step in far.fallbacks.steps} == {"batch"}
    assert far.is_same(Spoken(1, cluster=None))


@pytest.mark.ray
@pytest.mark.usefixtures("cluster")
def test_a_node_with_another_engine_is_refused() -> None:
    fallbacks = Fallbacks(lambda _: None)
    terms = Terms(EngineSpec(ENGINE, "cpu"), VOICE, lambda *_: None, lambda _: None, fallbacks, batch=1)
    pool = ray_pool.RayPool(terms, 1, fingerprint="ours")
    pool.submit("a", Request("a", "a", "en", seed=1))
    with contextlib.closing(pool), pytest.raises(RenderError, match="is another one on the cluster"):
        pool.finish("a")


@pytest.mark.ray
@pytest.mark.usefixtures("cluster")
def test_a_book_has_the_same_bytes(tmp_path: Path) -> None:
    def render(name: str, **settings: Any) -> bytes:
        output = tmp_path / name
        report = render_book(
            make_book(2, 4), output, settings=make_settings(resume=False, **settings), voice=VOICE,
            front_end=LetterFrontEnd(),
        )  # fmt: skip
        assert report.workers == 2
        return output.read_bytes()

    assert render("far.wav", executor="ray", workers=2) == render("near.wav", workers=2)


def test_without_ray_it_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ray_pool, "find_spec", lambda _: None)
    with pytest.raises(MissingError, match="Ray is not installed") as caught:
        render_book(
            make_book(1, 1), tmp_path / "a.wav", settings=make_settings(executor="ray"), voice=VOICE,
            front_end=LetterFrontEnd(),
        )  # fmt: skip
    assert caught.value.hint == "pip install 'ttsbook[ray]'"
    with pytest.raises(UsageError, match="'slurm'"):
        make_settings(executor="slurm")


def test_a_cluster_that_cannot_be_reached_gives_way_to_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    from ttsbook.render.stepping import NoWorkers

    def refuse(address: str) -> None:
        raise NoWorkers(f"the Ray cluster {address} cannot be reached: refused")

    monkeypatch.setattr(ray_pool, "_connected", refuse)
    near = Spoken(0, cluster="ray://nowhere:10001")
    assert near.is_same(Spoken(1, cluster=None))
    (step,) = near.fallbacks.steps
    assert (step.kind, step.short) == ("pool", "a cluster to this process alone")
