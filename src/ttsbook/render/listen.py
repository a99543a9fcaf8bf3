"""A spoken book in, the performances to use out: each chunk is heard, and bad ones are spoken again.

    chunk ──► verdict ── good ──────────────────────────────► used
                 └────── bad ──► other seed ──► verdict … ──► the best of them, flagged if none is good

Seeds follow from the chunk and the number of the attempt, and verdicts from the sound, so the same book
gives the same bytes however often it was broken off.
Knows nothing of Whisper, pauses, or of how the findings are shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from statistics import median

from ttsbook.qa.judge import Performance, with_findings
from ttsbook.qa.verdict import Finding, Verdict
from ttsbook.render.plan import Plan, PlannedChapter, PlannedChunk
from ttsbook.render.pool import Pool
from ttsbook.render.speech import SpeechSource, SpokenStore
from ttsbook.render.verdicts import VerdictStore

LEVEL_DB = 9.0  # from the middle of the book
_MIN_CHUNKS = 5  # a middle of fewer says little

OpenPool = Callable[[int], AbstractContextManager[Pool]]  # for so many chunks to speak
_Levels = dict[tuple[str, str], float]  # by voice and language
Tell = Callable[[int, int], None]  # chunks heard, of how many


@dataclass(frozen=True, slots=True)
class Take:
    """One performance of a chunk and its verdict."""

    planned: PlannedChunk
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Heard:
    """All takes of one chunk, in order; equal chunks of a book share them."""

    takes: tuple[Take, ...]

    @property
    def best(self) -> Take:
        """The take to use: the first of those with least against it."""
        return min(self.takes, key=lambda take: take.verdict.badness)

    @property
    def is_flagged(self) -> bool:
        return bool(self.best.verdict.findings)

    @property
    def is_mended(self) -> bool:
        return not self.is_flagged and self.best is not self.takes[0]


@dataclass(frozen=True, slots=True)
class Listening:
    """What came of it."""

    plan: Plan  # with the takes to use
    heard: dict[str, Heard]  # by the key of the chunk in that plan

    def noteworthy(self) -> Iterator[tuple[PlannedChapter, PlannedChunk, int, Heard]]:
        """Yield what was not good at once, with its number among the spoken chunks of the book."""
        number = 0
        for chapter in self.plan.chapters:
            for planned in chapter.chunks:
                if planned.key:
                    heard = self.heard[planned.key]
                    if heard.is_flagged or heard.is_mended:
                        yield chapter, planned, number, heard
                    number += 1


class Listener:
    """Listens to the chunks of one plan.

    Args:
        plan: what was spoken.
        store: where the speech is.
        verdicts: who listens.
        open_pool: opens one that speaks so many chunks.
        rate_hz: of the engine.
        attempts: how often a bad chunk is rendered again at most.
        tell: is told how far it is.
    """

    def __init__(
        self,
        plan: Plan,
        store: SpokenStore,
        verdicts: VerdictStore,
        open_pool: OpenPool,
        *,
        rate_hz: int,
        attempts: int,
        tell: Tell,
    ) -> None:
        self._plan = plan
        self._store = store
        self._verdicts = verdicts
        self._open_pool = open_pool
        self._rate_hz = rate_hz
        self._attempts = attempts
        self._tell = tell

    def listen(self) -> Listening:
        """Hear every chunk, and have bad ones spoken again until they are good or the attempts are used."""
        chunks = list({planned.key: planned for planned in self._plan.spoken_chunks()}.values())
        first = self._hear(chunks)
        levels = _middle_levels(first)
        takes = {take.planned.key: [_with_level(take, levels)] for take in first}
        for attempt in range(1, self._attempts + 1):
            bad = {key: tried for key, tried in takes.items() if _is_bad(tried)}
            again = [self._again(tried[0].planned, attempt) for tried in bad.values()]
            for tried, take in zip(bad.values(), self._hear(again), strict=True):
                tried.append(_with_level(take, levels))
        heard = {key: Heard(tuple(tried)) for key, tried in takes.items()}
        return Listening(_with_best(self._plan, heard), {one.best.planned.key: one for one in heard.values()})

    def _again(self, planned: PlannedChunk, attempt: int) -> PlannedChunk:
        key = self._plan.key_of(planned.chunk, attempt)
        return replace(planned, key=key, attempt=attempt)

    def _hear(self, chunks: list[PlannedChunk]) -> list[Take]:
        """Return a take of each chunk; those that are not there are spoken first."""
        missing = sum(not self._store.has(planned.key) for planned in chunks)
        takes: list[Take] = []
        if not chunks:
            return takes
        with self._open_pool(missing) as pool:
            speeches = SpeechSource(self._plan, self._store, pool, self._rate_hz).stream(chunks)
            for planned, speech in zip(chunks, speeches, strict=True):
                chunk = planned.chunk
                performance = Performance(
                    speech.samples, speech.rate_hz, chunk.spoken, chunk.language, self._plan.recipe.speed
                )
                takes.append(Take(planned, self._verdicts.verdict_of(performance)))
                self._tell(len(takes), len(chunks))
        return takes


def _is_bad(takes: Iterable[Take]) -> bool:
    return all(take.verdict.findings for take in takes)


def _middle_levels(takes: Iterable[Take]) -> _Levels:
    """Return the usual level of each voice in each language, where there is enough to tell."""
    levels: dict[tuple[str, str], list[float]] = {}
    for take in takes:
        levels.setdefault(_kind(take), []).append(take.verdict.level_db)
    return {kind: median(found) for kind, found in levels.items() if len(found) >= _MIN_CHUNKS}


def _kind(take: Take) -> tuple[str, str]:
    return take.planned.chunk.voice, take.planned.chunk.language


def _with_level(take: Take, levels: _Levels) -> Take:
    """Add what only the rest of the book can tell: that a chunk is far louder or quieter."""
    middle = levels.get(_kind(take))
    if middle is None or abs(take.verdict.level_db - middle) <= LEVEL_DB:
        return take
    away = take.verdict.level_db - middle
    finding = Finding("level", f"{abs(away):.0f} dB {'louder' if away > 0 else 'quieter'} than the book", 0.0)
    return replace(take, verdict=with_findings(take.verdict, finding))


def _with_best(plan: Plan, heard: dict[str, Heard]) -> Plan:
    def best(planned: PlannedChunk) -> PlannedChunk:
        if not planned.key:
            return planned
        chosen = heard[planned.key].best.planned
        return replace(planned, key=chosen.key, attempt=chosen.attempt)

    chapters = (replace(chapter, chunks=tuple(map(best, chapter.chunks))) for chapter in plan.chapters)
    return replace(plan, chapters=tuple(chapters))
