"""Groups of lines -> those that are headings by their place: a series of numbers, titles set apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from ttsbook.book.headings import (
    ChapterLine,
    is_contents_line,
    looks_like_title,
    named_number,
    numbered_line,
    worded_line,
)
from ttsbook.book.listing import Group, holds_text, mark_contents

MAX_TITLE_LINES = 3
_FAMILIES = (
    ("number-title",),
    ("number-title", "number"),
    ("number",),
    ("number-words", "number-title"),
    ("number-name",),
)
_LONG_SERIES = {"number-words", "number-name"}  # where a few may be no chapters
_MIN_SERIES = 2
_MIN_TITLES = 3
_MIN_TITLE_GAP = 3  # empty lines; one or two part paragraphs and scenes
_MAX_TITLE_SHARE = 0.2  # of the paragraphs that stand so far apart
_MIN_CHAPTER = 500  # characters below a title


def mark_series(groups: list[Group]) -> list[Group] | None:
    """Take numbers as headings if they form a series with text between them, else return None."""
    for families in _FAMILIES:
        found = _series(groups, families)
        if found and holds_text(mark_contents(found)):
            return found
    return None


def _series(groups: list[Group], families: Sequence[str]) -> list[Group] | None:
    """Take bare numbers as headings if each follows the one before, from 1 on; a new series may begin."""
    found = {}
    for index, group in enumerate(groups):
        if len(group.lines) > MAX_TITLE_LINES:
            continue
        line = numbered_line(group.lines[0])
        if line is None and "number-words" in families:
            line = worded_line(group.lines[0])
        if line is None and "number-name" in families:
            line = named_number(group.lines[0])
        if line is None or line.number is None or any(map(numbered_line, group.lines[1:])):
            continue
        if line.family in families:
            found[index] = line
    # Page numbers are a series too, but they cut sentences in two.
    if any(index and groups[index - 1].lines[-1].rstrip()[-1] in ",;，；" for index in found):
        return None
    expected = 1
    for line in found.values():
        if line.number not in (1, expected):
            return None
        expected = (line.number or 0) + 1
    if len(found) < (_MIN_SERIES if _LONG_SERIES.isdisjoint(families) else _MIN_TITLES):
        return None
    return [replace(group, heading=found.get(index, group.heading)) for index, group in enumerate(groups)]


def mark_titles(groups: list[Group]) -> list[Group]:
    """Take as headings the titles set apart by several empty lines, if text stands under them."""
    set_apart = [place for place, group in enumerate(groups) if group.gap >= _MIN_TITLE_GAP]
    if len(set_apart) > _MAX_TITLE_SHARE * len(groups):
        return groups  # so is every paragraph
    titles = [place for place in set_apart if groups[place].heading is None and _is_title(groups[place])]
    marked = list(groups)
    n_titles = 0
    for place, after in pairwise([*titles, len(groups)]):
        title = " ".join(line.strip() for line in groups[place].lines)
        if sum(group.n_characters for group in groups[place + 1 : after]) > _MIN_CHAPTER:
            marked[place] = replace(groups[place], heading=ChapterLine("titled", None, title))
            n_titles += 1
    return marked if n_titles >= _MIN_TITLES else groups


def _is_title(group: Group) -> bool:
    text = " ".join(line.strip() for line in group.lines)
    if len(group.lines) > MAX_TITLE_LINES or numbered_line(text) is not None or is_contents_line(text):
        return False
    return text.isupper() if text[-1] == "." else looks_like_title(text)
