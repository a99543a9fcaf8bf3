"""A book, a voice and settings in, one audio file and its report out, by the first engine that is available.

What can fail cheaply fails first; from then on every finished chunk is kept, and the same command
resumes a stopped run.
Knows nothing of terminals or signals.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping
from pathlib import Path

from ttsbook import paths
from ttsbook.qa.judge import Ear
from ttsbook.render.absent import EngineAbsent
from ttsbook.render.attempt import attempt
from ttsbook.render.checking import make_ear
from ttsbook.render.fallback import Fallbacks
from ttsbook.render.journal import Journal
from ttsbook.render.lock import lock_output
from ttsbook.render.notes import Notes
from ttsbook.render.plan import ChunkMaker
from ttsbook.render.ray_pool import check_ray
from ttsbook.render.readalong import check_readable_again
from ttsbook.render.report import Report
from ttsbook.render.reporter import Reporter, SilentReporter
from ttsbook.render.settings import RenderSettings
from ttsbook.render.tags import check_overrides
from ttsbook.render.target import check_ours, target_of, writable
from ttsbook.render.task import Adapt, RenderTask
from ttsbook.types import Book, VoiceProfile

_NOBODY = SilentReporter()


def render_book(
    book: Book,
    output: Path,
    *,
    settings: RenderSettings,
    voice: VoiceProfile,
    reporter: Reporter = _NOBODY,
    front_end: ChunkMaker | None = None,
    ear: Ear | None = None,
    adapt: Adapt | None = None,
    voices: Mapping[str, VoiceProfile] | None = None,
    wait: bool = False,
) -> Report:
    """Render `book` to the file `output`, which appears whole or not at all.

    Args:
        book: what is read.
        output: the audio file; its suffix decides the format unless the settings do.
        settings: everything else that a person can choose.
        voice: who reads.
        reporter: receives what happens.
        front_end: makes chunks of chapters; None is ttsbook's own, as the settings say.
        ear: listens, if the settings ask for a check; None is Whisper.
        adapt: given ttsbook's own front end, and those of voices with another accent by name, returns what is
            used instead: by role, or by a plan's lines.
        voices: of chunks that name another than `voice`, by the names that they use.
        wait: for whoever is rendering to `output`; else that is an error.

    Raises:
        UsageError: the settings are not valid.
        InputError: there is nothing to read.
        MissingError: the engine cannot be loaded.
        OutputError: the output cannot be written, is not ours to replace, or is being rendered already.
        RenderError: an engine or worker failed; finished chunks are kept.
    """
    began = time.monotonic()
    if settings.executor == "ray":
        check_ray()
    check_overrides(settings.tags)
    target = target_of(output, settings)
    file_format = settings.format_of(output)
    notes = Notes(reporter)
    fallbacks = Fallbacks(notes.warn, allowed=settings.may_fall_back)
    if target.epub3 is not None:
        check_readable_again(book, target.epub3)
    ear = ear or make_ear(settings.check)
    with (
        writable(target),
        lock_output(target.output, paths.state_dir() / "locks", beside=target.beside, wait=wait),
        contextlib.closing(Journal(paths.state_dir() / "renders.sqlite3", notes.warn)) as journal,
    ):
        if not settings.force:
            check_ours(target, book, journal)
        task = RenderTask(
            book,
            target,
            file_format,
            voice,
            voices or {},
            journal,
            notes,
            fallbacks,
            front_end,
            adapt,
            ear,
            began,
        )
        chosen = settings
        for choice in settings.fallback:
            try:
                return attempt(task, chosen)
            except EngineAbsent as absent:
                fallbacks.step(absent.step(chosen.engine, choice.name), absent.error)
                chosen = settings.with_engine(choice)
        try:
            return attempt(task, chosen)
        except EngineAbsent as absent:
            raise absent.error from absent.error.__cause__
