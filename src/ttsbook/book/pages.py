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

_MIN_PAGES = 5
_MIN_REPEATED = 3  # pages that have it; a book may have a running title for each chapter
_NEAR = 2  # pages on from one that has it: left and right pages may differ
_MAX_EDGE = 80  # characters
_NUMBER = re.compile(r"(?<!\w)(?:\d{1,4}|[ivxlc]{1,7})(?!\w)")
_AROUND = " \t-–—|[]()·•"


def take_page_edges(text: str) -> tuple[str, list[Skipped]]:
    """Return a text without page numbers and running titles, and these."""
    pages = [page.split("\n") for page in text.split("\f")]
    if len(pages) < _MIN_PAGES:
        return text, []
    skipped: list[Skipped] = []
    for last in (False, True):
        edges = [_edge(page, last) for page in pages]
        keys = [_key(page[at]) if at is not None else None for page, at in zip(pages, edges, strict=True)]
        counts = Counter(keys)
        seen: set[str] = set()
        for n, (page, at, key) in enumerate(zip(pages, edges, keys, strict=True)):
            near = (*keys[max(n - _NEAR, 0) : n], *keys[n + 1 : n + 1 + _NEAR])
            if at is None or key is None or counts[key] < _MIN_REPEATED or key not in near:
                continue
            if chapter_line(page[at]) is None or key in seen:  # the first begins the chapter
                skipped.append(Skipped("page-number" if not key else "running-title", collapse(page[at]), ""))
                page[at] = ""
            seen.add(key)
    return "\n".join(_joined(pages)), skipped


def _edge(page: Sequence[str], last: bool) -> int | None:
    """Return the place of the first or last line of a page that is not empty."""
    order = range(len(page) - 1, -1, -1) if last else range(len(page))
    return next((at for at in order if page[at].strip()), None)


def _key(line: str) -> str | None:
    """Return what a line at the edge shares with those of other pages: "" for a bare number."""
    if len(line.strip()) > _MAX_EDGE:
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
