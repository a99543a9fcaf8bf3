"""Plain text -> drafts of chapters: headings found by their words, paragraphs joined.

A line is a heading if it says so ("Chapter 3", "第三章", "Epilogue") and stands alone; bare numbers
count if they form a series. A printed table of contents announces the same headings without text
between them, and is skipped.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ttsbook.book.draft import Draft
from ttsbook.book.folios import take_folios
from ttsbook.book.headings import (
    bare_title,
    chapter_line,
    is_notes_line,
    looks_like_title,
    named_number,
    numbered_line,
)
from ttsbook.book.listing import Group, mark_contents
from ttsbook.book.pages import take_page_edges
from ttsbook.book.printed import collapse, is_scene_break, visible
from ttsbook.book.series import MAX_TITLE_LINES, mark_series, mark_titles
from ttsbook.book.spans import Span, lay_spans, with_markup, with_pause
from ttsbook.book.ssml import Said, take_tags
from ttsbook.book.wrap import IsWord, Layout, gaps_above, group_lines, make_paragraph, measure_layout
from ttsbook.types import Block, BlockKind, Markup, MarkupKind, Skipped

_INSIDE = r"(?:[^\[\]]|\[[^\[\]]{0,400}\]){0,4000}"  # brackets in brackets: [Greek: logos]
_ASIDES = (
    ("image", re.compile(rf"\[Illustration\b{_INSIDE}\]", re.IGNORECASE)),
    ("footnote", re.compile(rf"\[Footnote\b{_INSIDE}\]", re.IGNORECASE)),
    ("page-number", re.compile(r"\[(?:Pg|Page|p\.) ?(?:\d{1,4}|[ivxlc]{1,7})\]|\{\d{1,4}\}", re.IGNORECASE)),
)
_ASIDE_START = re.compile(r"\s*\[(?:Illustration|Footnote)\b", re.IGNORECASE)
_NOTE_LABEL = r"\[(\d{1,3}|[A-Z])\]"
_NOTE = re.compile(rf"\s*(?:{_NOTE_LABEL}\s|\[Footnote (\d{{1,3}}|[A-Z])\b)")
_NOTE_MARK = re.compile(rf"(?<=[^\s\[(]){_NOTE_LABEL}(?!\w)")
_MAX_ASIDE_GROUPS = 12
_BOLD = re.compile(r"(?<![\w=])=(?=\S)([^=\n]{1,80})(?<=\S)=(?![\w=])")  # as Project Gutenberg sets it
_EMPHASIS = re.compile(r"(?<![^\W_])_([^_\n]+)_(?![^\W_])")
_MIN_CONTENTS = 2  # lines of a block that makes it a table of contents


def read_plain(text: str, *, title: str, is_word: IsWord) -> list[Draft]:
    """Cut a text into drafts.

    Args:
        text: of the file.
        title: of what stands before the first heading.
        is_word: tells whether a dictionary has a lower-case word.
    """
    text, edges = take_page_edges(re.sub(r"\r\n|[\r\x85\u2028\u2029]", "\n", text))
    lines, folios = take_folios([line.rstrip() for line in re.split(r"[\n\f]", text)])
    layout = measure_layout(lines, is_word)
    paragraphs = group_lines(lines, layout, _is_chapter_line)
    gaps = gaps_above(lines, paragraphs)
    parted = [Group(lines, gap=gap) for lines, gap in zip(paragraphs, gaps, strict=True)]
    groups = mark_contents(_mark_headings(_join_asides(parted)))
    has_parts = any(group.heading is not None and group.heading.upper for group in groups)
    notes, labels = _find_notes(groups)
    drafts = [Draft(title=title, items=[*edges, *folios])]
    for place, group in enumerate(groups):
        if place in notes:
            drafts[-1].items.append(Skipped("footnote", collapse("\n".join(group.lines)), ""))
        elif group.contents:
            drafts[-1].items.append(Skipped("contents", collapse("\n".join(group.lines)), ""))
        elif group.heading is not None:
            depth = int(has_parts and not group.heading.upper)
            drafts.append(Draft(depth=depth))
            drafts[-1].items.append(_heading(group, layout))
        else:
            _add_paragraph(drafts[-1], _take_marks(drafts[-1], group.lines, labels), layout)
    for draft in drafts:
        _absorb_title(draft)
    return drafts


def _is_chapter_line(line: str) -> bool:
    return chapter_line(line) is not None


def _join_asides(groups: Sequence[Group]) -> list[Group]:
    """Put together the paragraphs of an illustration or a footnote in brackets."""
    joined: list[Group] = []
    waiting = list(reversed(groups))
    while waiting:
        group = waiting.pop()
        if _ASIDE_START.match(group.lines[0]):
            whole = group.lines
            for n, more in enumerate([(), *(after.lines for after in waiting[:-_MAX_ASIDE_GROUPS:-1])]):
                whole += more
                text = "".join(whole)
                if text.count("[") == text.count("]"):
                    group = replace(group, lines=whole)
                    del waiting[len(waiting) - n :]
                    break
        joined.append(group)
    return joined


def _mark_headings(groups: list[Group]) -> list[Group]:
    """Find the groups that are headings; a heading stands alone or above its own title."""
    pieces = [piece for group in groups for piece in _split_contents(group)]
    marked = [part for piece in pieces for part in _take_heading(piece)]
    headings = [group.heading for group in marked if group.heading is not None]
    if all(heading.family == "named" or heading.upper for heading in headings):
        return mark_series(marked) or mark_titles(marked)
    return marked


def _take_heading(group: Group) -> list[Group]:
    """Split a group whose first line is a heading from what follows, unless that is its title."""
    first, *rest = group.lines
    heading = chapter_line(first)
    if heading is None:
        return [group]
    if rest and heading.title[:1].islower():
        return [group]  # "Part 2. of the plan": the first line of a paragraph
    if len(group.lines) <= MAX_TITLE_LINES and all(looks_like_title(line.strip()) for line in rest):
        return [replace(group, heading=heading)]
    return [Group((first,), heading), Group(tuple(rest))]


def _find_notes(groups: Sequence[Group]) -> tuple[set[int], set[str]]:
    """Return the places of notes that a mark in the text before leads to, and their labels."""
    places: set[int] = set()
    labels: set[str] = set()
    marks: set[str] = set()
    for place, group in enumerate(groups):
        note = _NOTE.match(group.lines[0])
        label = (note.group(1) or note.group(2)) if note is not None else ""
        if label in marks:
            labels.add(label)
            places.add(place)
            if place and len(groups[place - 1].lines) == 1 and is_notes_line(groups[place - 1].lines[0]):
                places.add(place - 1)
        else:
            marks.update(mark for line in group.lines for mark in _NOTE_MARK.findall(line))
    return places, labels


def _take_marks(draft: Draft, lines: tuple[str, ...], labels: set[str]) -> tuple[str, ...]:
    """Take the marks of notes out of a paragraph; a mark without a note stays."""
    if not labels:
        return lines

    def take(match: re.Match[str]) -> str:
        if match.group(1) not in labels:
            return match.group()
        draft.items.append(Skipped("note-mark", match.group(), ""))
        return ""

    return tuple(_NOTE_MARK.sub(take, line) for line in lines)


def _split_contents(group: Group) -> list[Group]:
    """Take a block of heading lines apart: tables of contents are set without empty lines."""
    if len(group.lines) < _MIN_CONTENTS or sum(map(_is_chapter_line, group.lines)) < _MIN_CONTENTS:
        return [group]
    return [Group((line,)) for line in group.lines]


def _heading(group: Group, layout: Layout) -> Block:
    heading = group.heading
    level = 1 if heading is not None and heading.upper else 2
    return Block(
        BlockKind.HEADING, make_paragraph(group.lines, replace(layout, wrapped=False)).text, level=level
    )


def _add_paragraph(draft: Draft, lines: tuple[str, ...], layout: Layout) -> None:
    raw = "\n".join(lines)
    for reason, pattern in _ASIDES:
        draft.items += [Skipped(reason, collapse(aside), "") for aside in pattern.findall(raw)]
        raw = pattern.sub("", raw)
    without, n_bold = _BOLD.subn(r"\1", raw)
    plain, n = _EMPHASIS.subn(r"\1", without)
    if n or n_bold:
        draft.items.append(Skipped("markup", "_" * (2 * n) + "=" * (2 * n_bold), ""))
    kept = tuple(line for line in plain.split("\n") if line.strip())
    if not kept:
        return
    paragraph = make_paragraph(kept, layout)
    if paragraph.n_hyphens:
        draft.items.append(Skipped("line-end", "-" * paragraph.n_hyphens, ""))
    untagged = take_tags(paragraph.text)
    if untagged.tags:
        draft.items.append(Skipped("markup", " ".join(untagged.tags), ""))
    if not untagged.text:
        _pause_after_last(draft, untagged.markup)
    elif is_scene_break(untagged.text):
        draft.items.append(Block(BlockKind.SCENE_BREAK, untagged.text))
    elif len(kept) == 1 and numbered_line(kept[0]) is not None:
        draft.items.append(Block(BlockKind.HEADING, untagged.text, level=3))
    else:
        block = Block(paragraph.kind, untagged.text, markup=untagged.markup)
        stressed = lay_spans([block.text], _stressed(without, untagged.text)) if n else [()]
        draft.items.append(with_markup(block, stressed[0]))


def _stressed(written: str, text: str) -> list[Span]:
    """Return the words between underscores, by places counted in visible characters."""
    if visible(_EMPHASIS.sub(r"\1", written)) != visible(text):
        return []  # tags stand among them
    spans = []
    position = n_visible = 0
    for match in _EMPHASIS.finditer(written):
        start = n_visible + len(visible(written[position : match.start()]))
        n_visible = start + len(visible(match.group(1)))
        spans.append((start, n_visible, Said(MarkupKind.EMPHASIS)))
        position = match.end()
    return spans


def _pause_after_last(draft: Draft, markup: Sequence[Markup]) -> None:
    """Give a break on a line of its own to the block before it."""
    for index in range(len(draft.items) - 1, -1, -1):
        last = draft.items[index]
        if isinstance(last, Block):
            breaks = (int(mark.value) for mark in markup if mark.kind is MarkupKind.BREAK)
            draft.items[index] = with_pause(last, breaks)
            return


def _absorb_title(draft: Draft) -> None:
    """Make the line below a bare "Chapter 3" a heading too, if it is set like a title."""
    if draft.title:
        return
    blocks = [(index, item) for index, item in enumerate(draft.items) if isinstance(item, Block)]
    if not blocks or blocks[0][1].kind is not BlockKind.HEADING:
        return
    draft.title = bare_title(blocks[0][1].text) or blocks[0][1].text
    number = chapter_line(draft.title) or numbered_line(draft.title) or named_number(draft.title)
    if len(blocks) > 2 and number is not None and not number.title:
        index, below = blocks[1]
        if below.kind in (BlockKind.PARAGRAPH, BlockKind.VERSE) and looks_like_title(below.text):
            draft.title = f"{draft.title} {below.text}"
            draft.items[index] = replace(below, kind=BlockKind.HEADING, level=blocks[0][1].level + 1)
