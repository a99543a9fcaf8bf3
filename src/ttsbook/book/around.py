"""What the elements around a text say about it: the kind of its block, its language, how it is read."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ttsbook.book.markup import HEADING_LEVELS, Element, attribute, local_name
from ttsbook.book.rules import BLOCK_TAGS, semantics
from ttsbook.book.ssml import Said
from ttsbook.types import BlockKind

_KIND_BY_TAG = {
    "blockquote": BlockKind.QUOTE,
    "li": BlockKind.LIST_ITEM,
    "dt": BlockKind.LIST_ITEM,
    "dd": BlockKind.LIST_ITEM,
    "figcaption": BlockKind.CAPTION,
    "caption": BlockKind.CAPTION,
    "pre": BlockKind.VERSE,
    "tr": BlockKind.TABLE_ROW,
}
_VERSE_WORDS = frozenset(
    ("verse", "poem", "poetry", "stanza", "song", "hymn", "lyrics", "linegroup", "line-group", "line-block")
)
_STANZA_WORDS = frozenset(("stanza", "linegroup", "line-group"))


@dataclass(frozen=True, slots=True)
class Context:
    """What the elements around a text say about it."""

    kind: BlockKind = BlockKind.PARAGRAPH
    level: int = 0
    language: str | None = None
    verse: bool = False
    verbatim: bool = False  # line ends count
    row: bool = False  # in a table row that becomes one block
    said: tuple[tuple[int, Said], ...] = ()  # by elements around it, each with its number
    alphabet: str = ""  # of readings (ssml:alphabet)


def context_inside(element: Element, name: str, outer: Context, *, layout_row: bool) -> Context:
    """Return the context inside an element: the same object if the element changes nothing."""
    context = outer
    if element.attrib and (language := attribute(element, "lang").strip()):
        context = replace(context, language=language)
    heading = _heading_level(element, name)
    if heading:
        return replace(context, kind=BlockKind.HEADING, level=heading)
    if name in ("ol", "ul", "dl", "menu", "dir"):
        return replace(context, level=context.level + 1 if context.kind is BlockKind.LIST_ITEM else 1)
    if name == "table":
        return replace(context, row=False)
    if name == "tr":
        return context if layout_row else replace(context, kind=BlockKind.TABLE_ROW, row=True)
    if name in _KIND_BY_TAG:
        context = replace(context, kind=_KIND_BY_TAG[name], verbatim=context.verbatim or name == "pre")
    if element.attrib and not context.verse and not _VERSE_WORDS.isdisjoint(class_words(element)):
        context = replace(context, kind=BlockKind.VERSE, verse=True)
    return context


def _heading_level(element: Element, name: str) -> int:
    if name in HEADING_LEVELS:
        return HEADING_LEVELS[name]
    if not element.attrib:
        return 0
    if element.get("role") == "heading":
        level = str(element.get("aria-level") or "2")
        return min(int(level), 6) if level.isascii() and level.isdigit() and level != "0" else 2
    # A title or subtitle that is set as a paragraph beside the numbered heading.
    titled = name == "p" and not {"title", "subtitle", "bridgehead"}.isdisjoint(semantics(element))
    return 3 if titled else 0


def class_words(element: Element) -> set[str]:
    return {*semantics(element), *str(element.get("class") or "").lower().split()}


def is_line(element: Element) -> bool:
    """Return whether a `div` inside a poem is one line of it, not a stanza."""
    return (
        local_name(element) == "div"
        and _STANZA_WORDS.isdisjoint(class_words(element))
        and not any(local_name(child) in BLOCK_TAGS or local_name(child) == "br" for child in element)
    )
