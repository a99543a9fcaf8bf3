"""One render with one engine: from a standing plan to the finished file, noted in the journal.

Speech is made while the book is measured; with its loudness known, the book is assembled again, into the
encoder. Leaves each step to the module that does it.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from ttsbook import __version__
from ttsbook.audio.spec import AudioSpec, Written
from ttsbook.audio.subtitles import Cue, write_subtitles
from ttsbook.engines.base import Engine, EngineSpec
from ttsbook.engines.choose import entry_of
from ttsbook.files import atomic_write, sha256_file
from ttsbook.render.absent import engine_needed
from ttsbook.render.assemble import Piece, Stream, Timeline, assemble
from ttsbook.render.checking import Checking
from ttsbook.render.cues import CueTrack
from ttsbook.render.journal import NewRun
from ttsbook.render.levels import book_gain_db, track_gains_db, voice_gains_db
from ttsbook.render.listen import Listening
from ttsbook.render.machine import choose_workers, n_cores, peak_rss_bytes
from ttsbook.render.measure import Measured, measure
from ttsbook.render.notes import Notes
from ttsbook.render.plan import Plan
from ttsbook.render.pool import Pool, open_pool
from ttsbook.render.readalong import ReadAlong
from ttsbook.render.report import Account, Report, TrackReport, finite
from ttsbook.render.reporter import Reporter, SilentReporter
from ttsbook.render.settings import RenderSettings
from ttsbook.render.speech import SpeechSource, SpokenStore
from ttsbook.render.standby import Standby
from ttsbook.render.tags import book_mark, tags_of
from ttsbook.render.target import Target
from ttsbook.render.task import RenderTask
from ttsbook.render.terms import Terms
from ttsbook.render.tracks import Track
from ttsbook.render.write import remove_replaced, write_tracks, write_whole

_WORKER_BYTES = 500 << 20  # what a process with the base voice takes, generously


@dataclass(slots=True)
class Rendering:
    """One render with one engine, from a standing plan to the finished file."""

    task: RenderTask
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
    standby: Standby
    voice_gains_db: Mapping[str, float] = field(default_factory=dict)  # by name, in a cast
    n_workers: int = 1
    worker_peak_rss_bytes: int = 0
    speaking_peak_rss_bytes: int = 0  # of all processes, while workers were there

    @property
    def target(self) -> Target:
        return self.task.target

    @property
    def notes(self) -> Notes:
        return self.task.notes

    def render(self, inputs: str) -> Report:
        """Speak, write and check; note in the journal how it went."""
        keys = [planned.key for planned in self.plan.spoken_chunks()]
        missing = {key for key in keys if not self.store.has(key)}
        n_cached = sum(key not in missing for key in keys)
        last = self.task.journal.last(self.target.output)
        broken_off = last is not None and last.state != "finished"
        self.plan = replace(self.plan, n_cached=n_cached, resumes=broken_off and n_cached > 0)
        self.task.journal.start(self._entry(inputs))
        try:
            self.notes.reporter.started(self.plan)
            with engine_needed(speaking=True):
                measured = self._speak(len(missing))
            listening = self._listen()
            if listening is not None:
                measured = replace(self._measure_again(), n_cached=measured.n_cached)
            self._level_voices(measured)
            gain_db, written, tracks = self._write(measured)
            before = self.task.journal.last_finished(self.target.output)
            if before is not None and before.report is not None:
                remove_replaced(before.report.tracks, tracks)
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

    def _speak(self, n_missing: int) -> Measured:
        """Have every missing chunk spoken while the book is measured."""
        self.notes.reporter.stage("speak")
        with self._speaking_pool(n_missing) as pool:
            cues = None if self.checking else self.cues
            measured = self._measure(pool, self.notes.reporter, cues, n_missing)
            self.n_workers = pool.n_workers
            self.worker_peak_rss_bytes = pool.peak_rss_bytes
            workers = pool.n_workers * pool.peak_rss_bytes
        self.standby.close()
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

    def _level_voices(self, measured: Measured) -> None:
        """Have the voices of a cast equally loud, and measure how loud the book is with them so."""
        self.voice_gains_db = voice_gains_db(measured, self.settings)
        if self.voice_gains_db:
            with self._pool(1) as pool:
                measured.hear_again(self._pieces(pool))

    def _measure(self, pool: Pool, reporter: Reporter, cues: CueTrack | None, n_missing: int = 0) -> Measured:
        return measure(
            self.plan,
            self._stream(pool),
            self.store,
            self.settings.pauses,
            self.engine.rate_hz,
            reporter,
            cues,
            n_missing=n_missing,
            apart=self.settings.split,
        )

    def _speaking_pool(self, n_chunks: int) -> AbstractContextManager[Pool]:
        """Open the pool for so many chunks that are missing."""
        if self.settings.executor == "ray" and n_chunks:
            return self._pool(self.settings.workers or 0, on_cluster=True)
        n_workers = workers_for(self.settings, self.engine, n_chunks)
        # They were counted on the whole book, when nobody knew how much of it is chosen and cached.
        self.standby.keep(worker_spec(self.engine_spec, self.settings, n_workers), n_workers)
        return self._pool(n_workers)

    def _write(self, measured: Measured) -> tuple[float, Written, tuple[TrackReport, ...]]:
        """Assemble the book again, into the encoder; files appear once they have been read back."""
        self.notes.reporter.stage("encode")
        gain_db = book_gain_db(measured, self.settings)
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
                self._write_subtitles(timeline)  # before the playlist: where it stands, everything does
                mark = book_mark(book)
                gains = track_gains_db(measured, self.settings, gain_db)
                written, reports = write_tracks(output, self.tracks, pieces, spec, timeline, mark, gains)
            else:
                checking = partial(self.notes.reporter.stage, "check")
                written = write_whole(output, pieces, spec, timeline, checking)
            self._write_epub3(measured, spec, pool)
        for text in written.warnings:
            self.notes.warn(text)
        if not self.tracks:
            self._write_subtitles(timeline)
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
            gains_db=self.voice_gains_db,
        )

    def _write_subtitles(self, timeline: Timeline) -> None:
        if self.cues is None or self.settings.subtitles is None:
            return
        if self.target.own_subtitles is not None:
            self._write_cues(self.target.own_subtitles, self.cues.cues())
        begins = {position: start for position, start, _ in timeline.spans()}
        for track in self.tracks:
            if track.subtitles is not None:
                begin = begins[track.position]
                own = (cue.earlier(begin) for cue in self.cues.cues(track.position))
                self._write_cues(track.subtitles, own)

    def _write_cues(self, path: Path, cues: Iterable[Cue]) -> None:
        by_word, kind = self.settings.cues == "word", self.settings.subtitles or ""
        text = write_subtitles(cues, self.engine.rate_hz, kind, by_word=by_word)
        with atomic_write(path) as handle:
            handle.write(text.encode("utf-8"))

    def _pool(self, n_workers: int, *, on_cluster: bool = False) -> AbstractContextManager[Pool]:
        spec = worker_spec(self.engine_spec, self.settings, 0 if on_cluster else n_workers)
        if on_cluster:
            # What "auto" is here, it shall be there, where Ray shows each actor its own GPU as the first.
            spec = replace(spec, device=self.engine.device.partition(":")[0])
        batch = self.settings.batch_on(self.engine.device, spec.threads)
        return open_pool(
            Terms(spec, self.task.voice, self.store.keep, self.notes.warn, self.task.fallbacks, batch),
            n_workers,
            engine=self.engine,
            cluster=self.settings.ray_address if on_cluster else None,
            standby=self.standby,
        )

    def _stream(self, pool: Pool) -> Stream:
        return SpeechSource(self.plan, self.store, pool, self.engine.rate_hz).stream

    def _report(self, measured: Measured, gain_db: float, written: Written) -> Report:
        book, settings = self.plan.book, self.settings
        seconds = written.n_samples_in / self.engine.rate_hz
        elapsed = time.monotonic() - self.task.began
        own_peak = peak_rss_bytes()
        return Report(
            version=__version__,
            source=book.source,
            book_sha256=book.sha256,
            title=book.metadata.title,
            output=str(self.target.output),
            output_sha256=sha256_file(self.target.output),
            subtitles=str(self.target.own_subtitles) if self.target.own_subtitles else None,
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
            loudness_lufs=finite(measured.meter.integrated_lufs()),
            true_peak_db=finite(measured.meter.true_peak_db()),
            gain_db=gain_db,
            peak_rss_bytes=own_peak,
            worker_peak_rss_bytes=self.worker_peak_rss_bytes,
            total_peak_rss_bytes=max(self.speaking_peak_rss_bytes, own_peak),
            repairs=book.repairs,
            warnings=tuple(self.notes.texts),
            fallbacks=self.task.fallbacks.steps,
        )


def workers_for(settings: RenderSettings, engine: Engine, n_chunks: int) -> int:
    """Return how many processes should speak so many chunks; 1 means none besides this one."""
    return choose_workers(
        settings.workers,
        n_chunks=n_chunks,
        device=engine.device,
        worker_bytes=_WORKER_BYTES,
        at_least=entry_of(settings.engine).min_workers,
    )


def worker_spec(spec: EngineSpec, settings: RenderSettings, n_workers: int) -> EngineSpec:
    """Return what each of so many processes loads; of a number on a cluster, which is 0, one thread each."""
    threads = max(1, n_cores() // n_workers) if n_workers else 1
    return replace(spec, threads=settings.threads or threads)
