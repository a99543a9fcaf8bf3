"""A run of items without a table of contents -> pieces that begin at headings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import TypeGuard

from ttsbook.book.draft import Draft
from ttsbook.book.xhtml import Anchor, Item
from ttsbook.types import Block, BlockKind, Matter

_MIN_SECTIONS = 2


def split_at_headings(items: Sequence[Item], *, where: str = "", matter: Matter = Matter.BODY) -> list[Draft]:
    """Cut items into drafts at the headings that look like those of chapters.

    These are the headings of the highest level that occurs more than once, or of the next level if
    they stand directly above headings of that one (parts above chapters).
    """
    deepest = _chapter_level(items)
    top = min(_levels(items), default=0)
    drafts = [Draft(where=where, matter=matter)]
    for item in items:
        if isinstance(item, Anchor):
            continue
        if _is_heading(item) and item.level <= deepest:
            if not _only_title(drafts, item):
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
    """Tell whether most headings of a level have no text before the next, deeper heading."""
    blocks = [item for item in items if isinstance(item, Block)]
    following = [
        after.level if _is_heading(after) else 0
        for block, after in pairwise(blocks)
        if _is_heading(block) and block.level == level
    ]
    return 2 * sum(level < found <= deeper for found in following) > len(following)


def _levels(items: Sequence[Item]) -> list[int]:
    return [item.level for item in items if isinstance(item, Block) and item.kind is BlockKind.HEADING]


def _is_heading(item: Item) -> TypeGuard[Block]:
    return isinstance(item, Block) and item.kind is BlockKind.HEADING


def _only_title(drafts: list[Draft], heading: Block) -> bool:
    """Tell whether nothing but the title of the book stands before a heading: it opens that chapter."""
    blocks = drafts[-1].blocks
    return (
        len(drafts) <= 2
        and bool(blocks)
        and all(block.kind is BlockKind.HEADING and block.level < heading.level for block in blocks)
        and all(not draft.has_text for draft in drafts[:-1])
    )
