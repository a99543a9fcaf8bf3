"""A single HTML file -> drafts of chapters, cut at its headings."""

from __future__ import annotations

import re

from ttsbook.book.document import document_title
from ttsbook.book.draft import Draft
from ttsbook.book.linklist import Titles
from ttsbook.book.markup import Element, parse_html
from ttsbook.book.notes import NoteLinks
from ttsbook.book.printed import collapse
from ttsbook.book.sections import split_at_headings
from ttsbook.book.xhtml import read_document
from ttsbook.types import Metadata

_ROOT = re.compile(
    r"\s*(?:<\?[^>]*>\s*)*(?:<!--.*?-->\s*)*(?:<!DOCTYPE\s+html|<html)\b", re.IGNORECASE | re.DOTALL
)


def is_html(text: str, suffix: str) -> bool:
    """Return whether a text is an HTML document."""
    return suffix in (".html", ".htm", ".xhtml") or _ROOT.match(text[:4096]) is not None


def read_html(text: str, stem: str) -> tuple[list[Draft], Metadata]:
    """Read an HTML document; `stem` titles what no heading names."""
    root = parse_html(text).root
    title = document_title(root)
    language = str(root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or "") or None
    names = (element for element in root.iter("meta") if str(element.get("name")).lower() == "author")
    authors = tuple(name for element in names if (name := collapse(str(element.get("content") or ""))))
    metadata = Metadata(title=title, authors=authors, language=language)
    return read_tree(root, title or stem, language), metadata


def read_tree(root: Element, title: str, language: str | None) -> list[Draft]:
    """Cut a parsed document at its headings."""
    notes = NoteLinks()
    notes.add(root, "")
    titles = Titles()
    titles.add(root, "")
    document = read_document(root, "", language=language, notes=notes.reasons(root, ""), titles=titles)
    drafts = split_at_headings(document.items)
    for draft in drafts:
        draft.fallback_title = title
    return drafts
