"""What listening to a book has found, by time: plain values for JSON and for the page.

Knows nothing of how either looks.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from ttsbook.qa.verdict import Verdict
from ttsbook.render.listen import Listening
from ttsbook.render.measure import Place
from ttsbook.render.settings import renamed

SCHEMA_VERSION = 1
SUFFIXES = (".check.json", ".check.html")  # of the files beside the output


def report_paths(output: Path) -> tuple[Path, Path]:
    """Return the two files that a checked render writes beside its output."""
    data, page = (renamed(output, suffix) for suffix in SUFFIXES)
    return data, page


@dataclass(frozen=True, slots=True)
class Passage:
    """One chunk that was not good at once."""

    chapter: int  # index
    title: str  # of the chapter
    start_seconds: float  # in the book
    chapter_seconds: float  # the same from the start of the chapter
    seconds: float
    text: str  # as printed
    spoken: str
    language: str
    attempt: int  # whose sound is in the book; 0 is the first
    flagged: bool  # no attempt was good: someone should listen
    takes: tuple[Verdict, ...]  # of all attempts

    @property
    def verdict(self) -> Verdict:
        """Return what is said of the sound that is in the book."""
        return self.takes[self.attempt]


@dataclass(frozen=True, slots=True)
class CheckReport:
    """One book that was listened to."""

    title: str
    output: str
    mark: str  # shows which book it is of
    judge: str  # what listened
    chunks: int
    mended: int  # good now, after being spoken again
    flagged: int
    passages: tuple[Passage, ...]

    def as_json(self) -> str:
        values = asdict(self)
        for passage, values_of in zip(self.passages, values["passages"], strict=True):
            values_of["takes"] = [take.as_dict() for take in passage.takes]
        return json.dumps({"schema_version": SCHEMA_VERSION, **values}, ensure_ascii=False, indent=2) + "\n"


def passages_of(listening: Listening, places: Sequence[Place], rate_hz: int) -> Iterator[Passage]:
    """Yield what was not good at once, in book order; `places` are those of all spoken chunks."""
    for chapter, planned, number, heard in listening.noteworthy():
        place, chunk = places[number], planned.chunk
        yield Passage(
            chapter=chapter.chapter.index,
            title=chapter.chapter.title,
            start_seconds=round(place.start / rate_hz, 3),
            chapter_seconds=round((place.start - place.chapter_start) / rate_hz, 3),
            seconds=round(place.n_samples / rate_hz, 3),
            text=chunk.text.strip(),
            spoken=chunk.spoken,
            language=chunk.language,
            attempt=planned.attempt,
            flagged=heard.is_flagged,
            takes=tuple(take.verdict for take in heard.takes),
        )
