"""What a render needs beyond the book, the voice and the output.

Values only: where they come from (flags, environment, files) is up to `ttsbook.config`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from ttsbook.choices import ACCENTS, CUES, EMOJI, EXECUTORS, FORMATS, LANGUAGES, SUBTITLES
from ttsbook.engines.base import Options
from ttsbook.engines.choose import entry_of
from ttsbook.errors import UsageError
from ttsbook.types import Boundary

_SUFFIXES = {"wave": "wav", "m4a": "m4b", "mp4": "m4b", "ogg": "opus", "oga": "opus"}
PLAYLIST_SUFFIX = ".m3u8"
MIN_SPEED, MAX_SPEED = 0.5, 2.0
# More than a processor's threads speak side by side would only take memory until all are done.
BATCH = 2


@dataclass(frozen=True, slots=True)
class PauseTable:
    """Silence after a chunk by what ends there, in milliseconds.

    Comes on top of the 30 ms that trimming leaves at each end of a chunk. `head` and `tail` stand at
    the ends of the file, where players cut or fade.
    """

    none_ms: int = 0
    clause_ms: int = 120
    sentence_ms: int = 350
    line_ms: int = 450
    paragraph_ms: int = 700
    heading_ms: int = 1000
    scene_ms: int = 1500
    chapter_ms: int = 2000
    head_ms: int = 500
    tail_ms: int = 1500

    def after_ms(self, boundary: Boundary) -> int:
        """Return the pause after a chunk that ends with `boundary`."""
        return {
            Boundary.NONE: self.none_ms,
            Boundary.CLAUSE: self.clause_ms,
            Boundary.SENTENCE: self.sentence_ms,
            Boundary.LINE: self.line_ms,
            Boundary.PARAGRAPH: self.paragraph_ms,
            Boundary.HEADING: self.heading_ms,
            Boundary.SCENE: self.scene_ms,
            Boundary.CHAPTER: self.chapter_ms,
        }[boundary]


@dataclass(frozen=True, slots=True)
class EngineChoice:
    """An engine by name, with its options."""

    name: str
    options: Options = ()


@dataclass(frozen=True, slots=True)
class Check:
    """How speech is listened to before it becomes a file (extra `qa`)."""

    model: Path | None = None  # folder of a faster-whisper model; None is Whisper base from its packages
    attempts: int = 3  # how often a chunk that sounds wrong is redone at most


@dataclass(frozen=True, slots=True)
class RenderSettings:
    """Everything a person can choose about a render. None means: decided when the book is rendered."""

    # what is spoken
    language: str = "auto"  # "auto", "en" or "zh"
    lexicon: Path | str | None = None
    accent: str | None = None  # "american" or "british"; None is the voice's own
    emoji: str = "silent"  # or "name"
    chapters: str | None = None  # "1-3,7"; None is the body of the book
    include_matter: bool = False  # front and back matter too
    # how it is spoken (part of every chunk's key)
    engine: str = "hybrid"
    speed: float = 1.0
    noise: float | None = None  # None is the engine's own
    seed: int = 0
    # by what
    device: str = "auto"
    executor: str = "local"  # one of EXECUTORS: who runs the workers
    ray_address: str = ""  # of the cluster; "" is one that Ray starts on this machine
    workers: int | None = None  # processes; 1 renders in this process; None by cores and memory
    threads: int | None = None  # per worker; None shares the cores among them
    batch: int | None = None  # chunks per call of the engine, at most; None by the device
    engine_options: Options = ()
    fallback: tuple[EngineChoice, ...] = ()  # engines to go on with, in this order, if `engine` cannot load
    may_fall_back: bool = True  # False: any step down, be it only a smaller batch, is an error
    # the file
    format: str | None = None  # one of FORMATS; None by the output's suffix
    rate_hz: int = 22_050
    bitrate: int | None = None  # bit/s for lossy formats
    loudness: float | None = -19.0  # LUFS of the whole book; None leaves the level alone
    rms_db: float | None = None  # dBFS of the whole book, pauses included; takes precedence over loudness
    ceiling_db: float = -1.5  # true peak, dBTP
    pauses: PauseTable = field(default_factory=PauseTable)
    room_tone_db: float | None = None  # dBFS, RMS, under everything; None leaves pauses digitally silent
    split: bool = False  # one file for each chapter, and a playlist
    credits: bool = False  # speak who wrote and who reads it, before and after
    tags: tuple[tuple[str, str], ...] = ()  # instead of what the book says of itself
    subtitles: str | None = None  # one of SUBTITLES, written beside each audio file
    cues: str = "sentence"  # one of CUES: how finely subtitles are timed
    epub3: Path | str | None = None  # the book with its narration, as an EPUB with Media Overlays
    check: Check | None = None  # listen to every chunk; a report is written beside the output
    # the run
    resume: bool = True  # False renders every chunk again
    force: bool = False  # replace an output that this program did not make from this book

    def __post_init__(self) -> None:
        if not MIN_SPEED <= self.speed <= MAX_SPEED:
            raise UsageError(f"speed {self.speed:g} is outside {MIN_SPEED:g} to {MAX_SPEED:g}")
        for name, chosen, choices in (
            ("language", self.language, LANGUAGES),
            ("accent", self.accent, (None, *ACCENTS)),
            ("emoji", self.emoji, EMOJI),
            ("executor", self.executor, EXECUTORS),
            ("format", self.format, (None, *FORMATS)),
            ("subtitles", self.subtitles, (None, *SUBTITLES)),
            ("cues", self.cues, CUES),
        ):
            if chosen not in choices:
                raise UsageError(
                    f"unknown {name} {chosen!r}", f"choose one of: {', '.join(map(str, choices))}"
                )
        for name, level in (
            ("loudness", self.loudness),
            ("rms_db", self.rms_db),
            ("ceiling_db", self.ceiling_db),
        ):
            if level is not None and not level <= 0:
                raise UsageError(
                    f"{name} must be at most 0, not {level:g}", "0 is full scale: -19 is a level"
                )
        for name, value in (("workers", self.workers), ("threads", self.threads), ("batch", self.batch)):
            if value is not None and value < 1:
                raise UsageError(f"{name} must be at least 1, not {value}")

    def batch_on(self, device: str, threads: int) -> int:
        """Return how many chunks to speak in one go: one for each thread; on a GPU, as suits the engine."""
        on_processor = device.startswith("cpu")
        return self.batch or (max(BATCH, threads) if on_processor else entry_of(self.engine).gpu_batch)

    def with_engine(self, choice: EngineChoice) -> RenderSettings:
        """Return the same settings for another engine, which falls back on nothing."""
        return replace(self, engine=choice.name, engine_options=choice.options, fallback=())

    def format_of(self, output: Path) -> str:
        """Return the format of the file: as set, else as the suffix of `output` says."""
        if self.format is not None:
            return self.format
        chosen = _format_suffix(output)
        if chosen not in FORMATS:
            raise UsageError(
                f"cannot tell the format of {output} from its name",
                f"use --format, or one of .{', .'.join(FORMATS)}",
            )
        return chosen


def renamed(output: Path, suffix: str) -> Path:
    """Return `output` with another suffix. What follows a dot in a title, as in "Dr. Who", is none."""
    known = output.suffix == PLAYLIST_SUFFIX or _format_suffix(output) in FORMATS
    return output.with_name(f"{output.stem if known else output.name}{suffix}")


def _format_suffix(output: Path) -> str:
    """Return the suffix in lower case and without its dot; of several for a format, the usual one."""
    suffix = output.suffix.lower().lstrip(".")
    return _SUFFIXES.get(suffix, suffix)
