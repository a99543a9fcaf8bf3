"""One attempt at a render, with the engine of its settings: loaded, the book planned, and rendered.

An engine whose GPU fails or is out of memory is replaced by itself on the processor, or by one that does the
same; so is one that cannot load its model on a GPU that nobody asked for.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from dataclasses import replace

from ttsbook import paths
from ttsbook.audio.spec import AudioSpec, Mark, bitrate_warning, check_spec
from ttsbook.engines.base import Engine, EngineSpec
from ttsbook.engines.choose import entry_of, load_engine
from ttsbook.errors import DeviceFailed, OutOfMemory, UsageError
from ttsbook.files import remove_leftovers
from ttsbook.render.absent import EngineAbsent, engine_needed
from ttsbook.render.account import account_of, unspeakable_in
from ttsbook.render.cache import ChunkCache
from ttsbook.render.checking import make_checking
from ttsbook.render.cues import CueTrack
from ttsbook.render.fallback import Fallback
from ttsbook.render.fit import check_languages, voice_of
from ttsbook.render.machine import n_cores
from ttsbook.render.plan import ChunkMaker, Plan, plan_book
from ttsbook.render.rendering import Rendering, worker_spec, workers_for
from ttsbook.render.report import Report
from ttsbook.render.settings import RenderSettings
from ttsbook.render.speech import SpokenStore
from ttsbook.render.standby import Standby
from ttsbook.render.tags import tags_of
from ttsbook.render.target import check_tracks_ours, finished_report, inputs_hash, touch
from ttsbook.render.task import RenderTask
from ttsbook.render.tracks import tracks_of

_CHUNK_LENGTH = 120  # characters, about


def attempt(task: RenderTask, settings: RenderSettings) -> Report:
    """Render with the engine of `settings`, or find the file up to date."""
    threads = settings.threads or n_cores()  # of an engine in this process
    spec = EngineSpec(settings.engine, settings.device, threads, settings.engine_options)
    with engine_needed():
        engine = load_engine(spec)
    voice = voice_of(settings.engine, task.voice)
    voices = {name: voice_of(settings.engine, each) for name, each in task.voices.items()}
    original, task = task, replace(task, voice=voice, voices=voices)
    with contextlib.closing(engine), contextlib.closing(_standby(task, settings, spec, engine)) as standby:
        try:
            return _render(task, settings, spec, engine, standby)
        except (DeviceFailed, OutOfMemory) as error:
            if engine.device.startswith("cpu"):
                raise
            step = Fallback("device", engine.device, "the processor", error.message)
            task.fallbacks.step(step, error)
        except EngineAbsent as absent:
            asked_for = settings.device != "auto" or entry_of(settings.engine).on_processor  # needs a GPU
            if asked_for or not absent.speaking or engine.device.startswith("cpu"):
                raise
            step = replace(absent.step(engine.device, "the processor"), kind="device")
            task.fallbacks.step(step, absent.error)
    engine_there = entry_of(settings.engine).on_processor or settings.engine
    return attempt(original, replace(settings, engine=engine_there, device="cpu"))


def _standby(task: RenderTask, settings: RenderSettings, spec: EngineSpec, engine: Engine) -> Standby:
    """Start the workers of a long book that was never rendered to this file: they are sure to be needed."""
    n_workers = 0
    local = settings.executor != "ray" and engine.device.startswith("cpu")
    if local and task.journal.last(task.target.output) is None:
        length = sum(len(block.text) for chapter in task.book.chapters for block in chapter.blocks)
        n_chunks = length // _CHUNK_LENGTH
        n_workers = min(workers_for(settings, engine, n_chunks), n_chunks)  # however many were asked for
    n_workers = n_workers if n_workers > 1 else 0
    return Standby(worker_spec(spec, settings, n_workers), task.voice, n_workers)


def _render(
    task: RenderTask, settings: RenderSettings, spec: EngineSpec, engine: Engine, standby: Standby
) -> Report:
    task.notes.reporter.stage("plan")
    front_end = task.front_end or _front_end(settings, task, engine)
    plan = plan_book(task.book, settings, task.voice, front_end, engine.fingerprint, task.voices)
    entry = entry_of(settings.engine)
    if plan.voices and (entry.wants_clip or not entry.clones):
        raise UsageError(
            f"engine {settings.engine} speaks in one voice only, but the book uses {len(plan.voices) + 1}",
            "use --engine vits2, or render without --cast",
        )
    if passed_over := unspeakable_in(plan.chapters):
        task.notes.warn(f"not spoken: {passed_over}")
    with engine_needed():
        check_languages(plan, settings.engine, engine)
    draft = _draft(plan, task, settings, engine.rate_hz)
    check_spec(draft)
    if less := bitrate_warning(draft):
        task.notes.warn(less)
    tracks = tracks_of(plan, task.target.output, draft.format, settings.subtitles) if settings.split else ()
    for track in tracks:
        for path in (track.path, track.subtitles):
            if path is not None:
                remove_leftovers(path)
    if not settings.force:
        check_tracks_ours(tracks, task.target, task.book, task.journal)
    cache = ChunkCache(paths.cache_dir() / "chunks")
    cache.sweep()
    ear = task.ear.fingerprint if task.ear else ""
    inputs = inputs_hash(plan, settings, draft.tags, draft.format, ear)
    if settings.resume and not settings.force:
        report = finished_report(task.target, inputs, task.journal)
        if report is not None:
            touch(task.target)
            task.notes.reporter.finished(report)
            return report
    store = SpokenStore(cache, resume=settings.resume)
    by_word = settings.cues == "word"
    cues = None
    if settings.subtitles or settings.epub3:
        cues = CueTrack(front_end, by_word=by_word or settings.epub3 is not None)
    checking = make_checking(settings.check, task.ear, store, cache.folder, engine.rate_hz)
    run = Rendering(
        task, plan, settings, engine, spec, draft, account_of(plan), store, cues, tracks, checking, standby
    )
    with contextlib.closing(store):
        report = run.render(inputs)
    task.notes.reporter.finished(report)
    return report


def _front_end(settings: RenderSettings, task: RenderTask, engine: Engine) -> ChunkMaker:
    from ttsbook.render.reading import front_end_for, other_front_ends

    own = front_end_for(settings, task.voice, engine.max_phonemes)
    if task.adapt is None:
        return own
    return task.adapt(own, other_front_ends(settings, task.voice, task.voices, engine.max_phonemes))


def _draft(plan: Plan, task: RenderTask, settings: RenderSettings, rate_in_hz: int) -> AudioSpec:
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
