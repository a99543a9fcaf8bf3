"""Coqui's models through a small stand-in with the public interface of their package."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from ttsbook.engines import coqui
from ttsbook.engines.base import EngineSpec, Options, Request
from ttsbook.engines.choose import check_engine, load_engine
from ttsbook.errors import MissingError, OutOfMemory, RenderError, UsageError
from ttsbook.types import Provenance, VoiceProfile

VOICE = VoiceProfile("me", (1.0,), 5.0, 0.2, Provenance("me.wav", "", 3.0, "hybrid"))
API = """
import os
from types import SimpleNamespace
import numpy as np

CALLS = []

class OutOfMemoryError(RuntimeError):
    pass

class TTS:
    def __init__(self, model_name="", *, progress_bar=True):
        assert os.environ["COQUI_TOS_AGREED"] == "1", "it would ask and wait"
        if not model_name.startswith("tts_models/"):
            raise ValueError("model file not found")
        CALLS.append(("load", model_name))
        self.synthesizer = SimpleNamespace(tts_model=SimpleNamespace(length_scale=1.0))

    def to(self, device):
        CALLS.append(("to", device))
        return self

    def tts(self, text, speaker=None, language=None, speaker_wav=None, emotion=None, split_sentences=True,
            **kwargs):
        return self._say("tts", text, language, speaker_wav, kwargs.get("speed"))

    def tts_with_vc(self, text, *, language=None, speaker_wav, speaker=None, split_sentences=True):
        return self._say("tts_with_vc", text, language, speaker_wav, None)

    def _say(self, how, text, language, speaker_wav, speed):
        CALLS.append((how, text, language, speaker_wav, speed, self.synthesizer.tts_model.length_scale))
        if "enormous" in text:
            raise OutOfMemoryError("CUDA out of memory")
        if "cursed" in text:
            raise RuntimeError("index out of range")
        return list(np.random.normal(0, 0.5, 100 * len(text)))
"""


@pytest.fixture(autouse=True)
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A package TTS, and neither torch nor a GPU of this machine."""
    (tmp_path / "TTS").mkdir()
    (tmp_path / "TTS" / "__init__.py").touch()
    (tmp_path / "TTS" / "api.py").write_text(API, "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(coqui, "torch_sees_gpus", lambda: False)
    monkeypatch.setattr(coqui, "_seed", lambda seed: np.random.seed(seed % 2**32))
    monkeypatch.setattr(coqui.metadata, "version", lambda _: "0.27.0")
    monkeypatch.delenv("COQUI_TOS_AGREED", raising=False)
    yield
    os.environ.pop("COQUI_TOS_AGREED", None)
    for name in [name for name in sys.modules if name.split(".")[0] == "TTS"]:
        del sys.modules[name]


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "clip.wav"
    path.write_bytes(b"RIFF of the clip")
    return path


def options(clip: Path, model: str = "xtts_v2", agree: str = "CPML") -> Options:
    return (("model", model), ("agree", agree), ("clip", str(clip)))


def speak(chosen: Options, *texts: str, language: str = "en", seed: int = 1) -> list[np.ndarray]:
    engine = load_engine(EngineSpec("coqui", options=chosen))
    speeches = engine.speak([Request("a", text, language, seed, speed=1.25) for text in texts], VOICE)
    assert all(
        speech.samples.dtype == np.float32 and np.abs(speech.samples).max(initial=0) <= 1
        for speech in speeches
    )
    return [speech.samples for speech in speeches]


def calls() -> list[tuple[object, ...]]:
    found = sys.modules["TTS.api"].CALLS
    assert isinstance(found, list)
    return found


def test_xtts_hears_the_recording_and_speaks_both_languages(clip: Path) -> None:
    (wave,) = speak(options(clip), "Good evening.")
    assert len(wave) == 100 * len("Good evening.")
    speak(options(clip), "你好。", language="zh")
    assert calls()[:3] == [
        ("load", "tts_models/multilingual/multi-dataset/xtts_v2"),
        ("to", "cpu"),
        ("tts", "Good evening.", "en", str(clip), 1.25, 1.0),
    ]
    assert calls()[-1][2] == "zh-cn"


def test_a_batch_of_none_loads_the_model(clip: Path) -> None:
    """Else a worker would load it in the time of its first batch."""
    assert speak(options(clip)) == []
    assert [call[0] for call in calls()] == ["load", "to"]


def test_your_tts_speaks_faster_by_shorter_phonemes(clip: Path) -> None:
    speak(options(clip, "your_tts", "CC BY-NC-ND 4.0"), "Good evening.")
    assert calls()[-1] == ("tts", "Good evening.", "en", str(clip), None, 0.8)


def test_the_voice_of_vits_is_converted(clip: Path) -> None:
    chosen = options(clip, "vits", "Apache-2.0, MIT")
    speak(chosen, "Good evening.")
    assert calls()[-1][:4] == ("tts_with_vc", "Good evening.", None, str(clip))
    with pytest.raises(RenderError, match="does not read '你好'"):
        speak(chosen, "你好", language="zh")
    engine = load_engine(EngineSpec("coqui", options=chosen))
    assert (engine.rate_hz, getattr(engine, "languages", ())) == (24_000, ("en",))


def test_the_seed_of_a_request_decides_and_not_its_neighbours(clip: Path) -> None:
    alone = speak(options(clip), "Good evening", seed=2**59 + 7)[0]
    assert np.array_equal(alone, speak(options(clip), "Else", "Good evening", "", seed=2**59 + 7)[1])
    assert not np.array_equal(alone, speak(options(clip), "Good evening", seed=8)[0])


def test_nothing_is_loaded_before_its_licence_was_agreed_to(clip: Path) -> None:
    for agree in ("", "yes", "Apache-2.0, MIT"):
        with pytest.raises(MissingError, match="non-commercial use only: https://coqui") as caught:
            load_engine(EngineSpec("coqui", options=options(clip, agree=agree)))
        assert 'agree = "CPML"' in (caught.value.hint or "")
    assert "TTS.api" not in sys.modules


def test_failures_are_told_apart(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(OutOfMemory):
        speak(options(clip), "an enormous thing")
    with pytest.raises(RenderError, match="index out of range") as caught:
        speak(options(clip), "a cursed thing")
    assert not isinstance(caught.value, OutOfMemory)
    monkeypatch.setitem(coqui.MODELS, "xtts_v2", coqui.Model("none", 1, "CPML", "", (("en", "en"),)))
    with pytest.raises(MissingError, match="model file not found"):
        speak(options(clip), "Good evening")


def test_what_is_missing_is_named_with_the_way_to_get_it(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="'bark'"):
        load_engine(EngineSpec("coqui", options=options(clip, "bark")))
    with pytest.raises(MissingError, match="the voice is a profile"):
        load_engine(EngineSpec("coqui", options=options(clip)[:2]))
    with pytest.raises(MissingError, match="no GPU"):
        load_engine(EngineSpec("coqui", "cuda", options=options(clip)))
    assert "agreement" in check_engine("coqui").why
    assert check_engine("coqui", options(clip)).available
    monkeypatch.setattr(coqui, "find_spec", lambda _: None)
    assert check_engine("coqui").fix == "pip install 'ttsbook[coqui]'"


def test_the_fingerprint_changes_with_clip_and_model(clip: Path) -> None:
    seen = {load_engine(EngineSpec("coqui", options=options(clip))).fingerprint}
    seen.add(load_engine(EngineSpec("coqui", options=options(clip, "vits", "Apache-2.0, MIT"))).fingerprint)
    clip.write_bytes(b"another clip")
    seen.add(load_engine(EngineSpec("coqui", options=options(clip))).fingerprint)
    assert len(seen) == 3
