"""A run of items without a table of contents -> pieces that begin at headings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import TypeGuard

from ttsbook.book.document import Anchor, Item
from ttsbook.book.draft import Draft
from ttsbook.types import Block, BlockKind, Matter

_MIN_SECTIONS = 2


def split_at_headings(items: Sequence[Item], *, where: str = "", matter: Matter = Matter.BODY) -> list[Draft]:
    """Cut items into drafts at the headings that look like those of chapters.

    These are the headings of the highest level that occurs more than once, or of the next level if
    they stand directly above headings of that one (parts above chapters).
    """
    deepest = _chapter_level(items)
    levels = _levels(items)
    # The only heading of its level at the very start is the title of the book: it opens the first chapter.
    titled = len(levels) > 1 and levels[0] < min(levels[1:])
    top = min(levels[titled:], default=0)
    drafts = [Draft(where=where, matter=matter)]
    for item in items:
        if isinstance(item, Anchor):
            continue
        if is_heading(item) and item.level <= deepest:
            if drafts[-1].blocks and not (titled and len(drafts) == 1 and _is_bare_title(drafts[0])):
                drafts.append(Draft(where=where, matter=matter))
            drafts[-1].depth = max(item.level - top, 0)
            drafts[-1].title = item.text
        drafts[-1].items.append(item)
    return [draft for draft in drafts if draft.items]


def _chapter_level(items: Sequence[Item]) -> int:
    counts = Counter(_levels(items))
    several = sorted(level for level, n in counts.items() if n >= _MIN_SECTIONS)
    if not several:
        return min(counts, default=0)
    for level, deeper in pairwise(several):
        if not _stand_directly_above(items, level, deeper):
            return level
    return several[-1]


def _stand_directly_above(items: Sequence[Item], level: int, deeper: int) -> bool:
    """Return whether most headings of a level have no text before the next, deeper heading."""
    blocks = [item for item in items if isinstance(item, Block)]
    following = [
        after.level if is_heading(after) else 0
        for block, after in pairwise(blocks)
        if is_heading(block) and block.level == level
    ]
    return 2 * sum(level < found <= deeper for found in following) > len(following)


def _levels(items: Sequence[Item]) -> list[int]:
    return [item.level for item in items if isinstance(item, Block) and item.kind is BlockKind.HEADING]


def is_heading(item: Item) -> TypeGuard[Block]:
    """Return whether an item of a document is a heading."""
    return isinstance(item, Block) and item.kind is BlockKind.HEADING


def _is_bare_title(draft: Draft) -> bool:
    """Return whether a draft holds the title of the book and nothing else."""
    return len(draft.blocks) == 1 and is_heading(draft.blocks[0])
