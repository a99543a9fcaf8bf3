"""Note marks and their targets -> the elements that hold the notes.

Many books mark notes up as plain links. The evidence used here is two links that point at each
other: a note mark that leads to a place, and a link at that place that leads back to the mark.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from ttsbook.book.archive import resolve
from ttsbook.book.markup import Element, attribute, local_name
from ttsbook.book.rules import skip_reason

Place = tuple[str, str]  # file inside the book, id
Position = tuple[int, int]  # document in reading order, element in the document

_CONTAINERS = frozenset(("p", "li", "div", "aside", "dd", "dt", "td", "tr", "blockquote", "section"))
_OUTERMOST = frozenset(("body", "html", "section", "ol", "ul", "dl", "table", "tbody", ""))


class NoteLinks:
    """Where the note marks of a book lead. Filled document by document in reading order, then asked."""

    def __init__(self) -> None:
        self._marks_of: defaultdict[Place, set[Place]] = defaultdict(set)
        self._first_mark: dict[Place, Position] = {}
        self._targets_in: defaultdict[str, set[str]] = defaultdict(set)
        self._order: dict[str, int] = {}

    def add(self, root: Element, where: str) -> None:
        """Collect the note marks of one document."""
        order = self._order.setdefault(where, len(self._order))
        for index, link in enumerate(root.iter()):
            if local_name(link) != "a" or skip_reason(link) != "note-mark":
                continue
            target = resolve(where, attribute(link, "href"))
            if target[1]:
                self._targets_in[target[0]].add(target[1])
                self._marks_of[target].update((where, id) for id in _ids_around(link))
                self._first_mark.setdefault(target, (order, index))

    def bodies(self, root: Element, where: str) -> frozenset[Element]:
        """Return the elements of a document that hold notes and nothing else."""
        targets = self._targets_in.get(where)
        if not targets:
            return frozenset()
        found = set()
        for index, element in enumerate(root.iter()):
            id = element.get("id") or element.get("name")
            # The link back looks like a mark as well; the mark is the one that comes first.
            if id not in targets or (self._order[where], index) < self._first_mark[where, id]:
                continue
            body = _container(element, targets)
            if body is not None and self._leads_back(body, where, self._marks_of[where, id]):
                found.add(body)
        return frozenset(found)

    def _leads_back(self, body: Element, where: str, marks: set[Place]) -> bool:
        links = (link for link in body.iter() if local_name(link) == "a")
        return any(resolve(where, attribute(link, "href")) in marks for link in links)


def _ids_around(link: Element) -> Iterable[str]:
    for element in (link, *link.iterdescendants(), *_parents(link, 2)):
        for name in ("id", "name"):
            if element.get(name):
                yield str(element.get(name))


def _parents(element: Element, n: int) -> Iterable[Element]:
    while n and (element := element.getparent()) is not None:
        yield element
        n -= 1


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
