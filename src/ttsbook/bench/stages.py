"""The base voice taken apart, in one process and one thread: where the next bottleneck is."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import numpy as np

from ttsbook.audio.encode import write_audio
from ttsbook.audio.loudness import LoudnessMeter
from ttsbook.audio.spec import AudioSpec
from ttsbook.audio.tags import Tags
from ttsbook.book import read_stream
from ttsbook.engines.base import EngineSpec, Request
from ttsbook.engines.choose import load_engine
from ttsbook.text import FrontEnd
from ttsbook.types import Chunk, VoiceProfile

T = TypeVar("T")
ENCODED = ("wav", "m4b", "mp3")


@dataclass(slots=True)
class Stages:
    """Seconds of processor time by stage, and the audio they made."""

    seconds: dict[str, float] = field(default_factory=dict)
    audio_seconds: float = 0.0

    def timed(self, name: str, work: Callable[[], T]) -> T:
        began = time.process_time()
        result = work()
        self.seconds[name] = self.seconds.get(name, 0.0) + time.process_time() - began
        return result


def measure_stages(voice: VoiceProfile, passage: bytes) -> Stages:
    """Take one render of a passage apart; loading stands by itself, since a long book pays it once."""
    stages = Stages()
    book = stages.timed("read", lambda: read_stream(passage, "passage.md"))
    front_end = FrontEnd()
    stages.timed("load dictionaries", lambda: [front_end.say("warm"), front_end.say("你好")])
    chunks: list[Chunk] = stages.timed(
        "text to phonemes", lambda: [c for chapter in book.chapters for c in front_end.chunks(chapter)]
    )
    engine = load_engine(EngineSpec("vits2", device="cpu", threads=1))
    first = Request("wˈɔɹm.", "warm", "en", seed=0)
    stages.timed("load model", lambda: engine.speak([first], voice))
    requests = [Request(c.phonemes, c.spoken, c.language, seed=0) for c in chunks if c.phonemes]
    speech = stages.timed("model", lambda: [engine.speak([r], voice)[0].samples for r in requests])
    engine.close()
    meter = LoudnessMeter(engine.rate_hz)
    stages.timed("loudness", lambda: _meter(meter, speech))
    for name in ENCODED:
        stages.timed(f"encode {name}", partial(_encode, name, speech, engine.rate_hz))
    stages.audio_seconds = sum(len(samples) for samples in speech) / engine.rate_hz
    return stages


def _meter(meter: LoudnessMeter, speech: list[np.ndarray]) -> None:
    for samples in speech:
        meter.add(samples)


def _encode(format_name: str, speech: list[np.ndarray], rate_hz: int) -> None:
    spec = AudioSpec(format=format_name, rate_in_hz=rate_hz, rate_hz=22_050, tags=Tags(title="passage"))

    def blocks() -> Iterator[np.ndarray]:
        yield from speech

    with TemporaryDirectory(prefix="ttsbook-bench-") as folder:
        write_audio(Path(folder) / "passage", blocks(), spec)


def describe(stages: Stages) -> str:
    """Return one line a stage: real-time factor of one core, and its share of a render to MP3."""
    out = io.StringIO()
    for name, seconds in stages.seconds.items():
        out.write(f"{name:<20}{seconds:8.2f} s   RTF {seconds / stages.audio_seconds:.5f}\n")
    return out.getvalue()
