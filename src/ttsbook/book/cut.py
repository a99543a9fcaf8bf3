"""Documents as items, and the table of contents -> drafts of chapters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ttsbook.book.document import Anchor, Item
from ttsbook.book.draft import Draft
from ttsbook.book.headings import chapter_line, looks_like_title, numbered_line
from ttsbook.book.sections import is_heading, split_at_headings
from ttsbook.book.toc import Entry
from ttsbook.types import Block, BlockKind, Matter, Skipped

# What is skipped for these reasons is what an entry of the contents leads to.
_PARTS_OF_A_BOOK = frozenset(("contents", "navigation", "footnote", "index", "bibliography"))
_MIN_REPEATED = 3  # chapters with one title
_CHAPTERS = frozenset(
    ("chapter", "章", "回", "part", "book", "volume", "卷", "部")
)  # units that files begin with


class Cutter:
    """Takes the documents in reading order and begins a chapter wherever an entry points."""

    def __init__(self) -> None:
        self.drafts: list[Draft] = []
        self.repairs: list[str] = []
        self._levels: Counter[int] = Counter()  # of the headings above documents that are listed
        self._n_unlisted = 0  # chapters

    def add_listed(
        self, items: Sequence[Item], entries: Sequence[Entry], *, where: str, title: str, matter: Matter
    ) -> None:
        """Add a document of a book that has a table of contents; `entries` are those that point into it."""
        heading = _first_heading(items)
        if entries and heading is not None:
            self._levels[heading.level] += 1
        found = {item.id for item in items if isinstance(item, Anchor)}
        by_anchor: dict[str, list[Entry]] = {}
        begun = False
        for entry in entries:
            if entry.fragment in found:
                by_anchor.setdefault(entry.fragment, []).append(entry)
                continue
            if entry.fragment:
                self.repairs.append(
                    f"{where}: no anchor named {entry.fragment!r} for {entry.title!r}; the start is used"
                )
            self._begin(entry, where, matter, anchored=False)
            begun = True
        for item in items:
            if isinstance(item, Anchor):
                for entry in by_anchor[item.id]:
                    self._begin(entry, where, matter, anchored=True)
                    begun = True
                continue
            if isinstance(item, Block) and not begun:
                self._continue(where, title, matter, None if entries else heading)
                begun = True
            self._put(item, where)

    def add_unlisted(self, items: Sequence[Item], *, where: str, title: str, matter: Matter) -> None:
        """Add a document of a book without a table of contents: its headings begin chapters."""
        pieces = split_at_headings(items, where=where, matter=matter)
        blocks = [item for item in items if isinstance(item, Block)]
        headed = any(block.kind is BlockKind.HEADING for block in blocks)
        if not headed and blocks and _reads_like_a_heading(blocks[0].text):
            pieces[0].title, headed = blocks[0].text, True
        for piece in pieces:
            piece.fallback_title = title
        last = self.drafts[-1] if self.drafts else None
        if last is not None and not headed and last.matter is matter and title in ("", last.fallback_title):
            last.items += [item for piece in pieces for item in piece.items]
        else:
            self.drafts += pieces

    def finish(self) -> None:
        """Put right what only all drafts together show."""
        self._move_stray_headings()
        self._title_by_second_heading()
        if self._n_unlisted:
            self.repairs.append(
                f"the contents leave out {self._n_unlisted} chapters; begun at their headings"
            )

    def _move_stray_headings(self) -> None:
        """Give a chapter the headings directly above the place that the table of contents points at."""
        for before, after in zip(self.drafts, self.drafts[1:], strict=False):
            if not after.anchored or _begins_with_heading(after):
                continue
            n = len(before.items)
            while n and is_heading(before.items[n - 1]):
                n -= 1
            if any(isinstance(item, Block) and not is_heading(item) for item in before.items[:n]):
                after.items[:0] = before.items[n:]
                del before.items[n:]

    def _title_by_second_heading(self) -> None:
        """Give chapters that all begin with the title of the book the heading that follows as their title."""
        counts = Counter(draft.title for draft in self.drafts if not draft.listed)
        for draft in self.drafts:
            first, second = (*draft.blocks[:2], None, None)[:2]
            if draft.listed or counts[draft.title] < _MIN_REPEATED or first is None or second is None:
                continue
            if is_heading(first) and first.text == draft.title and is_heading(second):
                draft.title = second.text

    def _begin(self, entry: Entry, where: str, matter: Matter, *, anchored: bool) -> None:
        last = self.drafts[-1] if self.drafts else None
        if last is None or not last.listed or last.where != where or _is_place_of_its_own(last):
            self.drafts.append(
                Draft(
                    title=entry.title,
                    where=where,
                    matter=matter,
                    depth=entry.depth,
                    listed=True,
                    anchored=anchored,
                )
            )
        elif entry.depth > last.depth and entry.title:
            # A part and its first chapter lead to the same place: one chapter with both titles.
            last.title = f"{last.title}: {entry.title}" if last.title else entry.title
        elif entry.title != last.title:
            last.other_titles.append(entry.title)
            self.repairs.append(
                f"{where}: {last.title!r} and {entry.title!r} point to the same place; made one chapter"
            )

    def _continue(self, where: str, title: str, matter: Matter, heading: Block | None) -> None:
        """Make sure that there is a chapter for text that no entry points at."""
        last = self.drafts[-1] if self.drafts else None
        if last is None or not last.listed or last.matter is not matter:
            self.drafts.append(Draft(fallback_title=title, where=where, matter=matter))
        elif heading is not None and self._begins_chapter(heading, last):
            self.drafts.append(Draft(where=where, matter=matter, depth=last.depth, listed=True))
            self._n_unlisted += 1

    def _begins_chapter(self, heading: Block, last: Draft) -> bool:
        """Tell whether the heading above a document ranks with those of documents that are listed."""
        before = _first_heading(last.items)
        if heading.text in (last.title, before and before.text):
            return False  # a title that stands above every file
        line = chapter_line(heading.text)
        if line is not None and line.number is not None and line.family in _CHAPTERS:
            return True
        return bool(self._levels) and heading.level <= max(
            self._levels, key=lambda level: self._levels[level]
        )

    def _put(self, item: Block | Skipped, where: str) -> None:
        if not self.drafts:
            self.drafts.append(Draft(where=where))
        self.drafts[-1].items.append(item)


def _is_place_of_its_own(draft: Draft) -> bool:
    """Tell whether something stands between the start of a chapter and the next, if only to be skipped."""
    return any(isinstance(item, Block) or item.reason in _PARTS_OF_A_BOOK for item in draft.items)


def _first_heading(items: Sequence[Item]) -> Block | None:
    """Return the heading that stands above all text of a document."""
    first = next((item for item in items if isinstance(item, Block)), None)
    return first if first is not None and is_heading(first) else None


def _begins_with_heading(draft: Draft) -> bool:
    blocks = draft.blocks
    return bool(blocks) and blocks[0].kind is BlockKind.HEADING


def _reads_like_a_heading(text: str) -> bool:
    is_title = looks_like_title(text) and text[-1].isalnum()
    return is_title or chapter_line(text) is not None or numbered_line(text) is not None
