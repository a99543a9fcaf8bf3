"""Engines by name: found, or explained."""

from __future__ import annotations

import pickle

import pytest

from ttsbook.engines.base import EngineSpec
from ttsbook.engines.choose import ENGINES, Entry, available_engines, check_engine, load_engine
from ttsbook.errors import MissingError, UsageError


def test_every_registered_engine_says_how_to_get_it() -> None:
    assert {availability.name for availability in available_engines()} == set(ENGINES)
    assert all(entry.summary and entry.fix for entry in ENGINES.values())


def test_a_misspelt_name_is_corrected() -> None:
    with pytest.raises(UsageError, match="'vist2'") as caught:
        load_engine(EngineSpec("vist2"))
    assert caught.value.hint == "did you mean 'vits2'?"


def test_a_missing_package_is_named_with_the_command_that_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = Entry("nowhere:Engine", "not here", needs=("json", "surely_not_installed"), fix="pip install it")
    monkeypatch.setitem(ENGINES, "absent", entry)
    found = check_engine("absent")
    assert (found.available, found.why, found.fix) == (False, "needs surely_not_installed", "pip install it")


def test_an_engine_that_cannot_be_imported_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ENGINES, "absent", Entry("nowhere:Engine", "not here", fix="pip install it"))
    with pytest.raises(MissingError, match="nowhere") as caught:
        load_engine(EngineSpec("absent"))
    assert caught.value.hint == "pip install it"
    assert not check_engine("absent").available


def test_an_engine_from_elsewhere_is_named_by_module_and_class() -> None:
    with pytest.raises(UsageError, match="json has no Engine"):
        load_engine(EngineSpec("json:Engine"))


def test_a_spec_crosses_to_a_worker() -> None:
    spec = EngineSpec("vits2", "cpu", 2, (("model", "x"),))
    assert pickle.loads(pickle.dumps(spec)) == spec
