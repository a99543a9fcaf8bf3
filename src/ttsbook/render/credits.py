"""Tags to the two spoken credits of an audiobook: who wrote and who reads it, and that it is over.

They are chapters of their own, which stand in no book: the account of its text leaves them out.
"""

from __future__ import annotations

from collections.abc import Iterable

from ttsbook.audio.tags import Tags
from ttsbook.types import Block, BlockKind, Chapter

OPENING_INDEX = 0


def add_credits(chapters: Iterable[Chapter], tags: Tags, last_index: int) -> tuple[Chapter, ...]:
    """Return the chapters between opening and closing credits.

    Args:
        chapters: the chosen chapters of the book.
        tags: of the book.
        last_index: the highest index of a chapter in the whole book.
    """
    chinese = tags.language.lower().startswith("zh")
    opening, closing = _chinese(tags) if chinese else _english(tags)
    titles = ("片头", "片尾") if chinese else ("Opening Credits", "Closing Credits")
    return (
        _chapter(OPENING_INDEX, titles[0], opening, tags.language),
        *chapters,
        _chapter(last_index + 1, titles[1], closing, tags.language),
    )


def _english(tags: Tags) -> tuple[str, str]:
    title = tags.title or "This book"
    author = f", written by {tags.artist}" if tags.artist else ""
    reader = f"narrated by {tags.narrator}, a synthetic voice"
    return f"{title}{author}, {reader}.", f"This was {title}{author}, {reader}. The end."


def _chinese(tags: Tags) -> tuple[str, str]:
    title = f"《{tags.title}》" if tags.title else "本书"
    author = f"，作者{tags.artist}" if tags.artist else ""
    reader = f"，由合成语音{tags.narrator}朗读。"
    return f"{title}{author}{reader}", f"您刚才听到的是{title}{author}{reader}全书完。"


def _chapter(index: int, title: str, text: str, language: str) -> Chapter:
    return Chapter(index, title, (Block(BlockKind.PARAGRAPH, text, language or None),))
