"""What the elements inside a block say about how their text is read: emphasis, SSML, language.

Knows nothing of the walk through a document, only single elements and the parts that a block is made of.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from lxml import etree

from ttsbook.book.around import class_words
from ttsbook.book.markup import Element, attribute, local_name
from ttsbook.book.printed import visible
from ttsbook.book.rules import BLOCK_TAGS
from ttsbook.book.spans import Span
from ttsbook.book.ssml import Said, reading, said_by
from ttsbook.types import MarkupKind

_INITIAL = re.compile("[“‘\"']?[A-ZÀ-Þ]")
_DROPPED = re.compile(r"drop-?_?cap|dropped|lettrine|first-?_?letter|initial-?_?cap")
_MAX_CAP_PARTS = 4  # a letter, and spaces between elements
_NEVER_A_WORD = frozenset("BCDFGHJKLMNPQRSTVWXZ")
_WORD_GOES_ON = re.compile(r"\s*(?:[^\W\d_]{2}|[’'][^\W\d_])")
_EMPHASIZED = {"em": "", "i": "", "strong": "strong", "b": "strong"}
_SSML = frozenset(("break", "phoneme", "say-as", "sub", "lang", "emphasis"))
_MAX_READ_CHARACTERS = 200  # what has one reading is a word or a phrase


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of text and where it stands: in front of the children of an element, or behind it."""

    text: str  # as long as the text node
    language: str | None
    added: bool = False  # not a text of the document: alternative text of an image, separator
    element: Element | None = None  # whose text it is; None for separators
    tail: bool = False  # it stands behind the element
    said: tuple[tuple[int, Said], ...] = ()  # by the elements around it, each with its number


def is_drop_cap(parts: Sequence[Part]) -> bool:
    """Return whether a block is one large letter that begins the next: `<p class="dropcap">T</p><p>he`."""
    # Every block is asked, and nearly all are long.
    if not _INITIAL.fullmatch(visible("".join(part.text for part in parts))):
        return False
    shown = [part.element for part in parts if visible(part.text)]
    if len(shown) != 1 or shown[0] is None:
        return False
    around = (shown[0], *islice(shown[0].iterancestors(), 1))
    return any(_DROPPED.match(word) for each in around for word in class_words(each))


def joins_drop_cap(parts: Sequence[Part], text: str) -> bool:
    """Return whether a text goes on with the word of the drop cap before it, though a space stands between.

    A, I and O may be words, and so may letters of other languages; before another initial stands a name.
    """
    if len(parts) > _MAX_CAP_PARTS or _WORD_GOES_ON.match(text) is None or not is_drop_cap(parts):
        return False
    return visible("".join(part.text for part in parts))[-1] in _NEVER_A_WORD


def said_of(element: Element, name: str, alphabet: str) -> Said | None:
    """Return what an element says, or None; `alphabet` is that of readings around it."""
    said = None
    if name in _EMPHASIZED:
        said = Said(MarkupKind.EMPHASIS, _EMPHASIZED[name])
    elif name in _SSML:
        said = said_by(name, _by_local_name(element))
    if name != "phoneme" and element.attrib and (ph := attribute(element, "ph").strip()):  # ssml:ph
        said = reading(ph, alphabet)
    if said is not None and said.kind is MarkupKind.PHONEMES and not _is_phrase(element):
        return None
    return said


def part_spans(parts: Sequence[Part], language: str | None) -> list[Span]:
    """Return what the elements inside a block say, by places counted in visible characters."""
    spans: dict[int, tuple[int, int, Said]] = {}
    foreign: list[Span] = []
    n_visible = 0
    for part in parts:
        start = n_visible
        n_visible += len(visible(part.text))
        for number, said in part.said:
            first = spans[number][0] if number in spans else start
            spans[number] = (first, n_visible, said)
        if part.language and part.language != language and n_visible > start:
            if foreign and foreign[-1][1] == start and foreign[-1][2].value == part.language:
                start = foreign.pop()[0]
            foreign.append((start, n_visible, Said(MarkupKind.LANGUAGE, part.language)))
    stressed_whole = (MarkupKind.EMPHASIS, 0, n_visible)  # a block in italics stresses nothing
    kept = (span for span in spans.values() if (span[2].kind, span[0], span[1]) != stressed_whole)
    return [*kept, *foreign]


def _by_local_name(element: Element) -> dict[str, str]:
    names = ("ph", "alphabet", "interpret-as", "alias", "lang", "level", "time", "strength")
    return {name: value for name in names if (value := attribute(element, name))}


def _is_phrase(element: Element) -> bool:
    """Return whether an element holds no more than a reading can be of."""
    n_characters = 0
    for index, inner in enumerate(element.iter()):
        n_characters += len(inner.text or "") + (len(inner.tail or "") if inner is not element else 0)
        is_block = inner is not element and local_name(inner) in BLOCK_TAGS
        if is_block or n_characters > _MAX_READ_CHARACTERS or index > _MAX_READ_CHARACTERS:
            return False
    return True


def parted_text(element: Element) -> str:
    """Return the text inside an element with spaces where blocks meet."""
    pieces = []
    for event, inner in etree.iterwalk(element, events=("start", "end")):
        if local_name(inner) in BLOCK_TAGS:
            pieces.append(" ")
        pieces.append((inner.text if event == "start" else inner.tail if inner is not element else "") or "")
    return "".join(pieces)
