"""Nothing is reported to anyone: the runtime of the model keeps no record of what was rendered."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

SRC = Path(__file__).resolve().parents[1] / "src"


def test_the_runtime_keeps_no_record_for_its_makers(tmp_path: Path) -> None:
    # A variable that is named so would switch it off as well.
    environment = {
        name: value for name, value in os.environ.items() if name not in ("CI", "ORT_DISABLE_TELEMETRY")
    }
    environment |= {"HOME": str(tmp_path), "TTSBOOK_HOME": str(tmp_path / "own"), "PYTHONPATH": str(SRC)}
    environment.pop("XDG_CACHE_HOME", None)
    command = [sys.executable, "-m", "ttsbook", "speak", "Hello.", "-o", str(tmp_path / "hello.wav"), "-q"]
    subprocess.run(command, env=environment, check=True, capture_output=True, cwd=tmp_path)
    assert not [path for path in tmp_path.rglob("*") if "onnxruntime" in path.name]
