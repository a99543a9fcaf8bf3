"""One performance of a chunk in, what is wrong with it out: by the sound, and by what is heard in it.

The thresholds were set on passages other than those on which precision and recall are measured
(tests/check). Knows nothing of other chunks, or of what is done about a bad one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Protocol

import numpy as np

from ttsbook.audio.resample import resampled
from ttsbook.audio.wave import Samples
from ttsbook.qa.compare import Difference, Gap, compare
from ttsbook.qa.signal import Measures, measure
from ttsbook.qa.verdict import Finding, Verdict
from ttsbook.qa.whisper import RATE_HZ, Whisper, check_installed, fingerprint, runtime_version
from ttsbook.qa.words import heard_words, words_of

VERSION = 1  # raise it when the same sound may get another verdict

_DROPPED_SOUNDS = {"en": 4, "zh": 3}  # symbols in one gap: a word or two, a syllable or two
_REPEATED_SOUNDS = {"en": 4, "zh": 3}
_ADDED_SOUNDS = {"en": 6, "zh": 6}
_UNLIKE = 0.45  # part of the symbols that are not those of the text
_MIN_UNLIKE = 6  # symbols: nobody can tell a lone "two" from "so"
_OTHER_LANGUAGE = 0.7  # probability of the most likely other one
_EDGE_DB = -35.0  # of the first and last moments, relative to the speech: louder is cut off
_SILENCE_SECONDS = 1.2  # at speed 1
_RISE_DB, _FALL_DB = 7.5, -10.2  # speech falls by itself towards the end of a sentence
_NAMES = {"en": "English", "zh": "Chinese"}


@dataclass(frozen=True, slots=True)
class Performance:
    """The sound of one chunk and what should be heard in it."""

    samples: Samples
    rate_hz: int
    spoken: str
    language: str  # "en" or "zh"
    speed: float = 1.0


class Ear(Protocol):
    """The seam between rendering and listening."""

    @property
    def fingerprint(self) -> str:
        """Hash of all that changes verdicts besides the performance."""
        ...

    def judge(self, performance: Performance) -> Verdict: ...


class Judge:
    """Listens with Whisper.

    Args:
        model: folder of a faster-whisper model; None is the base model from its packages.
        threads: of the processor.

    Raises:
        MissingError: the extra `qa` or the model is missing.
    """

    def __init__(self, model: Path | None = None, *, threads: int = 1) -> None:
        check_installed(model)
        self._model = model
        self._threads = threads
        self.fingerprint = f"{VERSION} {runtime_version()} {fingerprint(model)}"

    @cached_property
    def _whisper(self) -> Whisper:
        # Loaded when there is something to hear: what was heard in an earlier run is known.
        return Whisper(self._model, threads=self._threads)

    def judge(self, performance: Performance) -> Verdict:
        """Return what is wrong with a performance. Equal sound gets an equal verdict."""
        measures = measure(performance.samples, performance.rate_hz)
        blocks = list(resampled([performance.samples], performance.rate_hz, RATE_HZ))
        sound = np.concatenate(blocks)
        heard = self._whisper.hear(sound, performance.language)
        said = words_of(performance.spoken, performance.language)
        difference = compare(said, heard_words(heard.text, performance.language, said))
        findings = list(findings_in_words(difference, performance.language, measures.seconds))
        if any(finding.fault == "misheard" for finding in findings):
            findings += _findings_in_language(self._whisper.chances(sound), performance.language)
        findings += findings_in_sound(measures, performance.speed)
        return Verdict(heard.text, measures.level_db, tuple(findings))


def findings_in_sound(measures: Measures, speed: float = 1.0) -> Iterator[Finding]:
    """Yield what is wrong with the sound alone."""
    if measures.head_db > _EDGE_DB:
        yield Finding("clipped", "starts in the middle of a sound", 0.0)
    if measures.tail_db > _EDGE_DB:
        yield Finding("clipped", "ends in the middle of a sound", measures.seconds)
    if measures.silence_seconds > _SILENCE_SECONDS / min(1.0, speed):
        text = f"{measures.silence_seconds:.1f} s of silence"
        yield Finding("silence", text, measures.silence_start)
    if not _FALL_DB <= measures.jump_db <= _RISE_DB:
        text = f"the level jumps by {measures.jump_db:+.0f} dB"
        yield Finding("level", text, measures.jump_start)


def findings_in_words(difference: Difference, language: str, seconds: float) -> Iterator[Finding]:
    """Yield what is wrong with the words; `seconds` is the length of the chunk."""
    if difference.unlike > _UNLIKE and difference.n_unlike >= _MIN_UNLIKE:
        text = f"{min(1.0, difference.unlike):.0%} of the sounds differ from the text"
        yield Finding("misheard", text, None, 2 + difference.unlike)
        return  # gaps in what cannot be recognised say nothing
    for fault, gaps, least in (
        ("dropped", difference.dropped, _DROPPED_SOUNDS[language]),
        ("repeated", difference.repeated, _REPEATED_SOUNDS[language]),
        ("added", difference.added, _ADDED_SOUNDS[language]),
    ):
        yield from (_finding(fault, gap, seconds) for gap in gaps if gap.sounds >= least)


def _finding(fault: str, gap: Gap, seconds: float) -> Finding:
    return Finding(fault, gap.text, round(gap.at * seconds, 2), 1 + gap.sounds / 10)


def _findings_in_language(chances: dict[str, float], language: str) -> Iterator[Finding]:
    alike = {"zh": ("zh", "yue")}.get(language, (language,))
    likely = max(chances, key=lambda code: chances[code])
    if likely not in alike and chances[likely] > _OTHER_LANGUAGE:
        yield Finding("language", f"sounds like {_NAMES.get(likely, likely)}, not {_NAMES[language]}", 0.0, 3)


def with_findings(verdict: Verdict, *more: Finding) -> Verdict:
    """Return the verdict with what others have found."""
    return replace(verdict, findings=verdict.findings + more)
