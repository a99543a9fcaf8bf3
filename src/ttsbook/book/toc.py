"""Navigation document (EPUB 3) or NCX (EPUB 2) -> the entries of the table of contents, and landmarks."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from ttsbook.book.archive import resolve
from ttsbook.book.markup import Element, attribute, inner_text, local_name
from ttsbook.book.package import Reference
from ttsbook.book.printed import collapse
from ttsbook.book.rules import semantics

_LISTS = ("ol", "ul")  # the second is against the standard, and common


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the table of contents that leads somewhere."""

    title: str
    path: str
    fragment: str
    depth: int  # 0 = top


def read_nav(root: Element, where: str) -> tuple[Entry, ...]:
    """Return the entries of `<nav epub:type="toc">`, in its order."""
    navs = [element for element in root.iter() if local_name(element) == "nav"]
    # Without a type it is the first one that is not typed as something else.
    for nav in [nav for nav in navs if "toc" in semantics(nav)] + [nav for nav in navs if not semantics(nav)]:
        return tuple(_nav_entries(nav, where))
    return ()


def read_landmarks(root: Element, where: str) -> tuple[Reference, ...]:
    """Return the places that the navigation document gives a meaning to."""
    found = []
    for nav in root.iter():
        if local_name(nav) != "nav" or "landmarks" not in semantics(nav):
            continue
        for link in nav.iter():
            if local_name(link) == "a":
                path, _ = resolve(where, attribute(link, "href"))
                found += [Reference(word, path) for word in sorted(semantics(link))]
    return tuple(found)


def read_ncx(root: Element, where: str) -> tuple[Entry, ...]:
    """Return the entries of the navMap, in document order."""
    entries = []
    for point in root.iter():
        if local_name(point) != "navpoint":
            continue
        title = source = ""
        for child in point.iterchildren():
            if local_name(child) == "navlabel":
                title = title or collapse(inner_text(child))
            elif local_name(child) == "content":
                source = source or attribute(child, "src")
        if source:
            entries.append(Entry(title, *resolve(where, source), _n_ancestors(point, ("navpoint",))))
    return tuple(entries)


def _nav_entries(nav: Element, where: str) -> Iterator[Entry]:
    for item in nav.iter():
        if local_name(item) != "li":
            continue
        link = next((child for child in item.iter() if local_name(child) in ("a", *_LISTS)), None)
        if link is None or local_name(link) in _LISTS or not attribute(link, "href"):
            continue  # a heading that groups the entries below it and leads nowhere itself
        title = collapse(inner_text(link)) or collapse(attribute(link, "title"))
        yield Entry(title, *resolve(where, attribute(link, "href")), max(_n_ancestors(item, _LISTS) - 1, 0))


def _n_ancestors(element: Element, names: Collection[str]) -> int:
    return sum(local_name(ancestor) in names for ancestor in element.iterancestors())
