"""What the markup states about a document -> front matter, body or back matter.

Only statements count: the division on `body` or on the only section of a document, the landmarks
and the guide. Names of files are never looked at, and titles only where a place to start reading is
stated: a prologue that the contents list before it is text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ttsbook.book.headings import chapter_line, numbered_line
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
_AROUND = re.compile(
    r"(?:half[- ]?)?title(?:[- ]?page)?|(?:front )?cover|front ?matter|copyright\b.*|colophon|imprint"
    r"|frontispiece|epigraph|dedication|acknowledge?ments?|glossary|(?:table of )?contents|newsletter|maps?"
    r"|(?:list|table) of\b.*|(?:.*\b)?(?:praise|acclaim|reviews)\b.*|by the same author|about the\b.*"
    r"|(?:also|other|books?|novels?|works?|titles?|more)\b.*\b(?:by|from)\b.*|(?:a )?note (?:on|about)\b.*"
    r"|dramatis personae|cast\b.*|characters"
    r"|封面|扉页|书名页|版权(?:页|信息|声明)?|目录|[献題题](?:词|辞|詞|辭|献)|(?:作者|内容|作品)简介|出版说明",
    re.IGNORECASE,
)
_LAST = re.compile(r"(?:an |the )?epilogue|conclusion|尾声|尾聲|终章|終章|番外", re.IGNORECASE)
_MIN_TEXT = 3000  # characters: more than a page of something that no title tells


@dataclass(frozen=True, slots=True)
class Stated:
    """What a book says of one of its documents."""

    path: str
    matter: Matter | None  # by its own markup
    titles: Sequence[str]  # in the table of contents
    n_characters: int


def stated_matter(root: Element) -> Matter | None:
    """Return what a document says about itself, or None."""
    words: list[frozenset[str]] = [semantics(root)]
    for element in _single_line(root):
        words.append(semantics(element))
    return _division(words) or _part(words)


def names_page_around(title: str) -> bool:
    """Tell whether a title is that of a page around the text: the cover, the title page, the contents."""
    return _AROUND.fullmatch(title) is not None


def matter_by_place(documents: Sequence[Stated], references: Iterable[Reference]) -> list[Matter]:
    """Return the matter of every document in reading order.

    A document's own statement comes first, then the landmarks; what stands before the stated start
    of the text is front matter, what stands after the stated start of the back matter is back matter,
    unless its title in the contents says that it is text.
    """
    position = {document.path: index for index, document in enumerate(documents)}
    matters = [document.matter for document in documents]
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
    listed = documents[0] if documents else None
    placed = []
    for index, (document, matter) in enumerate(zip(documents, matters, strict=True)):
        listed = (
            document if document.titles or listed is None else listed
        )  # the others go on from one that is
        placed.append(matter or _by_place(listed, before=index < start, after=index >= back))
    return placed


def _by_place(document: Stated, *, before: bool, after: bool) -> Matter:
    if before and not any(_is_text_before(title, document.n_characters) for title in document.titles):
        return Matter.FRONT
    if after and not any(map(_is_text_after, document.titles)):
        return Matter.BACK
    return Matter.BODY


def _is_text_before(title: str, n_characters: int) -> bool:
    """Tell whether what is listed before the start is text: a prologue, a chapter, something long.

    A start says where to open the book, not that all before it is none of the text.
    """
    if names_page_around(title):
        return False
    return chapter_line(title) is not None or numbered_line(title) is not None or n_characters >= _MIN_TEXT


def _is_text_after(title: str) -> bool:
    line = chapter_line(title) or numbered_line(title)
    return line is not None and (line.number is not None or _LAST.match(title) is not None)


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
