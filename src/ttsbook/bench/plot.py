"""The real-time factors of a run as bars in a PNG, beside what the project promises."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from ttsbook.bench.figures import EngineFigures
from ttsbook.bench.table import PEERS
from ttsbook.errors import MissingError
from ttsbook.files import atomic_write

PROMISED = {"cosyvoice": 1.0, "hybrid": 0.2, "vits2": 0.1, "parallel": 0.05, "tensorrt": 0.02}
_OURS, _PEER = "#2b6cb0", "#a0aec0"
_INCHES_A_BAR = 0.6


def require_plotting() -> None:
    """Fail before anything is measured if the picture could not be drawn.

    Raises:
        MissingError: matplotlib is not installed.
    """
    if find_spec("matplotlib") is None:
        raise MissingError("--plot draws with matplotlib, which is not installed", "pip install matplotlib")


def draw(rows: Sequence[EngineFigures], where: str, path: Path) -> None:
    """Write a bar for each engine on a logarithmic scale; a mark where its promised factor lies."""
    require_plotting()
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 1.6 + _INCHES_A_BAR * len(rows)), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    heights = range(len(rows))
    colours = [_PEER if row.engine in PEERS else _OURS for row in rows]
    bars = axes.barh(heights, [row.rtf for row in rows], color=colours, height=0.6)
    axes.bar_label(bars, [f"{row.rtf:.4f}  ({row.book_seconds:.1f} s)" for row in rows], padding=4)
    marks = [(PROMISED[row.engine], at) for at, row in enumerate(rows) if row.engine in PROMISED]
    if marks:
        axes.plot(*zip(*marks, strict=True), "|", color="black", markersize=16, label="promised, at most")
        axes.legend(loc="lower right", frameon=False)
    axes.set_yticks(heights, [row.engine for row in rows])
    axes.invert_yaxis()
    axes.set_xscale("log")
    axes.margins(x=0.35)
    axes.set_xlabel("real-time factor (time for a book of 12 minutes)")
    axes.set_title(where, fontsize="small")
    axes.spines[["top", "right"]].set_visible(False)
    with atomic_write(path) as handle:
        figure.savefig(handle, format="png", dpi=120)
