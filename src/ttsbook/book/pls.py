"""Pronunciation lexicons of an EPUB (W3C PLS 1.0) to `Markup` on the blocks of the documents that link them.

    <link rel="pronunciation" type="application/pls+xml" href="names.pls"/>

Reads are bounded: the number of entries, and what an entry may hold. Knows nothing of sounds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ttsbook.book.archive import Archive, DamagedEntry, resolve
from ttsbook.book.document import Item
from ttsbook.book.markup import Element, attribute, inner_text, local_name, parse_xml
from ttsbook.book.printed import collapse
from ttsbook.book.spans import with_markup
from ttsbook.book.ssml import Said, reading
from ttsbook.types import Block, Markup, MarkupKind

_MAX_ENTRIES = 20_000
_MAX_WRITTEN = 80  # characters
_PAIR = re.compile("[A-Za-zÀ-ɏ0-9]{2}")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What a lexicon says of words and phrases, exactly as they are written."""

    language: str  # primary subtag, "" for any
    entries: Mapping[str, Said]
    lengths: Mapping[str, tuple[int, ...]]  # of the entries by their first character, longest first

    def find(self, text: str) -> Iterator[Markup]:
        """Yield the markup of each word in `text` that has an entry, the longest where several begin."""
        position = 0
        while position < len(text):
            end = self._end_of_entry(text, position)
            if end:
                yield self.entries[text[position:end]].over(position, end)
            position = end or position + 1

    def _end_of_entry(self, text: str, start: int) -> int:
        lengths = self.lengths.get(text[start], ())
        if not lengths or (start and _is_inside_word(text, start)):
            return 0
        for length in lengths:
            end = start + length
            if text[start:end] in self.entries and not _is_inside_word(text, end):
                return end
        return 0


def _is_inside_word(text: str, place: int) -> bool:
    """Return whether letters of one word stand on both sides; Chinese has no word borders to keep."""
    return place < len(text) and _PAIR.fullmatch(text, place - 1, place + 1) is not None


class Lexicons:
    """The lexicons of one book, each read once."""

    def __init__(self, archive: Archive) -> None:
        self.repairs: list[str] = []
        self._archive = archive
        self._read: dict[str, Lexicon | None] = {}

    def of(self, root: Element, where: str) -> tuple[Lexicon, ...]:
        """Return the lexicons that a document links."""
        found = (self._lexicon(path) for path in dict.fromkeys(_links(root, where)))
        return tuple(lexicon for lexicon in found if lexicon is not None)

    def _lexicon(self, path: str) -> Lexicon | None:
        if path not in self._read:
            self._read[path] = self._load(path)
        return self._read[path]

    def _load(self, path: str) -> Lexicon | None:
        stored = self._archive.find(path)
        if stored is None:
            self.repairs.append(f"the lexicon {path} is not in the book")
            return None
        try:
            root, notes = parse_xml(self._archive.read(stored))
        except DamagedEntry as error:
            self.repairs.append(f"the lexicon {path} is damaged ({error}); not used")
            return None
        self.repairs += [f"{path}: {note}" for note in notes]
        return None if root is None else parse_pls(root)


def parse_pls(root: Element) -> Lexicon:
    """Read a lexicon; of several readings the preferred one, else the first, counts."""
    alphabet = attribute(root, "alphabet")
    entries: dict[str, Said] = {}
    for lexeme in root.iterchildren():
        if local_name(lexeme) != "lexeme" or len(entries) >= _MAX_ENTRIES:
            continue
        said = _said(lexeme, alphabet)
        for child in lexeme.iterchildren():
            written = collapse(inner_text(child)) if local_name(child) == "grapheme" else ""
            if said is not None and 0 < len(written) <= _MAX_WRITTEN:
                entries.setdefault(written, said)
    lengths: dict[str, set[int]] = {}
    for written in entries:
        lengths.setdefault(written[0], set()).add(len(written))
    longest_first = {first: tuple(sorted(found, reverse=True)) for first, found in lengths.items()}
    return Lexicon(attribute(root, "lang").split("-")[0].lower(), entries, longest_first)


def apply_lexicons(
    items: Iterable[Item], lexicons: tuple[Lexicon, ...], language: str | None
) -> tuple[Item, ...]:
    """Return the items with markup on every word that a lexicon has; `language` is that of the book."""
    return tuple(
        _marked(item, lexicons, item.language or language) if isinstance(item, Block) else item
        for item in items
    )


def _marked(block: Block, lexicons: tuple[Lexicon, ...], language: str | None) -> Block:
    primary = (language or "").split("-")[0].lower()
    for lexicon in lexicons:
        if lexicon.language and primary and lexicon.language != primary:
            continue
        # What the page itself says takes precedence over a lexicon.
        said = [
            m for m in block.markup if m.kind in (MarkupKind.PHONEMES, MarkupKind.ALIAS, MarkupKind.SAY_AS)
        ]
        taken = bytearray(len(block.text))
        for mark in said:
            taken[mark.start : mark.end] = b"\1" * (mark.end - mark.start)
        found = [mark for mark in lexicon.find(block.text) if not any(taken[mark.start : mark.end])]
        block = with_markup(block, found) if found else block
    return block


def _said(lexeme: Element, alphabet: str) -> Said | None:
    first: Said | None = None
    for child in lexeme.iterchildren():
        text = collapse(inner_text(child)) if local_name(child) in ("phoneme", "alias") else ""
        if not text or len(text) > _MAX_WRITTEN:
            continue
        is_alias = local_name(child) == "alias"
        said = (
            Said(MarkupKind.ALIAS, text)
            if is_alias
            else reading(text, attribute(child, "alphabet") or alphabet)
        )
        if attribute(child, "prefer").lower() == "true":
            return said
        first = first or said
    return first


def _links(root: Element, where: str) -> Iterable[str]:
    for head in root.iterchildren():
        if local_name(head) != "head":
            continue
        for link in head.iterchildren():
            if local_name(link) == "link" and "pronunciation" in attribute(link, "rel").lower().split():
                path, _ = resolve(where, attribute(link, "href"))
                if path:
                    yield path
