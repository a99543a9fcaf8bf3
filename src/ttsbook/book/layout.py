"""Tables of a document -> those that only place text on the page."""

from __future__ import annotations

from ttsbook.book.markup import Element, local_name
from ttsbook.book.rules import BLOCK_TAGS


def layout_rows(root: Element) -> frozenset[Element]:
    """Return the rows of tables that only place text on the page: a cell holds several paragraphs."""
    layout = set()
    rows = []
    for element in root.iter():
        name = local_name(element)
        if name == "tr":
            rows.append(element)
        elif name in ("td", "th") and sum(local_name(child) in BLOCK_TAGS for child in element) > 1:
            layout.add(_table_of(element))
    return frozenset(row for row in rows if _table_of(row) in layout)


def _table_of(element: Element) -> Element:
    for _ in range(4):  # cell, row, group of rows, table
        if local_name(element) == "table" or element.getparent() is None:
            break
        element = element.getparent()
    return element
