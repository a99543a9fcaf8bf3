"""The content of one element, cut at given places and put together again with spans in it.

Text, comments and elements keep their order; nothing is dropped. Knows nothing of sentences.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml import etree

from ttsbook.book.markup import Element

XHTML = "http://www.w3.org/1999/xhtml"
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Cut:
    """Something that the span `name` holds: a child, or characters of the text before or behind one."""

    name: str
    element: Element  # the container for its first text, else a child
    tail: bool | None  # None: the child itself
    start: int
    end: int


@dataclass(slots=True)
class _Node:
    content: Element | str
    name: str | None  # of the span that holds it


def legal(text: str) -> str:
    """Return a text as XML can hold it, of the same length."""
    return _ILLEGAL.sub("\ufffd", text)


def document_bytes(root: Element) -> bytes:
    """Return a content document as it stands in the archive."""
    return bytes(
        etree.tostring(root.getroottree(), encoding="utf-8", xml_declaration=True, doctype="<!DOCTYPE html>")
    )


def wrap(container: Element, cuts: Sequence[Cut]) -> None:
    """Put what `cuts` name into spans with these ids, with whatever stands between their ends."""
    nodes = list(_nodes(container, cuts))
    _fill(nodes)
    for child in list(container):
        container.remove(child)
        child.tail = None
    container.text = None
    target = container
    for node in nodes:
        if node.name is None:
            target = container
        elif target is container or target.get("id") != node.name:
            target = etree.SubElement(container, f"{{{XHTML}}}span", id=node.name)
        _append(target, node.content)


def _nodes(container: Element, cuts: Sequence[Cut]) -> Iterator[_Node]:
    children = list(container)
    yield from _parted(container.text, [cut for cut in cuts if cut.element is container])
    for child in children:
        own = [cut for cut in cuts if cut.element is child]
        held = next((cut.name for cut in own if cut.tail is None), None)
        yield _Node(child, held)
        yield from _parted(child.tail, [cut for cut in own if cut.tail])


def _parted(text: str | None, cuts: Sequence[Cut]) -> Iterator[_Node]:
    text, position = text or "", 0
    for cut in sorted(cuts, key=lambda cut: cut.start):
        yield _Node(text[position : cut.start], None)
        yield _Node(text[cut.start : cut.end], cut.name)
        position = cut.end
    yield _Node(text[position:], None)


def _fill(nodes: Sequence[_Node]) -> None:
    """Give what stands between two nodes of one span to the span as well."""
    last = {node.name: at for at, node in enumerate(nodes) if node.name is not None}
    current: str | None = None
    for at, node in enumerate(nodes):
        current = node.name or current
        if current is not None:
            node.name = current if at <= last[current] else None


def _append(parent: Element, content: Element | str) -> None:
    if not isinstance(content, str):
        parent.append(content)
    elif len(parent):
        parent[-1].tail = (parent[-1].tail or "") + content
    else:
        parent.text = (parent.text or "") + content
