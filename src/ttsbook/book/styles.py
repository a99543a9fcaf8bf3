"""The style sheets of an EPUB -> the elements of a document that they hide.

Only rules for a class alone count (`.hidden`, `p.note`), outside of media queries, and only where no
other rule shows the class. Knows nothing of inline styles.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from ttsbook.book.archive import Archive, DamagedEntry, resolve
from ttsbook.book.encoding import decode
from ttsbook.book.markup import HEADING_LEVELS, Element, attribute, inner_text, local_name
from ttsbook.book.printed import letters, visible
from ttsbook.book.rules import skip_reason
from ttsbook.errors import InputError

_MAX_BYTES = 1 << 20
_MAX_SHEETS = 20  # of a document
_MAX_HIDDEN_SHARE = 0.2  # of a text: what hides more is a choice between two forms of it
_MAX_CLIMB = 4  # elements around a heading behind which the text goes on
_BRACE = re.compile("[{}]")
_CLASS = re.compile(r"\.([\w-]+)")
_CLASS_ALONE = re.compile(r"([A-Za-z][A-Za-z0-9]*)?\.([\w-]+)")
_DISPLAY = re.compile(r"(?:^|;)\s*display\s*:\s*([a-z-]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Sheet:
    hidden: frozenset[tuple[str, str]]  # tag, or "" for any, and class
    shown: frozenset[str]  # classes


class Styles:
    """The style sheets of one book, each read once."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._read: dict[str, _Sheet] = {}

    def hidden(self, root: Element, where: str) -> dict[Element, str]:
        """Return the elements of a document that are hidden, each with the rule.

        A heading stays where the text below does not say it: a picture shows it on the page.
        """
        sheets = [self._sheet(path) for path in islice(_links(root, where), _MAX_SHEETS)]
        shown = {name for sheet in sheets for name in sheet.shown}
        hidden = {rule for sheet in sheets for rule in sheet.hidden if rule[1] not in shown}
        if not hidden:
            return {}
        found = [element for element in root.iter("*") if _is_hidden(element, hidden)]
        n_hidden = sum(len(visible(inner_text(element))) for element in found)
        if n_hidden > _MAX_HIDDEN_SHARE * len(visible(inner_text(root))):
            return {}
        return {element: "hidden" for element in found if not _is_lone_heading(element)}

    def _sheet(self, path: str) -> _Sheet:
        if path not in self._read:
            self._read[path] = _parse(self._load(path))
        return self._read[path]

    def _load(self, path: str) -> str:
        stored = self._archive.find(path)
        try:
            data = b"" if stored is None else self._archive.read(stored)
        except (DamagedEntry, InputError):
            return ""  # the book can be read without it
        return decode(data).text if len(data) <= _MAX_BYTES else ""


def _links(root: Element, where: str) -> Iterator[str]:
    for head in root.iterchildren():
        if local_name(head) != "head":
            continue
        for link in head.iterchildren():
            is_sheet = local_name(link) == "link" and attribute(link, "rel").strip().lower() == "stylesheet"
            if is_sheet and attribute(link, "media").strip().lower() in ("", "all", "screen"):
                yield resolve(where, attribute(link, "href"))[0]


def _parse(text: str) -> _Sheet:
    hidden: set[tuple[str, str]] = set()
    shown: set[str] = set()
    for selectors, declarations in _rules(_without_comments(text)):
        displays = _DISPLAY.findall(declarations)
        if not displays:
            continue
        for selector in map(str.strip, selectors.split(",")):
            alone = _CLASS_ALONE.fullmatch(selector)
            if displays[-1].lower() != "none":
                shown.update(_CLASS.findall(selector))
            elif alone is not None:
                hidden.add(((alone.group(1) or "").lower(), alone.group(2)))
    return _Sheet(frozenset(hidden), frozenset(shown))


def _without_comments(text: str) -> str:
    start, *pieces = text.split("/*")
    return start + "".join(piece.partition("*/")[2] for piece in pieces)


def _rules(text: str) -> Iterator[tuple[str, str]]:
    """Yield the selectors and declarations of the rules that stand in no other."""
    depth = start = 0
    selectors = ""
    for brace in _BRACE.finditer(text):
        depth = max(depth + (1 if brace.group() == "{" else -1), 0)
        if depth == 1 and brace.group() == "{":
            selectors = text[start : brace.start()].rpartition(";")[2].strip()  # behind an @import
            start = brace.end()
        elif depth == 0:
            declarations, start = text[start : brace.start()], brace.end()
            if not selectors.startswith("@") and "{" not in declarations:
                yield selectors, declarations
            selectors = ""


def _is_hidden(element: Element, hidden: Iterable[tuple[str, str]]) -> bool:
    names = str(element.get("class") or "").split()
    if not names or _DISPLAY.search(str(element.get("style") or "")) or skip_reason(element):
        return False  # what the element says of itself comes first
    return any(rule in hidden for name in names for rule in (("", name), (local_name(element), name)))


def _is_lone_heading(element: Element) -> bool:
    if local_name(element) not in HEADING_LEVELS:
        return False
    said = letters(inner_text(element))
    after = letters(_text_after(element)) if said else ""
    return not after or not (said.startswith(after) or after.startswith(said))


def _text_after(element: Element) -> str:
    """Return the text of the first element with some behind another."""
    for around in (element, *islice(element.iterancestors(), _MAX_CLIMB)):
        for after in around.itersiblings("*"):
            if text := inner_text(after).strip():
                return text
    return ""
