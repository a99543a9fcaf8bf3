"""What the markup states about a document -> front matter, body or back matter.

Only statements count: the division on `body` or on the only section of a document, the landmarks
and the guide. Names of files and words in titles are never looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ttsbook.book.markup import Element, local_name
from ttsbook.book.package import Reference
from ttsbook.book.rules import semantics
from ttsbook.types import Matter

_DIVISIONS = {"frontmatter": Matter.FRONT, "bodymatter": Matter.BODY, "backmatter": Matter.BACK}
# Pages around the text. Forewords, prefaces, prologues, epilogues and dedications are text: they
# count as front or back matter only where the book itself puts them there by a division.
_FRONT_PARTS = (
    "cover titlepage halftitlepage title-page half-title-page frontispiece seriespage copyright-page"
    " imprint imprimatur toc landmarks loi lot loa lov contributors credits other-credits errata"
)
_BACK_PARTS = (
    "colophon index bibliography glossary endnotes rearnotes footnotes notes acknowledgments acknowledgements"
)
_PARTS = {
    **dict.fromkeys(_FRONT_PARTS.split(), Matter.FRONT),
    **dict.fromkeys(_BACK_PARTS.split(), Matter.BACK),
    **dict.fromkeys(("chapter", "part", "volume", "prologue", "epilogue", "text"), Matter.BODY),
}
_STARTS = ("bodymatter", "text")  # landmarks and guide: where reading begins


def stated_matter(root: Element) -> Matter | None:
    """Return what a document says about itself, or None."""
    words: list[frozenset[str]] = [semantics(root)]
    for element in _single_line(root):
        words.append(semantics(element))
    return _division(words) or _part(words)


def matter_by_place(
    paths: Sequence[str], stated: Sequence[Matter | None], references: Iterable[Reference]
) -> list[Matter]:
    """Return the matter of every document in reading order.

    A document's own statement comes first, then the landmarks; what stands before the stated start
    of the text is front matter, what stands after the stated start of the back matter is back matter.
    """
    position = {path: index for index, path in enumerate(paths)}
    matters = list(stated)
    starts, backs = [], []
    for reference in references:
        index = position.get(reference.path)
        if index is None:
            continue
        if reference.type in _STARTS:
            starts.append(index)
        elif reference.type == "backmatter":
            backs.append(index)
        elif matters[index] is None:
            matters[index] = _PARTS.get(reference.type)
    start, back = min(starts, default=0), min(backs, default=len(matters))
    return [
        matter or (Matter.FRONT if index < start else Matter.BACK if index >= back else Matter.BODY)
        for index, matter in enumerate(matters)
    ]


def _single_line(root: Element) -> Iterable[Element]:
    """Yield body and the sections inside it as long as each is the only element."""
    children = [child for child in root if local_name(child) == "body"]
    while len(children) == 1:
        yield children[0]
        children = [child for child in children[0] if local_name(child) not in ("script", "link", "style")]
        if len(children) == 1 and local_name(children[0]) not in ("section", "article", "div"):
            return


def _division(words: list[frozenset[str]]) -> Matter | None:
    return next((matter for name, matter in _DIVISIONS.items() if any(name in said for said in words)), None)


def _part(words: list[frozenset[str]]) -> Matter | None:
    for said in words:
        for word in sorted(said):
            if word in _PARTS:
                return _PARTS[word]
    return None
