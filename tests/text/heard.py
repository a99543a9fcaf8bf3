"""Says rows of the normalisation tables and has Whisper listen: does it hear what a reader would say?

    python tests/text/heard.py            # needs the extra `qa`; some ten minutes of one core

Expected words and heard ones are compared by their sounds, so that "7" and "seven" agree. Prints a table in
Markdown by language and category, then the rows in which less than `AGREES` of the sounds were heard.
Short rows and rare names are misheard by Whisper itself; what counts is a category that stands out.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from score import FRONT_END, table

from ttsbook.audio.resample import resampled
from ttsbook.engines.base import EngineSpec, Request
from ttsbook.engines.choose import load_engine
from ttsbook.paths import packaged
from ttsbook.qa.compare import compare
from ttsbook.qa.whisper import RATE_HZ, Whisper
from ttsbook.qa.words import heard_words, words_of
from ttsbook.voice.profile import load_voice

PER_CATEGORY = 8
AGREES = 0.8
MIN_CHARACTERS = 12  # in what is spoken; Whisper makes up words for less
NARRATORS = {"en": "nora", "zh": "mei"}


@dataclass(frozen=True, slots=True)
class Heard:
    language: str
    category: str
    written: str
    expected: str
    heard: str
    agreement: float  # part of the sounds, 0 to 1


def rows(language: str) -> Iterator[tuple[str, str, str]]:
    """Yield category, written and expected of the first rows of each category that are long enough."""
    taken: dict[str, int] = defaultdict(int)
    least = MIN_CHARACTERS if language == "en" else MIN_CHARACTERS // 2
    for category, written, expected, *_ in table(f"normalize_{language}.tsv"):
        if len(expected) >= least and taken[category] < PER_CATEGORY:
            taken[category] += 1
            yield category, written, expected


def listen(language: str) -> Iterator[Heard]:
    """Yield what is heard in each row."""
    engine = load_engine(EngineSpec("vits2", "cpu"))
    voice = load_voice(packaged("voices") / f"{NARRATORS[language]}.toml").profile
    ear = Whisper(None, threads=1)
    for category, written, expected in rows(language):
        spoken, phonemes = FRONT_END.say(written, language)[:2]
        if not phonemes.strip():
            continue
        (speech,) = engine.speak([Request(phonemes, spoken, language, seed=0)], voice)
        samples = np.concatenate(list(resampled([speech.samples], engine.rate_hz, RATE_HZ)))
        text = ear.hear(samples, language).text
        said = words_of(expected, language)
        difference = compare(said, heard_words(text, language, said))
        yield Heard(language, category, written, expected, text, max(0.0, 1 - difference.unlike))


def main() -> None:
    found = [heard for language in NARRATORS for heard in listen(language)]
    groups: dict[tuple[str, str], list[Heard]] = defaultdict(list)
    for heard in found:
        groups[heard.language, heard.category].append(heard)
        groups[heard.language, "all"].append(heard)
    print("| language | category | rows | sounds heard | rows that agree |\n|---|---|--:|--:|--:|")
    for (language, category), group in sorted(groups.items()):
        agree = sum(heard.agreement >= AGREES for heard in group)
        mean = sum(heard.agreement for heard in group) / len(group)
        print(f"| {language} | {category} | {len(group)} | {mean:.0%} | {agree} |")
    print()
    for heard in found:
        if heard.agreement < AGREES:
            print(heard.language, heard.category, heard.written, heard.expected, heard.heard, sep="\t")


if __name__ == "__main__":
    main()
