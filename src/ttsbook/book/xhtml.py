"""A content document -> blocks, skipped texts and anchors in reading order, each character once.

Inline elements are joined without a space, block elements end a block. The walk keeps its own
stack, so that depth costs memory and nothing else. Knows nothing of chapters or of other documents.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from ttsbook.book.around import Context, class_words, context_inside, is_line
from ttsbook.book.breaks import find_ornaments, scene_breaks
from ttsbook.book.document import Anchor, Document, Item, Trace
from ttsbook.book.inline import Part, is_drop_cap, joins_drop_cap, part_spans, parted_text, said_of
from ttsbook.book.joints import words_meet
from ttsbook.book.layout import layout_rows
from ttsbook.book.linklist import Titles, find_lists
from ttsbook.book.markup import Element, attribute, local_name
from ttsbook.book.pagelist import find_page_lists
from ttsbook.book.pictures import words_for
from ttsbook.book.printed import collapse, is_scene_break, visible
from ttsbook.book.raised import is_raised_mark, sign_before
from ttsbook.book.rules import BLOCK_TAGS, is_set_as_block, skip_reason
from ttsbook.book.spans import lay_spans, with_pause
from ttsbook.book.trim import cut, page_edges, repeated_words
from ttsbook.types import Block, BlockKind, Markup, MarkupKind, Place, Skipped

_LINE_END = "\x0b"  # stands for <br/>; no XML document can contain it
_PARAGRAPH_GAP = re.compile(r"\x0b\s*\x0b[\s\x0b]*|\x0b(?=[\u3000\u00a0]{2})")
_DROP_CAP_CHARACTERS = 2
_PAGE_ID = re.compile(r"p(\d{1,4})")  # where calibre found that a page of a PDF begins
_MAX_BASE = 12  # characters
_NEAR = 3  # parts of a block
_JOINED = 8  # parts of a heading: its number and more
_MAX_BEFORE = 120  # characters of these: no number of a chapter is longer
_MAX_SAID = 16  # elements around a text that say something of it; what is nested deeper means nothing


@dataclass(frozen=True, slots=True)
class _Frame:
    element: Element
    children: Iterator[Element]
    context: Context
    block: bool


def read_document(
    root: Element,
    where: str,
    *,
    language: str | None = None,
    anchors: frozenset[str] = frozenset(),
    notes: Mapping[Element, str] = MappingProxyType({}),
    titles: Titles | None = None,
) -> Document:
    """Read a parsed document.

    Args:
        language: of the book; blocks name their language only where it differs.
        anchors: the ids to report as `Anchor`, each at its first occurrence.
        notes: elements known to be notes, marks of these or hidden, each with the rule.
        titles: of the chapters of the book; lists of links to them are skipped.
    """
    reader = _Reader(where, language, anchors, notes, layout_rows(root), find_ornaments(root))
    reader.walk(root)
    reader.skip_blocks(root, titles)
    return Document(tuple(reader.items), "".join(reader.added), tuple(reader.traces))


class _Reader:
    def __init__(
        self,
        where: str,
        language: str | None,
        anchors: frozenset[str],
        notes: Mapping[Element, str],
        layout_rows: frozenset[Element],
        ornaments: frozenset[Element],
    ) -> None:
        self.items: list[Item] = []
        self.added: list[str] = []
        self.traces: list[Trace] = []
        self._where = where
        self._language = language
        self._anchors = set(anchors)
        self._notes = notes
        self._layout_rows = layout_rows
        self._ornaments = ornaments
        self._parts: list[Part] = []
        self._capped = False  # the open block is the drop cap of the next
        self._owner: Context | None = None  # of the open block: the context of its first visible text
        self._is_ornamented = False  # the open block has an ornament
        self._ornamented: set[int] = set()  # the blocks with one before them
        self._blank: set[int] = set()  # the blocks with a blank paragraph before them
        self._n_said = 0
        self._pages: list[tuple[int, int]] = []  # of a PDF: the number of each, the block it begins with

    def walk(self, root: Element) -> None:
        reason = self._reason(root)
        if reason is not None:
            self._skip(root, reason, Context(), inline=False)
            return
        stack = [self._enter(root, Context())]
        while stack:
            frame = stack[-1]
            child = next(frame.children, None)
            if child is None:
                stack.pop()
                if frame.block:
                    self._block_edge(frame.element, frame.context)
                if stack:
                    self._append_tail(frame.element, stack[-1].context)
            elif not isinstance(child.tag, str) or (local_name(child) == "head" and frame.element is root):
                self._append_tail(child, frame.context)
            elif (reason := self._reason(child)) is not None:
                inline = local_name(child) not in BLOCK_TAGS or local_name(frame.element) == "p"
                self._skip(child, reason, frame.context, inline=inline)
                self._append_tail(child, frame.context)
            else:
                stack.append(self._enter(child, frame.context))
        self._end_block()

    def skip_blocks(self, root: Element, titles: Titles | None) -> None:
        """Skip what only the whole document shows to be no part of the text."""
        traced = zip((item for item in self.items if isinstance(item, Block)), self.traces, strict=True)
        blocks = [(block, trace.parts, trace.first) for block, trace in traced]
        skipped, cuts = page_edges([block for block, _, _ in blocks], self._pages)
        skipped |= repeated_words(blocks)
        if titles is not None:
            skipped |= find_page_lists(root, blocks)
            skipped |= dict.fromkeys(find_lists(root, self._where, blocks, titles), "contents")
        breaks = scene_breaks([block for block, _, _ in blocks], self._ornamented, self._blank)
        if not skipped and not cuts and not breaks:
            return
        items, self.items = self.items, []
        waiting, self.traces = enumerate(self.traces), []
        for item in items:
            if not isinstance(item, Block):
                self.items.append(item)
                continue
            n, trace = next(waiting)
            if n in skipped:
                self.items += [Skipped(skipped[n], item.text, self._where)] if item.text else []
                continue
            if n in breaks:
                self._add_block(BlockKind.SCENE_BREAK, "", Trace((), 0))
            start, end = cuts.get(n, ("", ""))
            place = item.place and replace(item.place, index=len(self.traces))
            self.items += [Skipped("running-title", start, self._where)] if start else []
            self.items.append(cut(replace(item, place=place), start, end))
            self.items += [Skipped("page-number", end, self._where)] if end else []
            self.traces.append(replace(trace, first=trace.first + len(visible(start))))

    def _reason(self, element: Element) -> str | None:
        if element in self._notes:
            return self._notes[element]
        if local_name(element) == "math" and attribute(element, "alttext").strip():
            return "formula"  # its alternative text is read instead
        reason = skip_reason(element)
        if reason is None and is_raised_mark(element, self._text_before):
            return "note-mark"
        return reason

    def _enter(self, element: Element, outer: Context) -> _Frame:
        name = local_name(element)
        block = name in BLOCK_TAGS or is_set_as_block(element, name)
        if block:
            self._block_edge(element, outer)
        context = context_inside(element, name, outer, layout_row=element in self._layout_rows)
        context = self._hear(element, name, context)
        self._mark_anchors(element)
        if name == "a" and self._owner is None and (page := _PAGE_ID.fullmatch(str(element.get("id") or ""))):
            self._pages.append((int(page.group(1)), len(self.traces)))
        if name == "br":
            self._parts.append(Part(_LINE_END, None))
        elif name == "hr":
            self._add_block(BlockKind.SCENE_BREAK, "", Trace((), 0))
        elif name in ("img", "image"):
            self._add_image(element, context)
        elif name in ("td", "th") and context.row:
            self._separate_cells(element, context)
        elif name == "span" and context.verse and "line" in class_words(element):
            self._parts.append(Part(_LINE_END, None))
        elif sign := sign_before(element, name, self._text_before):
            self._append(sign, context, added=True)
        self._append(element.text, context, element)
        return _Frame(element, iter(element), context, block)

    def _hear(self, element: Element, name: str, context: Context) -> Context:
        """Add what an element says about the reading of the text inside it."""
        if element.attrib and (alphabet := attribute(element, "alphabet")):
            context = replace(context, alphabet=alphabet)
        said = said_of(element, name, context.alphabet)
        if said is None or len(context.said) >= _MAX_SAID:
            return context
        self._n_said += 1
        if said.kind is MarkupKind.BREAK:
            self._parts.append(Part("", None, said=((self._n_said, said),)))
            return context
        return replace(context, said=(*context.said, (self._n_said, said)))

    def _block_edge(self, element: Element, around: Context) -> None:
        if around.row and local_name(element) != "tr":
            self._parts.append(Part(" ", None))
        elif _ends_line(element, around):
            self._parts.append(Part(_LINE_END, None))
        elif self._owner is not None and self._owner.kind is BlockKind.PARAGRAPH and is_drop_cap(self._parts):
            self._capped = True  # the block goes on with the rest of the word
        else:
            self._end_block()

    def _append_tail(self, element: Element, context: Context) -> None:
        self._append(element.tail, context, element, tail=True)

    def _append(
        self,
        text: str | None,
        context: Context,
        element: Element | None = None,
        *,
        tail: bool = False,
        added: bool = False,
    ) -> None:
        if not text or (self._capped and not visible(text)):
            return
        if visible(text) and (self._owner is None or self._capped):
            self._owner = context
        if context.kind is BlockKind.HEADING and element is not None and self._parts:
            before = "".join(part.text for part in self._parts[-_JOINED:])[-_MAX_BEFORE:]
            if words_meet(before, text, local_name(element)):
                self._parts.append(Part(" ", None))
        if self._capped or joins_drop_cap(self._parts, text):
            while self._parts and not visible(self._parts[-1].text):
                self._parts.pop()
            self._capped, text = False, text.lstrip()
        if context.verbatim:
            text = text.replace("\n", _LINE_END)
        self._parts.append(Part(text, context.language, added, element, tail, context.said))

    def _skip(self, element: Element, reason: str, around: Context, *, inline: bool) -> None:
        if not inline:
            self._end_block()
        if self._anchors:
            for inner in element.iter():
                self._mark_anchors(inner)
        text = collapse(parted_text(element))
        if text:
            self.items.append(Skipped(reason, text, self._where))
        if local_name(element) == "math" and reason == "formula":
            alternative = collapse(attribute(element, "alttext"))
            self._append(f" {alternative} ", around, element, added=True)

    def _mark_anchors(self, element: Element) -> None:
        for name in ("id", "name"):
            id = element.get(name)
            if id in self._anchors:
                self._anchors.discard(id)
                # A link into a heading means the heading; elsewhere the text before it stays before it.
                if self._owner is not None and self._owner.kind is not BlockKind.HEADING:
                    self._end_block()
                self.items.append(Anchor(id))

    def _add_image(self, element: Element, context: Context) -> None:
        self._is_ornamented = self._is_ornamented or element in self._ornaments
        alt, reason = words_for(element)
        if reason is not None:
            self.items.append(Skipped(reason, alt, self._where))
            self.added.append(alt)
        elif alt:
            # One or two letters are an initial drawn as a picture and belong to the word that follows.
            joined = len(alt) <= _DROP_CAP_CHARACTERS
            self._append(alt if joined else f" {alt} ", context, element, added=True)

    def _separate_cells(self, cell: Element, context: Context) -> None:
        while self._parts and not visible(self._parts[-1].text):
            self._parts.pop()
        if not self._parts:
            return
        last = visible(self._parts[-1].text)[-1]
        before = cell.getprevious()
        after_head = before is not None and local_name(before) == "th" and local_name(cell) == "td"
        if last not in ".,;:!?。，；：！？、":
            self._append(":" if after_head else ",", context, added=True)
        self._parts.append(Part(" ", None))

    def _text_before(self) -> str:
        return "".join(part.text for part in self._parts[-_NEAR:])[-_MAX_BASE:]

    def _end_block(self) -> None:
        parts, owner, is_ornamented = self._parts, self._owner, self._is_ornamented
        self._parts, self._owner, self._capped, self._is_ornamented = [], None, False, False
        if owner is None:
            if is_ornamented:
                self._ornamented.add(len(self.traces))
            elif any(blank in part.text for part in parts for blank in (_LINE_END, "\u00a0")):
                self._blank.add(len(self.traces))
            self._pause_after_last(parts)
            return
        shown = tuple(part for part in parts if visible(part.text))
        self.added.extend(part.text for part in shown if part.added)
        is_drawn = all(part.added for part in shown)
        kind = BlockKind.CAPTION if is_drawn and owner.kind is not BlockKind.HEADING else owner.kind
        languages = {part.language for part in shown}
        language = languages.pop() if len(languages) == 1 else owner.language
        if language is not None and self._language is not None and language.lower() == self._language.lower():
            language = None
        level = owner.level if kind in (BlockKind.HEADING, BlockKind.LIST_ITEM) else 0
        texts = _texts("".join(part.text for part in parts), kind, lines=owner.verse or owner.verbatim)
        spans = part_spans(parts, language or self._language)
        first = 0
        for text, markup in zip(texts, lay_spans(texts, spans), strict=True):
            trace = Trace(shown, first)
            first += len(visible(text))
            if is_scene_break(text):
                self._add_block(BlockKind.SCENE_BREAK, text, trace)
            else:
                self._add_block(kind, text, trace, language, level, markup)

    def _add_block(
        self,
        kind: BlockKind,
        text: str,
        trace: Trace,
        language: str | None = None,
        level: int = 0,
        markup: tuple[Markup, ...] = (),
    ) -> None:
        place = Place(self._where, len(self.traces)) if self._where else None
        self.items.append(Block(kind, text, language, level, place, markup))
        self.traces.append(trace)

    def _pause_after_last(self, parts: list[Part]) -> None:
        """Give a break that stands between blocks to the block before it."""
        breaks = [int(said.value) for part in parts for _, said in part.said if said.kind is MarkupKind.BREAK]
        if breaks and self.items and isinstance(last := self.items[-1], Block):
            self.items[-1] = with_pause(last, breaks)


def _ends_line(element: Element, around: Context) -> bool:
    """Tell whether the edge of a block ends a line of the block around it, not that block."""
    if local_name(element) in BLOCK_TAGS:
        return around.verse and is_line(element)
    return around.verse or around.kind is BlockKind.HEADING


def _texts(raw: str, kind: BlockKind, *, lines: bool) -> list[str]:
    """Turn the raw text of a block into one text, or several where empty lines split it."""
    if lines:
        verse = (collapse(line) for line in raw.split(_LINE_END))
        return ["\n".join(line for line in verse if line)]
    whole = kind in (BlockKind.HEADING, BlockKind.TABLE_ROW, BlockKind.CAPTION)
    pieces = [raw] if whole else _PARAGRAPH_GAP.split(raw)
    return [text for piece in pieces if (text := collapse(piece.replace(_LINE_END, " ")))]
