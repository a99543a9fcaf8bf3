"""The base voice loaded for some hardware: utterances in, samples and durations out.

Knows nothing of requests, voices by name, or phonemes as symbols.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from ttsbook.engines.base import in_threads
from ttsbook.engines.hardware import Hardware
from ttsbook.engines.heap import keep_freed_memory
from ttsbook.errors import DeviceFailed, MissingError, OutOfMemory, RenderError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ttsbook.vits2.batch import Stages, Utterance

    Spoken = tuple[NDArray[np.float32], NDArray[np.float64]]  # samples [L], durations [T] in latent frames

_LEAST_FRAMES = 128  # of a batch: smaller ones would not be


class Backend(Protocol):
    """Speaks many utterances; the result of each depends on nothing but itself."""

    @property
    def latent_hop(self) -> int:
        """Samples in a latent frame."""
        ...

    def speak(self, utterances: Sequence[Utterance]) -> list[Spoken]: ...


def open_backend(folder: Path, hardware: Hardware, threads: int) -> Backend:
    """Load the base voice.

    Args:
        folder: holds the exported weights.
        threads: utterances side by side, on the processor.

    Raises:
        MissingError: weights or runtime are missing, or cannot use the device.
    """
    if not hardware.in_batches:
        return OneByOne(folder, threads, hardware.precision)
    if hardware.runtime == "torch":
        return InBatches(_torch_stages(folder, hardware), hardware)
    return InBatches(_cuda_stages(folder, hardware), hardware)


class OneByOne:
    """ONNX Runtime on the processor: each utterance by itself, by one thread."""

    def __init__(self, folder: Path, threads: int, precision: str) -> None:
        from ttsbook.vits2.runtime import OnnxSynthesizer

        keep_freed_memory()
        self._synthesizer = OnnxSynthesizer(folder, precision=precision)
        self._threads = threads
        self.latent_hop = self._synthesizer.config.latent_hop

    def speak(self, utterances: Sequence[Utterance]) -> list[Spoken]:
        return in_threads(self._synthesizer.speak, utterances, self._threads)


class InBatches:
    """Utterances of similar length together; smaller batches after running out of memory."""

    def __init__(self, stages: Stages[Any], hardware: Hardware, *, coarse: bool = False) -> None:
        from ttsbook.vits2.batch import (
            COARSE,
            FINE,
            FRAMES_AT_ONCE,
            FRAMES_OF_A_BUILD,
            frames_that_fit,
        )

        self._stages, self._device = stages, hardware.device
        self.latent_hop = stages.config.latent_hop
        self._buckets = COARSE if coarse else FINE
        most = FRAMES_OF_A_BUILD if coarse else FRAMES_AT_ONCE
        self._frames = frames_that_fit(hardware.gpu.free_bytes if hardware.gpu else None, most)

    def speak(self, utterances: Sequence[Utterance]) -> list[Spoken]:
        from ttsbook.vits2.batch import speak_all

        try:
            return speak_all(self._stages, utterances, buckets=self._buckets, frames_at_once=self._frames)
        except OutOfMemory:
            # Whoever asked comes again with half as much; rows are padded, so that alone saves nothing.
            self._frames = max(_LEAST_FRAMES, self._frames // 2)
            raise
        except RenderError as error:
            if self._device == "cpu":
                raise
            # A driver that is lost, no kernels for this GPU, half precision that overflows.
            raise DeviceFailed(error.message, "use --engine hybrid --device cpu") from error


def _torch_stages(folder: Path, hardware: Hardware) -> Stages[Any]:
    try:
        from ttsbook.vits2.torch_stages import TorchStages
    except ImportError as error:
        raise MissingError(f"torch cannot be loaded: {error}", "pip install torch") from error
    return TorchStages(folder, hardware.device, hardware.precision)


def _cuda_stages(folder: Path, hardware: Hardware) -> Stages[Any]:
    from ttsbook.vits2.onnx_stages import OnnxStages
    from ttsbook.vits2.runtime import GRAPHS, open_graph
    from ttsbook.vits2.session import CPU, CUDA, GET_CUDA, why_left_out

    options = {"device_id": str(hardware.index), "cudnn_conv_algo_search": "HEURISTIC"}
    options["use_tf32"] = "0"  # which would round the pitch, and with its sum detune
    cuda = (CUDA, options)
    sessions = {name: open_graph(folder, name, (cuda, CPU)) for name in GRAPHS}
    if CUDA not in sessions["decoder"].get_providers():  # it warns and goes on without it
        raise MissingError(f"ONNX Runtime cannot use {hardware.device}: {why_left_out(CUDA)}", GET_CUDA)
    return OnnxStages(lambda name, _rows, _length: sessions[name], sessions["text"])
