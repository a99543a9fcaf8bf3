"""Every setting once: its name, what it may be, and the records that hold the values.

One name serves everywhere: the key `sample-rate` in a file is the flag `--sample-rate` and the
variable `TTSBOOK_SAMPLE_RATE`. The values themselves are in `configs/default.toml`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ttsbook.choices import ACCENTS, CUES, EMOJI, EXECUTORS, FORMATS, LANGUAGES, SUBTITLES
from ttsbook.config.rule import Choice, Flag, Names, Number, Rule, Text, Value, Whole

SPLITS = ("none", "chapter")
PROGRESS = ("auto", "plain", "json", "none")
PRESETS = ("default", "draft", "studio", "acx")

_PAUSE = Whole(0, 20_000, "milliseconds")

RULES: dict[str, Rule] = {
    "voice": Text("the name of a voice, or the path of a clip", may_be_path=True),
    "ref-text": Text("the words spoken in the clip"),
    "engine": Text("the name of an engine (see `ttsbook doctor`)"),
    "device": Text('"auto", "cpu", "cuda" or "cuda:N"'),
    "executor": Choice(EXECUTORS),
    "ray-address": Text("the address of a Ray cluster, or empty"),
    "workers": Whole(1, 256, word="auto"),
    "threads": Whole(1, 64),
    "batch": Whole(1, 1024, word="auto"),
    "speed": Number(0.5, 2.0),
    "noise": Number(0.0, 2.0, word="auto"),
    "seed": Whole(0, 2**31 - 1),
    "language": Choice(LANGUAGES),
    "lexicon": Text("the path of a lexicon file, or empty", is_path=True),
    "accent": Choice(("auto", *ACCENTS)),
    "emoji": Choice(EMOJI),
    "include-matter": Flag(),
    "format": Choice(FORMATS),
    "sample-rate": Whole(8000, 48000, "Hz"),
    "bitrate": Whole(16, 320, "kbit/s", word="auto"),
    "loudness": Number(-40.0, -10.0, "LUFS", word="off"),
    "rms": Number(-40.0, -10.0, "dB", word="off"),
    "room-tone": Number(-100.0, -60.0, "dB", word="off"),
    "split": Choice(SPLITS),
    "credits": Flag(),
    "peak": Number(-9.0, -0.1, "dBTP"),
    "subtitles": Choice(("none", *SUBTITLES)),
    "cues": Choice(CUES),
    "check": Flag(),
    "check-model": Text("the path of a folder with a faster-whisper model, or empty", is_path=True),
    "check-attempts": Whole(0, 20),
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
    "fallback.allowed": Flag(),
    "fallback.engines": Names("a list of engine names"),
    "vits2.model": Text("the path of a folder, or empty", is_path=True),
    "vits2.runtime": Choice(("auto", "onnx", "torch")),
    "vits2.precision": Choice(("auto", "fp32", "fp16", "bf16", "int8")),
    "cosyvoice.model": Text("the path of a folder, or empty", is_path=True),
    "cosyvoice.code": Text("the path of a folder, or empty", is_path=True),
    "coqui.model": Choice(("xtts_v2", "your_tts", "vits")),
    "coqui.agree": Text("the name of the model's licence, or empty"),
    "kokoro.voices": Text("the path of a folder, or empty", is_path=True),
    "kokoro.english": Text("the name of a voice pack"),
    "kokoro.mandarin": Text("the name of a voice pack"),
    "piper.model": Text("the path of a file, or empty", is_path=True),
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
class FallbackRules:
    """What to do when something cannot be done as asked."""

    allowed: bool
    engines: tuple[str, ...]  # the order in which they follow one another


@dataclass(frozen=True, slots=True)
class Vits2Means:
    """Where the base voice lies, "" is in the package, and by what it is computed."""

    model: str
    runtime: str
    precision: str


@dataclass(frozen=True, slots=True)
class CosyVoicePlaces:
    """Where an installed CosyVoice lies; "" is nowhere."""

    model: str
    code: str


@dataclass(frozen=True, slots=True)
class CoquiModel:
    """Which of Coqui's models, and the licence that was agreed to; "" is none."""

    model: str
    agree: str


@dataclass(frozen=True, slots=True)
class KokoroPlaces:
    """Where Kokoro's voice packs lie, and which one reads which language; "" is the usual folder."""

    voices: str
    english: str
    mandarin: str


@dataclass(frozen=True, slots=True)
class PiperPlaces:
    """Where a voice of Piper lies; "" is the packaged one."""

    model: str


@dataclass(frozen=True, slots=True)
class Settings:
    """The values in force. "auto", "off", "none" and "" mean what `configs/default.toml` says."""

    voice: str
    ref_text: str
    engine: str
    device: str
    executor: str
    ray_address: str
    workers: int | str
    threads: int
    batch: int | str
    speed: float
    noise: float | str
    seed: int
    language: str
    lexicon: str
    accent: str
    emoji: str
    include_matter: bool
    format: str
    sample_rate: int
    bitrate: int | str
    loudness: float | str
    rms: float | str
    room_tone: float | str
    split: str
    credits: bool
    peak: float
    subtitles: str
    cues: str
    check: bool
    check_model: str
    check_attempts: int
    resume: bool
    progress: str
    pauses: Pauses
    fallback: FallbackRules
    vits2: Vits2Means
    cosyvoice: CosyVoicePlaces
    coqui: CoquiModel
    kokoro: KokoroPlaces
    piper: PiperPlaces


# Sections that tell an engine something; each has the engine's name.
ENGINE_SECTIONS: dict[str, type[Any]] = {
    "vits2": Vits2Means,
    "cosyvoice": CosyVoicePlaces,
    "coqui": CoquiModel,
    "kokoro": KokoroPlaces,
    "piper": PiperPlaces,
}
SECTIONS: dict[str, type[Any]] = {"pauses": Pauses, "fallback": FallbackRules, **ENGINE_SECTIONS}


def build_settings(values: dict[str, Value]) -> Settings:
    """Turn checked values, one for each key of `RULES`, into the record."""
    plain = {_field(name): value for name, value in values.items() if "." not in name}
    records = {section: record(**_section(values, section)) for section, record in SECTIONS.items()}
    return Settings(**plain, **records)  # type: ignore[arg-type]  # checked by RULES


def _section(values: dict[str, Value], section: str) -> dict[str, Any]:
    prefix = f"{section}."
    return {name.removeprefix(prefix): value for name, value in values.items() if name.startswith(prefix)}


def _field(name: str) -> str:
    return name.replace("-", "_")
