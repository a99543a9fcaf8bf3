"""Pieces of the book in, subtitle cues out: one for each printed sentence, or several for a long one.

A chunk may hold several short sentences. Where a sentence or a word ends in the sound follows from the ends
of the phonemes, if the engine reports them and the front end can say which phonemes belong to which.
Knows nothing of files or subtitle formats.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from ttsbook.audio.subtitles import LINE_CHARACTERS, WIDE_LINE_CHARACTERS, Cue, is_wide
from ttsbook.render.assemble import Piece
from ttsbook.render.plan import ChunkMaker
from ttsbook.text.cut import cut_long
from ttsbook.types import Chunk, SpokenWord

_LINES = 1.9  # of text at a time, by the usual guides two; where they break, some room is lost
_OPENING = frozenset("“‘「『（《〈【〔([{«")


@dataclass(frozen=True, slots=True)
class Told:
    """A printed sentence, or the part of a long one that is said in one go, and when it is said."""

    position: int  # of its chapter in the plan
    chunk: Chunk
    start: int  # offset in Chunk.text
    end: int
    cue: Cue
    shown: tuple[Cue, ...]  # the same, in parts that are short enough for a screen


class CueTrack:
    """The cues of a book in the order of its pieces; with `by_word` they know when each word is said."""

    def __init__(self, front_end: ChunkMaker, *, by_word: bool = False) -> None:
        self._front_end = front_end
        self._by_word = by_word
        self._told: list[Told] = []

    def add(self, position: int, start: int, piece: Piece) -> None:
        """Note what is spoken in a piece that begins at sample `start`."""
        if piece.planned is None:
            return
        chunk, reached, printed = piece.planned.chunk, 0, 0
        words = self._words(chunk, piece)
        for text_end, end in self._sentences(chunk, piece):
            own = [word for word in words if printed <= word.start < text_end]
            cue = Cue(
                start + reached,
                start + end,
                chunk.text[printed:text_end].strip(),
                _word_cues(chunk.text, own, (printed, text_end), piece, start),
            )
            shown = tuple(_in_parts(cue))
            if not self._by_word:  # those of a whole book would take memory
                cue, shown = _without_words(cue), tuple(map(_without_words, shown))
            self._told.append(Told(position, chunk, printed, text_end, cue, shown))
            reached, printed = end, text_end

    def told(self) -> tuple[Told, ...]:
        """Return what is said when, in the order of the book."""
        return tuple(self._told)

    def cues(self, position: int | None = None) -> Iterator[Cue]:
        """Yield the cues of the book, or of the chapter at `position`, each short enough for a screen."""
        return (cue for told in self._told if position in (None, told.position) for cue in told.shown)

    def _sentences(self, chunk: Chunk, piece: Piece) -> Iterator[tuple[int, int]]:
        """Yield (offset in the text, sample of the piece) where each sentence of the chunk ends."""
        if len(piece.phoneme_ends) == len(chunk.phonemes):
            for end, n_phonemes in self._front_end.sentence_ends(chunk)[:-1]:
                yield end, piece.phoneme_ends[n_phonemes - 1]
        yield len(chunk.text), len(piece.samples) - piece.n_trail

    def _words(self, chunk: Chunk, piece: Piece) -> tuple[SpokenWord, ...]:
        known = len(piece.phoneme_ends) == len(chunk.phonemes)
        wanted = self._by_word or len(chunk.text) > _at_a_time(chunk.text)
        return self._front_end.words(chunk) if known and wanted else ()


def _without_words(cue: Cue) -> Cue:
    return replace(cue, words=()) if cue.words else cue


def _at_a_time(text: str) -> int:
    """Return how many characters of a text are shown at once."""
    return int(_LINES * (WIDE_LINE_CHARACTERS if is_wide(text) else LINE_CHARACTERS))


def _in_parts(cue: Cue) -> Iterator[Cue]:
    """Yield a cue, or parts of one that is too long, each shown until the next one begins."""
    cuts = [piece.end for piece in cut_long(cue.text, 0, len(cue.text), _at_a_time(cue.text))]
    parts: list[list[Cue]] = [[]]
    reached = 0
    for word in cue.words:
        if parts[-1] and reached >= cuts[0]:
            parts.append([])
        while reached >= cuts[0]:
            cuts.pop(0)
        parts[-1].append(word)
        reached += len(word.text)
    if len(parts) == 1:
        yield cue
        return
    starts = [cue.start, *(words[0].start for words in parts[1:]), cue.end]
    for words, (start, end) in zip(parts, pairwise(starts), strict=True):
        yield Cue(start, end, "".join(word.text for word in words).strip(), tuple(words))


def _word_cues(
    text: str, words: list[SpokenWord], sentence: tuple[int, int], piece: Piece, start: int
) -> tuple[Cue, ...]:
    """Return a cue for each word; their texts, marks and spaces included, make up the sentence."""
    begin, end = sentence
    cues: list[Cue] = []
    for index, word in enumerate(words):
        following = words[index + 1].start if index + 1 < len(words) else end
        cut = end if index + 1 == len(words) else word.end + _own_marks(text[word.end : following])
        first = piece.phoneme_ends[word.first - 1] if word.first else 0
        last = piece.phoneme_ends[word.last - 1]
        if index == 0:
            begin += len(text[begin:cut]) - len(text[begin:cut].lstrip())
        cues.append(Cue(start + first, start + last, text[begin:cut]))
        begin = cut
    return tuple(_with_length(cues))


def _own_marks(gap: str) -> int:
    """Return how much of what stands between two words belongs to the first."""
    for at, character in enumerate(gap):
        if character.isspace():
            return at + len(gap[at:]) - len(gap[at:].lstrip())
        if character in _OPENING:
            return at
    return len(gap)


def _with_length(cues: list[Cue]) -> Iterator[Cue]:
    """Join words of no length, cut off with the silence at the edge, to the word before or after them."""
    held: Cue | None = None
    for cue in cues:
        if held is not None and (held.start == held.end or cue.start == cue.end):
            held = Cue(held.start, max(held.end, cue.end), held.text + cue.text)
            continue
        if held is not None:
            yield held
        held = cue
    if held is not None:
        yield held
