"""One engine, several runs, each a fresh process with empty caches: what a user's command would take."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ttsbook.bench.gpu_memory import GpuMemory
from ttsbook.errors import RenderError
from ttsbook.paths import environment_at

BOOK_SECONDS = 12 * 60  # the promise is stated for a book of 12 minutes
_LONGEST_S = 4 * 3600


@dataclass(frozen=True, slots=True)
class EngineFigures:
    """Medians over the runs of one engine; end to end, from the text to the finished MP3."""

    engine: str
    runs: int
    workers: int
    device: str
    audio_seconds: float
    elapsed_seconds: float  # from reading the text to the checked file
    start_seconds: float  # of the process before and after that: interpreter, imports, exit
    characters_per_second: float
    peak_rss_bytes: int  # of all processes at one time, at most
    peak_gpu_bytes: int | None = None  # of all GPUs, on top of what was in use before; None without one
    fallbacks: tuple[dict[str, str], ...] = ()  # steps down, as in the report

    @property
    def rtf(self) -> float:
        return self.elapsed_seconds / self.audio_seconds

    @property
    def book_seconds(self) -> float:
        """Time for a book of 12 minutes at this rate."""
        return self.rtf * BOOK_SECONDS


def measure_engine(
    engine: str,
    passage: bytes,
    *,
    voice: str,
    runs: int,
    n_characters: int,
    settings: Mapping[str, str] | None = None,
) -> EngineFigures:
    """Render the passage `runs` times.

    Args:
        n_characters: of the passage, as far as it is spoken.
        settings: variables that tell the engine where its parts lie.

    Raises:
        RenderError: the command failed; its own words are in the message.
    """
    with GpuMemory() as gpu:
        results = [_run_once(engine, passage, voice, settings or {}) for _ in range(runs)]
    elapsed = statistics.median(report["elapsed_seconds"] for _, report in results)
    report = results[-1][1]
    workers = report["workers"]
    return EngineFigures(
        engine=engine,
        runs=runs,
        workers=workers,
        device=report["device"],
        audio_seconds=report["seconds"],
        elapsed_seconds=elapsed,
        start_seconds=statistics.median(wall - report["elapsed_seconds"] for wall, report in results),
        characters_per_second=n_characters / elapsed,
        peak_rss_bytes=report["total_peak_rss_bytes"],
        peak_gpu_bytes=gpu.peak_bytes,
        fallbacks=tuple(report["fallbacks"]),
    )


def _run_once(
    engine: str, passage: bytes, voice: str, settings: Mapping[str, str]
) -> tuple[float, dict[str, Any]]:
    with TemporaryDirectory(prefix="ttsbook-bench-") as folder:
        source = Path(folder) / "passage.md"
        source.write_bytes(passage)
        command = [sys.executable, "-m", "ttsbook", "render", str(source)]
        command += ["-o", str(Path(folder) / "passage.mp3"), "--engine", engine, "--voice", voice]
        command += ["--no-config", "--json", "--progress", "none", "--quiet"]
        environment = {**environment_at(Path(folder) / "home"), **settings}
        began = time.monotonic()
        try:
            done = subprocess.run(
                command, capture_output=True, timeout=_LONGEST_S, check=False, env=environment
            )
        except subprocess.TimeoutExpired as error:
            raise RenderError(
                f"engine {engine} took more than {_LONGEST_S / 3600:g} h", "--quick takes one minute of audio"
            ) from error
        wall = time.monotonic() - began
    if done.returncode != 0:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise RenderError(f"engine {engine} failed: {lines[0] if lines else f'exit {done.returncode}'}")
    report: dict[str, Any] = json.loads(done.stdout)["books"][0]["report"]
    if report["engine"] != engine:
        why = next((step["why"] for step in report["fallbacks"] if step["kind"] == "engine"), "")
        raise RenderError(f"engine {engine} was replaced by {report['engine']}: {why}")
    return wall, report
