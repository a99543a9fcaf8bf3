"""TensorRT with a GPU that is made up and the processor in its place: everything but the provider itself."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from ttsbook import paths
from ttsbook.engines import tensorrt, tensorrt_engine
from ttsbook.engines.base import EngineSpec, Request
from ttsbook.engines.choose import check_engine, load_engine
from ttsbook.engines.gpu import Gpu
from ttsbook.engines.tensorrt_engine import TensorRtEngine
from ttsbook.errors import MissingError
from ttsbook.types import Provenance, VoiceProfile
from ttsbook.vits2.runtime import open_graph
from ttsbook.vits2.session import CPU, CUDA, TENSORRT

pytest.importorskip("onnxruntime")

GPU = Gpu(0, "NVIDIA Made Up", 24 << 30, 600 << 20, "580.1")  # little free memory: small batches here
TEXT = "ðə kwˈɪk bɹˈWn fˈɑks."


@pytest.fixture
def voice() -> VoiceProfile:
    embedding = np.full(256, 1 / 16)
    return VoiceProfile("flat", tuple(embedding.tolist()), 5.0, 0.2, Provenance("made up", "", 0.0, "plain"))


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, str]]]:
    """What would be built, by name, with the provider's options."""
    monkeypatch.setenv("TTSBOOK_HOME", str(tmp_path))
    monkeypatch.setenv("NVIDIA_TF32_OVERRIDE", "")
    monkeypatch.delenv("NVIDIA_TF32_OVERRIDE")
    asked: list[tuple[str, dict[str, str]]] = []

    def chain(gpu, folder, name, *, fp16):  # type: ignore[no-untyped-def]
        (_, options), *_ = tensorrt.provider_chain(gpu, folder, name, fp16=fp16)
        asked.append((name, options))
        return [CPU]

    monkeypatch.setattr(tensorrt_engine, "list_gpus", lambda: (GPU,))
    monkeypatch.setattr(tensorrt_engine, "check_tensorrt", lambda: None)
    monkeypatch.setattr(tensorrt_engine, "load_libraries", lambda: None)
    monkeypatch.setattr(tensorrt_engine, "provider_chain", chain)
    monkeypatch.setattr(tensorrt_engine, "check_in_use", lambda _: None)
    return asked


def test_it_speaks_like_the_base_voice_and_builds_each_shape_once(
    built: list[tuple[str, dict[str, str]]], voice: VoiceProfile
) -> None:
    engine = load_engine(EngineSpec("tensorrt"))
    request = Request(TEXT, "", "en", seed=3)
    (speech, again) = (engine.speak([request], voice)[0] for _ in range(2))
    exact = EngineSpec("vits2", "cpu", options=(("precision", "fp32"),))
    (plain,) = load_engine(exact).speak([request], voice)
    assert speech.phoneme_ends == plain.phoneme_ends
    assert np.abs(speech.samples - plain.samples).mean() < 1e-4
    assert np.array_equal(speech.samples, again.samples)
    assert len(built) == len({name for name, _ in built}) == 3
    assert os.environ["NVIDIA_TF32_OVERRIDE"] == "0"
    assert engine.device == "cuda:0"


def test_every_build_has_one_shape_and_only_the_decoder_half_precision(
    built: list[tuple[str, dict[str, str]]], voice: VoiceProfile
) -> None:
    engine = load_engine(EngineSpec("tensorrt"))
    engine.speak([Request(TEXT, "", "en", seed=3)], voice)
    options = {name.partition("-")[0]: told for name, told in built}
    assert {name: told["trt_fp16_enable"] for name, told in options.items()} == {
        "text": "False", "latents": "False", "decoder": "True",
    }  # fmt: skip
    # Fixed sizes all the way through: wherever TensorRT cuts a graph, it needs no profile.
    sizes = {"batch": 16, "phonemes": 64}
    session = open_graph(paths.packaged("weights"), "text", sizes=sizes)
    assert [value.shape for value in session.get_inputs()] == [[16, 64], [16, 64], [16, 256], [16, 2], [16]]
    assert [value.shape for value in session.get_outputs()] == [[16, 256], [16, 192, 64], [16, 64]]
    folder = Path(options["text"]["trt_engine_cache_path"])
    assert folder.is_dir()
    assert folder.parent.name == "tensorrt"


@pytest.mark.usefixtures("built")
def test_another_gpu_driver_or_model_has_its_own_folder() -> None:
    folders = {
        tensorrt.cache_folder(gpu, (model,))
        for gpu in (GPU, Gpu(0, "NVIDIA Other", 1, 1, "580.1"), Gpu(0, "NVIDIA Made Up", 1, 1, "590.2"))
        for model in ("one", "two")
    }
    assert len(folders) == 6
    assert tensorrt.cache_folder(Gpu(1, GPU.name, 5, 5, GPU.driver), ("one",)) in folders  # memory and number


@pytest.mark.slow
def test_building_ahead_covers_every_length(built: list[tuple[str, dict[str, str]]]) -> None:
    engine = load_engine(EngineSpec("tensorrt"))
    assert isinstance(engine, TensorRtEngine)
    told: list[str] = []
    assert engine.build(told.append) == len(told) == len(built) == 16
    assert engine.build(told.append) == 16
    assert len(built) == 16


def test_what_is_missing_is_named_with_the_way_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tensorrt_engine, "list_gpus", lambda: ())
    absent = check_engine("tensorrt")
    assert (absent.available, absent.why) == (False, "there is no NVIDIA GPU here, or no driver for it")
    assert "another engine" in absent.fix  # not --device cpu, which it refuses
    monkeypatch.setattr(tensorrt_engine, "list_gpus", lambda: (GPU,))
    monkeypatch.setattr(tensorrt, "providers", lambda: (CPU,))
    assert "ttsbook[gpu]" in check_engine("tensorrt").fix
    monkeypatch.setattr(tensorrt, "providers", lambda: (TENSORRT, CUDA, CPU))
    monkeypatch.setattr(tensorrt, "find_spec", lambda _: None)
    assert "pip install 'tensorrt-cu13>=10.13,<11'" in check_engine("tensorrt").fix
    monkeypatch.setattr(tensorrt, "find_spec", lambda _: object())
    monkeypatch.setattr(tensorrt, "missing_library", lambda _: "libnvinfer.so.10: cannot open")
    assert "libnvinfer" in check_engine("tensorrt").why
    with pytest.raises(MissingError, match="processor was requested"):
        load_engine(EngineSpec("tensorrt", "cpu"))


def test_a_session_that_goes_on_without_tensorrt_is_noticed() -> None:
    class Session:
        def get_providers(self) -> list[str]:
            return [CUDA, CPU]

    with pytest.raises(MissingError, match="cannot load TensorRT's libraries"):
        tensorrt.check_in_use(Session())


@pytest.mark.gpu
def test_on_a_gpu_it_speaks_like_the_base_voice(voice: VoiceProfile) -> None:
    request = Request(TEXT, "", "en", seed=3)
    try:
        (speech,) = load_engine(EngineSpec("tensorrt", "cuda")).speak([request], voice)
    except MissingError as error:
        pytest.skip(error.message)
    exact = EngineSpec("vits2", "cpu", options=(("precision", "fp32"),))
    (plain,) = load_engine(exact).speak([request], voice)
    assert speech.phoneme_ends == plain.phoneme_ends
    assert np.abs(speech.samples - plain.samples).mean() < 1e-3
