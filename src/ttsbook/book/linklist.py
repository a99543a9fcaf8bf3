"""Lists of links to chapters in a document: its printed table of contents, which is not read out.

What a line says must be the title of the place that it leads to, so that neither the choices of a
game book nor a sentence about another chapter is taken for a list.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

from lxml import etree

from ttsbook.book.archive import resolve
from ttsbook.book.headings import is_contents_line
from ttsbook.book.inline import Part
from ttsbook.book.markup import HEADING_LEVELS, Element, attribute, inner_text, local_name
from ttsbook.book.printed import letters, visible
from ttsbook.book.toc import Entry
from ttsbook.types import Block, BlockKind

Place = tuple[str, str]  # file inside the book, id

_MIN_LINKS = 3  # to different chapters
_MAX_BESIDE = 12  # letters beside the title in a line: "Chapter", "page"
_MAX_BETWEEN = 40  # characters of a line among the others that leads nowhere: "PART ONE"
_MAX_APART = 2  # lines, with one such between
_MIN_TELLING = 8  # letters of a title that may stand in a summary
_MAX_COLUMN_HEADS = 20  # characters
_MAX_IDS = 32  # that one heading may have
_MAX_CLIMB = 8  # elements between a text and the link around it
_NUMBERED = re.compile(r"(?:chapter|part|book|volume|letter|section)?[\divxlc]+")
_NUMBER = re.compile(r"[\divxlc]+", re.IGNORECASE)


class Titles:
    """The titles of the places where chapters begin, in letters. Filled document by document, then asked."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._of: defaultdict[Place, set[str]] = defaultdict(set)
        self._in: defaultdict[str, set[str]] = defaultdict(set)
        self._starts: set[Place] = set()  # with no text of the document before them
        for entry in entries:
            self._add((entry.path, entry.fragment), entry.title)

    def add(self, root: Element, where: str) -> None:
        """Collect the headings of a document, and the ids in and right above them."""
        here = {""}  # ids since the last text
        at_start = True
        heading: Element | None = None
        for event, element in etree.iterwalk(root, events=("start", "end")):
            name = local_name(element)
            if event == "start":
                ids = {str(id) for key in ("id", "name") if (id := element.get(key))}
                here = here | ids if len(here) < _MAX_IDS else ids
                self._starts.update((where, id) for id in ids if at_start)
                if heading is None and name in HEADING_LEVELS:
                    heading = element
            text = element.text if event == "start" else element.tail
            if element is heading and event == "end":
                for id in here:
                    self._add((where, id), inner_text(heading))
                heading = None
            if heading is None and text and text.strip() and name not in ("head", "title", "style", "script"):
                here, at_start = set(), False

    def _add(self, place: Place, title: str) -> None:
        said = letters(title)
        if said:
            self._of[place].add(said)
            self._in[place[0]].add(said)

    def of(self, place: Place, where: str) -> set[str]:
        """Return the titles that the place of a link in the document `where` has."""
        titles = self._of.get(place, set())
        if place in self._starts:
            titles = titles | self._of.get((place[0], ""), set())
        # Markdown leaves it to others to give the headings their ids.
        return titles or (self._in[where] if place[0] == where and place[1] else titles)


def find_lists(
    root: Element, where: str, blocks: Sequence[tuple[Block, Sequence[Part], int]], titles: Titles
) -> frozenset[int]:
    """Return which blocks of a document are its table of contents, the title above included.

    Args:
        blocks: each with the parts it was made of; its visible characters are theirs from a place on.
    """
    places = {link: resolve(where, attribute(link, "href")) for link in root.iter("{*}a")}
    links = {link: place for link, place in places.items() if titles.of(place, where)}
    if len(set(links.values())) < _MIN_LINKS:
        return frozenset()
    found: set[int] = set()
    run: list[int] = []
    named: set[Place] = set()
    for n, (block, parts, first) in enumerate([*blocks, _END]):
        is_heading = block.kind is BlockKind.HEADING
        led = {} if is_heading else _named(pieces(parts, first, block), links, titles, where)
        if run and (n - run[-1] > _MAX_APART if led else len(block.text) > _MAX_BETWEEN or block is _END[0]):
            if len(named) >= _MIN_LINKS:
                found.update(range(_first(blocks, run[0]), run[-1] + 1))
            run, named = [], set()
        if led:
            run.append(n)
            named.update(led)
    return frozenset(found)


_END: tuple[Block, Sequence[Part], int] = (Block(BlockKind.SCENE_BREAK, ""), (), 0)


def pieces(parts: Iterable[Part], first: int, block: Block) -> Iterator[tuple[Part, str]]:
    """Yield the parts of a block with what it has of their visible characters."""
    last = first + len(visible(block.text))
    start = 0
    for part in parts:
        text = visible(part.text)
        piece = text[max(first - start, 0) : max(last - start, 0)]
        start += len(text)
        if piece:
            yield part, piece


def _named(
    pieces: Iterable[tuple[Part, str]], links: Mapping[Element, Place], titles: Titles, where: str
) -> set[Place]:
    """Return the chapters that a block names and leads to, if that is all it says."""
    said: defaultdict[Element, str] = defaultdict(str)
    before = beside = ""
    for part, text in pieces:
        link = link_around(part, links)
        if link is not None:
            said[link] += text
        elif said:
            beside += text
        else:
            before += text
    before = letters(before)
    beside = before + "".join(filter(str.isalpha, beside.casefold()))  # without the page
    if len(said) == 1 and _NUMBER.fullmatch(letters("".join(said.values()))) and beside:
        ((link, _),) = said.items()
        said, beside = defaultdict(str, {link: beside}), ""  # the number of the page leads there
    if len(beside) > _MAX_BESIDE * len(said):
        return set()
    named = all(
        any(_is_title(letters(text), before, title) for title in titles.of(links[link], where))
        for link, text in said.items()
    )
    return {links[link] for link in said} if named else set()


def _is_title(said: str, number: str, title: str) -> bool:
    """Tell whether a line says a title, or it and what belongs to it: a number, the words of a summary."""
    more = len(said) - len(title)
    return (
        said in title
        or (title in said and (more <= _MAX_BESIDE or len(title) >= _MIN_TELLING))
        or (number != "" and _NUMBERED.fullmatch(title) is not None and title.endswith(number))
    )


def link_around(part: Part, links: Container[Element]) -> Element | None:
    """Return which of some links a part stands in, or None."""
    element = part.element
    if part.tail and element is not None:
        element = element.getparent()
    for _ in range(_MAX_CLIMB):
        if element is None or element in links:
            break
        element = element.getparent()
    return element if element in links else None


def _first(blocks: Sequence[tuple[Block, Sequence[Part], int]], n: int) -> int:
    """Return the place of the title of the contents, above column heads too, else `n` itself."""
    for at in range(n - 1, max(n - 3, -1), -1):
        text = blocks[at][0].text
        if is_contents_line(text):
            return at
        if len(text) > _MAX_COLUMN_HEADS:
            break
    return n
