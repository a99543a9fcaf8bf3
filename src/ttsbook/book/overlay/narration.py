"""What is said when: the records that the renderer fills and the writer reads."""

from __future__ import annotations

from dataclasses import dataclass

from ttsbook.types import Place


@dataclass(frozen=True, slots=True)
class Sentence:
    """A printed sentence, or the part of one that stands in one block, and the sound that says it."""

    place: Place
    start: int  # offsets in Block.text
    end: int
    track: int  # position among the tracks
    begin_ms: int  # in the track
    end_ms: int  # where the next sentence begins: pauses belong to what they follow
    words: tuple[tuple[int, int], ...] = ()  # (offset in Block.text, begin in ms) of each, if known


@dataclass(frozen=True, slots=True)
class Narration:
    n_tracks: int  # audio files; the clips of the sentences in one follow one another without gaps
    sentences: tuple[Sentence, ...]  # in the order of the book
    narrator: str
    mark: str  # who made the file from which book; stands in the file as a comment

    @property
    def documents(self) -> frozenset[str]:
        """Return the names of the files that sentences stand in."""
        return frozenset(sentence.place.document for sentence in self.sentences)


@dataclass(frozen=True, slots=True)
class Par:
    """An element of a document and the stretch of sound that goes with it."""

    id: str
    track: int
    begin_ms: int
    end_ms: int
