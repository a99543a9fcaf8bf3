"""Figures as a Markdown table and as values for JSON."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from ttsbook import __version__
from ttsbook.bench.figures import EngineFigures
from ttsbook.bench.stages import Stages
from ttsbook.engines.hardware import processor_name
from ttsbook.engines.onnx import runtime_version
from ttsbook.errors import MissingError

PEERS = ("piper", "kokoro")  # engines that others know, as a yardstick in the same run

HEAD = (
    "| engine | real-time factor | 12-minute book | characters/s | start | peak memory | GPU memory "
    "| workers |\n"
    "|---|--:|--:|--:|--:|--:|--:|--:|\n"
)


def machine(cores: int) -> str:
    """Describe what was measured on, in one line."""
    return f"{processor_name()}, {cores} cores, Python {platform.python_version()}, {_runtime()}"


def table(rows: Sequence[EngineFigures]) -> str:
    """Return the rows as Markdown, and how they compare with the peers that ran."""
    lines = [
        f"| {row.engine} | {row.rtf:.4f} | {row.book_seconds:.1f} s | {row.characters_per_second:,.0f} "
        f"| {row.start_seconds:.1f} s | {row.peak_rss_bytes / 2**20:,.0f} MiB "
        f"| {_mebibytes(row.peak_gpu_bytes)} | {row.workers} |\n"
        for row in rows
    ]
    return HEAD + "".join(lines) + "".join(_against_peers(rows))


def as_dict(
    rows: Sequence[EngineFigures], stages: Stages, where: str, skipped: dict[str, str]
) -> dict[str, Any]:
    """Return everything as plain values with stable keys."""
    return {
        "version": __version__,
        "machine": where,
        "engines": [
            {**asdict(row), "rtf": row.rtf, "twelve_minute_book_seconds": row.book_seconds} for row in rows
        ],
        "not_available": skipped,
        "stages": {
            "audio_seconds": stages.audio_seconds,
            "processor_seconds": stages.seconds,
        },
    }


def _mebibytes(n_bytes: int | None) -> str:
    return "–" if n_bytes is None else f"{n_bytes / 2**20:,.0f} MiB"


def _against_peers(rows: Sequence[EngineFigures]) -> list[str]:
    peers = [row for row in rows if row.engine in PEERS]
    return [
        f"\n{row.engine}: {peer.rtf / row.rtf:.1f} times as fast as {peer.engine}"
        for peer in peers
        for row in rows
        if row.engine not in PEERS
    ]


def _runtime() -> str:
    try:
        return runtime_version()
    except MissingError:
        return "no ONNX Runtime"
