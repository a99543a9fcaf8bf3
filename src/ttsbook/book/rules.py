"""What is not read out, and why: the rules, as data first.

Every skipped text carries the name of its rule (`Skipped.reason`). Rules look at the semantics that
a document states (tag, epub:type, role, hidden), never at file names. Two conventions that state
nothing are known by their look: superscript links to notes, and printed page numbers.
"""

from __future__ import annotations

import re
from itertools import islice

from ttsbook.book.markup import Element, attribute, inner_text, local_name

# Elements that end a block of text; all others are inline.
_BLOCK_NAMES = (
    "address article aside blockquote body caption center colgroup dd details dialog dir div dl dt fieldset"
    " figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu ol optgroup"
    " option p pre section summary table tbody td tfoot th thead tr ul"
    " level1 level2 level3 level4 level5 level6"  # DTBook, in old EPUB 2
)
BLOCK_TAGS = frozenset(_BLOCK_NAMES.split())

# Reason by tag. The text inside is not part of what the author says.
TAGS = {
    "script": "script",
    "style": "script",
    "template": "script",
    "noscript": "script",
    "rt": "ruby",  # the reading beside a character: the character itself is read
    "rp": "ruby",
    "rtc": "ruby",
    "nav": "navigation",
    "audio": "media",
    "video": "media",
    "object": "media",
    "iframe": "media",
    "canvas": "media",
    "svg": "image",
    "annotation": "formula",  # the same formula again, in another notation
    "annotation-xml": "formula",
    "case": "alternative",  # epub:switch: `default` is what every reader can show
}

# Reason by epub:type (EPUB 3 Structural Semantics) or by role without its "doc-" (DPUB-ARIA).
SEMANTICS = {
    "noteref": "note-mark",
    "backlink": "note-mark",
    "footnote": "footnote",
    "footnotes": "footnote",
    "endnote": "footnote",
    "endnotes": "footnote",
    "rearnote": "footnote",
    "rearnotes": "footnote",
    "note": "footnote",
    "pagebreak": "page-number",
    "page-list": "navigation",
    "toc": "navigation",
    "toc-brief": "navigation",
    "landmarks": "navigation",
    "loa": "navigation",
    "loi": "navigation",
    "lot": "navigation",
    "lov": "navigation",
    "index": "index",
    "bibliography": "bibliography",
    "pullquote": "pull-quote",  # repeats a sentence of the text
}

_HIDDEN_STYLE = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_BLOCK_STYLE = re.compile(r"(?:^|;)\s*display\s*:\s*block\b", re.IGNORECASE)
_SET_AS_BLOCK = frozenset(("span", "a", "b", "big", "cite", "em", "font", "i", "small", "strong"))
_RAISED_STYLE = re.compile(r"vertical-align\s*:\s*(?:super|text-top)", re.IGNORECASE)
_NOTE_MARK = re.compile(r"[\[(〔（［]?(?:\d{1,4}|[*＊†‡§¶]{1,4}|[a-z]|[ivxl]{1,5}|注\d*|註\d*)[\])〕）］]?")
_BRACKETED_MARK = re.compile(r"[\[〔［](?:\d{1,4}|[*†‡]|[A-Za-z]|注\d*|註\d*)[\]〕］]|[*＊†‡]{1,3}|[①-⑳]")
_BACK_ARROW = re.compile(r"[\[(]?(?:[↩↑⏎^←⇑⮌↵]|back|return)[\])]?\ufe0e?", re.IGNORECASE)
_BACK_NUMBER = re.compile(rf"[↩↑^←◎]?(?:{_NOTE_MARK.pattern})?[.:]?")
# What Chinese reading software made a convention: a picture as the mark, the notes in a list.
_NOTE_CLASSES = {
    "duokan-footnote": "note-mark",
    "duokan-footnote-content": "footnote",
    "duokan-footnote-item": "footnote",
}
_PAGE_CLASSES = frozenset(("pagenum", "pagenumber", "page-number", "pageno", "page_number", "pb"))
_MAX_MARK = 8  # characters
_MAX_INNER = 8  # links in a link: one with more was never closed, and has the rest of the book in it
_PAGE_NUMBER = re.compile(
    r"[\[({]?\s*(?:p(?:g|age|p)?\.?\s*)?(?:\d{1,4}|[ivxlcdm]{1,7})\s*[\])}]?", re.IGNORECASE
)
_LICENCE_IDS = frozenset(("pg-header", "pg-footer", "pgheader", "pgfooter", "pg-machine-header"))


def semantics(element: Element) -> frozenset[str]:
    """Return what the markup says an element is: epub:type words and roles, without prefixes."""
    words = attribute(element, "type").split() if _has_epub_type(element) else []
    words += str(element.get("role") or "").split()
    return frozenset(word.removeprefix("z3998:").removeprefix("doc-") for word in words)


def skip_reason(element: Element) -> str | None:
    """Return the rule that keeps an element from being read, or None."""
    name = local_name(element)
    if name in TAGS:
        said = semantics(element) & SEMANTICS.keys() if name == "nav" else frozenset()
        return SEMANTICS[min(said)] if said else TAGS[name]
    if not element.attrib:
        return None
    for word in sorted(semantics(element)):
        if word in SEMANTICS:
            return SEMANTICS[word]
    if _is_hidden(element):
        return "hidden"
    if element.get("id") in _LICENCE_IDS or "pg-boilerplate" in str(element.get("class") or "").split():
        return "licence"
    if name == "a" and "#" in attribute(element, "href") and _is_note_link(element):
        return "note-mark"
    classes = str(element.get("class") or "").lower().split()
    if stated := [_NOTE_CLASSES[word] for word in classes if word in _NOTE_CLASSES]:
        return stated[0]
    return "page-number" if _is_page_number(element, classes) else None


def is_set_as_block(element: Element, name: str) -> bool:
    """Tell whether the style of an inline element gives it lines of its own."""
    style = element.get("style") if name in _SET_AS_BLOCK and element.attrib else None
    return style is not None and _BLOCK_STYLE.search(style) is not None


def may_be_note_mark(link: Element) -> bool:
    """Tell whether a link looks like a note mark, except that only a style sheet may raise it."""
    text = _short_text(link)
    if not text:
        return text is not None and any(local_name(inner) == "img" for inner in link.iter())
    return _NOTE_MARK.fullmatch(text) is not None


def may_lead_back(link: Element) -> bool:
    """Tell whether a link looks like one from a note to its mark."""
    text = _short_text(link)
    return text is not None and (_BACK_NUMBER.fullmatch(text) or _BACK_ARROW.fullmatch(text)) is not None


def _has_epub_type(element: Element) -> bool:
    # `type` without a prefix belongs to lists, inputs and scripts.
    return any(key.endswith(("}type", ":type")) for key in element.attrib)


def _is_hidden(element: Element) -> bool:
    return (
        element.get("hidden") is not None
        or str(element.get("aria-hidden") or "").lower() == "true"
        or _HIDDEN_STYLE.search(str(element.get("style") or "")) is not None
    )


def _is_note_link(link: Element) -> bool:
    text = _short_text(link)
    if not text:
        return False
    if _BRACKETED_MARK.fullmatch(text) or _BACK_ARROW.fullmatch(text):
        return True
    return _NOTE_MARK.fullmatch(text) is not None and _is_raised(link)


def _short_text(link: Element) -> str | None:
    """Return the text of a link if it is no longer than that of a note mark."""
    if len(list(islice(link.iterdescendants("{*}a"), _MAX_INNER + 1))) > _MAX_INNER:
        return None
    text = inner_text(link).strip()
    return text if len(text) <= _MAX_MARK else None


def _is_raised(link: Element) -> bool:
    """Return whether a link is printed above the line, by itself, by elements around it or by its child."""
    around = [link, *link.iterchildren(), *islice(link.iterancestors(), 2)]
    return any(
        local_name(element) == "sup" or _RAISED_STYLE.search(str(element.get("style") or ""))
        for element in around
    )


def _is_page_number(element: Element, classes: list[str]) -> bool:
    if _PAGE_CLASSES.isdisjoint(classes):
        return False
    text = inner_text(element).strip()
    return len(text) <= 16 and _PAGE_NUMBER.fullmatch(text) is not None
