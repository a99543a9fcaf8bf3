"""What a render reports while it works; the command line decides how it looks.

Knows nothing of terminals.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from ttsbook.render.plan import Plan
from ttsbook.render.report import ChapterReport, Report


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a render is, after each chunk in book order."""

    chapter: int  # position among the chapters of the plan, 1-based
    n_chapters: int
    title: str  # of the chapter
    text: str  # of the chunk, as printed
    done: int  # chunks, in book order
    total: int
    cached: int  # of those done, how many were not spoken in this run
    audio_seconds: float  # so far
    elapsed_seconds: float
    speed: float | None  # seconds of audio spoken per second, cached chunks left out; None at first
    eta_seconds: float | None


class Reporter(Protocol):
    """Receives what happens, in order, from one thread."""

    def started(self, plan: Plan) -> None:
        """The plan is made; `plan.n_cached` chunks of `plan.n_chunks` are there from earlier runs."""

    def chunk_done(self, progress: Progress) -> None: ...

    def chapter_done(self, chapter: ChapterReport) -> None: ...

    def stage(self, name: str) -> None:
        """One of "plan", "speak", "listen", "encode", "check", "epub3" begins."""

    def heard(self, done: int, total: int) -> None:
        """So many chunks of `total` were listened to; each round counts from the start again."""

    def warning(self, text: str) -> None: ...

    def finished(self, report: Report) -> None: ...


class SilentReporter:
    """Ignores everything."""

    def started(self, plan: Plan) -> None: ...

    def chunk_done(self, progress: Progress) -> None: ...

    def chapter_done(self, chapter: ChapterReport) -> None: ...

    def stage(self, name: str) -> None: ...

    def heard(self, done: int, total: int) -> None: ...

    def warning(self, text: str) -> None: ...

    def finished(self, report: Report) -> None: ...
