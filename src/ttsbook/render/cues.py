"""Pieces of the book in, subtitle cues out: one for each printed sentence.

A chunk may hold several short sentences. Where one ends in the sound follows from the ends of the phonemes,
if the engine tells them and the front end can say which phonemes belong to which sentence.
Knows nothing of files or subtitle formats.
"""

from __future__ import annotations

from collections.abc import Iterator

from ttsbook.audio.subtitles import Cue
from ttsbook.render.assemble import Piece
from ttsbook.render.plan import ChunkMaker
from ttsbook.types import Chunk


class CueTrack:
    """The cues of a book in the order of its pieces."""

    def __init__(self, front_end: ChunkMaker) -> None:
        self._front_end = front_end
        self._cues: list[tuple[int, Cue]] = []  # chapter position, cue

    def add(self, position: int, start: int, piece: Piece) -> None:
        """Note what is spoken in a piece that begins at sample `start`."""
        if piece.planned is None:
            return
        chunk, n_samples = piece.planned.chunk, len(piece.samples)
        reached = 0
        for text, end in self._sentences(chunk, piece.phoneme_ends, n_samples):
            self._cues.append((position, Cue(start + reached, start + end, text.strip())))
            reached = end

    def cues(self, position: int | None = None) -> Iterator[Cue]:
        """Yield the cues of the book, or of the chapter at `position`."""
        return (cue for at, cue in self._cues if position in (None, at))

    def _sentences(
        self, chunk: Chunk, phoneme_ends: tuple[int, ...], n_samples: int
    ) -> Iterator[tuple[str, int]]:
        """Yield each sentence of the chunk with the sample where it ends."""
        if len(phoneme_ends) == len(chunk.phonemes):
            start = 0
            for end, n_phonemes in self._front_end.sentence_ends(chunk)[:-1]:
                yield chunk.text[start:end], phoneme_ends[n_phonemes - 1]
                start = end
            yield chunk.text[start:], n_samples
        else:
            yield chunk.text, n_samples
