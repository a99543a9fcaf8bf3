"""Note marks and their targets -> the marks, and the elements that hold the notes.

Many books mark notes up as plain links. The evidence used here is two links that point at each
other: a note mark that leads to a place, and a link at that place that leads back to the mark.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from lxml import etree

from ttsbook.book.archive import resolve
from ttsbook.book.headings import is_notes_line
from ttsbook.book.markup import HEADING_LEVELS, Element, attribute, inner_text, local_name
from ttsbook.book.noteruns import TextAbove, bare_headings, later_paragraphs
from ttsbook.book.rules import BLOCK_TAGS, may_be_note_mark, may_lead_back, skip_reason

Place = tuple[str, str]  # file inside the book, id
Position = tuple[int, int]  # document in reading order, element in the document

_CONTAINERS = frozenset(
    ("p", "li", "div", "aside", "dd", "dt", "dl", "td", "tr", "table", "blockquote", "section")
)
_OUTERMOST = frozenset(("body", "html", "section", "ol", "ul", "dl", "table", "tbody", ""))
_MAX_TITLE = 16  # characters
_NEAR = 3  # elements around a link back that may bear the id of the note


@dataclass(slots=True)
class _Run:
    """Notes inside one element."""

    first: Element
    position: Position
    last_mark: Position = (-1, -1)


class NoteLinks:
    """Where the note marks of a book lead. Filled document by document in reading order, then asked."""

    def __init__(self) -> None:
        self._marks_of: defaultdict[Place, set[Place]] = defaultdict(set)
        self._first_mark: dict[Place, Position] = {}
        self._targets_in: defaultdict[str, set[str]] = defaultdict(set)
        self._order: dict[str, int] = {}
        # Marks only if a link leads back to them: the place that each leads to, and its own ids.
        self._doubtful: defaultdict[str, dict[int, tuple[Place, set[Place]]]] = defaultdict(dict)
        self._settled: defaultdict[str, set[int]] = defaultdict(set)
        self._block_of: dict[Place, tuple[str, int]] = {}
        self._back_from: defaultdict[tuple[str, int], set[Place]] = defaultdict(set)  # by block

    def add(self, root: Element, where: str) -> None:
        """Collect the note marks of one document, and the links that may lead back to some."""
        order = self._order.setdefault(where, len(self._order))
        blocks = [0]  # around the place where the walk is
        n_blocks = n_links = n_headings = 0  # of the last two, those around
        is_text = False  # letters stand before it in its block
        index = -1
        for event, element in etree.iterwalk(root, events=("start", "end")):
            name = local_name(element)
            change = 1 if event == "start" else -1
            n_headings += change * (name in HEADING_LEVELS)
            n_links += change * (name == "a")
            if name in BLOCK_TAGS:
                is_text = False
            if event == "end":
                if name in _CONTAINERS:
                    blocks.pop()
                is_text = is_text or (not n_links and _has_letters(element.tail))
                continue
            index += 1
            if name in _CONTAINERS:
                n_blocks += 1
                blocks.append(n_blocks)
            for id in _own_ids(element):
                self._block_of.setdefault((where, id), (where, blocks[-1]))
            if name == "a" and "#" in attribute(element, "href"):
                target = resolve(where, attribute(element, "href"))
                if may_lead_back(element):
                    for block in blocks[-_NEAR:]:
                        self._back_from[where, block].add(target)
                if skip_reason(element) == "note-mark":
                    self._add_mark(target, {(where, id) for id in _ids_around(element)}, (order, index))
                elif is_text and not n_headings and may_be_note_mark(element):
                    self._doubtful[where][index] = (target, {(where, id) for id in _inline_ids(element)})
            is_text = is_text or (not n_links and _has_letters(element.text))

    def _add_mark(self, target: Place, ids: set[Place], position: Position) -> None:
        if target[1]:
            self._targets_in[target[0]].add(target[1])
            self._marks_of[target] |= ids
            self._first_mark[target] = min(self._first_mark.get(target, position), position)

    def reasons(self, root: Element, where: str) -> dict[Element, str]:
        """Return the elements of a document that are note marks or nothing but notes, each with the rule."""
        self._settle()
        marks, targets = self._settled[where], self._targets_in[where]
        found: dict[Element, str] = {}
        bodies: set[Element] = set()
        runs: dict[Element, _Run] = {}
        for index, element in enumerate(root.iter("*") if marks or targets else ()):
            if index in marks:
                found[element] = "note-mark"
            id = next(iter(_own_ids(element)), "")
            # The link back looks like a mark as well; the mark is the one that comes first.
            if id not in targets or (self._order[where], index) < self._first_mark[where, id]:
                continue
            body = _container(element, targets)
            if body is not None and self._leads_back(body, where, self._marks_of[where, id]):
                bodies.update(_with_definitions(body))
                run = runs.setdefault(body.getparent(), _Run(body, (self._order[where], index)))
                run.last_mark = max(run.last_mark, self._first_mark[where, id])
        above = TextAbove(root, bodies)
        for run in runs.values():
            if run.last_mark < run.position:
                bodies.update(list(later_paragraphs(run.first, bodies, above)))
        bodies.update(title for body in tuple(bodies) if (title := _title_above(body, bodies)) is not None)
        if bodies:
            bodies.update(list(bare_headings(root, bodies)))
        return found | dict.fromkeys(bodies, "footnote")

    def _settle(self) -> None:
        """Take as marks those of the doubtful ones that a link leads back to."""
        for where, doubtful in self._doubtful.items():
            for index, (target, ids) in doubtful.items():
                block = self._block_of.get(target, ("", 0))
                if not ids.isdisjoint(self._back_from.get(block, ())):
                    self._add_mark(target, ids, (self._order[where], index))
                    self._settled[where].add(index)
        self._doubtful.clear()

    def _leads_back(self, body: Element, where: str, marks: set[Place]) -> bool:
        links = (link for link in body.iter() if local_name(link) == "a")
        return any(resolve(where, attribute(link, "href")) in marks for link in links)


def _own_ids(element: Element) -> Iterable[str]:
    return (str(id) for name in ("id", "name") if (id := element.get(name)))


def _ids_around(link: Element) -> Iterable[str]:
    for element in (*link.iterdescendants("*"), *islice(link.iterancestors(), 2)):
        yield from _own_ids(element)
    yield from _inline_ids(link)


def _inline_ids(link: Element) -> Iterable[str]:
    """Yield the ids of a link, of the inline elements around it, and of empty anchors right before these."""
    for element in (link, *islice(link.iterancestors(), 2)):
        if local_name(element) in BLOCK_TAGS:
            break
        yield from _own_ids(element)
        before = element.getprevious()
        if before is not None and not inner_text(before).strip() and not (before.tail or "").strip():
            yield from _own_ids(before)


def _has_letters(text: str | None) -> bool:
    return text is not None and any(map(str.isalpha, text))


def _with_definitions(body: Element) -> Iterable[Element]:
    """Yield a note, and where it is the term of a list what the list says of it."""
    yield body
    if local_name(body) == "dt":
        for after in body.itersiblings():
            if local_name(after) != "dd":
                break
            yield after


def _title_above(body: Element, bodies: set[Element]) -> Element | None:
    """Return the title above a run of notes ("Footnotes") if nothing else stands under it."""
    for element in (body, *islice(body.iterancestors(), _NEAR)):
        before = element.getprevious()
        while before is not None and not inner_text(before).strip():
            before = before.getprevious()
        if before is None:
            continue
        text = inner_text(before).strip() if len(before) <= _MAX_TITLE else ""
        if len(text) > _MAX_TITLE or not is_notes_line(text):
            return None
        return before if all(_holds_notes(after, bodies) for after in before.itersiblings()) else None
    return None


def _holds_notes(element: Element, bodies: set[Element]) -> bool:
    """Tell whether all that an element says is notes."""
    walk = etree.iterwalk(element, events=("start",))
    for _, inner in walk:
        texts = [inner.tail] if inner is not element else []
        if inner in bodies:
            walk.skip_subtree()
        else:
            texts.append(inner.text)
        if any((text or "").strip() for text in texts):
            return False
    return True


def _container(element: Element, targets: set[str]) -> Element | None:
    """Return the largest element that begins with the note and holds no other."""
    while local_name(element) not in _CONTAINERS:
        if not _begins_with(element.getparent(), element):
            return None
        element = element.getparent()
    while True:
        parent = element.getparent()
        if parent is None or local_name(parent) in _OUTERMOST or not _begins_with(parent, element):
            return element
        if _holds_several(parent, targets):
            return element
        element = parent


def _begins_with(parent: Element | None, child: Element) -> bool:
    return (
        parent is not None
        and not (parent.text or "").strip()
        and all(
            not "".join(before.itertext()).strip() and not (before.tail or "").strip()
            for before in child.itersiblings(preceding=True)
        )
    )


def _holds_several(parent: Element, targets: set[str]) -> bool:
    seen = set()
    for element in parent.iter():
        id = element.get("id") or element.get("name")
        if id in targets:
            seen.add(id)
            if len(seen) > 1:
                return True
    return False
