"""Chapters to chunks: the entry point of the text package.

    Chapter ─ blocks ─► pieces of printed text ─► spoken words ─► phonemes ─► Chunk

Knows nothing of files, voices or pauses in milliseconds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ttsbook.choices import ACCENTS, EMOJI
from ttsbook.symbols import PUNCTUATION, SYMBOL_IDS
from ttsbook.text.align import align_words
from ttsbook.text.cut import Piece, cut_in_two, cut_text
from ttsbook.text.emoji import name_emoji
from ttsbook.text.g2p.english import spell_letters
from ttsbook.text.gloss import read_glosses
from ttsbook.text.lexicon import Lexicon
from ttsbook.text.marks import MarkReader, marks_of
from ttsbook.text.markup import claims_of, languages_of, within
from ttsbook.text.normalize import Normalized, normalize
from ttsbook.text.normalize.normalize import fold
from ttsbook.text.phonemes import Fixed, close_utterance, to_phonemes
from ttsbook.text.script import dominant_language, short_language
from ttsbook.text.sentence import split_sentences
from ttsbook.types import (
    Block,
    BlockKind,
    Boundary,
    Chapter,
    Chunk,
    Markup,
    MarkupKind,
    SpokenWord,
)

_SYMBOLS = frozenset(SYMBOL_IDS)
_ENDED = re.compile(r"[.!?…。！？；]['\"”’»)」』）]*\s*$")  # a text that needs no comma before a break
_LETTER_A = re.compile(r"\bA\b")  # beside a number, as in A4 and 12a, no article
_SPELT_RULES = ("initials", "acronym")
_MARK_AFTER = {Boundary.NONE: ",", Boundary.CLAUSE: ","}  # what an unfinished piece ends with; else a stop


class FrontEnd:
    """Turns chapters into chunks that a model can speak.

    Args:
        language: "en", "zh", or "auto" to tell from each chunk's letters.
        lexicon: the user's own readings.
        accent: "american" or "british", of English words.
        emoji: "silent", or "name" to say what they show.
        max_characters: ceiling for the printed text of a chunk.
        max_phonemes: ceiling for its phonemes, at least 40.

    Deterministic and safe to share between threads.
    """

    def __init__(
        self,
        *,
        language: str = "auto",
        lexicon: Lexicon | None = None,
        accent: str = "american",
        emoji: str = "silent",
        max_characters: int = 500,
        max_phonemes: int = 400,
    ) -> None:
        if language not in ("auto", "en", "zh"):
            raise ValueError(f"language must be auto, en or zh, not {language!r}")
        if accent not in ACCENTS or emoji not in EMOJI:
            raise ValueError(f"no such accent or way with emoji: {accent!r}, {emoji!r}")
        self.language = language
        self.accent = accent
        self.emoji = emoji
        self.lexicon = lexicon
        self.max_characters = max(1, max_characters)
        self.max_phonemes = max(40, max_phonemes)

    def chunks(self, chapter: Chapter, default_language: str | None = None) -> Iterator[Chunk]:
        """Yield the chunks of a chapter in reading order; together they cover every block exactly.

        Args:
            default_language: the book's BCP 47 tag; decides where the letters do not.
        """
        index = 0
        for position, block in enumerate(chapter.blocks):
            fallback = short_language(block.language) or short_language(default_language) or "en"
            last = _block_boundary(chapter, position)
            marks = MarkReader(marks_of(block) if block.kind is not BlockKind.SCENE_BREAK else ())
            pauses = _pauses(block)
            chunks = [
                Chunk(
                    chapter=chapter.index,
                    index=index + offset,
                    block=position,
                    start=piece.start,
                    end=piece.end,
                    text=block.text[piece.start : piece.end],
                    spoken=spoken,
                    phonemes=phonemes,
                    language=language,
                    boundary=piece.boundary,
                    pause_ms=pauses.get(piece.end, 0),
                    markup=within(block.markup, piece.start, piece.end),
                    marks=marks.read(piece.start, piece.end),
                )
                for offset, (piece, spoken, phonemes, language) in enumerate(self._say_block(block, fallback))
            ]
            if chunks:
                chunks[-1] = replace(chunks[-1], boundary=last)
            index += len(chunks)
            yield from chunks

    def sentence_ends(self, chunk: Chunk) -> tuple[tuple[int, int], ...]:
        """Return (end in the text, number of phonemes until there) of each sentence of a chunk.

        One entry for the whole chunk if it is one sentence, or if it is unknown which words its phonemes
        say. A sentence without a word, such as a lone mark, goes with the one before it.
        """
        ends: list[tuple[int, int]] = []
        words = self.words(chunk)
        for start, end in split_sentences(chunk.text):
            said = [word for word in words if start <= word.start < end]
            if said:
                ends.append((end, _with_marks(chunk.phonemes, said[-1].last)))
            elif ends:
                ends[-1] = (end, ends[-1][1])
        return (*ends[:-1], (len(chunk.text), len(chunk.phonemes)))

    def words(self, chunk: Chunk) -> tuple[SpokenWord, ...]:
        """Return the printed words of a chunk with the phonemes that say them, in reading order.

        What is read as one ("£5", "1984", "Dr.") is one word. Empty if the chunk's phonemes are not those
        of its text.
        """
        normalized = self.normalize(chunk.text, chunk.language, chunk.markup)
        fixed = tuple(_fixed_spans(normalized))
        said = align_words(normalized.spoken, chunk.phonemes, fixed, self.accent)
        words: list[SpokenWord] = []
        for start, end, first, last in said:
            source_start, source_end = normalized.source_range(start, end)
            if words and source_start < words[-1].end:
                before = words.pop()
                source_start, source_end = before.start, max(before.end, source_end)
                first = before.first
            words.append(SpokenWord(source_start, source_end, first, last))
        return tuple(words)

    def say(
        self, text: str, language: str | None = None, markup: tuple[Markup, ...] = ()
    ) -> tuple[str, str, str]:
        """Return (spoken, phonemes, language) of a short text, as in `ttsbook say`."""
        chosen = self._language_of(text, short_language(language) or "en", markup)
        return *self._say(text, chosen, ".", markup), chosen

    def say_part(
        self, text: str, language: str, boundary: Boundary, markup: tuple[Markup, ...] = ()
    ) -> tuple[str, str]:
        """Return (spoken, phonemes) of a text that ends with `boundary`."""
        return self._say(text, language, _MARK_AFTER.get(boundary, "."), markup)

    def normalize(self, text: str, language: str, markup: tuple[Markup, ...] = ()) -> Normalized:
        """Return the spoken form of `text` with the map back to it.

        The user's lexicon takes precedence over what the page says, and that over every rule.
        """
        plain = fold(text)
        taken = self.lexicon.find(plain, language) if self.lexicon else []
        if markup:
            taken += claims_of(plain, markup, language, taken)
        if language == "zh":
            taken += read_glosses(plain, taken)
        if self.emoji == "name":
            taken += name_emoji(plain, language, taken)
        return normalize(plain, language, taken, languages_of(markup))

    def _say_block(self, block: Block, fallback: str) -> Iterator[tuple[Piece, str, str, str]]:
        if block.kind is BlockKind.SCENE_BREAK:
            yield Piece(0, len(block.text), Boundary.SCENE), "", "", fallback
            return
        for piece in _cut_block(block, self.max_characters):
            yield from self._say_piece(block, piece, fallback)

    def _say_piece(self, block: Block, piece: Piece, fallback: str) -> Iterator[tuple[Piece, str, str, str]]:
        """Say one piece; cut it again if it has more phonemes than the model takes."""
        text = block.text
        printed = text[piece.start : piece.end]
        markup = within(block.markup, piece.start, piece.end) if block.markup else ()
        language = self._language_of(printed, fallback, markup)
        spoken, phonemes = self._say(printed, language, _MARK_AFTER.get(piece.boundary, "."), markup)
        if len(phonemes) <= self.max_phonemes or piece.end - piece.start < 2:
            yield piece, spoken, phonemes, language
            return
        for part in cut_in_two(text, piece.start, piece.end):
            closing = piece.boundary if part.end == piece.end else part.boundary
            yield from self._say_piece(block, Piece(part.start, part.end, closing), fallback)

    def _say(self, text: str, language: str, mark: str, markup: tuple[Markup, ...] = ()) -> tuple[str, str]:
        normalized = self.normalize(text, language, markup)
        fixed = tuple(_fixed_spans(normalized))
        phonemes = to_phonemes(normalized.spoken, language, fixed, self.accent)
        phonemes = close_utterance(phonemes, language, mark)
        # A promise to the engines; the tables are tested against the inventory.
        if not _SYMBOLS.issuperset(phonemes):
            raise AssertionError(f"phonemes outside the inventory: {phonemes!r}")
        return (" ".join(normalized.spoken.split()), phonemes) if phonemes else ("", "")

    def _language_of(self, text: str, fallback: str, markup: tuple[Markup, ...] = ()) -> str:
        if self.language != "auto":
            return self.language
        whole = (
            language for start, end, language in languages_of(markup) if end - start >= len(text.strip())
        )
        return dominant_language(fold(text), next(whole, fallback))


def _cut_block(block: Block, max_characters: int) -> Iterator[Piece]:
    """Yield the pieces of a block; a break of the page ends one."""
    text = block.text
    places = sorted({mark.start for mark in block.markup if mark.kind is MarkupKind.BREAK} | {len(text)})
    start = 0
    for place in places:
        if place == 0 and text:
            yield Piece(0, 0, Boundary.NONE)  # says nothing; a pause before the first word
        part = text[start:place]
        for piece in cut_text(part, max_characters, by_line=block.kind is BlockKind.VERSE):
            unfinished = place < len(text) and piece.end == len(part) and not _ENDED.search(part)
            boundary = Boundary.CLAUSE if unfinished else piece.boundary
            yield Piece(start + piece.start, start + piece.end, boundary)
        start = place


def _pauses(block: Block) -> dict[int, int]:
    """Return the milliseconds of each break by its place; of several there the longest."""
    pauses: dict[int, int] = {}
    for mark in block.markup:
        if mark.kind is MarkupKind.BREAK:
            pauses[mark.start] = max(pauses.get(mark.start, 0), int(mark.value))
    return pauses


def _fixed_spans(normalized: Normalized) -> Iterator[Fixed]:
    for span in normalized.spans:
        if span.phonemes:
            yield Fixed(span.start, span.end, span.phonemes)
        elif span.rule in _SPELT_RULES:
            said = normalized.spoken[span.start : span.end].rstrip()
            letters = said.removesuffix(".")  # the stop of a sentence that ends with initials stays a mark
            yield Fixed(span.start, span.start + len(letters), spell_letters(letters.lower()))
        elif span.rule == "tagged":
            for match in _LETTER_A.finditer(normalized.spoken, span.start, span.end):
                yield Fixed(*match.span(), spell_letters("a"))


def _with_marks(phonemes: str, position: int) -> int:
    """Return `position` after the marks that follow the word which ends there."""
    while position < len(phonemes) and phonemes[position] in PUNCTUATION:
        position += 1
    return position


def _block_boundary(chapter: Chapter, position: int) -> Boundary:
    """Return what ends after a block.

    A scene break is a block of its own; the block before it ends as usual, so its pause is not doubled.
    """
    block = chapter.blocks[position]
    if position == len(chapter.blocks) - 1:
        return Boundary.CHAPTER
    if block.kind is BlockKind.SCENE_BREAK:
        return Boundary.SCENE
    if block.kind is BlockKind.HEADING:
        return Boundary.HEADING
    return Boundary.PARAGRAPH
