"""Lists of links to pages in a document: its index, the list of its illustrations. They are not read out.

A link to a page says the number that the page has, so that it is known from a link to a chapter or a note.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ttsbook.book.inline import Part
from ttsbook.book.linklist import link_around, pieces
from ttsbook.book.markup import Element, attribute, inner_text
from ttsbook.book.printed import letters
from ttsbook.types import Block, BlockKind

_INDEX = re.compile(
    r"(?:(?:general|alphabetical|subject) )?index(?: (?:of|to) .{1,60})?[.:]?|索引", re.IGNORECASE
)
_PICTURES = re.compile(
    r"(?:list of )?(?:the )?(?:illustrations|plates|maps|figures|diagrams|tables)[.:]?", re.IGNORECASE
)
_PAGE_FRAGMENT = re.compile(r"#(?:page|pg|p)[_.-]?(\d{1,4}|[ivxlc]{1,7})$", re.IGNORECASE)
_PAGE = re.compile(r"\W{0,2}(\d{1,4}|[ivxlc]{1,7})\b.{0,8}", re.IGNORECASE)
_MIN_LINES = 2  # under a title
_MIN_LINES_UNTITLED = 20  # the index goes on in the next file
_ENOUGH = 40  # lines by which a list is known
_MAX_APART = 4  # lines from one with a link to the next: "A", "Abbots, see Monks"
_MAX_BETWEEN = 120  # characters of a line without a link
_MAX_PER_PAGE = 100  # characters of a line for each page: a sentence that names one has more
_MAX_LETTER = 3  # characters of the headings inside an index


@dataclass(frozen=True, slots=True)
class _Links:
    """The links of a document that may stand in such a list."""

    pages: Mapping[Element, bool]  # whether the text is the number of the page that it leads to

    def names_pages(self, block: Block, parts: Sequence[Part], first: int) -> bool:
        n_pages = len({link for link, _ in self._said(block, parts, first) if self.pages[link]})
        return len(block.text) <= _MAX_PER_PAGE * n_pages

    def is_named(self, block: Block, parts: Sequence[Part], first: int) -> bool:
        """Tell whether most of a line is a link: the words for a picture."""
        linked = sum(len(letters(text)) for _, text in self._said(block, parts, first))
        return 2 * linked > len(letters(block.text))

    def _said(self, block: Block, parts: Sequence[Part], first: int) -> Iterator[tuple[Element, str]]:
        for part, text in pieces(parts, first, block):
            if (link := link_around(part, self.pages)) is not None:
                yield link, text


def find_page_lists(root: Element, blocks: Sequence[tuple[Block, Sequence[Part], int]]) -> dict[int, str]:
    """Return which blocks of a document are lists of pages, their titles included, each with the rule.

    Args:
        blocks: each with the parts it was made of; its visible characters are theirs from a place on.
    """
    links = _Links({link: _is_page(link) for link in root.iter("{*}a") if "#" in attribute(link, "href")})
    if len(links.pages) < _MIN_LINES:
        return {}
    found: dict[int, str] = {}
    if sum(links.pages.values()) >= _MIN_LINES_UNTITLED:
        run = _run(blocks, 0, links, pictures=False)
        if len(run) >= _MIN_LINES_UNTITLED:
            found |= dict.fromkeys(range(run[-1] + 1), "index")
    for n, (block, _, _) in enumerate(blocks):
        is_index, is_pictures = _INDEX.fullmatch(block.text), _PICTURES.fullmatch(block.text)
        if n in found or not (is_index or is_pictures):
            continue
        run = _run(blocks, n + 1, links, pictures=is_index is None)
        if len(run) >= _MIN_LINES:
            found |= dict.fromkeys(range(n, run[-1] + 1), "index" if is_index else "contents")
    return found


def _is_page(link: Element) -> bool:
    place, said = _PAGE_FRAGMENT.search(attribute(link, "href")), _PAGE.fullmatch(inner_text(link).strip())
    return place is not None and said is not None and place.group(1).lower() == said.group(1).lower()


def _run(
    blocks: Sequence[tuple[Block, Sequence[Part], int]], start: int, links: _Links, *, pictures: bool
) -> list[int]:
    """Return the lines of a list that begins at a block; nothing if others outnumber them."""
    run: list[int] = []
    for n in range(start, len(blocks)):
        block, parts, first = blocks[n]
        is_end = block.kind is BlockKind.HEADING and len(block.text) > _MAX_LETTER
        if is_end or (n - start >= _ENOUGH and 2 * len(run) < n - start):
            break
        if links.names_pages(block, parts, first) or (pictures and links.is_named(block, parts, first)):
            run.append(n)
        elif len(block.text) > _MAX_BETWEEN or n - (run[-1] if run else start - 1) >= _MAX_APART:
            break
    return run if run and 2 * len(run) >= run[-1] + 1 - start else []
