"""The NVIDIA GPUs of this machine as `nvidia-smi` lists them; none where it is absent."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass

_FIELDS = "index,name,memory.total,memory.free,driver_version"
_TIMEOUT_SECONDS = 10
_MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Gpu:
    index: int
    name: str
    total_bytes: int
    free_bytes: int
    driver: str


def list_gpus() -> tuple[Gpu, ...]:
    """Ask the driver; a driver that does not answer counts as no GPU."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return ()
    command = [program, f"--query-gpu={_FIELDS}", "--format=csv,noheader,nounits"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=_TIMEOUT_SECONDS, check=True)
    except (OSError, subprocess.SubprocessError):
        return ()
    return parse_gpus(answer.stdout)


def parse_gpus(text: str) -> tuple[Gpu, ...]:
    """Read the lines of nvidia-smi; lines with fields that are not numbers ("[N/A]") are left out."""
    gpus = []
    for line in text.splitlines():
        fields = [field.strip() for field in line.split(",")]
        if len(fields) == 5 and all(fields[n].isdigit() for n in (0, 2, 3)):
            total, free = int(fields[2]) * _MIB, int(fields[3]) * _MIB
            gpus.append(Gpu(int(fields[0]), fields[1], total, free, fields[4]))
    return tuple(gpus)
