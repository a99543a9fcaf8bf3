"""The base voice through TensorRT: its graphs built for this GPU, one build for each length.

Half precision in the decoder only: pitch comes from the graphs before it, and would be heard as detuned.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ttsbook import paths
from ttsbook.engines.base import EngineSpec, Options
from ttsbook.engines.gpu import Gpu, list_gpus
from ttsbook.engines.hardware import Hardware, gpu_for
from ttsbook.engines.tensorrt import (
    cache_folder,
    check_in_use,
    check_loads,
    check_tensorrt,
    load_libraries,
    provider_chain,
    tensorrt_version,
)
from ttsbook.engines.vits2 import Vits2Engine, check_weights

if TYPE_CHECKING:
    from ttsbook.engines.backend import Backend

VERSION = "3"  # raise it when the same weights give other samples
IN_HALF_PRECISION = ("decoder",)
_INSTEAD = "use another engine, such as hybrid"


class TensorRtEngine(Vits2Engine):
    """VITS2 built by TensorRT. Lengths that were not built yet are built when they are first spoken.

    Option: "model", another folder with exported weights.

    Raises:
        MissingError: a GPU, TensorRT or the weights are missing.
    """

    options = ("model",)

    def __init__(self, spec: EngineSpec) -> None:
        super().__init__(spec)
        self._sessions: dict[tuple[str, int, int], Any] = {}

    @classmethod
    def missing(cls, options: Options = ()) -> None:
        """Raise `MissingError` if a GPU, TensorRT or the weights are missing."""
        gpu_for("auto", list_gpus(), instead=_INSTEAD)
        check_tensorrt()
        check_loads()
        check_weights("tensorrt", options, cls.options)

    @cached_property
    def folder(self) -> Path:
        """Where the builds are kept."""
        return cache_folder(self._gpu, (VERSION, *sorted(self._hashes.values())))

    def build(self, tell: Callable[[str], None]) -> int:
        """Build every graph for every length, or find that it is there; return how many there are.

        Args:
            tell: called with the name of each before it is built.
        """
        import numpy as np

        from ttsbook.vits2.batch import COARSE, FRAMES_OF_A_BUILD, TEXT_ROWS, rows_of

        wanted = [("text", TEXT_ROWS, length) for length in COARSE if length // 2 <= self.max_phonemes]
        wanted += [
            (name, rows_of(length, FRAMES_OF_A_BUILD), length)
            for name in ("latents", "decoder")
            for length in COARSE
        ]
        for name, rows, length in wanted:
            tell(f"{name}, {rows} times {length}")
            session = self._session(name, rows, length)
            nothing = {
                value.name: np.zeros(value.shape, np.int64 if "int64" in value.type else np.float32)
                for value in session.get_inputs()
            }
            session.run(None, nothing)
        return len(wanted)

    def close(self) -> None:
        """Free the model."""
        super().close()
        self._sessions.clear()

    @property
    def _gpu(self) -> Gpu:
        assert self._hardware.gpu is not None
        return self._hardware.gpu

    def _choose(self, device: str, options: dict[str, str]) -> Hardware:  # noqa: ARG002
        gpu = gpu_for(device, list_gpus(), instead=_INSTEAD)
        check_tensorrt()
        return Hardware(f"cuda:{gpu.index}", "onnx", "fp16", gpu)

    def _open(self) -> Backend:
        from ttsbook.engines.backend import InBatches
        from ttsbook.vits2.onnx_stages import OnnxStages
        from ttsbook.vits2.runtime import open_graph

        text = open_graph(self._folder, "text")  # on the processor, to be asked for the model's sizes
        return InBatches(OnnxStages(self._session, text), self._hardware, coarse=True)

    def _computes(self) -> tuple[str, ...]:
        return (*super()._computes(), tensorrt_version(), VERSION)

    def _session(self, name: str, rows: int, length: int) -> Any:
        """Return the session for inputs of one shape; the first time, it is built or read from the cache."""
        from ttsbook.vits2.runtime import open_graph

        key = (name, rows, length)
        if key not in self._sessions:
            # TensorRT rounds what is fp32 to TF32, unless its libraries find this when they are loaded.
            paths.set_for_libraries("NVIDIA_TF32_OVERRIDE", "0")
            load_libraries()
            build = f"{name}-{rows}x{length}"
            chain = provider_chain(self._gpu, self.folder, build, fp16=name in IN_HALF_PRECISION)
            sizes = {"batch": rows, "phonemes": length, "frames": length, "half_frames": 2 * length}
            session = open_graph(self._folder, name, chain, sizes=sizes)
            check_in_use(session)
            self._sessions[key] = session
        return self._sessions[key]
