"""Pages of a text that was taken from a printed book or a PDF -> the text as it runs, without their edges.

Form feeds part the pages. What stands at the edge of page after page, a number or a running title, is
not part of the text, and a sentence goes on from one page to the next.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from ttsbook.book.headings import chapter_line
from ttsbook.book.printed import collapse
from ttsbook.types import Skipped

MIN_PAGES = 5
_MIN_REPEATED = 3  # pages that have it; a book may have a running title for each chapter
_NEAR = 2  # pages on from one that has it: left and right pages may differ
_MAX_EDGE = 80  # characters
_NUMBER = re.compile(r"(?<!\w)(?:\d{1,4}|[ivxlc]{1,7})(?!\w)")
_AROUND = " \t-–—|[]()·•"


def take_page_edges(text: str) -> tuple[str, list[Skipped]]:
    """Return a text without page numbers and running titles, and these."""
    pages = [page.split("\n") for page in text.split("\f")]
    if len(pages) < MIN_PAGES:
        return text, []
    skipped: list[Skipped] = []
    for last in (False, True):
        edges = [_edge(page, last) for page in pages]
        for n in repeated(["" if at is None else page[at] for page, at in zip(pages, edges, strict=True)]):
            at = edges[n] or 0
            skipped.append(Skipped(edge_reason(pages[n][at]), collapse(pages[n][at]), ""))
            pages[n][at] = ""
    return "\n".join(_joined(pages)), skipped


def repeated(lines: Sequence[str]) -> list[int]:
    """Return which of the first or last lines of pages stand on others nearby too, but for their number."""
    keys = [_key(line) for line in lines]
    counts = Counter(keys)
    found = []
    seen: set[str] = set()
    for n, (line, key) in enumerate(zip(lines, keys, strict=True)):
        near = (*keys[max(n - _NEAR, 0) : n], *keys[n + 1 : n + 1 + _NEAR])
        if key is None or counts[key] < _MIN_REPEATED or key not in near:
            continue
        if chapter_line(line) is None or key in seen:  # the first begins the chapter
            found.append(n)
        seen.add(key)
    return found


def begun_with(lines: Sequence[str]) -> list[str]:
    """Return the running title that a converter has put in front of the text of each page; "" if none."""
    begins = [[line[: space.start()] for space in re.finditer(" ", line[:_MAX_EDGE])] for line in lines]
    counts = Counter(lines)
    counts.update(begin for found in begins for begin in found)
    titles = {line for line in set(lines) if counts[line] >= _MIN_REPEATED}
    return [next((begin for begin in reversed(found) if begin in titles), "") for found in begins]


def edge_reason(line: str) -> str:
    """Return why a line at the edge of a page is not read."""
    return "running-title" if _key(line) else "page-number"


def _edge(page: Sequence[str], last: bool) -> int | None:
    """Return the place of the first or last line of a page that is not empty."""
    order = range(len(page) - 1, -1, -1) if last else range(len(page))
    return next((at for at in order if page[at].strip()), None)


def _key(line: str) -> str | None:
    """Return what a line at the edge shares with those of other pages: "" for a bare number."""
    if not 0 < len(line.strip()) <= _MAX_EDGE:
        return None
    if chapter_line(line) is not None:
        return collapse(line)
    number = _NUMBER.search(line)
    bare = line.strip(_AROUND)
    if number is not None and (bare.startswith(number.group()) or bare.endswith(number.group())):
        bare = bare.replace(number.group(), "", 1)
    return collapse(bare.strip(_AROUND))


def _joined(pages: Sequence[Sequence[str]]) -> list[str]:
    """Return the lines of all pages; an empty line parts two where a sentence or short line ends one."""
    lines: list[str] = []
    margin = max((len(line.strip()) for page in pages for line in page), default=0)
    for page in pages:
        first, last = _edge(page, False), _edge(page, True)
        if first is None or last is None:
            continue
        before = lines[-1].strip() if lines else ""
        if before and (before[-1] in ".!?:。！？：”\"’'" or 2 * len(before) < margin):
            lines.append("")
        lines += page[first : last + 1]
    return lines
