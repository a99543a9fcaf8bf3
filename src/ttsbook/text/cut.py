"""Cuts printed text into pieces that the model can say in one breath.

Sentences first; short neighbours are joined, long ones cut into parts of about one length: at a clause, a
word, or anywhere.
Works with offsets: the pieces cover the text exactly.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ttsbook.text.script import HAN
from ttsbook.text.sentence import split_sentences
from ttsbook.types import Boundary

JOINED_WEIGHT = 120  # of joined sentences: about eight seconds of speech
SHORT_WEIGHT = 40  # a sentence that sounds lost on its own: "No." "He did."
_HAN_WEIGHT = 3  # a Chinese character takes as long to say as about three letters
_HAN_CHARACTER = re.compile(f"[{HAN}]")
_CLOSING = r"[\"'”’]*\s*"
_STRONG = rf"(?:—+|--+|[;:–…](?=[\s\"'”’—–])|[；：…]+[”’」』）》]*){_CLOSING}"
_WEAK = rf",(?=[\s\"'”’—–]){_CLOSING}|[，、]+[”’」』）》]*{_CLOSING}"
_OPENERS = (
    "although|and|as|because|before|but|for|if|nor|or|since|so|than|that|though|till|unless|until|when|where"
    "|whether|which|while|who|whom|whose|yet"
)
_PREPOSITIONS = "at|by|during|from|in|into|on|over|through|under|with|without"
# Not amid "in that", "of which", "and when".
_NO_JOINT = "".join(rf"(?<!\b{word}\s)" for word in f"{_PREPOSITIONS}|{_OPENERS}|of|to".split("|"))
# Where a long sentence is cut, the best place first, and how far from where it should be, at most, as a
# part of the length: a distant comma is better than none.
_PLACES = tuple(
    (re.compile(pattern), boundary, reach)
    for pattern, boundary, reach in (
        (_STRONG, Boundary.CLAUSE, 0.4),
        (rf",{_CLOSING}(?<=\s)(?=(?:{_OPENERS})\b)|，+[”’」』）》]*\s*", Boundary.CLAUSE, 0.4),
        (_WEAK, Boundary.CLAUSE, 0.4),
        (f"{_STRONG}|{_WEAK}", Boundary.CLAUSE, 0.7),
        (rf"(?<=\s){_NO_JOINT}(?=(?:{_OPENERS}|{_PREPOSITIONS})\b)", Boundary.NONE, 0.4),
        (r"\s+", Boundary.NONE, 0.4),
    )
)
_MOST_OF_TWO = 0.7  # of a text that is cut in two


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text and what ends after it."""

    start: int
    end: int
    boundary: Boundary


def cut_text(text: str, max_characters: int, *, by_line: bool = False) -> Iterator[Piece]:
    """Yield the pieces of `text`; the last one ends with `Boundary.SENTENCE`."""
    for start, end, boundary in _lines(text) if by_line else [(0, len(text), Boundary.SENTENCE)]:
        line = text[start:end]
        for piece in _join_short(line, _cut_sentences(line, max_characters), max_characters):
            closing = boundary if piece.end == len(line) else piece.boundary
            yield Piece(start + piece.start, start + piece.end, closing)


def cut_long(text: str, start: int, end: int, max_characters: int) -> Iterator[Piece]:
    """Yield pieces of at most `max_characters` of one sentence, the last with `Boundary.SENTENCE`."""
    while end - start > max_characters:
        length = (end - start) / math.ceil((end - start) / max_characters)
        cut, boundary = _best_cut(text, start, length, max_characters)
        yield Piece(start, cut, boundary)
        start = cut
    yield Piece(start, end, Boundary.SENTENCE)


def cut_in_two(text: str, start: int, end: int) -> Iterator[Piece]:
    """Yield two pieces of one sentence of two characters or more."""
    return cut_long(text, start, end, max(1, int(_MOST_OF_TWO * (end - start))))


def _lines(text: str) -> Iterator[tuple[int, int, Boundary]]:
    start = 0
    for line in text.split("\n"):
        end = min(start + len(line) + 1, len(text))
        if end > start:
            yield start, end, Boundary.LINE if end < len(text) else Boundary.SENTENCE
        start = end


def _cut_sentences(text: str, max_characters: int) -> Iterator[Piece]:
    for start, end in split_sentences(text):
        yield from cut_long(text, start, end, max_characters)


def _join_short(text: str, pieces: Iterator[Piece], max_characters: int) -> Iterator[Piece]:
    """Join sentences with a short neighbour, as a reader takes them in one breath."""
    held: Piece | None = None
    held_weight = 0
    for piece in pieces:
        weight = _weight(text, piece)
        if held is None:
            held, held_weight = piece, weight
            continue
        fits = held_weight + weight <= JOINED_WEIGHT and piece.end - held.start <= max_characters
        both_end = held.boundary is Boundary.SENTENCE and piece.boundary is Boundary.SENTENCE
        if fits and both_end and min(held_weight, weight) < SHORT_WEIGHT:
            held, held_weight = Piece(held.start, piece.end, piece.boundary), held_weight + weight
            continue
        yield held
        held, held_weight = piece, weight
    if held is not None:
        yield held


def _weight(text: str, piece: Piece) -> int:
    length = piece.end - piece.start
    if length > JOINED_WEIGHT or text.isascii():
        return length
    return length + (_HAN_WEIGHT - 1) * len(_HAN_CHARACTER.findall(text, piece.start, piece.end))


def _best_cut(text: str, start: int, length: float, most: int) -> tuple[int, Boundary]:
    """Return where to cut a piece of about `length`, of no more than `most`, and what kind of cut it is."""
    wanted = start + length
    for pattern, boundary, reach in _PLACES:
        low, high = math.ceil(wanted - reach * length), min(int(wanted + reach * length), start + most)
        cuts = (match.end() for match in pattern.finditer(text, low, high))
        cut = min(cuts, key=lambda place: abs(place - wanted), default=start)
        if cut > start:
            return cut, boundary
    return _safe_cut(text, start, max(start + 1, int(wanted))), Boundary.NONE


def _safe_cut(text: str, start: int, limit: int) -> int:
    """Return `limit`, or a little less so that no character is separated from its accent or joiner."""
    for cut in range(limit, max(start, limit - _LONGEST_CLUSTER), -1):
        if not _JOINS.match(text[cut]) and text[cut - 1] != "\u200d":
            return cut
    return limit


_LONGEST_CLUSTER = 32  # beyond it a run of combining marks is noise, not a character
_JOINS = re.compile(
    "[\u0300-\u036f\u1ab0-\u1aff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f\u200d\U0001f3fb-\U0001f3ff]"
)
