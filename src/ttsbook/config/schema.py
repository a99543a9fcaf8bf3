"""Every setting once: its name, what it may be, and the records that hold the values.

One name serves everywhere: the key `sample-rate` in a file is the flag `--sample-rate` and the
variable `TTSBOOK_SAMPLE_RATE`. The values themselves are in `configs/default.toml`.
"""

from __future__ import annotations

from dataclasses import dataclass

from ttsbook.config.rule import Choice, Flag, Number, Rule, Text, Value, Whole

FORMATS = ("wav", "mp3", "m4b", "flac", "opus")
LANGUAGES = ("auto", "en", "zh")
SUBTITLES = ("none", "srt", "vtt")
PROGRESS = ("auto", "plain", "json", "none")
PRESETS = ("default", "draft", "studio", "acx")

_PAUSE = Whole(0, 20_000, "milliseconds")

RULES: dict[str, Rule] = {
    "voice": Text("the name of a voice, or the path of a clip", may_be_path=True),
    "engine": Text("the name of an engine (see `ttsbook doctor`)"),
    "device": Text('"auto", "cpu", "cuda" or "cuda:N"'),
    "workers": Whole(1, 256, word="auto"),
    "threads": Whole(1, 64),
    "batch": Whole(1, 256),
    "speed": Number(0.5, 2.0),
    "noise": Number(0.0, 2.0, word="auto"),
    "seed": Whole(0, 2**31 - 1),
    "language": Choice(LANGUAGES),
    "lexicon": Text("the path of a lexicon file, or empty", is_path=True),
    "include-matter": Flag(),
    "format": Choice(FORMATS),
    "sample-rate": Whole(8000, 48000, "Hz"),
    "bitrate": Whole(16, 320, "kbit/s", word="auto"),
    "loudness": Number(-40.0, -10.0, "LUFS", word="off"),
    "peak": Number(-9.0, -0.1, "dBTP"),
    "subtitles": Choice(SUBTITLES),
    "resume": Flag(),
    "progress": Choice(PROGRESS),
    "pauses.clause": _PAUSE,
    "pauses.sentence": _PAUSE,
    "pauses.line": _PAUSE,
    "pauses.paragraph": _PAUSE,
    "pauses.heading": _PAUSE,
    "pauses.scene": _PAUSE,
    "pauses.chapter": _PAUSE,
    "pauses.head": _PAUSE,
    "pauses.tail": _PAUSE,
}


@dataclass(frozen=True, slots=True)
class Pauses:
    """Silence after a boundary, in milliseconds; `head` and `tail` stand at the ends of the file."""

    clause: int
    sentence: int
    line: int
    paragraph: int
    heading: int
    scene: int
    chapter: int
    head: int
    tail: int


@dataclass(frozen=True, slots=True)
class Settings:
    """The values in force. "auto", "off", "none" and "" mean what `configs/default.toml` says."""

    voice: str
    engine: str
    device: str
    workers: int | str
    threads: int
    batch: int
    speed: float
    noise: float | str
    seed: int
    language: str
    lexicon: str
    include_matter: bool
    format: str
    sample_rate: int
    bitrate: int | str
    loudness: float | str
    peak: float
    subtitles: str
    resume: bool
    progress: str
    pauses: Pauses


def build_settings(values: dict[str, Value]) -> Settings:
    """Turn checked values, one for each key of `RULES`, into the record."""
    plain = {_field(name): value for name, value in values.items() if "." not in name}
    pauses = {name.split(".")[1]: value for name, value in values.items() if name.startswith("pauses.")}
    return Settings(**plain, pauses=Pauses(**pauses))  # type: ignore[arg-type]  # checked by RULES


def _field(name: str) -> str:
    return name.replace("-", "_")
