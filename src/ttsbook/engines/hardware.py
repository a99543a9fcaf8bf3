"""Where the base voice runs and with what: the user's wishes and the machine in, a decision out.

OpenVINO is not among the runtimes. On a processor with AVX-512 BF16 its decoder in bfloat16 took 0.0076 of
real time against ONNX Runtime's 0.0122 in fp32 while one utterance was repeated (41 dB apart, not heard), but
over a hundred different lengths, as books have them, all of the model took 0.022 against 0.025, and the
process grew from 250 to 525 MB: it keeps a kernel for every length. ONNX Runtime itself has no bfloat16 for
x86, but int8: there all of the model took 0.0126, at equal word errors, predicted quality and similarity.
Knows nothing of models.
"""

from __future__ import annotations

import platform
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ttsbook.engines.gpu import Gpu, list_gpus
from ttsbook.errors import MissingError, UsageError
from ttsbook.vits2.session import CUDA, GET_CUDA, REMOVE_RUNTIMES, load_runtime, why_no_cuda

RUNTIMES = ("auto", "onnx", "torch")
_TORCH = ("fp32", "fp16", "bf16")
PRECISIONS = ("auto", *_TORCH, "int8")
# Instructions that sum products of eight-bit numbers in one step. Without them int8 is hardly faster than
# fp32, and older ones saturate on the way.
_INT8_FLAGS = frozenset({"avx512_vnni", "avx_vnni", "amx_int8", "asimddp"})
_CPU_INFO = Path("/proc/cpuinfo")
GET_GPU = f"{REMOVE_RUNTIMES} && pip install 'ttsbook[gpu]'"


@dataclass(frozen=True, slots=True)
class Hardware:
    """What computes."""

    device: str  # "cpu" or "cuda:N"
    runtime: str  # "onnx" or "torch"
    precision: str  # "fp32", "fp16", "bf16" or "int8"
    gpu: Gpu | None = None

    @property
    def index(self) -> int:
        """Number of the GPU."""
        return int(self.device.partition(":")[2] or 0)

    @property
    def in_batches(self) -> bool:
        """Whether utterances are computed together: not by ONNX Runtime on the processor."""
        return (self.device, self.runtime) != ("cpu", "onnx")


def choose_hardware(device: str = "auto", runtime: str = "auto", precision: str = "auto") -> Hardware:
    """Decide for a device, and for a runtime that can use it.

    Args:
        device: "auto" takes the first GPU if something can use it, else the processor.
        runtime: "auto" takes torch for a GPU, if it is there, and ONNX Runtime for the processor.
        precision: "auto" is fp16 for torch on a GPU; for ONNX Runtime on a processor int8, if the processor
            has instructions for it; else fp32. What a runtime lacks counts as "auto": int8 in torch, fp16 and
            bf16 in ONNX Runtime. A render that falls back to the processor goes on so.

    Raises:
        UsageError: there is no such device, runtime or precision.
        MissingError: what was asked for is not here.
    """
    for value, known in ((runtime, RUNTIMES), (precision, PRECISIONS)):
        if value not in known:
            raise UsageError(f"{value!r} is none of {', '.join(known)}")
    if device == "cpu":
        return _on_processor(runtime, precision)
    gpus = list_gpus()
    if device == "auto":
        if not gpus:
            return _on_processor(runtime, precision)
        try:
            return on_gpu(gpus[0], runtime, precision)
        except MissingError:  # `ttsbook doctor` says that there is a GPU which nothing uses
            return _on_processor(runtime, precision)
    return on_gpu(gpu_for(device, gpus), runtime, precision)


def providers() -> tuple[str, ...]:
    """Return what ONNX Runtime, if there is one, was built for."""
    try:
        return tuple(load_runtime().get_available_providers())
    except MissingError:
        return ()


def torch_sees_gpus() -> bool:
    """Return whether torch can be loaded and can use a GPU. Loads torch, if it is there."""
    try:
        torch: Any = import_module("torch")
    except (ImportError, OSError):  # OSError: one of its libraries is missing
        return False
    return bool(torch.cuda.is_available())


def _on_processor(runtime: str, precision: str) -> Hardware:
    if runtime == "torch":
        if find_spec("torch") is None:
            raise MissingError("torch is not installed", "pip install torch, or choose the runtime onnx")
        return Hardware("cpu", "torch", precision if precision in _TORCH else "fp32")
    if precision not in ("fp32", "int8"):
        precision = "int8" if multiplies_int8() else "fp32"
    return Hardware("cpu", "onnx", precision)


def processor_name() -> str:
    """Return what the processor is called, or at least of what kind it is."""
    try:
        lines = _CPU_INFO.read_text("utf-8", "replace").splitlines()
    except OSError:  # another system than Linux
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, "") or platform.processor() or platform.machine()


def multiplies_int8() -> bool:
    """Return whether the processor is known to have instructions for 8-bit dot products."""
    if platform.machine() == "arm64":  # macOS: every Apple processor has them
        return True
    try:
        lines = _CPU_INFO.read_text("utf-8", "replace").splitlines()
    except OSError:
        return False
    told = (line.partition(":")[2] for line in lines if line.lower().startswith(("flags", "features")))
    return not _INT8_FLAGS.isdisjoint(next(told, "").split())


def on_gpu(gpu: Gpu, runtime: str = "auto", precision: str = "auto") -> Hardware:
    """Decide for a runtime that can use a GPU; `choose_hardware` says more.

    Raises:
        MissingError: none that would do is here.
    """
    device = f"cuda:{gpu.index}"
    if runtime in ("auto", "torch") and torch_sees_gpus():
        return Hardware(device, "torch", precision if precision in _TORCH else "fp16", gpu)
    if runtime == "torch":
        raise MissingError(f"torch is not installed or cannot use {gpu.name}", GET_GPU)
    if CUDA not in providers():
        raise MissingError(f"neither torch nor ONNX Runtime can use {gpu.name}", GET_GPU)
    if why := why_no_cuda(gpu.index):
        raise MissingError(f"ONNX Runtime cannot use {gpu.name}: {why}", GET_CUDA)
    return Hardware(device, "onnx", "fp32", gpu)


def gpu_for(device: str, gpus: tuple[Gpu, ...], *, instead: str = "use --device cpu") -> Gpu:
    """Return the GPU that a device stands for; "auto" and "cuda" are the first.

    Args:
        instead: what a person without a GPU can do.

    Raises:
        UsageError: it stands for none.
        MissingError: it is missing.
    """
    if device == "auto":
        device = "cuda"
    elif device == "cpu":
        raise MissingError("the processor was requested, but a GPU is needed", "leave out --device cpu")
    kind, _, number = device.partition(":")
    if kind != "cuda" or (number and not number.isdigit()):
        raise UsageError(f"unknown device {device!r}", 'devices: "auto", "cpu", "cuda" or "cuda:N"')
    for gpu in gpus:
        if gpu.index == int(number or 0):
            return gpu
    there = ", ".join(f"cuda:{gpu.index}" for gpu in gpus)
    if not there:
        raise MissingError("there is no NVIDIA GPU here, or no driver for it", instead)
    raise MissingError(f"device {device} was requested, but there is {there}", "use one of them")
