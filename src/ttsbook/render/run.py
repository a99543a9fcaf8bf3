"""A book, a voice and settings in, one audio file and its report out: the steps of a render in order.

What can fail cheaply fails first; from then on every finished chunk is kept, and the same command goes
on where a stopped one was.
Knows nothing of terminals or signals, and leaves each step to the module that does it.
"""

from __future__ import annotations

import contextlib
import math
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from ttsbook import __version__, paths
from ttsbook.audio.loudness import gain_for, track_gain_db
from ttsbook.audio.spec import AudioSpec, Mark, Written, check_spec
from ttsbook.audio.subtitles import write_subtitles
from ttsbook.engines.base import Engine, EngineSpec
from ttsbook.engines.choose import entry_of, load_engine
from ttsbook.errors import MissingError, OutOfMemory, UsageError
from ttsbook.files import atomic_write, sha256_file
from ttsbook.qa.judge import Ear
from ttsbook.render.account import account_of
from ttsbook.render.assemble import Piece, Stream, assemble
from ttsbook.render.cache import ChunkCache
from ttsbook.render.checking import Checking, make_checking, make_ear
from ttsbook.render.cues import CueTrack
from ttsbook.render.fallback import Fallback, Fallbacks
from ttsbook.render.fit import check_languages, voice_of
from ttsbook.render.journal import Journal, NewRun
from ttsbook.render.listen import Listening
from ttsbook.render.lock import lock_output, remove_leftovers
from ttsbook.render.machine import choose_workers, n_cores, peak_rss_bytes
from ttsbook.render.measure import Measured, measure
from ttsbook.render.plan import ChunkMaker, Plan, plan_book
from ttsbook.render.pool import Pool, open_pool
from ttsbook.render.ray_pool import check_ray
from ttsbook.render.readalong import ReadAlong, check_readable_again
from ttsbook.render.report import Account, Report, TrackReport
from ttsbook.render.reporter import Reporter, SilentReporter
from ttsbook.render.settings import RenderSettings
from ttsbook.render.speech import SpeechSource, SpokenStore
from ttsbook.render.tags import book_mark, tags_of
from ttsbook.render.target import (
    Target,
    check_ours,
    check_tracks_ours,
    check_writable,
    finished_report,
    inputs_hash,
    target_of,
    touch,
)
from ttsbook.render.tracks import Track, tracks_of
from ttsbook.render.write import write_tracks, write_whole
from ttsbook.types import Book, Speech, VoiceProfile

if TYPE_CHECKING:
    from ttsbook.text.frontend import FrontEnd

Adapt: TypeAlias = "Callable[[FrontEnd], ChunkMaker]"

_NOBODY = SilentReporter()
_WORKER_BYTES = 500 << 20  # what a process with the base voice takes, generously
_LIMITER_DB = 6.0  # peaks that stick out this far are few and short in speech: the limiter turns them down


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
) -> Report:
    """Render `book` to the file `output`, which appears whole or not at all.

    Args:
        book: what is read.
        output: the audio file; its suffix decides the format unless the settings do.
        settings: everything else that a person can choose.
        voice: who reads.
        reporter: is told what happens.
        front_end: makes chunks of chapters; None is ttsbook's own, as the settings say.
        ear: listens, if the settings ask for a check; None is Whisper.
        adapt: given ttsbook's own front end, returns what is used instead: by role, or by a plan's lines.
        voices: of chunks that name another than `voice`, by the names that they use.

    Raises:
        UsageError: settings make no sense.
        InputError: there is nothing to read.
        MissingError: the engine cannot be loaded.
        OutputError: the output cannot be written, is somebody else's, or is being rendered already.
        RenderError: an engine or worker failed; finished chunks are kept.
    """
    began = time.monotonic()
    if settings.executor == "ray":
        check_ray()
    target = target_of(output, settings)
    file_format = settings.format_of(output)
    check_writable(target)
    notes = _Notes(reporter)
    fallbacks = Fallbacks(notes.warn, allowed=settings.may_fall_back)
    if target.epub3 is not None:
        check_readable_again(book, target.epub3)
    ear = ear or make_ear(settings.check)
    with (
        lock_output(target.output, paths.state_dir() / "locks", beside=target.beside),
        contextlib.closing(Journal(paths.state_dir() / "renders.sqlite3", notes.warn)) as journal,
    ):
        if not settings.force:
            check_ours(target, book, journal)
        task = _Task(
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
                return task.render(chosen)
            except _EngineAbsent as absent:
                fallbacks.step(absent.step(chosen.engine, choice.name), absent.error)
                chosen = settings.with_engine(choice)
        try:
            return task.render(chosen)
        except _EngineAbsent as absent:
            raise absent.error from absent.error.__cause__


class _EngineAbsent(Exception):
    """An engine cannot be loaded: before the plan, or when it is asked to speak."""

    def __init__(self, error: MissingError) -> None:
        super().__init__(error.message)
        self.error = error

    def step(self, before: str, after: str) -> Fallback:
        hint = f" ({self.error.hint})" if self.error.hint else ""
        return Fallback("engine", before, after, self.error.message + hint)


@contextlib.contextmanager
def _engine_needed() -> Iterator[None]:
    """Tell what an engine lacks from whatever else may be missing."""
    try:
        yield
    except MissingError as error:
        raise _EngineAbsent(error) from error


@dataclass(frozen=True, slots=True)
class _Task:
    """What is to be rendered, whichever engine does it."""

    book: Book
    target: Target
    format: str
    voice: VoiceProfile
    voices: Mapping[str, VoiceProfile]  # besides it, by name
    journal: Journal
    notes: _Notes
    fallbacks: Fallbacks
    front_end: ChunkMaker | None
    adapt: Adapt | None
    ear: Ear | None
    began: float

    def render(self, settings: RenderSettings) -> Report:
        """Render with the engine of `settings`, or find the file up to date."""
        threads = settings.threads or n_cores()  # of an engine in this process
        spec = EngineSpec(settings.engine, settings.device, threads, settings.engine_options)
        with _engine_needed():
            engine = load_engine(spec)
        voice = voice_of(settings.engine, self.voice)
        voices = {name: voice_of(settings.engine, each) for name, each in self.voices.items()}
        with contextlib.closing(engine):
            try:
                return replace(self, voice=voice, voices=voices)._render(settings, spec, engine)
            except OutOfMemory as error:
                if engine.device.startswith("cpu"):
                    raise
                step = Fallback("device", engine.device, "the processor", error.message)
                self.fallbacks.step(step, error)
        return self.render(replace(settings, device="cpu"))

    def _render(self, settings: RenderSettings, spec: EngineSpec, engine: Engine) -> Report:
        self.notes.reporter.stage("plan")
        front_end = self.front_end or _front_end(settings, self.voice, engine, self.adapt)
        plan = plan_book(self.book, settings, self.voice, front_end, engine.fingerprint, self.voices)
        entry = entry_of(settings.engine)
        if plan.voices and (entry.wants_clip or not entry.clones):
            raise UsageError(
                f"engine {settings.engine} speaks in one voice only, the book names {len(plan.voices) + 1}",
                "use --engine vits2, or render without --cast",
            )
        with _engine_needed():
            check_languages(plan, settings.engine, engine)
        draft = _draft(plan, self, settings, engine.rate_hz)
        check_spec(draft)
        tracks = tracks_of(plan, self.target.output, draft.format) if settings.split else ()
        for track in tracks:
            remove_leftovers(track.path)
        if not settings.force:
            check_tracks_ours(tracks, self.book)
        ear = self.ear.fingerprint if self.ear else ""
        inputs = inputs_hash(plan, settings, draft.tags, draft.format, ear)
        if settings.resume and not settings.force:
            report = finished_report(self.target, inputs, self.journal)
            if report is not None:
                touch(self.target)
                self.notes.reporter.finished(report)
                return report
        cache = ChunkCache(paths.cache_dir() / "chunks")
        cache.sweep()
        store = SpokenStore(cache, resume=settings.resume)
        by_word = settings.cues == "word"
        cues = None
        if settings.subtitles or settings.epub3:
            cues = CueTrack(front_end, by_word=by_word or settings.epub3 is not None)
        checking = make_checking(settings.check, self.ear, store, cache.folder, engine.rate_hz)
        run = _Run(self, plan, settings, engine, spec, draft, account_of(plan), store, cues, tracks, checking)
        report = run.render(inputs)
        self.notes.reporter.finished(report)
        return report


class _Notes:
    """Warnings: told at once, and kept for the report."""

    def __init__(self, reporter: Reporter) -> None:
        self.reporter = reporter
        self.texts: list[str] = []

    def warn(self, text: str) -> None:
        self.texts.append(text)
        self.reporter.warning(text)


@dataclass(slots=True)
class _Run:
    """One render with one engine, from a standing plan to the finished file."""

    task: _Task
    plan: Plan
    settings: RenderSettings
    engine: Engine
    engine_spec: EngineSpec
    draft: AudioSpec
    account: Account
    store: SpokenStore
    cues: CueTrack | None
    tracks: tuple[Track, ...]  # of a book in parts
    checking: Checking | None
    n_workers: int = 1
    worker_peak_rss_bytes: int = 0
    speaking_peak_rss_bytes: int = 0  # of all processes, while workers were there

    @property
    def target(self) -> Target:
        return self.task.target

    @property
    def notes(self) -> _Notes:
        return self.task.notes

    def render(self, inputs: str) -> Report:
        """Speak, write and check; note in the journal how it went."""
        n_cached = sum(self.store.has(planned.key) for planned in self.plan.spoken_chunks())
        last = self.task.journal.last(self.target.output)
        broken_off = last is not None and last.state != "finished"
        self.plan = replace(self.plan, n_cached=n_cached, resumes=broken_off and n_cached > 0)
        self.task.journal.start(self._entry(inputs))
        try:
            self.notes.reporter.started(self.plan)
            with _engine_needed():
                measured = self._speak()
            listening = self._listen()
            if listening is not None:
                measured = replace(self._measure_again(), n_cached=measured.n_cached)
            gain_db, written, tracks = self._write(measured)
            report = replace(self._report(measured, gain_db, written), tracks=tracks)
            if self.checking is not None and listening is not None:
                report = replace(report, check=self.checking.write(listening, measured, self.target))
        except BaseException as error:
            state = "failed" if isinstance(error, Exception) else "interrupted"
            self.task.journal.fail(state, str(error), n_cached + len(self.store.fresh))
            raise
        self.task.journal.finish(report)
        return report

    def _entry(self, inputs: str) -> NewRun:
        subtitles = str(self.target.subtitles) if self.target.subtitles else None
        book = self.plan.book
        return NewRun(
            str(self.target.output), subtitles, book.source, book.sha256, inputs, self.plan.n_chunks
        )

    def _speak(self) -> Measured:
        """Have every missing chunk spoken while the book is measured."""
        self.notes.reporter.stage("speak")
        missing = {planned.key for planned in self.plan.spoken_chunks() if not self.store.has(planned.key)}
        with self._speaking_pool(len(missing)) as pool:
            measured = self._measure(pool, self.notes.reporter, None if self.checking else self.cues)
            self.n_workers = pool.n_workers
            self.worker_peak_rss_bytes = pool.peak_rss_bytes
            workers = pool.n_workers * pool.peak_rss_bytes
        self.speaking_peak_rss_bytes = workers + peak_rss_bytes()
        return measured

    def _listen(self) -> Listening | None:
        """Have what does not sound right spoken again, if someone asked for it; the plan changes."""
        if self.checking is None:
            return None
        reporter = self.notes.reporter
        reporter.stage("listen")
        listening = self.checking.listen(self.plan, self._speaking_pool, reporter.heard)
        self.plan = listening.plan
        return listening

    def _measure_again(self) -> Measured:
        """Measure the book with the performances that were chosen; all of them are in the cache."""
        with self._pool(1) as pool:
            return self._measure(pool, SilentReporter(), self.cues)

    def _measure(self, pool: Pool, reporter: Reporter, cues: CueTrack | None) -> Measured:
        return measure(
            self.plan,
            self._stream(pool),
            self.store,
            self.settings.pauses,
            self.engine.rate_hz,
            reporter,
            cues,
            apart=self.settings.split,
        )

    def _speaking_pool(self, n_chunks: int) -> AbstractContextManager[Pool]:
        """Open the pool for so many chunks that are missing."""
        if self.settings.executor == "ray" and n_chunks:
            return self._pool(self.settings.workers or 0, on_cluster=True)
        return self._pool(self._choose_workers(n_chunks))

    def _choose_workers(self, n_chunks: int) -> int:
        return choose_workers(
            self.settings.workers,
            n_chunks=n_chunks,
            device=self.engine.device,
            worker_bytes=_WORKER_BYTES,
            at_least=entry_of(self.settings.engine).min_workers,
        )

    def _write(self, measured: Measured) -> tuple[float, Written, tuple[TrackReport, ...]]:
        """Assemble the book again, into the encoder; files appear once they have been read back."""
        self.notes.reporter.stage("encode")
        gain_db = self._gain_db(measured)
        marks = measured.timeline.marks(self.plan.chapters)
        steps = self.task.fallbacks.steps  # more than the draft knew, if there was trouble on the way
        book = self.plan.book
        tags = tags_of(
            book, self.task.voice, self.draft.tags.language, steps, self.settings.tags, self.plan.others
        )
        spec = replace(self.draft, gain_db=gain_db, marks=marks, tags=tags)
        reports: tuple[TrackReport, ...] = ()
        output, timeline = self.target.output, measured.timeline
        # Everything is in the cache now; should a chunk have vanished, this process speaks it again.
        with self._pool(1) as pool:
            pieces = self._pieces(pool)
            if self.tracks:
                mark = book_mark(book)
                gains = self._track_gains_db(measured, gain_db)
                written, reports = write_tracks(output, self.tracks, pieces, spec, timeline, mark, gains)
            else:
                checking = partial(self.notes.reporter.stage, "check")
                written = write_whole(output, pieces, spec, timeline, checking)
            self._write_epub3(measured, spec, pool)
        for text in written.warnings:
            self.notes.warn(text)
        self._write_subtitles()
        return gain_db, written, reports

    def _write_epub3(self, measured: Measured, spec: AudioSpec, pool: Pool) -> None:
        if self.target.epub3 is None or self.cues is None:
            return
        self.notes.reporter.stage("epub3")
        along = ReadAlong(self.plan, self.cues.told(), measured.timeline, spec, spec.tags.narrator)
        along.write(self.target.epub3, self._pieces(pool), self.notes.warn)

    def _pieces(self, pool: Pool) -> Iterator[tuple[int, Piece]]:
        return assemble(
            self.plan.chapters,
            self._stream(pool),
            self.settings.pauses,
            self.engine.rate_hz,
            apart=self.settings.split,
        )

    def _write_subtitles(self) -> None:
        if self.target.subtitles is None or self.cues is None or self.settings.subtitles is None:
            return
        by_word = self.settings.cues == "word"
        text = write_subtitles(
            self.cues.cues(), self.engine.rate_hz, self.settings.subtitles, by_word=by_word
        )
        with atomic_write(self.target.subtitles) as handle:
            handle.write(text.encode("utf-8"))

    def _gain_db(self, measured: Measured) -> float:
        settings = self.settings
        wanted = settings.loudness if settings.rms_db is None else settings.rms_db
        if wanted is None:
            return 0.0
        meter = measured.meter
        return gain_for(
            meter.integrated_lufs() if settings.rms_db is None else meter.rms_db(),
            meter.true_peak_db(),
            target_lufs=wanted,
            ceiling_db=settings.ceiling_db,
            limiter_db=_LIMITER_DB,
        )

    def _track_gains_db(self, measured: Measured, gain_db: float) -> dict[int, float]:
        """Return the gains of chapters that the book's gain would leave too far from the level asked for.

        Who asks for an RMS level judges each file by it; a title with three seconds of silence around it
        has a lower one than the book.
        """
        wanted = self.settings.rms_db
        if wanted is None:
            return {}
        return {
            position: track_gain_db(gain_db, level_db, wanted)
            for position, level_db in measured.levels_db().items()
        }

    def _pool(self, n_workers: int, *, on_cluster: bool = False) -> AbstractContextManager[Pool]:
        threads = 1 if on_cluster else max(1, n_cores() // n_workers)
        spec = replace(self.engine_spec, threads=self.settings.threads or threads)
        if on_cluster:
            spec = replace(spec, device=self.engine.device)  # what "auto" is here, it shall be there
        return open_pool(
            spec,
            self.task.voice,
            n_workers,
            keep=self._keep,
            tell=self.notes.warn,
            batch=self.settings.batch_on(self.engine.device),
            engine=self.engine,
            fallbacks=self.task.fallbacks,
            cluster=self.settings.ray_address if on_cluster else None,
        )

    def _stream(self, pool: Pool) -> Stream:
        return SpeechSource(self.plan, self.store, pool, self.engine.rate_hz).stream

    def _keep(self, key: str, speech: Speech) -> None:
        self.store.keep(key, speech)
        self.task.journal.progress(self.plan.n_cached + len(self.store.fresh))

    def _report(self, measured: Measured, gain_db: float, written: Written) -> Report:
        book, settings = self.plan.book, self.settings
        seconds = written.n_samples_in / self.engine.rate_hz
        elapsed = time.monotonic() - self.task.began
        return Report(
            version=__version__,
            source=book.source,
            book_sha256=book.sha256,
            title=book.metadata.title,
            output=str(self.target.output),
            output_sha256=sha256_file(self.target.output),
            subtitles=str(self.target.subtitles) if self.target.subtitles else None,
            epub3=str(self.target.epub3) if self.target.epub3 else None,
            format=self.draft.format,
            rate_hz=written.rate_hz,
            seconds=seconds,
            chapters=tuple(measured.chapters),
            account=self.account,
            engine=self.engine.name,
            model_hash=self.engine.fingerprint,
            device=self.engine.device,
            workers=self.n_workers,
            voice=self.task.voice.name,
            voice_hash=self.task.voice.fingerprint,
            seed=settings.seed,
            speed=settings.speed,
            chunks=self.plan.n_chunks,
            cached=measured.n_cached,
            elapsed_seconds=elapsed,
            rtf=elapsed / seconds,
            loudness_lufs=_finite(measured.meter.integrated_lufs()),
            true_peak_db=_finite(measured.meter.true_peak_db()),
            gain_db=gain_db,
            peak_rss_bytes=peak_rss_bytes(),
            worker_peak_rss_bytes=self.worker_peak_rss_bytes,
            total_peak_rss_bytes=max(self.speaking_peak_rss_bytes, peak_rss_bytes()),
            repairs=book.repairs,
            warnings=tuple(self.notes.texts),
            fallbacks=self.task.fallbacks.steps,
        )


def _front_end(
    settings: RenderSettings, voice: VoiceProfile, engine: Engine, adapt: Adapt | None
) -> ChunkMaker:
    from ttsbook.render.reading import front_end_for

    own = front_end_for(settings, voice, engine.max_phonemes)
    return adapt(own) if adapt is not None else own


def _draft(plan: Plan, task: _Task, settings: RenderSettings, rate_in_hz: int) -> AudioSpec:
    """Describe the file as far as it is known before anything was spoken."""
    spoken = Counter(planned.chunk.language for planned in plan.spoken_chunks())
    (language, _), *_ = spoken.most_common(1)
    titles = [chapter.chapter.title for chapter in plan.chapters if chapter.is_spoken and not settings.split]
    return AudioSpec(
        format=task.format,
        rate_in_hz=rate_in_hz,
        rate_hz=settings.rate_hz,
        bitrate=settings.bitrate,
        tags=tags_of(plan.book, task.voice, language, task.fallbacks.steps, settings.tags, plan.others),
        marks=tuple(Mark(0, 0, title) for title in titles),  # their number is what can be checked now
        cover=plan.book.cover,
        ceiling_db=settings.ceiling_db,
        room_tone_db=settings.room_tone_db,
    )


def _finite(value: float) -> float | None:
    """Return None for the level of silence: JSON has no infinity."""
    return value if math.isfinite(value) else None
