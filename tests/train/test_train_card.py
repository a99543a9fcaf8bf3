"""The model card says what was measured, and only of the weights beside it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from ttsbook.errors import InputError, UsageError
from ttsbook.paths import packaged
from ttsbook.train.card import write_card

FACTS = Path(__file__).parents[2] / "src" / "ttsbook" / "train" / "card.toml"
SET = {
    "set": "readers", "language": "zh", "clips": 50, "seconds": 400.0, "error": 0.117, "error_spread": 0.008,
    "distillmos": 4.46, "dnsmos": None, "likeness": 0.76, "picked": 0.82,
}  # fmt: skip


@pytest.fixture
def model(tmp_path: Path) -> Path:
    for name in ("base.json", "base.safetensors"):
        shutil.copy(packaged("weights") / name, tmp_path / name)
    return tmp_path


@pytest.fixture
def evaluation(model: Path) -> Path:
    hashes = json.loads((model / "base.json").read_text("utf-8"))["sha256"]
    path = model / "evaluation.json"
    speed = {"threads": 2, "wall": 0.0112, "work": 0.02}
    path.write_text(
        json.dumps({"model": hashes, "skip": 50, "candidates": 10, "speed": speed, "sets": [SET]}), "utf-8"
    )
    return path


def test_the_card_has_data_licences_figures_and_limits(model: Path, evaluation: Path) -> None:
    text = write_card(model, FACTS, [evaluation]).read_text("utf-8")
    assert "17.8 million weights" in text
    assert "| 0.8 | CC BY 4.0 |" in text
    assert (
        "| readers | Mandarin | 51-100 | 50 | 11.7% ± 0.8 of toned syllables | 4.46 |  | 0.76 | 82% |" in text
    )
    assert "with 2 threads: 0.0112" in text
    assert "- Similarity is partial" in text


def test_a_row_stands_once_and_says_how_voices_were_analysed(model: Path, evaluation: Path) -> None:
    careful = evaluation.with_name("careful.json")
    table = json.loads(evaluation.read_text("utf-8"))
    careful.write_text(json.dumps({**table, "method": "hybrid"}), "utf-8")
    text = write_card(model, FACTS, [evaluation, evaluation, careful]).read_text("utf-8")
    assert text.count("| readers | Mandarin |") == 1
    assert text.count("| readers, analysed for hybrid | Mandarin |") == 1


def test_the_facts_name_the_sets(model: Path, evaluation: Path, tmp_path: Path) -> None:
    facts = tmp_path / "facts.toml"
    facts.write_text(FACTS.read_text("utf-8") + '\nreaders = "people who read"\n', "utf-8")  # into [sets]
    assert "| people who read | Mandarin | 51-100 |" in write_card(model, facts, [evaluation]).read_text(
        "utf-8"
    )


def test_figures_of_other_weights_are_refused(model: Path, evaluation: Path) -> None:
    table = json.loads(evaluation.read_text("utf-8"))
    evaluation.write_text(json.dumps({**table, "model": {}}), "utf-8")
    with pytest.raises(InputError, match="other weights"):
        write_card(model, FACTS, [evaluation])


def test_facts_must_be_complete(model: Path, tmp_path: Path) -> None:
    facts = tmp_path / "facts.toml"
    facts.write_text('title = "A voice"\n', "utf-8")
    with pytest.raises(InputError, match="'about'"):
        write_card(model, facts, [])


def test_the_data_of_the_base_voice_stand_on_no_other_card(model: Path) -> None:
    assert "## Made from" in write_card(model, None, []).read_text("utf-8")
    (model / "MODEL_CARD.md").unlink()
    index = json.loads((model / "base.json").read_text("utf-8"))
    index["sha256"]["base.safetensors"] = "0" * 64
    (model / "base.json").write_text(json.dumps(index), "utf-8")
    with pytest.raises(UsageError, match="made from"):
        write_card(model, None, [])
    assert not (model / "MODEL_CARD.md").exists()


def test_the_shipped_card_is_what_the_tool_writes(model: Path) -> None:
    shipped = (packaged("weights") / "MODEL_CARD.md").read_text("utf-8")
    told = write_card(model, FACTS, []).read_text("utf-8")
    for part in (told.partition("## Figures")[0], told.partition("## Limits")[2]):
        assert part in shipped
