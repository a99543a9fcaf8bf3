"""One process that loads an engine and speaks batches until its pipe closes.

`speak_batch` is the same code whether it runs in a worker or in the calling process.
Knows nothing of books, order, caches or other workers. Dies with its parent.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing import parent_process
from multiprocessing.connection import Connection, wait
from queue import SimpleQueue

from ttsbook.engines.base import Engine, EngineSpec, Request
from ttsbook.engines.choose import load_engine
from ttsbook.errors import OutOfMemory, RenderError, TtsbookError, first_line, lacks_room
from ttsbook.render.machine import peak_rss_bytes
from ttsbook.render.stepping import NoWorkers
from ttsbook.symbols import PUNCTUATION
from ttsbook.types import Speech, VoiceProfile


@dataclass(frozen=True, slots=True)
class Ready:
    """The engine is loaded."""


@dataclass(frozen=True, slots=True)
class Spoken:
    speeches: tuple[Speech, ...]
    peak_rss_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Failed:
    error: TtsbookError
    trace: str  # where it happened, as text: tracebacks do not cross process borders


def speak_batch(engine: Engine, requests: Sequence[Request], voice: VoiceProfile) -> Spoken | Failed:
    """Speak a batch and check what came back; a failure is returned, not raised."""
    try:
        speeches = _speak(engine, requests, voice)
        _check(engine, requests, speeches)
    except Exception as error:  # engines come from anywhere; whatever they raise must reach the user
        return _failure(error, engine.name, f"failed on {_describe(requests)}")
    return Spoken(tuple(speeches), peak_rss_bytes())


def _speak(engine: Engine, requests: Sequence[Request], narrator: VoiceProfile) -> list[Speech]:
    """Speak each request in its voice; requests of one voice go together, or all if the engine mixes them."""
    if getattr(engine, "mixes_voices", False):
        return engine.speak(requests, narrator)
    by_voice: dict[VoiceProfile, list[int]] = {}
    for index, request in enumerate(requests):
        by_voice.setdefault(request.voice or narrator, []).append(index)
    found: dict[int, Speech] = {}
    for voice, indices in by_voice.items():
        speeches = engine.speak([requests[index] for index in indices], voice)
        if len(speeches) != len(indices):
            return speeches  # the check says so
        found.update(zip(indices, speeches, strict=True))
    return [found[index] for index in range(len(requests))]


def work(connection: Connection, spec: EngineSpec, voice: VoiceProfile) -> None:
    """Run a worker: one `Ready` (or `Failed`), then one answer for each list of requests; does not return."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})  # held back while this process was started
    # Both mean that the parent closed the pipe: nothing more to say.
    with contextlib.suppress(EOFError, ConnectionError):
        _serve(connection, spec, voice)
    os._exit(0)  # the parent waits, and to free a model piece by piece takes a tenth of a second


def _serve(connection: Connection, spec: EngineSpec, voice: VoiceProfile) -> None:
    asked: SimpleQueue[list[Request] | None] = SimpleQueue()
    try:
        threading.Thread(target=_die_with_parent, daemon=True).start()
        engine = load_engine(spec)
        engine.speak([], voice)  # loads the model while the parent is still busy with the first chunks
        threading.Thread(target=_receive, args=(connection, asked), daemon=True).start()
    except Exception as error:  # as in speak_batch
        connection.send(_failure(error, spec.name, "cannot be loaded"))
        return
    connection.send(Ready())
    while (requests := asked.get()) is not None:
        connection.send(speak_batch(engine, requests, voice))


def _receive(connection: Connection, asked: SimpleQueue[list[Request] | None]) -> None:
    """Take what the parent sends as soon as it does.

    Else the parent, which sends a batch ahead, would wait to be rid of one that is larger than the pipe holds
    while this process waits to be rid of its answer, for ever.
    """
    try:
        with contextlib.suppress(EOFError, OSError):
            while True:
                asked.put(connection.recv())
    finally:
        asked.put(None)


def _failure(error: Exception, name: str, deed: str) -> Failed:
    """Put what an engine raised into words that the pool understands; call it where it was caught."""
    if lacks_room(error):
        # Fewer workers need less memory; where no thread is granted, this process may do without workers.
        kind = OutOfMemory if isinstance(error, MemoryError) else NoWorkers
        error = kind(f"engine {name}: out of memory or processes: {first_line(error)}")
    if not isinstance(error, TtsbookError):
        error = RenderError(f"engine {name} {deed}: {type(error).__name__}: {error}")
    return Failed(error, traceback.format_exc())


def _die_with_parent() -> None:
    # A parent killed by SIGKILL cannot stop its workers, and one deep in the model reads no pipe.
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _check(engine: Engine, requests: Sequence[Request], speeches: Sequence[Speech]) -> None:
    """Make sure that no request was dropped and no sample is garbage."""
    import numpy as np

    if len(speeches) != len(requests):
        raise RenderError(f"engine {engine.name} answered {len(requests)} requests with {len(speeches)}")
    for request, speech in zip(requests, speeches, strict=True):
        if speech.rate_hz != engine.rate_hz or speech.samples.ndim != 1:
            raise RenderError(
                f"engine {engine.name} returned samples that are not mono at {engine.rate_hz} Hz"
            )
        if not np.isfinite(speech.samples).all():
            raise RenderError(
                f"engine {engine.name} returned NaN or infinite samples for {_describe([request])}"
            )
        if len(speech.samples) == 0 and request.phonemes.strip(PUNCTUATION + " "):
            raise RenderError(f"engine {engine.name} returned no sound for {_describe([request])}")


def _describe(requests: Sequence[Request]) -> str:
    first = requests[0].spoken
    first = first if len(first) <= 60 else first[:59] + "…"
    others = f" and {len(requests) - 1} more" if len(requests) > 1 else ""
    return f"{first!r}{others}"
