"""The base voice as it ships, through the engine that renders books."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ttsbook.engines.base import EngineSpec, Request
from ttsbook.engines.vits2 import Vits2Engine
from ttsbook.errors import MissingError, RenderError, UsageError
from ttsbook.render.worker import Spoken, speak_batch
from ttsbook.types import Provenance, VoiceProfile
from ttsbook.vits2.tone import N_BANDS

pytest.importorskip("onnxruntime")

ENGLISH = "ðə kwˈɪk bɹˈWn fˈɑks ʤˈʌmps ˈOvəɹ ðə lˈAzi dˈɔɡ."
MANDARIN = "tʰa→ fa→nkʰai→ ɕɥe↗ʂə→ŋ mən ti↓ ljɛ↘n ɕi↗ pu↘ʦɨ."


@pytest.fixture(scope="module")
def engine() -> Vits2Engine:
    return Vits2Engine(EngineSpec("vits2", device="cpu"))


@pytest.fixture(scope="module")
def voice() -> VoiceProfile:
    embedding = np.random.default_rng(0).random(256)
    embedding /= np.linalg.norm(embedding)
    return VoiceProfile("test", tuple(embedding.tolist()), 5.0, 0.2, Provenance("made up", "", 0.0, "plain"))


def request(phonemes: str = ENGLISH, language: str = "en", **changes: float) -> Request:
    return Request(phonemes, "", language, **{"seed": 1, **changes})


@pytest.mark.parametrize(("phonemes", "language"), [(ENGLISH, "en"), (MANDARIN, "zh"), ("a", "en")])
def test_it_speaks_both_languages_and_any_length(
    engine: Vits2Engine, voice: VoiceProfile, phonemes: str, language: str
) -> None:
    (speech,) = engine.speak([request(phonemes, language)], voice)
    assert speech.samples.dtype == np.float32
    assert 0.05 < len(speech.samples) / speech.rate_hz < 10
    assert 0.01 < np.abs(speech.samples).max() <= 1
    assert len(speech.phoneme_ends) == len(phonemes)
    assert all(a < b for a, b in zip(speech.phoneme_ends, speech.phoneme_ends[1:], strict=False))
    assert speech.phoneme_ends[-1] <= len(speech.samples)


def test_neighbours_in_a_batch_do_not_change_a_sample(engine: Vits2Engine, voice: VoiceProfile) -> None:
    alone = engine.speak([request()], voice)[0].samples
    batch = engine.speak([request(MANDARIN, "zh"), request(), request("a")], voice)
    assert np.array_equal(batch[1].samples, alone)


def test_threads_do_not_change_a_sample(engine: Vits2Engine, voice: VoiceProfile) -> None:
    other = Vits2Engine(EngineSpec("vits2", threads=2))
    requests = [request(), request(seed=2), request(MANDARIN, "zh")]
    for ours, theirs in zip(engine.speak(requests, voice), other.speak(requests, voice), strict=True):
        assert np.array_equal(ours.samples, theirs.samples)


def test_voices_in_a_batch_do_not_change_each_other(engine: Vits2Engine, voice: VoiceProfile) -> None:
    other = replace(voice, embedding=voice.embedding[::-1], log_f0_mean=5.3, tone_db=(2.0,) * N_BANDS)
    mixed = [request(), replace(request(), voice=other), replace(request(), voice=voice)]
    spoken = engine.speak(mixed, voice)
    alone = [engine.speak([request()], each)[0] for each in (voice, other, voice)]
    for together, by_itself in zip(spoken, alone, strict=True):
        assert np.array_equal(together.samples, by_itself.samples)
    answer = speak_batch(engine, mixed, other)
    assert isinstance(answer, Spoken)
    for together, by_itself in zip(answer.speeches, (alone[1], alone[1], alone[0]), strict=True):
        assert np.array_equal(together.samples, by_itself.samples)


def test_the_seed_changes_the_noise_and_nothing_else(engine: Vits2Engine, voice: VoiceProfile) -> None:
    first, second = engine.speak([request(seed=1), request(seed=2)], voice)
    assert first.phoneme_ends == second.phoneme_ends
    assert not np.array_equal(first.samples, second.samples)


@pytest.mark.parametrize("speed", [0.5, 0.7, 0.85, 1.15, 1.3, 1.5, 2.0])
def test_speech_is_as_fast_as_asked_for(engine: Vits2Engine, voice: VoiceProfile, speed: float) -> None:
    plain, other = engine.speak([request(), request(speed=speed)], voice)
    assert len(plain.samples) / len(other.samples) == pytest.approx(speed, rel=0.02)
    assert plain.phoneme_ends[-1] / other.phoneme_ends[-1] == pytest.approx(speed, rel=0.02)


def test_nothing_to_say_is_silence_of_no_length(engine: Vits2Engine, voice: VoiceProfile) -> None:
    assert len(engine.speak([request("")], voice)[0].samples) == 0


def test_an_unknown_phoneme_is_an_error_and_not_a_gap(engine: Vits2Engine, voice: VoiceProfile) -> None:
    with pytest.raises(RenderError, match="Ж"):
        engine.speak([request("aЖa")], voice)


def test_too_much_at_once_is_an_error_and_not_a_cut(engine: Vits2Engine, voice: VoiceProfile) -> None:
    with pytest.raises(RenderError, match="takes at most 400"):
        engine.speak([request("a" * 401)], voice)


def test_a_closed_engine_loads_again_and_says_the_same(engine: Vits2Engine, voice: VoiceProfile) -> None:
    before = engine.speak([request()], voice)[0].samples
    engine.close()
    assert np.array_equal(engine.speak([request()], voice)[0].samples, before)


def test_weights_elsewhere_that_are_not_there_are_named(tmp_path: object) -> None:
    with pytest.raises(MissingError, match="base voice"):
        Vits2Engine(EngineSpec("vits2", options=(("model", str(tmp_path)),)))


def test_an_unknown_option_is_named() -> None:
    with pytest.raises(UsageError, match="colour"):
        Vits2Engine(EngineSpec("vits2", options=(("colour", "red"),)))


def test_torch_on_the_processor_speaks_alike_and_is_another_model_to_the_cache(
    voice: VoiceProfile,
) -> None:
    pytest.importorskip("torch")
    engine = Vits2Engine(EngineSpec("vits2", "cpu", options=(("precision", "fp32"),)))
    other = Vits2Engine(EngineSpec("vits2", "cpu", options=(("runtime", "torch"),)))
    ours, theirs = engine.speak([request()], voice)[0], other.speak([request(), request("")], voice)[0]
    assert ours.phoneme_ends == theirs.phoneme_ends
    # Rounding moves the pitch by parts in a million, and with it a harmonic at the edge of the band, until
    # the next pause: 35 dB below the speech.
    difference = np.square(ours.samples - theirs.samples).sum()
    assert 10 * np.log10(np.square(ours.samples).sum() / difference) > 30
    assert engine.fingerprint != other.fingerprint


def test_a_device_that_is_not_there_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ttsbook.engines.hardware.list_gpus", lambda: ())
    with pytest.raises(MissingError, match="no NVIDIA GPU"):
        Vits2Engine(EngineSpec("vits2", device="cuda"))
    assert Vits2Engine(EngineSpec("vits2")).device == "cpu"
