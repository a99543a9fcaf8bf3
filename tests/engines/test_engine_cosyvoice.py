"""CosyVoice through a small stand-in with the public interface of its runtime."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from ttsbook.engines import cosyvoice
from ttsbook.engines.base import EngineSpec, Options, Request
from ttsbook.engines.choose import check_engine, load_engine
from ttsbook.errors import MissingError, OutOfMemory, RenderError, UsageError
from ttsbook.types import Provenance, VoiceProfile

VOICE = VoiceProfile("me", (1.0,), 5.0, 0.2, Provenance("me.wav", "", 3.0, "hybrid"))

# What the runtime's own modules offer, cut down: two sentences come back as two pieces, [1, n] each.
RUNTIME = """
import numpy as np
from cosyvoice.utils import common

CALLS = []

class OutOfMemoryError(RuntimeError):
    pass

class Model:
    sample_rate = 24000

    def __init__(self, model_dir):
        if "broken" in model_dir:
            raise RuntimeError("Error(s) in loading state_dict")
        self.model_dir = model_dir

    def inference_zero_shot(self, tts_text, prompt_text, {prompt}, zero_shot_spk_id="", stream=False,
                            speed=1.0, text_frontend=True):
        CALLS.append(("zero_shot", tts_text, prompt_text, {prompt}, stream, speed))
        yield from self._speak(tts_text)

    def inference_cross_lingual(self, tts_text, {prompt}, zero_shot_spk_id="", stream=False, speed=1.0,
                                text_frontend=True):
        CALLS.append(("cross_lingual", tts_text, {prompt}, stream, speed))
        yield from self._speak(tts_text)

    def _speak(self, text):
        if "enormous" in text:
            raise OutOfMemoryError("CUDA out of memory")
        if "cursed" in text:
            raise RuntimeError("index out of range")
        for sentence in text.split(". "):
            yield {{"tts_speech": common.RANDOM.normal(0, 0.1, (1, 100 * len(sentence))).astype(np.float32)}}

{factory}
"""
COMMON = """
import numpy as np
RANDOM = np.random.default_rng()

def set_all_random_seed(seed):
    global RANDOM
    np.random.seed(seed)
    RANDOM = np.random.default_rng(seed)
"""
FILE_UTILS = """
def load_wav(wav, target_sr):
    return ("samples of", wav, target_sr)
"""
NEW = {"prompt": "prompt_wav", "factory": "def AutoModel(**kwargs):\n    return Model(**kwargs)\n"}
OLD = {"prompt": "prompt_speech_16k", "factory": "CosyVoice2 = Model\n"}


@pytest.fixture(autouse=True)
def no_trace(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Leave neither modules nor search paths of the stand-in behind; look at no GPU of this machine."""
    monkeypatch.setattr(cosyvoice, "torch_sees_gpus", lambda: False)
    before = list(sys.path)
    yield
    sys.path[:] = before
    for name in [name for name in sys.modules if name.split(".")[0] == "cosyvoice"]:
        del sys.modules[name]


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return make_model(tmp_path / "model", "cosyvoice2.yaml")


def make_model(folder: Path, configuration: str) -> Path:
    folder.mkdir()
    for name in (configuration, "llm.pt", "flow.pt", "hift.pt"):
        (folder / name).write_bytes(name.encode())
    return folder


def make_code(folder: Path, version: dict[str, str] = NEW) -> Path:
    modules = {
        "cosyvoice/__init__.py": "",
        "cosyvoice/cli/__init__.py": "",
        "cosyvoice/cli/cosyvoice.py": RUNTIME.format(**version),
        "cosyvoice/utils/__init__.py": "",
        "cosyvoice/utils/common.py": COMMON,
        "cosyvoice/utils/file_utils.py": FILE_UTILS,
    }
    for name, text in modules.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def options(tmp_path: Path, model: Path, version: dict[str, str] = NEW, **more: str) -> Options:
    clip = tmp_path / "clip.wav"
    clip.write_bytes(b"RIFF of the clip")
    code = make_code(tmp_path / "code", version)
    return tuple({"model": str(model), "code": str(code), "clip": str(clip), **more}.items())


def speak(chosen: Options, *texts: str, seed: int = 1) -> list[np.ndarray]:
    engine = load_engine(EngineSpec("cosyvoice", options=chosen))
    requests = [Request("a", text, "en", seed, speed=1.5) for text in texts]
    speeches = engine.speak(requests, VOICE)
    assert all(speech.rate_hz == 24_000 and speech.samples.dtype == np.float32 for speech in speeches)
    return [speech.samples for speech in speeches]


def calls() -> list[tuple[object, ...]]:
    found = sys.modules["cosyvoice.cli.cosyvoice"].CALLS
    assert isinstance(found, list)
    return found


def test_without_a_transcript_only_the_sound_of_the_recording_is_used(tmp_path: Path, model: Path) -> None:
    (wave,) = speak(options(tmp_path, model), "Good evening. It rained")
    assert len(wave) == 100 * len("Good evening" + "It rained")
    clip = str(tmp_path / "clip.wav")
    assert calls() == [("cross_lingual", "Good evening. It rained", clip, False, 1.5)]


def test_with_a_transcript_the_words_of_the_recording_count_too(tmp_path: Path, model: Path) -> None:
    speak(options(tmp_path, model, transcript="This is my voice."), "Good evening")
    assert calls()[0][:3] == ("zero_shot", "Good evening", "This is my voice.")


def test_an_older_runtime_gets_samples_and_is_built_by_its_class(tmp_path: Path, model: Path) -> None:
    speak(options(tmp_path, model, OLD), "Good evening")
    assert calls()[0][2] == ("samples of", str(tmp_path / "clip.wav"), 16_000)


@pytest.mark.parametrize("transcript", ["", "This is my voice."])
def test_the_third_model_is_told_that_it_helps(tmp_path: Path, transcript: str) -> None:
    third = make_model(tmp_path / "third", "cosyvoice3.yaml")
    speak(options(tmp_path, third, transcript=transcript), "Good evening")
    instructed = calls()[0][2 if transcript else 1]
    expected = transcript or "Good evening"
    assert instructed == f"You are a helpful assistant.<|endofprompt|>{expected}"


def test_the_seed_of_a_request_decides_and_not_its_neighbours(tmp_path: Path, model: Path) -> None:
    chosen = options(tmp_path, model)
    alone = speak(chosen, "Good evening", seed=2**59 + 7)[0]
    after_another = speak(chosen, "Something else", "Good evening", seed=2**59 + 7)[1]
    assert np.array_equal(alone, after_another)
    assert not np.array_equal(alone, speak(chosen, "Good evening", seed=8)[0])


def test_nothing_to_say_is_silence_of_no_length(tmp_path: Path, model: Path) -> None:
    assert len(speak(options(tmp_path, model), "")[0]) == 0


def test_the_fingerprint_changes_with_clip_transcript_and_weights(tmp_path: Path, model: Path) -> None:
    chosen = options(tmp_path, model)

    def fingerprint(chosen: Options = chosen) -> str:
        return load_engine(EngineSpec("cosyvoice", options=chosen)).fingerprint

    seen = [fingerprint(), fingerprint((*chosen, ("transcript", "words")))]
    (model / "llm.pt").write_bytes(b"other weights")
    seen.append(fingerprint())
    (tmp_path / "clip.wav").write_bytes(b"another clip")
    seen.append(fingerprint())
    assert len(set(seen)) == 4
    assert fingerprint() == seen[-1]


def test_running_out_of_gpu_memory_is_told_from_other_failures(tmp_path: Path, model: Path) -> None:
    chosen = options(tmp_path, model)
    with pytest.raises(OutOfMemory):
        speak(chosen, "an enormous thing")
    with pytest.raises(RenderError, match="index out of range") as caught:
        speak(chosen, "a cursed thing")
    assert not isinstance(caught.value, OutOfMemory)


@pytest.mark.parametrize("texts", [("Good evening",), ()])
def test_weights_that_cannot_be_loaded_are_missing(tmp_path: Path, texts: tuple[str, ...]) -> None:
    broken = make_model(tmp_path / "broken", "cosyvoice2.yaml")
    with pytest.raises(MissingError, match="state_dict"):
        speak(options(tmp_path, broken), *texts)


def test_what_is_missing_is_named_with_the_way_to_get_it(tmp_path: Path, model: Path) -> None:
    whole = dict(options(tmp_path, model))
    for change, words, fix in (
        ({"model": ""}, "no model", "download FunAudioLLM"),
        ({"model": str(tmp_path)}, "no CosyVoice 2 or 3 model", "download FunAudioLLM"),
        ({"code": str(tmp_path)}, "no checkout", "git clone"),
        ({"clip": ""}, "a profile", "--voice"),
        ({"clip": str(tmp_path / "none.wav")}, "none.wav does not exist", "--voice"),
    ):
        with pytest.raises(MissingError, match=words) as caught:
            load_engine(EngineSpec("cosyvoice", options=tuple((whole | change).items())))
        assert fix in (caught.value.hint or "")
    (model / "flow.pt").unlink()
    with pytest.raises(MissingError, match=r"lacks .*flow\.pt"):
        load_engine(EngineSpec("cosyvoice", options=tuple(whole.items())))


def test_the_doctor_looks_where_the_configuration_says(tmp_path: Path, model: Path) -> None:
    absent = check_engine("cosyvoice")
    assert (absent.available, absent.why) == (False, "CosyVoice is not installed")
    assert "git clone" in absent.fix
    assert check_engine("cosyvoice", options(tmp_path, model)).available


def test_a_device_that_it_does_not_take_is_refused(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = options(tmp_path, model)
    assert load_engine(EngineSpec("cosyvoice", "cpu", options=chosen)).device == "cpu"
    with pytest.raises(MissingError, match="no GPU"):
        load_engine(EngineSpec("cosyvoice", "cuda:1", options=chosen))
    monkeypatch.setattr(cosyvoice, "torch_sees_gpus", lambda: True)
    assert load_engine(EngineSpec("cosyvoice", "auto", options=chosen)).device == "cuda:0"
    with pytest.raises(MissingError, match="not cpu"):
        load_engine(EngineSpec("cosyvoice", "cpu", options=chosen))


def test_an_unknown_option_is_named() -> None:
    with pytest.raises(UsageError, match="colour"):
        load_engine(EngineSpec("cosyvoice", options=(("colour", "red"),)))
