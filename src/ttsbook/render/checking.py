"""The part of a render that listens: ear, rounds of speaking again, and the two reports.

Knows nothing of encoders, or of why someone asked for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ttsbook.audio.wave import Samples
from ttsbook.errors import RenderError
from ttsbook.files import atomic_write
from ttsbook.qa.judge import Ear, Judge
from ttsbook.render.check_page import page
from ttsbook.render.check_report import CheckReport, passages_of
from ttsbook.render.listen import Listener, Listening, OpenPool
from ttsbook.render.machine import n_cores
from ttsbook.render.measure import Measured
from ttsbook.render.plan import Plan
from ttsbook.render.report import CheckSummary
from ttsbook.render.settings import Check
from ttsbook.render.speech import SpokenStore
from ttsbook.render.tags import book_mark
from ttsbook.render.target import Target
from ttsbook.render.verdicts import VerdictStore


@dataclass(frozen=True, slots=True)
class Checking:
    """How one book is listened to.

    Args:
        check: what was asked for.
        ear: who listens.
        store: where the speech is.
        folder: of the chunk cache.
        rate_hz: of the engine.
    """

    check: Check
    ear: Ear
    store: SpokenStore
    folder: Path
    rate_hz: int

    def listen(self, plan: Plan, open_pool: OpenPool, tell: Callable[[int, int], None]) -> Listening:
        """Hear a spoken book; return the plan with the performances to use."""
        listener = Listener(
            plan,
            self.store,
            VerdictStore(self.folder, self.ear),
            open_pool,
            rate_hz=self.rate_hz,
            attempts=self.check.attempts,
            tell=tell,
        )
        return listener.listen()

    def write(self, listening: Listening, measured: Measured, target: Target) -> CheckSummary:
        """Write what was found, for programs and for people.

        Raises:
            OutputError: it cannot be written.
        """
        book = listening.plan.book
        passages = tuple(passages_of(listening, measured.places, self.rate_hz))
        flagged = sum(passage.flagged for passage in passages)
        report = CheckReport(
            title=book.metadata.title,
            output=target.output.name,
            mark=book_mark(book),
            judge="Whisper base" if self.check.model is None else f"the model in {self.check.model.name}",
            chunks=listening.plan.n_chunks,
            mended=len(passages) - flagged,
            flagged=flagged,
            passages=passages,
        )
        data, shown = target.reports  # they name the output, whose name need not be UTF-8: JSON must be
        with atomic_write(data) as handle:
            handle.write(report.as_json().encode("utf-8", "backslashreplace"))
        with atomic_write(shown) as handle:
            for piece in page(report, self._sounds(listening)):
                handle.write(piece.encode("utf-8", "surrogateescape"))
        return CheckSummary(str(data), str(shown), report.chunks, report.mended, flagged)

    def _sounds(self, listening: Listening) -> Iterator[tuple[Samples, int]]:
        for _, planned, _, _ in listening.noteworthy():
            speech = self.store.get(planned.key)
            if speech is None:
                raise RenderError(
                    "a chunk is no longer in the cache from which the file was just made",
                    "was the cache cleared meanwhile? run the same command again",
                )
            yield speech.samples, speech.rate_hz


def make_checking(
    check: Check | None, ear: Ear | None, store: SpokenStore, folder: Path, rate_hz: int
) -> Checking | None:
    """Return how a book is listened to, None if no check was requested."""
    if check is None or ear is None:
        return None
    return Checking(check, ear, store, folder, rate_hz)


def make_ear(check: Check | None) -> Ear | None:
    """Return who listens, None if no check was requested. The model is loaded when it is first needed.

    Raises:
        MissingError: the extra `qa` or the model is missing.
    """
    return Judge(check.model, threads=n_cores()) if check else None
