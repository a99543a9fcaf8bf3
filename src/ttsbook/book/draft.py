"""Items in reading order -> finished chapters: the last step of every reader of books.

A draft is a chapter being filled. Knows nothing of the formats the items come from.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ttsbook.book.gutenberg import strip_licence
from ttsbook.book.headings import is_contents_line
from ttsbook.book.printed import letters
from ttsbook.types import Block, BlockKind, Chapter, Matter, Skipped


@dataclass(slots=True)
class Draft:
    """One chapter being filled, in reading order."""

    title: str = ""
    fallback_title: str = ""  # if neither a title nor a heading is there
    where: str = ""
    matter: Matter = Matter.BODY
    depth: int = 0
    listed: bool = False  # in the table of contents
    anchored: bool = False  # begins inside its document
    items: list[Block | Skipped] = field(default_factory=list)
    other_titles: list[str] = field(default_factory=list)  # of entries that lead to the same place

    @property
    def blocks(self) -> list[Block]:
        return [item for item in self.items if isinstance(item, Block)]

    @property
    def has_text(self) -> bool:
        return any(block.kind is not BlockKind.SCENE_BREAK for block in self.blocks)

    def choose_title(self) -> str:
        """Return the title; of several that lead to the same place, the one that the headings bear out."""
        heading = first_heading(self.items)
        titles = [title for title in (self.title, *self.other_titles) if title]
        borne_out = (title for title in titles if self.other_titles and _says(heading, title))
        return next(borne_out, next(iter(titles), heading or self.fallback_title))

    def skip_bare_contents(self) -> None:
        """Skip the title of a table of contents that is itself skipped."""
        is_skipped = any(
            isinstance(item, Skipped) and item.reason in ("navigation", "contents") for item in self.items
        )
        if is_skipped and all(is_contents_line(block.text) for block in self.blocks if block.text):
            self.items = [
                Skipped("contents", item.text, self.where) if isinstance(item, Block) else item
                for item in self.items
                if item.text
            ]


def finish(drafts: Sequence[Draft]) -> tuple[tuple[Chapter, ...], tuple[Skipped, ...]]:
    """Return the chapters that have something to read, and what is skipped outside of them."""
    strip_licence([draft.items for draft in drafts])
    chapters: list[Chapter] = []
    outside: list[Skipped] = []
    for draft in drafts:
        draft.skip_bare_contents()
        skipped = tuple(item for item in draft.items if isinstance(item, Skipped))
        if not draft.has_text:
            ornaments = (block.text for block in draft.blocks)
            outside += skipped
            outside += [Skipped("ornament", text, draft.where) for text in ornaments if text]
            continue
        index = len(chapters) + 1
        chapters.append(
            Chapter(
                index=index,
                title=draft.choose_title() or str(index),
                blocks=tuple(_without_idle_breaks(draft.blocks)),
                skipped=skipped,
                matter=draft.matter,
                depth=draft.depth,
                where=draft.where,
            )
        )
    return tuple(chapters), tuple(outside)


def first_heading(items: Iterable[object]) -> str:
    """Return the headings that open the items as one line: number and title often stand apart."""
    parts = []
    for item in items:
        if isinstance(item, Block):
            if item.kind is not BlockKind.HEADING:
                break
            parts.append(item.text)
    return " ".join(parts[:2])


def _says(heading: str, title: str) -> bool:
    """Tell whether a heading begins or ends with a title, or is the beginning of one."""
    said, told = letters(heading), letters(title)
    return bool(said and told) and (said.startswith(told) or said.endswith(told) or told.startswith(said))


def _without_idle_breaks(blocks: list[Block]) -> list[Block]:
    """Drop rules without text where they separate nothing: at the ends and after another break."""
    kept: list[Block] = []
    for block in blocks:
        idle = block.kind is BlockKind.SCENE_BREAK and not block.text
        if not (idle and (not kept or kept[-1].kind is BlockKind.SCENE_BREAK)):
            kept.append(block)
    while kept and kept[-1].kind is BlockKind.SCENE_BREAK and not kept[-1].text:
        kept.pop()
    return kept
