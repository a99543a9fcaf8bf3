"""Groups of lines of a plain text -> those that are its printed table of contents.

A line of it announces a heading that comes later: by unit and number, or by the words of its title,
however they are spelled and whatever page stands behind them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ttsbook.book.headings import (
    ChapterLine,
    is_contents_line,
    looks_like_title,
    title_part,
    without_page,
)
from ttsbook.book.printed import letters

_MIN_LINES = 2  # that a table of contents has at least
_MAX_GAP = 100  # characters between two of its lines
_COLUMN_HEADS = re.compile(r"(?:\S{1,12}\s{2,40})?pages?\.?", re.IGNORECASE)
_MAX_COLUMN_HEADS = 20  # characters: "CHAP.    PAGE"
_MAX_TITLE = 200  # characters of a title, over several lines
_MIN_LETTERS = 2  # by which a title is known again

Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Lines that belong together."""

    lines: tuple[str, ...]
    heading: ChapterLine | None = None
    contents: bool = False  # a line of the printed table of contents
    gap: int = 0  # empty lines above

    @property
    def n_characters(self) -> int:
        return sum(len(line.strip()) for line in self.lines)


def mark_contents(groups: Sequence[Group]) -> list[Group]:
    """Mark the groups of the table of contents with what stands between them and the title above."""
    last_place = {key: place for place in range(len(groups)) for key in _heading_keys(groups, place)}
    targets = {
        place: target
        for place, group in enumerate(groups)
        if (target := min(_targets(groups, place, last_place), default=-1)) > place and not group.contents
    }
    marked: set[int] = set()
    for run in _runs(groups, sorted(targets)):
        if _is_list(groups, run) and all(targets[place] > run[-1] for place in run):
            marked.update(range(_first(groups, run[0]), run[-1] + 1))
    return [
        replace(group, contents=True, heading=None) if place in marked else group
        for place, group in enumerate(groups)
    ]


def holds_text(groups: Sequence[Group]) -> bool:
    """Tell whether text stands under most of the headings, the last left aside."""
    places = [place for place, group in enumerate(groups) if group.heading is not None]
    filled = sum(_gap(groups, place, after) > _MAX_GAP for place, after in pairwise(places))
    return len(places) > 1 and 2 * filled >= len(places) - 1


def _heading_keys(groups: Sequence[Group], place: int) -> Iterator[Key]:
    """Yield all that a line of the contents may know a heading by."""
    group = groups[place]
    if group.heading is None:
        return
    if group.heading.number is not None:
        yield group.heading.key
    own = " ".join(group.lines)
    yield from (*_words(own), *_words(group.heading.title))
    if not group.heading.title and place + 1 < len(groups):
        title = groups[place + 1]
        text = " ".join(line.strip() for line in title.lines)
        if title.heading is None and len(text) <= _MAX_TITLE and (text.isupper() or looks_like_title(text)):
            yield from (*_words(text), *_words(f"{own} {text}"))


def _targets(groups: Sequence[Group], place: int, last_place: dict[Key, int]) -> Iterable[int]:
    """Return the last place that each line announces, or all as one line; below 0 where there is none."""
    heading, lines = groups[place].heading, groups[place].lines
    if len(lines) > 1 and _COLUMN_HEADS.fullmatch(lines[0].strip()):
        lines = lines[1:]
    if heading is not None and heading.number is not None:
        return [last_place[heading.key]]
    found = []
    for line in lines:
        found.append(_target(line, last_place))
        if found[-1] < 0:
            break
    if found[-1] < 0 and len(lines) > 1 and groups[place].n_characters <= _MAX_TITLE:
        return [_target(" ".join(lines), last_place)]
    return found


def _target(line: str, last_place: dict[Key, int]) -> int:
    return max((last_place.get(key, -1) for key in _words(line)), default=-1)


def _words(line: str) -> Iterator[Key]:
    """Yield the letters of a line and of its title alone."""
    if len(line) > 2 * _MAX_TITLE:
        return
    line = without_page(line)
    for text in (line, title_part(line)):
        said = letters(text)
        if len(said) >= _MIN_LETTERS and not said.isdigit():
            yield (said,)


def _runs(groups: Sequence[Group], places: Sequence[int]) -> Iterator[list[int]]:
    """Yield places that stand close together."""
    run: list[int] = []
    for place in places:
        if run and _gap(groups, run[-1], place) > _MAX_GAP:
            yield run
            run = []
        run.append(place)
    if run:
        yield run


def _is_list(groups: Sequence[Group], run: Sequence[int]) -> bool:
    """Tell whether a run is long enough, and hardly anything stands between: short chapters are no list."""
    announcing = sum(groups[place].n_characters for place in run)
    between = _gap(groups, run[0] - 1, run[-1] + 1) - announcing
    n_lines = sum(len(groups[place].lines) for place in run)
    return n_lines >= _MIN_LINES and between <= announcing


def _gap(groups: Sequence[Group], place: int, after: int) -> int:
    return sum(group.n_characters for group in groups[place + 1 : after])


def _first(groups: Sequence[Group], place: int) -> int:
    """Return the place of the title of the contents, above column heads too, else `place` itself."""
    for at in range(place - 1, max(place - 3, -1), -1):
        if is_contents_line(groups[at].lines[0]):
            return at
        if sum(len(word) for line in groups[at].lines for word in line.split()) > _MAX_COLUMN_HEADS:
            break
    return place
