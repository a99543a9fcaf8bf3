"""A process to weigh: renders a made-up book, `python long_book.py OUTPUT HOURS`, and prints its peak memory.

Chunks are as long and as many as in real books; the tone engine makes them at almost no cost.
"""

from __future__ import annotations

import sys
from pathlib import Path

from stand_in import VOICE, LetterFrontEnd, make_settings

from ttsbook.render.run import render_book
from ttsbook.types import Block, BlockKind, Book, Chapter, Metadata

CHUNK_SECONDS = 6.6  # 320 letters at the engine's pace, and a pause
CHUNKS_PER_CHAPTER = 300


def make_long_book(hours: float) -> Book:
    """Return a book of so many hours; every sentence is different."""
    n_chunks = round(hours * 3600 / CHUNK_SECONDS)
    chapters = []
    for start in range(0, n_chunks, CHUNKS_PER_CHAPTER):
        numbers = range(start, min(start + CHUNKS_PER_CHAPTER, n_chunks))
        text = " ".join(f"{_word(number)} {'many a word ' * 26}here." for number in numbers)
        chapters.append(
            Chapter(len(chapters) + 1, f"Part {_word(start)}", (Block(BlockKind.PARAGRAPH, text),))
        )
    return Book("long.epub", "ef" * 32, Metadata(title="Long", language="en"), tuple(chapters))


def _word(number: int) -> str:
    return "".join("abcdefghij"[int(digit)] for digit in str(number))


if __name__ == "__main__":
    output, hours = sys.argv[1:]
    report = render_book(
        make_long_book(float(hours)),
        Path(output),
        settings=make_settings(format=None, rate_hz=22_050),
        voice=VOICE,
        front_end=LetterFrontEnd(),
    )
    print(report.seconds, report.peak_rss_bytes)
