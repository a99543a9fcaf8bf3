"""How fast renders were on this machine, kept so that `inspect` can say how long the next one takes."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

from ttsbook import paths
from ttsbook.errors import OutputError
from ttsbook.files import atomic_write, make_folder
from ttsbook.render.report import Report

MIN_SECONDS = 600.0  # of audio; to start costs as much as minutes of it


def remember_pace(engine: str, report: Report) -> None:
    """Keep the real-time factor of a render that spoke most of its chunks itself."""
    if report.up_to_date or report.seconds < MIN_SECONDS or report.cached * 10 > report.chunks:
        return
    known = _read() | {engine: report.rtf}
    # A convenience: a full disk must not turn a finished book into a failure.
    with contextlib.suppress(OutputError):
        make_folder(_file().parent)
        with atomic_write(_file()) as handle:
            handle.write(json.dumps(known, indent=2, sort_keys=True).encode("utf-8"))


def known_pace(engine: str) -> float | None:
    """Return the real-time factor of the last long render with this engine, None if there was none."""
    return _read().get(engine)


def _read() -> dict[str, float]:
    try:
        values = json.loads(_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(values, dict):
        return {}
    return {name: rtf for name, rtf in values.items() if isinstance(rtf, float) and rtf > 0}


def _file() -> Path:
    return paths.state_dir() / "pace.json"
