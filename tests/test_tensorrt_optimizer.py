"""Any model by the fastest means at hand; here that is the processor."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ttsbook import paths, tensorrt_optimizer
from ttsbook.engines.gpu import Gpu
from ttsbook.errors import InputError, MissingError, UsageError
from ttsbook.vits2.session import CPU, CUDA, TENSORRT, open_session

pytest.importorskip("onnxruntime")

GRAPH = paths.packaged("weights") / "speaker_encoder.onnx"  # mels [n, 160, 40]


@pytest.fixture(autouse=True)
def no_gpu(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TTSBOOK_HOME", str(tmp_path))
    monkeypatch.setattr(tensorrt_optimizer, "list_gpus", lambda: ())


def test_without_a_gpu_the_processor_does_it_and_the_reason_is_told() -> None:
    optimized = tensorrt_optimizer.optimize_model(model=GRAPH, input_shape=(2, 160, 40), model_name="ge2e")
    assert (optimized.provider, optimized.why) == (CPU, "there is no NVIDIA GPU here")
    (embeddings,) = optimized.run(np.ones((2, 160, 40), np.float32))
    assert embeddings.shape == (2, 256)
    (named,) = optimized.run(mels=np.ones((2, 160, 40), np.float32))
    assert np.array_equal(named, embeddings)


def test_a_gpu_without_tensorrt_is_told_too(monkeypatch: pytest.MonkeyPatch) -> None:
    gpu = Gpu(0, "NVIDIA Made Up", 8 << 30, 4 << 30, "580.1")
    monkeypatch.setattr(tensorrt_optimizer, "list_gpus", lambda: (gpu,))
    optimized = tensorrt_optimizer.optimize_model(
        model=str(GRAPH), input_shape=(1, 160, 40), model_name="ge2e"
    )
    assert optimized.why == "the installed ONNX Runtime has no TensorRT provider"
    assert tensorrt_optimizer.get_gpu_memory_info() == (gpu,)
    assert gpu.free_bytes == 4 << 30


def test_a_build_that_fails_gives_way_to_cuda_and_that_to_the_processor(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from onnxruntime.capi.onnxruntime_pybind11_state import EPFail

    opened: list[str] = []

    def open_one(path, options, chain):  # type: ignore[no-untyped-def]
        opened.append(chain[0] if isinstance(chain[0], str) else chain[0][0])
        if opened[-1] in broken:
            raise EPFail(f"{opened[-1]} failed")
        return open_session(path, options, [CPU])

    monkeypatch.setattr(tensorrt_optimizer, "list_gpus", lambda: (Gpu(0, "NVIDIA Made Up", 8, 4, "580.1"),))
    monkeypatch.setattr(tensorrt_optimizer, "check_tensorrt", lambda: None)
    monkeypatch.setattr(tensorrt_optimizer, "providers", lambda: (TENSORRT, CUDA, CPU))
    monkeypatch.setattr(tensorrt_optimizer, "open_session", open_one)
    for broken in ((TENSORRT,), (TENSORRT, CUDA)):
        opened.clear()
        optimized = tensorrt_optimizer.optimize_model(
            model=GRAPH, input_shape=(1, 160, 40), model_name="ge2e"
        )
        assert "TensorrtExecutionProvider failed" in optimized.why
        assert opened == [CPU, TENSORRT, CUDA, CPU][: 2 + len(broken)]


def test_shapes_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    def optimize(shape, model=GRAPH, name="ge2e"):  # type: ignore[no-untyped-def]
        return tensorrt_optimizer.optimize_model(model=model, input_shape=shape, model_name=name)

    with pytest.raises(UsageError, match=r"not \[2, 160\]"):
        optimize((2, 160))
    with pytest.raises(UsageError, match="inputs are mels"):
        optimize({"mels": (2, 160, 40), "more": (1,)})
    with pytest.raises(UsageError, match="optimised for"):
        optimize((2, 160, 40)).run(np.ones((3, 160, 40), np.float32))
    with pytest.raises(UsageError, match=r"tensor\(double\)"):
        optimize((2, 160, 40)).run(np.ones((2, 160, 40)))
    with pytest.raises(UsageError, match="from 1 on"):
        optimize((-1, 160, 40))
    with pytest.raises(UsageError, match="takes the inputs mels"):
        optimize((2, 160, 40)).run()
    with pytest.raises(UsageError, match=r"'\.\./x'"):
        optimize((2, 160, 40), name="../x")
    with pytest.raises(MissingError, match="no model at"):
        optimize((2,), model=tmp_path / "none.onnx")
    (tmp_path / "bad.onnx").write_bytes(b"bad")
    with pytest.raises(InputError, match="cannot be loaded"):
        optimize((2,), model=tmp_path / "bad.onnx")


def test_a_torch_module_becomes_a_graph_first() -> None:
    torch = pytest.importorskip("torch")
    pytest.importorskip("onnx")
    module = torch.nn.Linear(3, 2)
    optimized = tensorrt_optimizer.optimize_model(model=module, input_shape=(5, 3), model_name="linear")
    samples = np.random.default_rng(0).random((5, 3), dtype=np.float32)
    (got,) = optimized.run(samples)
    assert np.allclose(got, module(torch.from_numpy(samples)).detach().numpy(), atol=1e-6)
    with pytest.raises(UsageError, match="torch module"):
        tensorrt_optimizer.optimize_model(model=[1], input_shape=(1,), model_name="list")
