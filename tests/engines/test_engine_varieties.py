"""`hybrid` and `parallel`: the model of `vits2`, used in another way."""

from __future__ import annotations

import pytest

from ttsbook.engines.base import EngineSpec
from ttsbook.engines.choose import entry_of, load_engine, model_of
from ttsbook.engines.vits2 import Vits2Engine
from ttsbook.voice.analyse import METHODS

pytest.importorskip("onnxruntime")


@pytest.mark.parametrize("name", ["hybrid", "parallel"])
def test_a_variety_has_its_own_name_and_the_model_of_vits2(name: str) -> None:
    engine = load_engine(EngineSpec(name))
    assert isinstance(engine, Vits2Engine)
    assert engine.name == name
    assert engine.fingerprint == load_engine(EngineSpec("vits2")).fingerprint
    assert model_of(name) == "vits2"


def test_clips_are_analysed_in_ways_that_there_are() -> None:
    found = {name: entry_of(name).analysis for name in ("vits2", "hybrid", "parallel")}
    assert found == {"vits2": "plain", "hybrid": "hybrid", "parallel": "hybrid"}
    assert set(found.values()) <= set(METHODS)


def test_only_parallel_stands_for_several_processes() -> None:
    assert entry_of("parallel").min_workers == 2
    assert entry_of("hybrid").min_workers == entry_of("vits2").min_workers == 1


def test_an_engine_from_elsewhere_is_its_own_model() -> None:
    assert model_of("tone_engine:ToneEngine") == "tone_engine:ToneEngine"
