"""The NVIDIA GPUs that this process may use, as `nvidia-smi` lists them; none where it is absent.

They are counted as CUDA counts them: nvidia-smi itself knows nothing of CUDA_VISIBLE_DEVICES.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, replace

from ttsbook import paths

_FIELDS = "index,uuid,name,memory.total,memory.free,driver_version"
_TIMEOUT_SECONDS = 10
_MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Gpu:
    index: int
    name: str
    total_bytes: int | None  # None if the driver does not say, as of parts of a GPU
    free_bytes: int | None
    driver: str


def list_gpus() -> tuple[Gpu, ...]:
    """Ask the driver; a driver that does not answer counts as no GPU."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return ()
    # CUDA would put the fastest first; nvidia-smi goes by the bus.
    paths.set_for_libraries("CUDA_DEVICE_ORDER", "PCI_BUS_ID")
    command = [program, f"--query-gpu={_FIELDS}", "--format=csv,noheader,nounits"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=_TIMEOUT_SECONDS, check=True)
    except (OSError, subprocess.SubprocessError):
        return ()
    found = parse_gpus(answer.stdout)
    chosen = paths.library_variable("CUDA_VISIBLE_DEVICES")
    return tuple(found.values()) if chosen is None else visible_gpus(found, chosen)


def parse_gpus(text: str) -> dict[str, Gpu]:
    """Read the lines of nvidia-smi, by the identity of each GPU; memory may be "[N/A]"."""
    gpus = {}
    for line in text.splitlines():
        fields = [field.strip() for field in line.split(",")]
        if len(fields) == 6 and fields[0].isdigit():
            index, uuid, name, total, free, driver = fields
            gpus[uuid] = Gpu(int(index), name, _bytes(total), _bytes(free), driver)
    return gpus


def visible_gpus(found: Mapping[str, Gpu], chosen: str) -> tuple[Gpu, ...]:
    """Return the GPUs that CUDA_VISIBLE_DEVICES leaves, by its numbers, up to the first unknown one."""
    visible: list[Gpu] = []
    for entry in chosen.split(","):
        gpu = _chosen(found, entry.strip())
        if gpu is None:
            break
        visible.append(replace(gpu, index=len(visible)))
    return tuple(visible)


def _chosen(found: Mapping[str, Gpu], entry: str) -> Gpu | None:
    """Return the GPU that a number or the beginning of an identity stands for."""
    if entry.startswith("MIG-"):  # a part of one; which, and with how much memory, is not listed
        return next((replace(gpu, total_bytes=None, free_bytes=None) for gpu in found.values()), None)
    for uuid, gpu in found.items():
        if entry == str(gpu.index) or (entry.startswith("GPU-") and uuid.startswith(entry)):
            return gpu
    return None


def _bytes(mebibytes: str) -> int | None:
    return int(mebibytes) * _MIB if mebibytes.isdigit() else None
