"""Sessions of ONNX Runtime as they are opened, with a runtime that is made up where a GPU would be."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from ttsbook.vits2 import session
from ttsbook.vits2.session import CPU, load_nvidia_libraries, open_session

CUDA = "CUDAExecutionProvider"


class Runtime(ModuleType):
    """An ONNX Runtime that lacks a library, and says so where it must not."""

    def __init__(self) -> None:
        super().__init__("onnxruntime")
        self.calls: list[str] = []

    def preload_dlls(self) -> None:
        print("Failed to load libcublasLt.so.13: no such file")
        self.calls.append("preload")

    def InferenceSession(self, path: str, _options: Any, **_: Any) -> str:
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
    assert load_nvidia_libraries() == "Failed to load libcublasLt.so.13: no such file"
    assert capsys.readouterr().out == ""


def test_a_runtime_that_loads_no_libraries_is_left_alone(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtime, "preload_dlls", None)
    assert load_nvidia_libraries() == ""
