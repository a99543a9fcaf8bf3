"""Sessions of ONNX Runtime as they are opened, with a runtime that is made up where a GPU would be."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from ttsbook.engines.choose import check_engine
from ttsbook.engines.hardware import providers
from ttsbook.errors import MissingError
from ttsbook.vits2 import session
from ttsbook.vits2.session import CPU, CUDA, TENSORRT, cause_of, load_nvidia_libraries, open_session


class Runtime(ModuleType):
    """An ONNX Runtime that lacks a library, and says so where it must not."""

    def __init__(self) -> None:
        super().__init__("onnxruntime")
        self.calls: list[str] = []

    def preload_dlls(self) -> None:
        print("Failed to load libcublasLt.so.13: no such file")
        self.calls.append("preload")

    def InferenceSession(self, path: str, _options: Any, **told: Any) -> str:
        assert told["enable_fallback"] == 0
        self.calls.append(path)
        return "session"


@pytest.fixture
def runtime(monkeypatch: pytest.MonkeyPatch) -> Iterator[Runtime]:
    made_up = Runtime()
    monkeypatch.setitem(sys.modules, "onnxruntime", made_up)
    session.load_nvidia_libraries.cache_clear()
    yield made_up
    session.load_nvidia_libraries.cache_clear()


def test_libraries_of_nvidia_are_loaded_once_and_only_for_a_gpu(
    runtime: Runtime, capsys: pytest.CaptureFixture[str]
) -> None:
    for chain in ([CPU], [(CUDA, {"device_id": "0"}), CPU], [CUDA, CPU]):
        assert open_session(Path("a.onnx"), None, chain) == "session"
    assert runtime.calls == ["a.onnx", "preload", "a.onnx", "a.onnx"]
    assert capsys.readouterr().out == ""


def test_a_runtime_that_loads_no_libraries_is_left_alone(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtime, "preload_dlls", None)
    load_nvidia_libraries()


def test_the_cause_of_a_failure_is_told_without_where_it_was_noticed() -> None:
    text = "/onnxruntime_src/a.cc:63 static Info::From(const Options&) [ONNXRuntimeError] : 1 : FAIL : "
    text += "CUDA failure 35: CUDA driver version is insufficient ; GPU=-1 ; hostname=vm"
    assert cause_of(RuntimeError(text), CUDA) == "CUDA failure 35: CUDA driver version is insufficient"
    assert cause_of(RuntimeError("Graph is damaged\nbadly"), CPU) == "Graph is damaged"


def test_a_library_that_does_not_load_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("onnxruntime")

    def refuse(path: str) -> None:
        assert path.endswith("libonnxruntime_providers_tensorrt.so")
        raise OSError("libnvinfer.so.10: cannot open shared object file: No such file or directory")

    monkeypatch.setattr(session.ctypes, "CDLL", refuse)
    found = cause_of(
        RuntimeError("a.cc:729 Register() Please install TensorRT libraries as mentioned"), TENSORRT
    )
    assert found.startswith("libnvinfer.so.10: cannot open")


@pytest.mark.parametrize(
    ("says", "why"),
    [
        ("", ""),
        (
            "cuda_call.cc:154 CudaCall() CUDA failure 35: driver is too old ; GPU=-1",
            "CUDA failure 35: driver is too old",
        ),
        ("CUDA Provider not available, can't get interface for it", "CUDAExecutionProvider cannot be used"),
        ("CUDA failure 2: out of memory ; GPU=0", ""),
    ],
)
def test_a_gpu_is_tried_to_tell_whether_it_can_be_used(
    says: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    onnxruntime = pytest.importorskip("onnxruntime")

    class Value:
        @staticmethod
        def ortvalue_from_numpy(_array: object, kind: str, index: int) -> None:
            assert (kind, index) == ("cuda", 1)
            if says:
                raise RuntimeError(says)

    monkeypatch.setattr(onnxruntime, "OrtValue", Value)
    monkeypatch.setattr(onnxruntime, "set_default_logger_severity", lambda _: None)
    monkeypatch.setattr(session, "load_nvidia_libraries", lambda: None)
    monkeypatch.setattr(session, "missing_library", lambda _: "")
    assert session.why_no_cuda.__wrapped__(1) == why


def test_what_pip_leaves_of_the_runtime_is_not_taken_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after `pip uninstall onnxruntime` where onnxruntime-gpu is installed too."""
    (tmp_path / "onnxruntime" / "capi").mkdir(parents=True)
    for name in [name for name in sys.modules if name.partition(".")[0] == "onnxruntime"]:
        monkeypatch.delitem(sys.modules, name)
    elsewhere = [folder for folder in sys.path if not (Path(folder) / "onnxruntime").is_dir()]
    monkeypatch.setattr(sys, "path", [str(tmp_path), *elsewhere])
    with pytest.raises(MissingError, match="ONNX Runtime is damaged") as caught:
        session.load_runtime()
    assert "uninstall -y onnxruntime onnxruntime-gpu" in (caught.value.hint or "")
    assert (providers(), check_engine("vits2").why) == ((), "needs onnxruntime")
