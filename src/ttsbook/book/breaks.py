"""Blank paragraphs and ornaments between the blocks of a document -> the breaks of the scene there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from itertools import islice

from ttsbook.book.around import class_words
from ttsbook.book.markup import Element, attribute, local_name
from ttsbook.types import Block, BlockKind

_ORNAMENT_CLASS = re.compile(
    r"orn|ornament\w*|.*[-_]ornament|ornamental[-_]break|(?:scene|section|space|text|line)[-_]?break(?:er)?"
    r"|(?:scene|section)[-_]?(?:divider|separator|sep)|fleuron|dinkus|asterism"
)
_MIN_PARAGRAPHS = 4  # for each break; where they are more, they part paragraphs


def find_ornaments(root: Element) -> frozenset[Element]:
    """Return the pictures that stand for a break: named so, or without words and found again."""
    pictures = [element for element in root.iter("*") if local_name(element) in ("img", "image")]
    sources = Counter(_source(picture) for picture in pictures)
    return frozenset(
        picture
        for picture in pictures
        if _is_named_ornament(picture)
        or (sources[_source(picture)] > 1 and not attribute(picture, "alt").strip())
    )


def scene_breaks(blocks: Sequence[Block], ornamented: Collection[int], blank: Collection[int]) -> set[int]:
    """Return before which blocks a scene ends.

    Args:
        ornamented: the blocks with an ornament before them.
        blank: the blocks with a blank paragraph before them.
    """
    n_paragraphs = sum(block.kind is BlockKind.PARAGRAPH for block in blocks)
    found: set[int] = set()
    for places in (ornamented, blank):
        between = {n for n in places if _is_between_paragraphs(blocks, n)}
        if _MIN_PARAGRAPHS * len(between) <= n_paragraphs:
            found |= between
    return found


def _is_between_paragraphs(blocks: Sequence[Block], n: int) -> bool:
    return 0 < n < len(blocks) and all(block.kind is BlockKind.PARAGRAPH for block in blocks[n - 1 : n + 1])


def _is_named_ornament(picture: Element) -> bool:
    around = (picture, *islice(picture.iterancestors(), 2))
    return any(_ORNAMENT_CLASS.fullmatch(word) for element in around for word in class_words(element))


def _source(picture: Element) -> str:
    return attribute(picture, "src") or attribute(picture, "href")
