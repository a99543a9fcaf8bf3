"""Small books and a front end of one rule, for the tests of rendering and the process that they kill."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ttsbook.render.settings import RenderSettings
from ttsbook.types import (
    Block,
    BlockKind,
    Book,
    Boundary,
    Chapter,
    Chunk,
    Matter,
    Metadata,
    Provenance,
    Skipped,
    SpokenWord,
    VoiceProfile,
)

ENGINE = "tone_engine:ToneEngine"
VOICE = VoiceProfile(
    name="Ann",
    embedding=(0.6, 0.8),
    log_f0_mean=5.0,
    log_f0_std=0.2,
    provenance=Provenance("ann.wav", "ab" * 32, 12.5, "plain", consent="my own voice"),
)


class LetterFrontEnd:
    """A sentence is what a full stop ends; a letter is a phoneme."""

    def chunks(self, chapter: Chapter, default_language: str | None = None) -> Iterator[Chunk]:
        assert default_language == "en"
        index = 0
        for position, block in enumerate(chapter.blocks):
            ends = [match.end() for match in re.finditer(r"\.\s*|$", block.text)]
            start = 0
            for end in ends:
                if end == start and block.text:
                    continue
                text = block.text[start:end]
                phonemes = "".join(letter for letter in text.lower() if "a" <= letter <= "z" or letter == " ")
                last = end == len(block.text)
                yield Chunk(
                    chapter=chapter.index,
                    index=index,
                    block=position,
                    start=start,
                    end=end,
                    text=text,
                    spoken=phonemes.strip(),
                    phonemes=phonemes.strip(),
                    language="en",
                    boundary=_boundary(block) if last else Boundary.SENTENCE,
                )
                index += 1
                start = end

    def sentence_ends(self, chunk: Chunk) -> tuple[tuple[int, int], ...]:
        """Say that a chunk is one sentence."""
        return ((len(chunk.text), len(chunk.phonemes)),)

    def words(self, chunk: Chunk) -> tuple[SpokenWord, ...]:
        """Take what spaces part for words; a chunk that holds more than letters is not told apart."""
        words: list[SpokenWord] = []
        for match in re.finditer(r"\w+", chunk.text):
            first = words[-1].last + 1 if words else 0
            words.append(SpokenWord(match.start(), match.end(), first, first + len(match.group())))
        return tuple(words) if words and words[-1].last == len(chunk.phonemes) else ()


def _boundary(block: Block) -> Boundary:
    if block.kind is BlockKind.HEADING:
        return Boundary.HEADING
    return Boundary.SCENE if block.kind is BlockKind.SCENE_BREAK else Boundary.PARAGRAPH


def make_book(n_chapters: int = 3, n_sentences: int = 5) -> Book:
    """Return a book with a heading, repeated and different sentences, a scene break, and things to skip."""
    chapters = tuple(_chapter(index, n_sentences) for index in range(1, n_chapters + 1))
    front = Chapter(n_chapters + 1, "Copyright", (_paragraph("All rights reserved."),), matter=Matter.FRONT)
    return Book(
        source="small.epub",
        sha256="cd" * 32,
        metadata=Metadata(title="A Small Book", authors=("B. Writer",), language="en"),
        chapters=(*chapters, front),
        skipped=(Skipped("navigation", "Contents 1 2 3", "nav.xhtml"),),
    )


def _chapter(index: int, n_sentences: int) -> Chapter:
    word = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")[(index - 1) % 10]
    text = " ".join(
        f"In {word} the {'very ' * (n % 7)}number was {'abcdefghij'[n % 10] * 3}." for n in range(n_sentences)
    )
    return Chapter(
        index,
        f"Chapter {word}",
        (
            Block(BlockKind.HEADING, f"Chapter {word}", level=1),
            _paragraph(text),
            Block(BlockKind.SCENE_BREAK, "* * *"),
            _paragraph("The same words end every chapter."),
        ),
        skipped=(Skipped("footnote", f"note {index}", "c.xhtml"),),
    )


def _paragraph(text: str) -> Block:
    return Block(BlockKind.PARAGRAPH, text)


def make_settings(**values: object) -> RenderSettings:
    """Return settings for the tone engine; keyword `options` goes to it."""
    options = values.pop("options", {})
    defaults: dict[str, object] = {
        "engine": ENGINE,
        "workers": 1,
        "engine_options": tuple(options.items()),  # type: ignore[attr-defined]
        "format": "wav",
        "rate_hz": 8000,
    }
    return RenderSettings(**{**defaults, **values})  # type: ignore[arg-type]
