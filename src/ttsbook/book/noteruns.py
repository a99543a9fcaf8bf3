"""The notes of a document, in a run -> what stands among them and is read by nobody without them.

These are the later paragraphs of a note, and headings with nothing but notes under them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from lxml import etree

from ttsbook.book.headings import is_notes_line
from ttsbook.book.markup import HEADING_LEVELS, Element, inner_text, local_name

_PARAGRAPHS = frozenset(("p", "blockquote", "div", "ul", "ol", "dl", "table", "figure", "pre"))
_SAYING = frozenset(("img", "image", "svg", "math", "object"))  # without a text node
_MAX_TITLE = 40  # characters


class TextAbove:
    """Tells whether text stands before a note, other notes and headings aside; asked in reading order."""

    def __init__(self, root: Element, bodies: Collection[Element]) -> None:
        self._walk = etree.iterwalk(root, events=("start", "end"))
        self._bodies = bodies
        self._is_found = False

    def stands_before(self, note: Element) -> bool:
        while not self._is_found:
            event, element = next(self._walk, ("end", None))
            if element is None:
                return True  # the note stands inside another
            name = local_name(element)
            if event == "start" and (name in HEADING_LEVELS or name == "head" or element in self._bodies):
                self._walk.skip_subtree()
                if element is note:
                    return False
            elif (text := element.text if event == "start" else element.tail) and text.strip():
                self._is_found = True
        return True


def later_paragraphs(first: Element, bodies: Collection[Element], above: TextAbove) -> Iterator[Element]:
    """Yield what stands between two notes that follow each other, in a run of notes that begins with `first`.

    Where notes stand among the text that they belong to, there is no run: it has a title, or stands
    above all text of the document.
    """
    if above.stands_before(first) and not _stands_under_title(first):
        return
    waiting: list[Element] = []
    in_note = False
    for element in (first, *first.itersiblings()):
        if element in bodies:
            yield from waiting
            waiting, in_note = [], True
        elif local_name(element) in _PARAGRAPHS and in_note:
            waiting.append(element)
        elif inner_text(element).strip():
            waiting, in_note = [], False  # the heading of the next chapter


def bare_headings(root: Element, bodies: Collection[Element]) -> Iterator[Element]:
    """Yield the headings of a document that have notes under them and nothing else."""
    open_headings: list[tuple[int, Element]] = []
    with_notes: set[Element] = set()
    with_text: set[Element] = set()
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        name = local_name(element)
        if event == "start" and (name == "head" or element in bodies or name in HEADING_LEVELS):
            walk.skip_subtree()
            if name in HEADING_LEVELS:
                level = HEADING_LEVELS[name]
                while open_headings and open_headings[-1][0] >= level:
                    open_headings.pop()
                open_headings.append((level, element))
            elif element in bodies:
                with_notes.update(heading for _, heading in open_headings)
            continue
        text = element.text if event == "start" else element.tail
        if (text and text.strip()) or name in _SAYING:
            with_text.update(heading for _, heading in open_headings)
    yield from with_notes - with_text


def _stands_under_title(first: Element) -> bool:
    before = first.getprevious()
    while before is not None and not inner_text(before).strip():
        before = before.getprevious()
    if before is None or len(before) > _MAX_TITLE:
        return False
    text = inner_text(before).strip()
    return len(text) <= _MAX_TITLE and is_notes_line(text)
