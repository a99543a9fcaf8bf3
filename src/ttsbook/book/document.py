"""A content document: as items in reading order, and what its markup says of it as a whole."""

from __future__ import annotations

from dataclasses import dataclass

from ttsbook.book.inline import Part
from ttsbook.book.markup import Element, inner_text, local_name
from ttsbook.book.printed import collapse
from ttsbook.types import Block, Skipped


@dataclass(frozen=True, slots=True)
class Anchor:
    """A place in the reading order that something may point at."""

    id: str


Item = Block | Skipped | Anchor


@dataclass(frozen=True, slots=True)
class Trace:
    """The parts that a block was made of; its visible characters are theirs from `first` on."""

    parts: tuple[Part, ...]
    first: int


@dataclass(frozen=True, slots=True)
class Document:
    """One document as items; `added` holds the characters that are not among its text nodes."""

    items: tuple[Item, ...]
    added: str
    traces: tuple[Trace, ...]  # of each block


def document_text(root: Element) -> str:
    """Return all text that a document shows or hides, without its head: what must be accounted for."""
    if local_name(root) != "html":
        return inner_text(root)
    outside = [(root.text or "")] + [child.tail or "" for child in root]
    inside = [inner_text(child) for child in root if local_name(child) != "head"]
    return "".join(outside + inside)


def document_title(root: Element) -> str:
    """Return the title in the head, or ""."""
    for head in root.iterchildren():
        if local_name(head) == "head":
            for child in head:
                if local_name(child) == "title":
                    return collapse(inner_text(child))
    return ""
