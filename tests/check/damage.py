"""Chunks to check: passages as the base voice speaks them, and the same damaged on purpose.

Everything follows from the passage and its number: the same table gives the same sound. What is dropped or
repeated is dropped or repeated in the text before it is spoken, as a model does it, and once in the sound.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np

from ttsbook.audio.wave import sound_span
from ttsbook.engines.base import EngineSpec, Request
from ttsbook.engines.vits2 import Vits2Engine
from ttsbook.text.frontend import FrontEnd
from ttsbook.types import Speech
from ttsbook.voice.store import find_voice

PASSAGES = Path(__file__).parent / "passages.tsv"
HARD = "one"  # a single word, or a single character: shorter than what is looked for
KINDS = ("dropped", "cut-out", "repeated", "language", "clipped", "silence", "level")
VOICES = {"en": ("nora", "arthur", "clara", "oscar", "henry"), "zh": ("mei", "jun", "lian", "wei")}


@dataclass(frozen=True, slots=True)
class Sample:
    """One chunk as it might come out of an engine."""

    kind: str  # one of KINDS, HARD, or "clean"
    language: str
    text: str
    spoken: str  # what should be heard
    samples: np.ndarray
    rate_hz: int


class Speaker:
    """The base voice, as a render would use it."""

    def __init__(self) -> None:
        self._engine = Vits2Engine(EngineSpec("vits2", "cpu"))
        self._front_end = FrontEnd()

    def say(self, text: str, language: str, number: int) -> tuple[Speech, str, str]:
        """Return (speech, spoken, phonemes) of a text."""
        spoken, phonemes, _ = self._front_end.say(text, language)
        voices = VOICES[language]
        request = Request(phonemes, spoken, language, seed=1000 + number)
        (speech,) = self._engine.speak([request], find_voice(voices[number % len(voices)]))
        return speech, spoken, phonemes


def read_passages(table: Path = PASSAGES) -> list[tuple[str, str]]:
    return [tuple(line.split("\t")) for line in table.read_text("utf-8").splitlines()]  # type: ignore[misc]


def make_samples(passages: list[tuple[str, str]], kinds_each: int = 2) -> Iterator[Sample]:
    """Yield each passage clean, then damaged in `kinds_each` ways."""
    speaker = Speaker()
    for number, (language, text) in enumerate(passages):
        random = Random(number)
        speech, spoken, phonemes = speaker.say(text, language, number)
        yield Sample("clean", language, text, spoken, speech.samples, speech.rate_hz)
        for step in range(kinds_each):
            kind = KINDS[(number + step * 3) % len(KINDS)]
            if kind in ("dropped", "repeated"):
                damaged, _, _ = speaker.say(_reworded(spoken, language, kind, random), language, number)
                samples = damaged.samples
            elif kind == "language":
                others = [other for tongue, other in passages if tongue != language]
                tongue = "zh" if language == "en" else "en"
                samples = speaker.say(others[number % len(others)], tongue, number)[0].samples
            else:
                samples = damage(kind, speech, phonemes, random)
            yield Sample(kind, language, text, spoken, samples, speech.rate_hz)


def make_hard_samples(passages: list[tuple[str, str]]) -> Iterator[Sample]:
    """Yield each passage without one word or character."""
    speaker = Speaker()
    for number, (language, text) in enumerate(passages):
        _, spoken, _ = speaker.say(text, language, number)
        damaged, _, _ = speaker.say(_reworded(spoken, language, HARD, Random(number)), language, number)
        yield Sample(HARD, language, text, spoken, damaged.samples, damaged.rate_hz)


def damage(kind: str, speech: Speech, phonemes: str, random: Random) -> np.ndarray:
    """Damage the sound of a chunk."""
    samples, rate_hz = speech.samples, speech.rate_hz
    gaps = [index for index, symbol in enumerate(phonemes) if symbol == " "]
    inner = gaps[len(gaps) // 5 : -max(1, len(gaps) // 5)]
    ends = speech.phoneme_ends
    if kind == "cut-out":
        first = random.randrange(max(1, len(inner) - 3))
        start, end = ends[inner[first]], ends[inner[min(len(inner) - 1, first + 3)]]
        return np.concatenate((samples[:start], samples[end:]))
    if kind == "clipped":
        start, end = sound_span(samples, rate_hz, keep_ms=0)
        return samples[: end - round(random.uniform(0.15, 0.35) * rate_hz)]
    at = ends[random.choice(inner)]
    if kind == "silence":
        pause = np.zeros(round(random.uniform(1.5, 3.0) * rate_hz), np.float32)
        return np.concatenate((samples[:at], pause, samples[at:]))
    assert kind == "level"
    changed = samples.copy()
    changed[at:] *= 10 ** (random.choice((-15, -12, 12)) / 20)
    return np.clip(changed, -1, 1)


def _reworded(spoken: str, language: str, kind: str, random: Random) -> str:
    """Return the text without a few words, or with a few said twice."""
    parts = spoken.split() if language == "en" else list(spoken)
    length = random.choice((2, 3)) if language == "en" else random.choice((3, 4))
    if kind == HARD:
        length = 1
    while True:
        start = random.randrange(1, len(parts) - length)
        phrase = parts[start : start + length]
        if all(part[0].isalpha() and part[-1].isalpha() for part in phrase):
            break
    kept = parts[:start] + (phrase * 2 if kind == "repeated" else []) + parts[start + length :]
    return (" " if language == "en" else "").join(kept)
