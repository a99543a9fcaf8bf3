"""The batched synthesizer says what the one for single utterances says, whoever else is in the batch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from ttsbook import paths, symbols
from ttsbook.errors import DeviceFailed, InputError, MissingError, OutOfMemory, RenderError
from ttsbook.vits2.batch import (
    COARSE,
    FINE,
    FRAMES_AT_ONCE,
    Stages,
    Utterance,
    bucket_of,
    checked,
    frames_that_fit,
    rows_of,
    speak_all,
    spread_index,
)

pytest.importorskip("onnxruntime")

WEIGHTS = paths.packaged("weights")
LINES = (
    ("ðə kwˈɪk bɹˈWn fˈɑks ʤˈʌmps ˈOvəɹ ðə lˈAzi dˈɔɡ.", "en"),
    ("hɪɹ.", "en"),
    ("tʰa→ fa→nkʰai→ ɕɥe↗ʂə→ŋ mən ti↓ ljɛ↘n ɕi↗ pu↘ʦɨ.", "zh"),
)


def utterances() -> list[Utterance]:
    embedding = np.random.default_rng(0).random(256).astype(np.float32)
    embedding /= np.linalg.norm(embedding)
    return [
        Utterance(
            symbols.encode(text),
            embedding,
            (0.1, 0.2),
            language,
            seed,
            noise_scale=0.3,
            speed=(1.0, 1.4, 0.7)[seed],
            tone=np.linspace(0.5, 2, 601, dtype=np.float32) if seed == 1 else None,  # a voice with a colour
            rises=((30, 40),) if seed == 0 else (),
        )
        for seed, (text, language) in enumerate(LINES)
    ]


@pytest.fixture(scope="module")
def alone() -> list[tuple[np.ndarray, np.ndarray]]:
    from ttsbook.vits2.runtime import OnnxSynthesizer

    synthesizer = OnnxSynthesizer(WEIGHTS)
    return [synthesizer.speak(utterance) for utterance in utterances()]


def onnx_stages() -> Stages:  # type: ignore[type-arg]
    from ttsbook.vits2.onnx_stages import OnnxStages
    from ttsbook.vits2.runtime import GRAPHS, open_graph

    sessions = {name: open_graph(WEIGHTS, name) for name in GRAPHS}
    return OnnxStages(lambda name, _rows, _length: sessions[name], sessions["text"])


def torch_stages(precision: str = "fp32") -> Stages:  # type: ignore[type-arg]
    pytest.importorskip("torch")
    from ttsbook.vits2.torch_stages import TorchStages

    return TorchStages(WEIGHTS, "cpu", precision)


def decibels(wanted: np.ndarray, got: np.ndarray) -> float:
    """Return how far the difference lies below the sound."""
    return float(10 * np.log10(np.square(wanted).sum() / max(np.square(wanted - got).sum(), 1e-20)))


@pytest.mark.parametrize(("make", "least_db"), [(onnx_stages, 80), (torch_stages, 60)])
def test_a_batch_says_what_each_says_alone(
    alone: list[tuple[np.ndarray, np.ndarray]],
    make: Callable[[], Stages],
    least_db: float,  # type: ignore[type-arg]
) -> None:
    together = speak_all(make(), utterances(), buckets=FINE, frames_at_once=512)
    for (wanted, durations), (got, found) in zip(alone, together, strict=True):
        assert np.array_equal(durations, found)
        assert got.shape == wanted.shape
        assert decibels(wanted, got) > least_db
        # Where the highest harmonic comes or goes, rounding decides by how many samples.
        assert np.mean(np.abs(wanted - got) > 1e-3) < 0.01
        assert np.median(np.abs(wanted - got)) < 1e-5


@pytest.mark.parametrize("make", [onnx_stages, torch_stages])
def test_neighbours_change_not_a_bit(make: Callable[[], Stages]) -> None:  # type: ignore[type-arg]
    stages = make()
    together = speak_all(stages, utterances(), buckets=COARSE, frames_at_once=512)
    for utterance, (samples, _) in zip(utterances(), together, strict=True):
        ((by_itself, _),) = speak_all(stages, [utterance], buckets=COARSE, frames_at_once=512)
        assert np.array_equal(by_itself, samples)


def test_half_precision_keeps_lengths_and_is_not_heard(alone: list[tuple[np.ndarray, np.ndarray]]) -> None:
    together = speak_all(torch_stages("bf16"), utterances(), buckets=FINE, frames_at_once=256)
    for (wanted, durations), (got, found) in zip(alone, together, strict=True):
        assert np.array_equal(durations, found)
        assert decibels(wanted, got) > 35


def test_a_language_that_it_does_not_speak_is_an_error() -> None:
    first = utterances()[0]
    french = Utterance(first.ids, first.embedding, first.pitch, "fr", 0, 0.3)
    with pytest.raises(InputError, match="'fr'"):
        speak_all(onnx_stages(), [french], buckets=FINE, frames_at_once=512)


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
def test_samples_that_are_no_numbers_are_an_error(number: float) -> None:
    with pytest.raises(RenderError, match="not finite"):
        checked(np.array([0.5, number], np.float32))


def test_neither_way_lets_them_pass() -> None:
    from ttsbook.vits2.runtime import OnnxSynthesizer

    sick = replace(utterances()[1], tone=np.full(601, np.nan, np.float32))
    with pytest.raises(RenderError, match="not finite"):
        OnnxSynthesizer(WEIGHTS).speak(sick)
    with pytest.raises(RenderError, match="not finite"):
        speak_all(onnx_stages(), [sick], buckets=FINE, frames_at_once=FRAMES_AT_ONCE)


def test_lengths_are_padded_to_buckets_and_beyond_the_last_to_its_multiples() -> None:
    assert [bucket_of(n, FINE) for n in (1, 32, 33, 2048, 2049)] == [32, 32, 48, 2048, 4096]
    assert rows_of(256, FRAMES_AT_ONCE) == 32
    assert rows_of(4096, 1024) == 1


def test_scarce_memory_halves_the_batches() -> None:
    gigabyte = 1 << 30
    assert frames_that_fit(None) == frames_that_fit(8 * gigabyte) == FRAMES_AT_ONCE
    assert frames_that_fit(2 * gigabyte) == FRAMES_AT_ONCE // 2
    assert frames_that_fit(0) == FRAMES_AT_ONCE // 16


def test_frames_know_their_phoneme_and_their_place_in_it() -> None:
    index, position = spread_index(np.array([2, 1]), 5)
    assert index.tolist() == [0, 0, 1, 0, 0]
    assert position[0].tolist() == [0.25, 0.75, 0.5, 0, 0]
    assert position[1, 2] == pytest.approx(np.log(2) / 3)


def test_running_out_of_memory_makes_the_next_batches_smaller() -> None:
    from ttsbook.engines.backend import InBatches
    from ttsbook.engines.hardware import Hardware

    class Short:
        """Has room for 2048 latent frames."""

        def __init__(self) -> None:
            self._stages = onnx_stages()
            self.config = self._stages.config
            self.encode = self._stages.encode

        def decode(self, rows, n_frames, n_rows):  # type: ignore[no-untyped-def]
            if n_frames * n_rows > 2048:
                raise OutOfMemory("no room")
            return self._stages.decode(rows, n_frames, n_rows)

    backend = InBatches(Short(), Hardware("cuda:0", "onnx", "fp32"))
    for _ in range(2):
        with pytest.raises(OutOfMemory):
            backend.speak(utterances()[:1])
    assert len(backend.speak(utterances()[:1])) == 1


def test_what_fails_on_a_gpu_may_do_on_the_processor() -> None:
    from ttsbook.engines.backend import InBatches
    from ttsbook.engines.hardware import Hardware

    class Broken:
        def __init__(self) -> None:
            self.config = onnx_stages().config

        def encode(self, _):  # type: ignore[no-untyped-def]
            raise RenderError("the model's text part failed: CUDA error: no kernel image is available")

    for device, wanted in (("cuda:0", DeviceFailed), ("cpu", RenderError)):
        with pytest.raises(RenderError, match="no kernel image") as caught:
            InBatches(Broken(), Hardware(device, "torch", "fp32")).speak(utterances())
        assert type(caught.value) is wanted


def test_on_a_gpu_torch_is_kept_from_rounding_fp32_and_from_sums_without_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    torch = pytest.importorskip("torch")
    from ttsbook.vits2.torch_stages import Synthesizer, TorchStages

    flags = torch.backends.cudnn, torch.backends.cuda.matmul
    before = [flag.allow_tf32 for flag in flags]
    monkeypatch.setattr(torch.backends.cudnn, "deterministic", False)
    monkeypatch.setattr(Synthesizer, "to", lambda model, _: model)
    TorchStages(WEIGHTS, "cpu", "fp32")
    assert [flag.allow_tf32 for flag in flags] == before
    TorchStages(WEIGHTS, "cuda:0", "fp32")
    assert [flag.allow_tf32 for flag in flags] == [False, False]
    assert torch.backends.cudnn.deterministic
    for flag, value in zip(flags, before, strict=True):
        flag.allow_tf32 = value


NO_ROOM = (
    "CUDA error: out of memory",
    "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
    "cuDNN error: CUDNN_STATUS_ALLOC_FAILED",
    "x" * 400 + ": Failed to allocate memory for requested buffer of size 1073741824",
    "Available memory of 12 is smaller than requested bytes of 13",
)
OTHER = "CUDA error: an illegal memory access was encountered"


@pytest.mark.parametrize("text", [*NO_ROOM, OTHER])
def test_what_libraries_say_when_memory_runs_out_is_understood(text: str) -> None:
    pytest.importorskip("torch")
    from onnxruntime.capi.onnxruntime_pybind11_state import Fail

    from ttsbook.vits2.runtime import run_graph
    from ttsbook.vits2.torch_stages import _translated_errors

    class Session:
        def run(self, *_: object) -> list[object]:
            raise Fail(text)

    wanted = RenderError if text == OTHER else OutOfMemory
    with pytest.raises(RenderError) as caught:
        run_graph(Session(), "decoder", {})
    assert type(caught.value) is wanted
    with pytest.raises(RenderError) as caught, _translated_errors("decoder"):
        raise RuntimeError(text)
    assert type(caught.value) is wanted


@pytest.mark.parametrize(("text", "wanted"), [(NO_ROOM[0], OutOfMemory), ("no such device", MissingError)])
def test_a_gpu_that_is_full_before_the_model_is_there_has_no_room(
    text: str, wanted: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("torch")
    from onnxruntime.capi.onnxruntime_pybind11_state import Fail

    from ttsbook.vits2 import runtime, torch_stages

    def refuse(*_: object) -> object:
        raise RuntimeError(text)

    def refuse_graph(*_: object) -> object:
        raise Fail(text)

    monkeypatch.setattr(torch_stages.Synthesizer, "to", refuse)
    with pytest.raises(wanted, match=text):
        torch_stages.TorchStages(WEIGHTS, "cpu", "fp32")
    monkeypatch.setattr(runtime, "open_session", refuse_graph)
    with pytest.raises(wanted, match=text):
        runtime.open_graph(WEIGHTS, "text")


@pytest.mark.gpu
@pytest.mark.parametrize("runtime", ["onnx", "torch"])
def test_on_a_gpu_it_says_the_same_and_every_time(
    alone: list[tuple[np.ndarray, np.ndarray]], runtime: str
) -> None:
    from ttsbook.engines.backend import open_backend
    from ttsbook.engines.hardware import choose_hardware

    try:
        backend = open_backend(WEIGHTS, choose_hardware("cuda", runtime, "fp32"), 1)
    except MissingError as error:
        pytest.skip(error.message)
    first, again = backend.speak(utterances()), backend.speak(utterances()[::-1])[::-1]
    for (wanted, durations), (got, found), (repeated, _) in zip(alone, first, again, strict=True):
        assert np.array_equal(durations, found)
        assert np.array_equal(got, repeated)
        assert got.shape == wanted.shape
        if runtime == "onnx":  # torch draws its noise on the GPU
            assert decibels(wanted, got) > 40
