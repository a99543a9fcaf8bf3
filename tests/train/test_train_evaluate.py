"""Judging a model: texts and voices that training never saw, and figures that add up."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from ttsbook.errors import InputError, MissingError, RenderError
from ttsbook.train.evaluate_table import Row, Speed, format_table, summarise
from ttsbook.train.evaluate_text import (
    LENGTHS,
    is_held_out,
    read_paragraphs,
    read_trained,
    select_texts,
    squeeze,
)

CLIP = Path(__file__).parents[1] / "data" / "clip.opus"
ENGLISH = "When the {} had crossed the bridge, the others followed without a single word. "
MANDARIN = "那年冬天的第{}个晚上，他们一直坐在火炉旁边说话。外面的雪下得很大，谁也不愿意先起身回家去。"
NAMES = [
    a + b
    for a in ("miller", "sailor", "teacher", "farmer", "doctor", "painter")
    for b in ("", "s", "ess", "man")
]
COUNTS = [a + b for a in "一二三四五六七八九" for b in "甲乙丙丁戊己"]


@pytest.fixture
def texts(tmp_path: Path) -> list[Path]:
    english, mandarin = tmp_path / "en.txt", tmp_path / "zh.txt"
    english.write_text(
        "\n\n".join(ENGLISH.format(a) + ENGLISH.format(f"young {b}") for a in NAMES for b in NAMES[:6]),
        "utf-8",
    )
    mandarin.write_text("\n\n".join(MANDARIN.format(count) for count in COUNTS), "utf-8")
    return [english, mandarin]


def test_texts_come_from_paragraphs_that_the_teacher_never_gets(texts: list[Path]) -> None:
    paragraphs = list(read_paragraphs(texts))
    held = [p.text for p in paragraphs if is_held_out(p.text)]
    assert 0.04 < len(held) / len(paragraphs) < 0.25
    for language in ("en", "zh"):
        chosen = select_texts(texts, language)
        assert chosen
        for text in chosen:
            assert any(squeeze(text) in squeeze(paragraph) for paragraph in held)


def test_texts_have_the_length_of_a_clip_and_one_reading(texts: list[Path]) -> None:
    least, most = LENGTHS["en"].clip
    for text in select_texts(texts, "en"):
        assert least <= len(text.split()) <= most
    least, most = LENGTHS["zh"].clip
    for text in select_texts(texts, "zh"):
        assert least <= sum("\u4e00" <= c <= "\u9fff" for c in text) <= most


@pytest.mark.parametrize(
    "sentence", ["In 1815 he left.", "Dr. Watson saw J. Neil.", "He read the ABC.", "Déjà vu."]
)
def test_what_has_several_readings_is_left_out(tmp_path: Path, sentence: str) -> None:
    lines = [f"{sentence} {ENGLISH.format(name)}" for name in NAMES]
    path = tmp_path / "a.txt"
    path.write_text("\n\n".join(lines), "utf-8")
    assert [text for text in select_texts([path], "en") if sentence[:6] in text] == []


def test_the_same_files_give_the_same_texts_and_fewer_are_the_first(texts: list[Path]) -> None:
    everything = select_texts(texts, "en")
    assert select_texts(texts[::-1], "en") == everything
    assert select_texts(texts, "en", 3) == everything[:3]


def test_what_training_heard_is_left_out(texts: list[Path], tmp_path: Path) -> None:
    everything = select_texts(texts, "en")
    heard = everything[0].split(". ")[0].upper()
    (tmp_path / "meta.jsonl").write_text(json.dumps({"text": heard}) + "\n", "utf-8")
    left = select_texts(texts, "en", trained=read_trained([tmp_path]))
    assert everything[0] not in left
    assert set(left) < set(everything)


def test_too_few_texts_are_an_error_that_says_how_many(texts: list[Path]) -> None:
    with pytest.raises(InputError, match=r"hold \d+ passages in 'zh'"):
        select_texts(texts, "zh", 5_000)
    with pytest.raises(MissingError, match=r"meta\.jsonl is missing"):
        read_trained([texts[0].parent / "nowhere"])


def test_figures_are_of_all_words_and_not_means_of_clips() -> None:
    rows = [
        Row(
            "a", "en", {"seconds": 6.0, "wer_n": 1, "wer_d": 4, "distillmos": 4.0, "sim": 0.5, "picked": 1.0}
        ),
        Row(
            "a", "en", {"seconds": 8.0, "wer_n": 0, "wer_d": 16, "distillmos": 3.0, "sim": 0.7, "picked": 0.0}
        ),
        Row("a", "zh", {"seconds": 7.0, "cer_n": 9, "cer_d": 9, "per_n": 2, "per_d": 8}),
        Row("recordings a", "-", {"seconds": 5.0, "distillmos": 4.5}),
    ]
    english, mandarin, recordings = summarise(rows)
    assert (english.error, english.distillmos, english.likeness, english.picked) == (0.05, 3.5, 0.6, 0.5)
    assert (english.clips, english.seconds) == (2, 14.0)
    assert english.error_spread is not None
    assert 0 < english.error_spread < 0.2
    assert (mandarin.error, mandarin.error_spread, mandarin.likeness) == (0.25, 0.0, None)
    assert (recordings.error, recordings.picked) == (None, None)
    table = format_table([english, mandarin, recordings], Speed(2, 0.0123, 0.02)).splitlines()
    assert table[2].split(" | ")[4].startswith("5.0% ± ")
    assert len({line.count("|") for line in table[:5]}) == 1


SCORER = """
import argparse, json, pathlib, wave
ap = argparse.ArgumentParser()
ap.add_argument("manifest", type=pathlib.Path); ap.add_argument("--out", type=pathlib.Path)
a = ap.parse_args(); a.out.mkdir(parents=True, exist_ok=True); rows = []
for line in a.manifest.read_text("utf8").splitlines():
    wav, text, lang, ref = line.split("\\t")
    with wave.open(str(a.manifest.parent / wav)) as w: seconds = w.getnframes() / w.getframerate()
    row = {"wav": wav, "seconds": seconds, "distillmos": 4.0}
    if ref: wave.open(str(a.manifest.parent / ref)).close(); row["sim"] = 0.5
    k = "per" if lang == "zh" else "wer"
    if text: row |= {k + "_n": 1, k + "_d": 10}
    rows.append(row); print(json.dumps(row), flush=True)
(a.out / "rows.jsonl").write_text("\\n".join(map(json.dumps, rows)), "utf8")
"""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch = pytest.importorskip("torch", reason="export needs the extra `train`")
    pytest.importorskip("onnx")
    from clip_maker import TINY

    from ttsbook.train.export import export
    from ttsbook.vits2.checkpoint import save_weights
    from ttsbook.vits2.model import Synthesizer

    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("model")
    save_weights(folder / "checkpoint.safetensors", TINY, {"synthesizer": Synthesizer(TINY)})
    export(folder / "checkpoint.safetensors", folder)
    return folder


@pytest.fixture
def voices(tmp_path: Path) -> Path:
    folder = tmp_path / "readers"
    folder.mkdir()
    rows = ["file\tspeaker\tuse"]
    for name, use in (("ann", "evaluate"), ("bob", "evaluate"), ("eve", "train")):
        shutil.copy(CLIP, folder / f"{name}.opus")
        rows.append(f"{name}.opus\t{name}\t{use}")
    (folder / "speakers.tsv").write_text("\n".join(rows) + "\n", "utf-8")
    return folder


def test_a_model_is_judged_from_text_to_table(
    model: Path, voices: Path, texts: list[Path], tmp_path: Path
) -> None:
    from ttsbook.train.evaluate import Plan, evaluate

    score = tmp_path / "score.py"
    score.write_text(SCORER, "utf-8")
    out = tmp_path / "out"
    out.mkdir()
    said: list[str] = []
    plan = Plan(model, tuple(texts), (voices,), score, Path(sys.executable), count=3)
    result = evaluate(plan, out, say=said.append)
    assert json.loads((out / "evaluation.json").read_text("utf-8")) == result
    sets = {(item["set"], item["language"]): item for item in result["sets"]}  # type: ignore[attr-defined]
    assert set(sets) == {("readers", "en"), ("readers", "zh"), ("recordings readers", "-")}
    assert [sets["readers", language]["clips"] for language in ("en", "zh")] == [3, 3]
    assert sets["readers", "en"]["error"] == sets["readers", "zh"]["error"] == 0.1
    assert sets["recordings readers", "-"]["clips"] == 2  # nobody whose use is training
    assert 0.5 < sets["recordings readers", "-"]["likeness"] <= 1.0
    manifest = (out / "manifest.tsv").read_text("utf-8").splitlines()
    assert len(manifest) == 8
    assert "readers-ann" in manifest[0]
    assert "readers-bob" in manifest[1]
    assert (out / "evaluation.md").read_text("utf-8").count("\n| readers |") == 2


def test_a_scoring_tool_that_fails_is_quoted(
    model: Path, voices: Path, texts: list[Path], tmp_path: Path
) -> None:
    from ttsbook.train.evaluate import Plan, evaluate

    score = tmp_path / "score.py"
    score.write_text("raise SystemExit('no weights here')", "utf-8")
    plan = Plan(model, tuple(texts), (voices,), score, Path(sys.executable), count=1)
    with pytest.raises(RenderError, match="no weights here"):
        evaluate(plan, tmp_path, say=lambda _: None)
    assert not (tmp_path / "evaluation.json").exists()


def test_the_reference_is_never_what_likeness_is_measured_against(voices: Path) -> None:
    pytest.importorskip("onnxruntime")
    from ttsbook.train.evaluate_voice import RATE_HZ, read_speakers
    from ttsbook.voice.encode import SpeakerEncoder

    encoder = SpeakerEncoder()
    ann, bob = read_speakers(voices, encoder)
    assert (ann.name, bob.name) == ("ann", "bob")
    assert 3.5 * RATE_HZ < len(ann.target) < 4.5 * RATE_HZ  # half of the clip of 8 s
    assert 0.6 < float(np.asarray(ann.profile.embedding) @ ann.embedding) < 0.999
    (voices / "speakers.tsv").write_text("file\tspeaker\nann.opus\tann\nbob.opus\tann\n", "utf-8")
    (both,) = read_speakers(voices, encoder)
    assert len(both.target) > 7 * RATE_HZ  # the second clip, whole
    (voices / "speakers.tsv").write_text("file\tspeaker\tuse\nann.opus\tann\ttrain\n", "utf-8")
    with pytest.raises(MissingError, match="no clips for evaluation"):
        read_speakers(voices, encoder)
