"""The length of a book shows in the memory that its render takes only by its text, and by M4B's index."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

# The text of the book and the plan of it; sound takes none.
PLAN_BYTES_PER_HOUR = 1.5 * (1 << 20)
# FFmpeg keeps the index of an MP4 file until its end (see ttsbook.audio.encode).
INDEX_BYTES_PER_HOUR = {"m4b": 7.5 * (1 << 20)}
# Threads hold more or less sound, up to a limit, as the machine is busy with other things.
HELD_BYTES = 16 << 20

HERE = Path(__file__).parent
SRC = HERE.parents[1] / "src"


def peak_of(output: Path, hours: float) -> int:
    """Return the peak resident memory of a render of so many hours, in bytes."""
    home = output.parent / f"home-{hours}"
    environment = {**os.environ, "PYTHONPATH": f"{SRC}:{HERE}", "TTSBOOK_HOME": str(home)}
    command = [sys.executable, str(HERE / "long_book.py"), str(output), str(hours)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    seconds, peak = done.stdout.split()
    assert float(seconds) == pytest.approx(hours * 3600, rel=0.05)
    return int(peak)


@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["wav", "mp3", "m4b"])
def test_ten_hours_take_the_memory_of_one_and_their_text(tmp_path: Path, suffix: str) -> None:
    one, ten = peak_of(tmp_path / f"one.{suffix}", 1), peak_of(tmp_path / f"ten.{suffix}", 10)
    print(f"{suffix}: 1 h {one >> 20} MiB, 10 h {ten >> 20} MiB")
    assert ten - one < 9 * (PLAN_BYTES_PER_HOUR + INDEX_BYTES_PER_HOUR.get(suffix, 0)) + HELD_BYTES
