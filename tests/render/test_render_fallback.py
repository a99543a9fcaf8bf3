"""Each way in which a render can go on with less, brought about with an engine that misbehaves."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from stand_in import ENGINE, VOICE, LetterFrontEnd, make_book, make_settings

from ttsbook.audio.probe import probe
from ttsbook.engines.base import EngineSpec, Request
from ttsbook.engines.choose import ENGINES, Entry
from ttsbook.errors import MissingError, OutOfMemory, RenderError
from ttsbook.render.fallback import Fallbacks
from ttsbook.render.limits import Limits
from ttsbook.render.pool import open_pool
from ttsbook.render.report import Report
from ttsbook.render.reporter import SilentReporter
from ttsbook.render.run import render_book
from ttsbook.render.settings import EngineChoice
from ttsbook.render.terms import Terms
from ttsbook.types import Speech

TEXTS = [f"{word} words" * (1 + n % 3) for n, word in enumerate("abcdefgh")]
SPARE = EngineChoice(ENGINE, (("model", "spare"),))


class Warnings(SilentReporter):
    def __init__(self) -> None:
        self.texts: list[str] = []

    def warning(self, text: str) -> None:
        self.texts.append(text)


def render(output: Path, warnings: Warnings | None = None, **settings: Any) -> Report:
    return render_book(
        make_book(1, 3),
        output,
        settings=make_settings(**settings),
        voice=VOICE,
        reporter=warnings or Warnings(),
        front_end=LetterFrontEnd(),
    )


@pytest.mark.parametrize("when", ["missing", "missing_later"])
def test_an_engine_that_does_not_load_gives_way_to_the_next(tmp_path: Path, when: str) -> None:
    warnings = Warnings()
    report = render(
        tmp_path / "b.m4b", warnings, format="m4b", options={when: "no weights"}, fallback=(SPARE,)
    )
    assert report.model_hash == "tone-spare"
    (step,) = report.fallbacks
    assert (step.kind, step.why) == ("engine", "no weights (install it)")
    assert [text for text in warnings.texts if "no weights" in text] == warnings.texts
    assert len(warnings.texts) == 1
    assert Report.from_dict(report.as_dict()) == report
    comment = probe(tmp_path / "b.m4b").tags["comment"]
    assert f"fell back: {ENGINE} to {ENGINE}" in comment
    assert "no weights" not in comment


def test_the_chain_goes_on_until_an_engine_loads(tmp_path: Path) -> None:
    worse = EngineChoice(ENGINE, (("missing", "no weights either"),))
    report = render(tmp_path / "b.wav", options={"missing": "no weights"}, fallback=(worse, SPARE))
    assert [step.why for step in report.fallbacks] == [
        "no weights (install it)",
        "no weights either (install it)",
    ]


def test_the_end_of_the_chain_is_an_error(tmp_path: Path) -> None:
    worse = EngineChoice(ENGINE, (("missing", "no weights either"),))
    with pytest.raises(MissingError, match="no weights either") as caught:
        render(tmp_path / "b.wav", options={"missing": "no weights"}, fallback=(worse,))
    assert caught.value.hint == "install it"
    assert not (tmp_path / "b.wav").exists()


def test_without_fallbacks_the_first_engine_is_the_only_one(tmp_path: Path) -> None:
    with pytest.raises(MissingError, match="no weights") as caught:
        render(tmp_path / "b.wav", options={"missing": "no weights"}, fallback=(SPARE,), may_fall_back=False)
    assert caught.value.hint == "install it"


def test_a_render_that_fell_back_is_up_to_date_the_next_time(tmp_path: Path) -> None:
    settings: dict[str, Any] = {"options": {"missing": "no weights"}, "fallback": (SPARE,)}
    first = render(tmp_path / "b.wav", **settings)
    again = render(tmp_path / "b.wav", **settings)
    assert again.up_to_date
    assert again.fallbacks == first.fallbacks


def test_a_render_that_runs_short_of_memory_says_so_in_its_report_and_tags(tmp_path: Path) -> None:
    warnings = Warnings()
    report = render(tmp_path / "b.m4b", warnings, format="m4b", options={"fits": "1"}, batch=4)
    assert {step.kind for step in report.fallbacks} == {"batch"}
    assert len(warnings.texts) == len(report.fallbacks)
    assert "fell back: batches of" in probe(tmp_path / "b.m4b").tags["comment"]
    with pytest.raises(OutOfMemory) as caught:
        render(tmp_path / "c.wav", options={"fits": "1", "model": "2"}, batch=4, may_fall_back=False)
    assert "allow fallbacks" in (caught.value.hint or "")


class Spoken:
    """What came out of a pool, and its steps down."""

    def __init__(self, n_workers: int, *, allowed: bool = True, deaths: int = 2, **options: str) -> None:
        self.told: list[str] = []
        self.samples: dict[str, np.ndarray] = {}
        fallbacks = Fallbacks(self.told.append, allowed=allowed)
        spec = EngineSpec(ENGINE, options=tuple(options.items()))
        terms = Terms(spec, VOICE, self.keep, lambda _: None, fallbacks, 2, Limits(deaths=deaths))
        with open_pool(terms, n_workers) as pool:
            for text in TEXTS:
                pool.submit(text, Request(text, text, "en", seed=7))
            for text in TEXTS:
                pool.finish(text)
            self.n_workers = pool.n_workers
        self.steps = [(step.kind, step.before, step.after) for step in fallbacks.steps]
        assert len(self.told) == len(self.steps)

    def keep(self, key: str, speech: Speech) -> None:
        assert key not in self.samples
        self.samples[key] = speech.samples

    def is_same(self, other: Spoken) -> bool:
        return all(np.array_equal(self.samples[text], other.samples[text]) for text in TEXTS)


def test_workers_that_die_while_loading_give_way_to_this_process() -> None:
    spoken = Spoken(2, dies_in_worker="1")
    assert spoken.steps == [("pool", "2 workers", "this process alone")]
    assert spoken.n_workers == 1
    assert spoken.is_same(Spoken(1))
    with pytest.raises(RenderError, match="while loading"):
        Spoken(2, dies_in_worker="1", allowed=False)


def test_workers_that_are_granted_no_threads_give_way_to_this_process() -> None:
    """One that had said that it was ready cost the chunks that it was given; its traceback was printed."""
    spoken = Spoken(2, no_threads="1")
    assert spoken.steps == [("pool", "2 workers", "this process alone")]
    assert spoken.is_same(Spoken(1))
    with pytest.raises(RenderError, match="can't start new thread"):
        Spoken(2, no_threads="1", allowed=False)


def test_a_system_that_starts_no_process_leaves_this_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_process: object) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr("multiprocessing.context.SpawnProcess.start", refuse)
    assert Spoken(3).steps == [("pool", "3 workers", "this process alone")]
    with pytest.raises(RenderError, match="Resource temporarily unavailable"):
        Spoken(3, allowed=False)


def test_chunks_for_which_there_is_no_room_are_spoken_by_fewer_processes(tmp_path: Path) -> None:
    spoken = Spoken(4, crowd="3", crowd_folder=str(tmp_path))
    assert ("workers", "4 workers", "2 workers") in spoken.steps
    assert spoken.n_workers <= 2
    assert spoken.is_same(Spoken(1))


def test_a_chunk_that_the_system_kills_everywhere_is_an_error_after_one_process() -> None:
    with pytest.raises(OutOfMemory, match="SIGKILL"):
        Spoken(2, kill="e words")


def test_an_engine_that_fails_is_not_tried_again_with_less() -> None:
    with pytest.raises(RenderError, match="divided by zero"):
        Spoken(2, fail="e words")


def test_a_book_in_a_language_that_the_engine_does_not_read_goes_to_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mute = Entry(target=ENGINE, summary="reads no English", languages=("zh",), clones=False)
    monkeypatch.setitem(ENGINES, ENGINE, mute)
    with pytest.raises(MissingError, match="cannot read 'Chapter one'"):
        render(tmp_path / "b.wav")
    monkeypatch.setitem(ENGINES, ENGINE, replace(mute, languages=("en",)))
    report = render(tmp_path / "b.wav")
    assert report.voice == f"{ENGINE}'s own"


def test_a_gpu_without_any_room_gives_way_to_the_processor(tmp_path: Path) -> None:
    options = {"device": "cuda:0", "fits_nothing": "1"}
    report = render(tmp_path / "b.wav", options=options, batch=4)
    assert report.device == "cpu"
    assert report.fallbacks[-1].kind == "device"
    assert report.fallbacks[-1].short == "cuda:0 to the processor"
    with pytest.raises(OutOfMemory):
        render(tmp_path / "c.wav", options={**options, "model": "2"}, batch=1, may_fall_back=False)


def test_a_gpu_that_fails_gives_way_to_the_processor(tmp_path: Path) -> None:
    options = {"device": "cuda:0", "fails_there": "1"}
    report = render(tmp_path / "b.wav", options=options)
    assert report.device == "cpu"
    assert [(step.kind, step.short) for step in report.fallbacks] == [("device", "cuda:0 to the processor")]
    with pytest.raises(RenderError, match="no kernel image"):
        render(tmp_path / "c.wav", options={**options, "model": "2"}, may_fall_back=False)


def test_a_gpu_that_nobody_asked_for_and_that_cannot_be_used_gives_way_to_the_processor(
    tmp_path: Path,
) -> None:
    options = {"device": "cuda:0", "missing_there": "no cuDNN"}
    warnings = Warnings()
    report = render(tmp_path / "b.wav", warnings, options=options, fallback=(SPARE,))
    assert (report.device, report.model_hash) == ("cpu", "tone-1")
    assert [(step.kind, step.why) for step in report.fallbacks] == [("device", "no cuDNN (install it)")]
    assert len(warnings.texts) == 1
    options["model"] = "2"
    report = render(tmp_path / "c.wav", device="cuda", options=options, fallback=(SPARE,))
    assert [step.kind for step in report.fallbacks] == ["engine"]


def test_an_engine_that_needs_a_gpu_gives_way_to_the_one_that_does_the_same_on_the_processor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ENGINES, "needs_gpu", Entry(target=ENGINE, summary="", on_processor=ENGINE))
    settings = replace(
        make_settings(options={"device": "cuda:0", "fits_nothing": "1"}, batch=1), engine="needs_gpu"
    )
    report = render_book(
        make_book(1, 3), tmp_path / "b.wav", settings=settings, voice=VOICE, front_end=LetterFrontEnd()
    )
    assert report.device == "cpu"
    assert [step.kind for step in report.fallbacks] == ["device"]
    assert ENGINES["tensorrt"].on_processor == "hybrid"
