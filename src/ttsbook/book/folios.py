"""Lines of a text without form feeds -> the same without the numbers and running titles of its pages.

Numbers of chapters stand between sentences, those of pages wherever a page was full. So a series of
numbers that cuts sentences in two is one of pages, and the sentences go on.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ttsbook.book.headings import chapter_line, looks_like_title
from ttsbook.book.pages import repeated
from ttsbook.book.printed import collapse, is_cjk
from ttsbook.book.wrap import SENTENCE_END, width
from ttsbook.types import Skipped

_BARE = re.compile(  # 12, - 12 -, [12], Page 12 of 300, 第12页
    r"[-–—~·•|\[(]*\s*(?:page|pg\.?|p\.)?\s*(\d{1,4})(?:\s*(?:of|/)\s*\d{1,4})?\s*[-–—~·•|\])]*"
    r"|第\s*(\d{1,4})\s*[页頁].{0,12}",
    re.IGNORECASE,
)
_DIGITS = "0123456789"
_MAX_DIGITS = 4
_PARTING = " \t\u3000|·•-–—"  # a number from the title beside it
_MAX_EDGE = 80  # characters
_MAX_STEP = 4  # pages that open a chapter or hold a picture have no number
_MIN_REPEATED = 3
_MIN_CUTS = 2
_MIN_CUT_SHARE = 0.2
_MIN_FULL = 30  # columns; shorter lines end where their author ended them


@dataclass(frozen=True, slots=True)
class _Folio:
    """A line that may number a page, and the lines around it that are not empty, -1 if there are none."""

    at: int
    number: int
    title: str  # that stands in it too
    above: int
    below: int


def take_folios(lines: Sequence[str]) -> tuple[list[str], list[Skipped]]:
    """Return the lines without page numbers and running titles, and these."""
    kept = list(lines)
    skipped: list[Skipped] = []
    for titled in (False, True):
        kept, found = _take(kept, [folio for folio in _folios(kept) if bool(folio.title) is titled])
        skipped += found
    return kept, skipped


def _folios(lines: Sequence[str]) -> Iterator[_Folio]:
    found = []
    for at, line in enumerate(lines):
        text = line.strip()
        if 0 < len(text) <= _MAX_EDGE and (named := _named(text)) is not None:
            found.append((at, *named))
    counts = Counter(title for _, _, title in found)
    for at, number, title in found:
        if not title or (counts[title] >= _MIN_REPEATED and chapter_line(lines[at]) is None):
            yield _Folio(at, number, title, _next(lines, at, -1), _next(lines, at, 1))


def _named(text: str) -> tuple[int, str] | None:
    """Return the number in the line of a page's edge, and the title beside it."""
    if match := _BARE.fullmatch(text):
        return int(match.group(1) or match.group(2)), ""
    before, after = text.rstrip(_DIGITS), text.lstrip(_DIGITS)
    if before and before != text and before[-1] in _PARTING:
        number, title = text[len(before) :], before
    elif after and after != text and after[0] in _PARTING:
        number, title = text[: -len(after)], after
    else:
        return None
    title = collapse(title.strip(_PARTING))
    return (int(number), title) if title and len(number) <= _MAX_DIGITS else None


def _next(lines: Sequence[str], at: int, step: int) -> int:
    """Return the place of the next line that is not empty, -1 if there is none."""
    at += step
    while 0 <= at < len(lines) and not lines[at].strip():
        at += step
    return at if at < len(lines) else -1


def _take(lines: list[str], folios: Sequence[_Folio]) -> tuple[list[str], list[Skipped]]:
    """Take the longest series out if it is one of pages."""
    chain = _chain(lines, folios)
    edges = _edges(lines, chain)
    borders = [(_next(lines, edge[0], -1), _next(lines, edge[-1], 1)) for edge in edges]
    cuts = sum(_is_cut(lines, above, below) for above, below in borders)
    if cuts < max(_MIN_CUTS, _MIN_CUT_SHARE * len(chain)):
        return lines, []
    numbers = {folio.at for folio in chain if not folio.title}
    skipped = [
        Skipped("page-number" if at in numbers else "running-title", collapse(lines[at]), "")
        for edge in edges
        for at in edge
    ]
    kept: list[str] = []
    position = 0
    for edge, (above, below) in zip(edges, borders, strict=True):
        end = below if below >= 0 else len(lines)
        kept += lines[position : above + 1]
        if not _goes_on(lines, above, below):
            kept += [""] * max(edge[0] - above - 1, end - edge[-1] - 1, 1)
        position = end
    return kept + lines[position:], skipped


def _chain(lines: Sequence[str], folios: Sequence[_Folio]) -> list[_Folio]:
    """Return the longest series of numbers that rise page by page; those that cut sentences count twice."""
    best: dict[int, tuple[int, int]] = {}  # number: how long a series ends with it, and at which folio
    links = []
    for place, folio in enumerate(folios):
        length, link = max(
            (best.get(folio.number - step, (0, -1)) for step in range(1, _MAX_STEP + 1)),
            key=lambda found: found[0],
        )
        links.append(link)
        length += 2 if _is_cut(lines, folio.above, folio.below) else 1
        if length > best.get(folio.number, (0, -1))[0]:
            best[folio.number] = (length, place)
    chain = []
    place = max(best.values(), default=(0, -1))[1]
    while place >= 0:
        chain.append(folios[place])
        place = links[place]
    return chain[::-1]


def _edges(lines: Sequence[str], chain: Sequence[_Folio]) -> list[list[int]]:
    """Return the places of each number and of the running titles above and below it."""
    taken = {folio.at for folio in chain}
    edges = [[folio.at] for folio in chain]
    for around in ([folio.above for folio in chain], [folio.below for folio in chain]):
        titles = [lines[at] if at >= 0 and at not in taken and _is_title(lines[at]) else "" for at in around]
        for n in repeated(titles):
            if titles[n]:
                edges[n] = sorted([*edges[n], around[n]])
                taken.add(around[n])
    return edges


def _is_title(line: str) -> bool:
    """Return whether a line may be a running title: chapters that all begin alike keep their first line."""
    return line.isupper() or looks_like_title(line.strip())


def _is_cut(lines: Sequence[str], above: int, below: int) -> bool:
    """Return whether a sentence goes on from one line to another for certain."""
    if not _is_open(lines, above) or below < 0:
        return False
    before, after = lines[above].rstrip(), lines[below]
    if is_cjk(before[-1]) and is_cjk(after[0]):
        return not after[0].isspace() and width(after) >= _MIN_FULL
    return after.lstrip()[0].islower()


def _goes_on(lines: Sequence[str], above: int, below: int) -> bool:
    """Return whether one line follows another as in a paragraph; between them stood the edge of a page."""
    if above < 0 or below < 0 or lines[above].rstrip()[-1] in SENTENCE_END:
        return False
    after = lines[below]
    if after.lstrip()[0].islower():
        return True
    is_text = width(after) >= _MIN_FULL and not after[0].isspace() and not after.isupper()
    return is_text and _is_open(lines, above) and chapter_line(after) is None


def _is_open(lines: Sequence[str], at: int) -> bool:
    """Return whether a line is as long as in a paragraph, and ends no sentence."""
    return at >= 0 and width(lines[at].strip()) >= _MIN_FULL and lines[at].rstrip()[-1] not in SENTENCE_END
