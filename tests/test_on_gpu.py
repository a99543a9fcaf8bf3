"""The check of GPUs, on the processor: that it runs at all where there is one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.slow
@pytest.mark.parametrize("runtime", ["torch", "onnx"])
def test_the_check_of_gpus_runs_on_the_processor(runtime: str) -> None:
    pytest.importorskip("torch" if runtime == "torch" else "onnxruntime")
    script = Path(__file__).with_name("on_gpu.py")
    command = [sys.executable, str(script), "model", runtime, "fp32", "cpu"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "the same bytes again: True" in done.stdout
