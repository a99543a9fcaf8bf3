"""Book, settings, voice and engine in; the list of chunks to speak out, each with its key.

A chunk's key is the SHA-256 of everything that changes its samples, and of nothing else: not of its
place in the book, the pause after it, loudness, codec or title, so that those can change and equal
sentences are spoken once. The seed comes from the content for the same reason.
Knows nothing of files, caches, processes or models.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from ttsbook import symbols
from ttsbook.book.select import select_chapters
from ttsbook.engines.base import Request
from ttsbook.engines.choose import model_of
from ttsbook.errors import InputError, RenderError
from ttsbook.render.credits import add_credits
from ttsbook.render.settings import PauseTable, RenderSettings
from ttsbook.render.tags import tags_of
from ttsbook.text.unspeakable import count_unspeakable
from ttsbook.types import Book, Chapter, Chunk, SpokenWord, VoiceProfile

SAMPLES_VERSION = 1  # part of every key; raise it when the same request is stored as other samples

# Read speech at speed 1, pauses left out, by measured narration: symbols include stress and tone marks.
_SECONDS_PER_SYMBOL = {"en": 0.057, "zh": 0.049}


class ChunkMaker(Protocol):
    """The part of `ttsbook.text.frontend.FrontEnd` that rendering uses."""

    def chunks(self, chapter: Chapter, default_language: str | None = None) -> Iterator[Chunk]: ...

    def sentence_ends(self, chunk: Chunk) -> tuple[tuple[int, int], ...]:
        """Return (end in the text, number of phonemes until there) of each sentence of a chunk.

        One entry for the whole chunk if it is one sentence, or where that is unknown.
        """
        ...

    def words(self, chunk: Chunk) -> tuple[SpokenWord, ...]:
        """Return the printed words of a chunk with their phonemes; empty where that is unknown."""
        ...


@dataclass(frozen=True, slots=True)
class Recipe:
    """What all chunks of a run have in common and what changes their samples."""

    engine: str  # whose samples they are: engines that share a model share chunks
    engine_fingerprint: str
    voice_fingerprint: str
    speed: float
    noise: float | None
    seed: int

    def seed_of(self, chunk: Chunk, attempt: int = 0) -> int:
        """Return the chunk's own seed, the same wherever it stands; each attempt has another."""
        digest = _digest((self.seed, chunk.phonemes, chunk.spoken, chunk.language, *_mark(attempt)))
        return int(digest[:15], 16)  # 60 bits: fits a signed 64-bit seed

    def key_of(self, chunk: Chunk, attempt: int = 0, voice_fingerprint: str = "") -> str:
        """Return the content address of the chunk's samples, spoken for the first time or again.

        In the narrator's voice if none is named.
        """
        return _digest(
            (
                SAMPLES_VERSION,
                symbols.VERSION,
                self.engine,
                self.engine_fingerprint,
                voice_fingerprint or self.voice_fingerprint,
                repr(self.speed),
                repr(self.noise),
                self.seed,
                chunk.language,
                chunk.phonemes,
                chunk.spoken,
                *_mark(attempt),
            )
        )


def _mark(attempt: int) -> tuple[str, ...]:
    """Return what tells an attempt from the first, which has no mark of its own."""
    return (f"attempt {attempt}",) if attempt else ()


@dataclass(frozen=True, slots=True)
class PlannedChunk:
    chunk: Chunk
    key: str  # "" if there is nothing to say
    attempt: int = 0  # 1 and more: spoken again with another seed, because it did not sound right


@dataclass(frozen=True, slots=True)
class PlannedChapter:
    chapter: Chapter
    chunks: tuple[PlannedChunk, ...]
    is_credit: bool = False  # not of the book

    @property
    def is_spoken(self) -> bool:
        return any(planned.key for planned in self.chunks)


@dataclass(frozen=True, slots=True)
class Plan:
    book: Book
    recipe: Recipe
    chapters: tuple[PlannedChapter, ...]
    left_out: tuple[Chapter, ...]  # chapters that were not chosen
    estimated_seconds: float  # of audio
    voices: Mapping[str, VoiceProfile] = field(default_factory=dict)  # besides the narrator's, by name
    # Set when the run begins:
    n_cached: int = 0  # chunks that are already there
    resumes: bool = False  # the last run to the same output was broken off

    @property
    def others(self) -> tuple[VoiceProfile, ...]:
        """Return who speaks besides the narrator."""
        return tuple(self.voices.values())

    @property
    def n_chunks(self) -> int:
        """Chunks with something to say."""
        return sum(1 for _ in self.spoken_chunks())

    def spoken_chunks(self) -> Iterator[PlannedChunk]:
        """Yield the chunks with something to say, in book order."""
        for chapter in self.chapters:
            yield from (planned for planned in chapter.chunks if planned.key)

    def key_of(self, chunk: Chunk, attempt: int) -> str:
        """Return the content address of the samples of an attempt."""
        voice = self.voices.get(chunk.voice)
        return self.recipe.key_of(chunk, attempt, voice.fingerprint if voice else "")

    def request(self, chunk: Chunk, attempt: int = 0) -> Request:
        """Return what the engine is asked for."""
        return Request(
            phonemes=chunk.phonemes,
            spoken=chunk.spoken,
            language=chunk.language,
            seed=self.recipe.seed_of(chunk, attempt),
            speed=self.recipe.speed,
            noise=self.recipe.noise,
            voice=self.voices.get(chunk.voice),
        )


def plan_book(
    book: Book,
    settings: RenderSettings,
    voice: VoiceProfile,
    front_end: ChunkMaker,
    engine_fingerprint: str,
    voices: Mapping[str, VoiceProfile] | None = None,
) -> Plan:
    """Plan every chunk of the chosen chapters; `voices` are those that chunks name besides the narrator's.

    Raises:
        UsageError: the choice of chapters makes no sense.
        InputError: nothing in them can be spoken.
        RenderError: the front end did not cover the text.
    """
    recipe = Recipe(
        model_of(settings.engine),
        engine_fingerprint,
        voice.fingerprint,
        settings.speed,
        settings.noise,
        settings.seed,
    )
    selected = select_chapters(book, settings.chapters, settings.include_matter)
    chosen = selected
    if settings.credits:
        tags = tags_of(book, voice, settings.language, overrides=settings.tags)
        chosen = add_credits(selected, tags, max(chapter.index for chapter in book.chapters))
    language = book.metadata.language if settings.language == "auto" else settings.language
    own = {chapter.index for chapter in selected}
    chapters = tuple(
        replace(
            _plan_chapter(chapter, front_end, language, recipe, voices or {}),
            is_credit=chapter.index not in own,
        )
        for chapter in chosen
    )
    if not any(chapter.is_spoken and not chapter.is_credit for chapter in chapters):
        raise _nothing_to_read(book, selected)
    return Plan(
        book=book,
        recipe=recipe,
        chapters=chapters,
        left_out=tuple(chapter for chapter in book.chapters if chapter.index not in own),
        estimated_seconds=_estimate(chapters, settings.speed, settings.pauses),
        voices=_used(chapters, voices or {}),
    )


def _nothing_to_read(book: Book, chosen: Iterable[Chapter]) -> InputError:
    if any(count_unspeakable(block.text) for chapter in chosen for block in chapter.blocks):
        return InputError(
            f"{book.source}: the chosen chapters are in a script that cannot be read",
            "ttsbook reads English and Mandarin",
        )
    return InputError(
        f"{book.source}: nothing to read in the chosen chapters",
        "see `ttsbook inspect` for what was skipped and why",
    )


def _used(chapters: Iterable[PlannedChapter], voices: Mapping[str, VoiceProfile]) -> dict[str, VoiceProfile]:
    """Return the voices that speak, in the order in which they are first heard."""
    named = (planned.chunk.voice for chapter in chapters for planned in chapter.chunks if planned.key)
    return {name: voices[name] for name in dict.fromkeys(named) if name}


def _plan_chapter(
    chapter: Chapter,
    front_end: ChunkMaker,
    language: str | None,
    recipe: Recipe,
    voices: Mapping[str, VoiceProfile],
) -> PlannedChapter:
    chunks = tuple(front_end.chunks(chapter, default_language=language))
    _check_cover(chapter, chunks)
    fingerprints = {name: profile.fingerprint for name, profile in voices.items()} | {"": ""}

    def key_of(chunk: Chunk) -> str:
        return recipe.key_of(chunk, 0, fingerprints[chunk.voice]) if chunk.phonemes else ""

    return PlannedChapter(chapter, tuple(PlannedChunk(chunk, key_of(chunk)) for chunk in chunks))


def _check_cover(chapter: Chapter, chunks: Iterable[Chunk]) -> None:
    """Make sure that no character is lost or read twice: the last look before hours of work."""
    reached = [0] * len(chapter.blocks)
    for chunk in chunks:
        block = chapter.blocks[chunk.block]
        if chunk.start != reached[chunk.block] or block.text[chunk.start : chunk.end] != chunk.text:
            raise _lost_text(chapter, chunk.block, reached[chunk.block])
        reached[chunk.block] = chunk.end
    for position, block in enumerate(chapter.blocks):
        if reached[position] != len(block.text):
            raise _lost_text(chapter, position, reached[position])


def _lost_text(chapter: Chapter, block: int, offset: int) -> RenderError:
    near = chapter.blocks[block].text[offset : offset + 40]
    return RenderError(
        f"chapter {chapter.index} ({chapter.title}): the text front end does not cover block {block} "
        f"at character {offset}: {near!r}",
        "this is a bug in ttsbook; please report it with the text",
    )


def pauses_of(chapter: PlannedChapter, pauses: PauseTable) -> Iterator[tuple[PlannedChunk, int]]:
    """Yield each chunk with the pause that it asks for after it, in milliseconds.

    A title that cannot be read, or an ornament, asks for none where nothing has been said yet: a chapter
    begins with its first words, however it is printed.
    """
    has_begun = False
    for planned in chapter.chunks:
        chunk = planned.chunk
        has_begun = has_begun or bool(planned.key)
        asked_ms = max(pauses.after_ms(chunk.boundary) if has_begun else 0, chunk.pause_ms)
        yield planned, asked_ms if chunk.exact_pause_ms is None else chunk.exact_pause_ms


def _estimate(chapters: Iterable[PlannedChapter], speed: float, pauses: PauseTable) -> float:
    speech = pause_ms = 0.0
    for chapter in chapters:
        for planned, after_ms in pauses_of(chapter, pauses):
            chunk = planned.chunk
            speech += len(chunk.phonemes) * _SECONDS_PER_SYMBOL.get(chunk.language, 0.057)
            pause_ms += after_ms
    return speech / speed + pause_ms / 1000


def _digest(values: tuple[str | int, ...]) -> str:
    # JSON marks where each value ends, so that no two lists of values give the same bytes.
    return hashlib.sha256(json.dumps(values, ensure_ascii=True).encode("ascii")).hexdigest()
