"""A plan in, the account of its text out: where every character that is not whitespace goes.

The total is counted on the book and the parts on the plan, so that a loss on the way would show.
Knows nothing of sound: a chunk that cannot be spoken ends the render, and there is no account of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from ttsbook.errors import RenderError
from ttsbook.render.plan import Plan, PlannedChapter
from ttsbook.render.report import Account
from ttsbook.text.normalize.shared import count_note_marks
from ttsbook.text.unspeakable import count_unspeakable
from ttsbook.types import BlockKind, Book, Chapter, Matter

_LEFT_OUT = {Matter.FRONT: "front-matter", Matter.BACK: "back-matter", Matter.BODY: "not-selected"}


@dataclass(frozen=True, slots=True)
class Silent:
    """What is passed over inside text that is read."""

    places: int
    characters: int
    sample: str  # the text of the first place


class Unspeakable(Silent):
    """What is written in a script that nobody here can read."""

    __slots__ = ()

    def __str__(self) -> str:
        letters = "1 letter" if self.characters == 1 else f"{self.characters} letters"
        places = "1 place" if self.places == 1 else f"{self.places} places, first"
        sample = " ".join(self.sample.split())
        return f"{letters} of a script that cannot be read, in {places}: {sample[:60]}"


_Kind = TypeVar("_Kind", bound=Silent)


def count_characters(text: str) -> int:
    """Return how many characters of `text` are not whitespace."""
    return len("".join(text.split()))


def account_of(plan: Plan) -> Account:
    """Account for the whole book.

    Raises:
        RenderError: the parts do not make the whole, which is a bug.
    """
    skipped: Counter[str] = Counter()
    spoken = 0
    for chapter in plan.chapters:
        if chapter.is_credit:
            continue
        spoken += spoken_characters(chapter)
        skipped.update(_unspoken(chapter))
        skipped.update(_skipped_in(chapter.chapter))
    for left_out in plan.left_out:
        skipped[_LEFT_OUT[left_out.matter]] += sum(count_characters(block.text) for block in left_out.blocks)
        skipped.update(_skipped_in(left_out))
    for piece in plan.book.skipped:
        skipped[piece.reason] += count_characters(piece.text)
    account = Account(_total(plan.book), spoken, tuple(sorted((+skipped).items())))
    if not account.adds_up:
        raise RenderError(
            f"{plan.book.source}: {account.total} characters in the book, but {account.spoken} spoken and "
            f"{sum(skipped.values())} skipped",
            "this is a bug in ttsbook; please report it with the book",
        )
    return account


def spoken_characters(chapter: PlannedChapter) -> int:
    """Return how many characters of the chapter are spoken."""
    texts = (planned.chunk.text for planned in chapter.chunks if planned.key)
    return sum(count_characters(text) - count_unspeakable(text) - count_note_marks(text) for text in texts)


def unspeakable_in(chapters: Iterable[PlannedChapter]) -> Unspeakable | None:
    """Return what cannot be spoken in chapters, None if nothing."""
    return _silent_in(chapters, count_unspeakable, Unspeakable)


def note_marks_in(chapters: Iterable[PlannedChapter]) -> Silent | None:
    """Return the marks of notes that stand in the text of chapters, None if there are none."""
    return _silent_in(chapters, count_note_marks, Silent)


def _silent_in(
    chapters: Iterable[PlannedChapter], count: Callable[[str], int], kind: type[_Kind]
) -> _Kind | None:
    texts = [planned.chunk.text for each in chapters if not each.is_credit for planned in each.chunks]
    found = [(text, n) for text in texts if (n := count(text))]
    if not found:
        return None
    return kind(len(found), sum(n for _, n in found), found[0][0])


def _unspoken(chapter: PlannedChapter) -> Counter[str]:
    counts: Counter[str] = Counter()
    for planned in chapter.chunks:
        text = planned.chunk.text
        is_break = chapter.chapter.blocks[planned.chunk.block].kind is BlockKind.SCENE_BREAK
        n_unspeakable = 0 if is_break else count_unspeakable(text)
        counts["unspeakable-script"] += n_unspeakable  # words in letters that the front end cannot read
        n_marks = count_note_marks(text)
        counts["note-mark"] += n_marks
        if not planned.key:
            n_silent = count_characters(text) - n_unspeakable - n_marks
            counts["scene-break" if is_break else "nothing-to-say"] += n_silent
    return counts


def _skipped_in(chapter: Chapter) -> Counter[str]:
    counts: Counter[str] = Counter()
    for piece in chapter.skipped:
        counts[piece.reason] += count_characters(piece.text)
    return counts


def _total(book: Book) -> int:
    texts = [block.text for chapter in book.chapters for block in chapter.blocks]
    texts += [piece.text for chapter in book.chapters for piece in chapter.skipped]
    texts += [piece.text for piece in book.skipped]
    return sum(count_characters(text) for text in texts)
