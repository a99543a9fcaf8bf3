"""Where the base voice runs: decided by what is asked for and what is there."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from ttsbook.engines import hardware
from ttsbook.engines.gpu import Gpu
from ttsbook.engines.hardware import Hardware, choose_hardware
from ttsbook.errors import MissingError, UsageError
from ttsbook.vits2.session import CPU, CUDA

FIRST = Gpu(0, "NVIDIA One", 24 << 30, 20 << 30, "580.1")
SECOND = Gpu(1, "NVIDIA Two", 24 << 30, 20 << 30, "580.1")


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> object:
    """Two GPUs, and a way to say what can use them."""

    def build(
        *, gpus: tuple[Gpu, ...] = (FIRST, SECOND), torch: bool = False, onnx: bool = False, why: str = ""
    ) -> None:
        monkeypatch.setattr(hardware, "list_gpus", lambda: gpus)
        monkeypatch.setattr(hardware, "torch_sees_gpus", lambda: torch)
        monkeypatch.setattr(hardware, "providers", lambda: (CUDA, CPU) if onnx else (CPU,))
        monkeypatch.setattr(hardware, "why_no_cuda", lambda _: why)

    return build


def test_a_gpu_is_taken_with_torch_if_that_can_use_it(machine) -> None:  # type: ignore[no-untyped-def]
    machine(torch=True, onnx=True)
    assert choose_hardware() == Hardware("cuda:0", "torch", "fp16", FIRST)
    assert choose_hardware("cuda:1", "onnx") == Hardware("cuda:1", "onnx", "fp32", SECOND)
    assert choose_hardware("cpu", precision="fp32") == Hardware("cpu", "onnx", "fp32")
    assert choose_hardware(precision="bf16").precision == "bf16"


def test_a_torch_that_cannot_be_loaded_sees_no_gpu(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "torch.py").write_text("raise ImportError('libcudart.so: cannot open shared object file')")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "torch", raising=False)
    assert not hardware.torch_sees_gpus()


@pytest.mark.parametrize(
    ("told", "precision"),
    [
        ("flags\t\t: fpu avx2 fma", "fp32"),
        ("flags\t\t: fpu avx2 avx512_vnni", "int8"),
        ("Features\t: fp asimd asimddp", "int8"),
        ("", "fp32"),
    ],
)
def test_a_processor_computes_in_eight_bits_if_it_has_instructions_for_them(
    told: str, precision: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cpuinfo").write_text(f"processor\t: 0\n{told}\n", "utf-8")
    monkeypatch.setattr(hardware, "_CPU_INFO", tmp_path / "cpuinfo")
    monkeypatch.setattr(hardware.platform, "machine", lambda: "x86_64")
    assert choose_hardware("cpu").precision == precision
    assert choose_hardware("cpu", precision="fp32").precision == "fp32"


def test_what_a_runtime_lacks_counts_as_auto(machine) -> None:  # type: ignore[no-untyped-def]
    machine(torch=True)
    assert choose_hardware(precision="int8").precision == "fp16"
    assert choose_hardware("cpu", precision="bf16").precision == choose_hardware("cpu").precision


def test_else_with_onnx_runtime(machine) -> None:  # type: ignore[no-untyped-def]
    machine(onnx=True)
    assert choose_hardware() == Hardware("cuda:0", "onnx", "fp32", FIRST)
    with pytest.raises(MissingError, match="torch is not installed or cannot use NVIDIA One") as caught:
        choose_hardware("cuda", "torch")
    assert "ttsbook[gpu]" in (caught.value.hint or "")


def test_a_gpu_that_nothing_can_use_is_left_alone_unless_asked_for(machine) -> None:  # type: ignore[no-untyped-def]
    machine()
    assert choose_hardware().device == "cpu"
    with pytest.raises(MissingError, match="neither torch nor ONNX Runtime can use NVIDIA One"):
        choose_hardware("cuda")


def test_a_gpu_whose_libraries_do_not_load_is_left_alone_too(machine) -> None:  # type: ignore[no-untyped-def]
    machine(onnx=True, why="libcublasLt.so.13: cannot open shared object file")
    assert choose_hardware().device == "cpu"
    with pytest.raises(MissingError, match=r"cannot use NVIDIA One: libcublasLt\.so\.13") as caught:
        choose_hardware("cuda")
    assert "onnxruntime-gpu[cuda,cudnn]" in (caught.value.hint or "")


def test_devices_that_are_not_there_or_make_no_sense(machine) -> None:  # type: ignore[no-untyped-def]
    machine(torch=True)
    with pytest.raises(MissingError, match="there is cuda:0, cuda:1"):
        choose_hardware("cuda:2")
    machine(gpus=())
    with pytest.raises(MissingError, match="no NVIDIA GPU"):
        choose_hardware("cuda")
    for wrong in ("gpu", "cuda:one"):
        with pytest.raises(UsageError, match="unknown device"):
            choose_hardware(wrong)
    with pytest.raises(UsageError, match="'fp8' is none of"):
        choose_hardware(precision="fp8")


def test_only_the_processor_with_onnx_runtime_speaks_one_by_one() -> None:
    assert not Hardware("cpu", "onnx", "fp32").in_batches
    assert Hardware("cpu", "torch", "fp32").in_batches
    assert Hardware("cuda:1", "onnx", "fp32", SECOND).in_batches
    assert Hardware("cuda:1", "onnx", "fp32", SECOND).index == 1
