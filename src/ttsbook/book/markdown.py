"""Markdown -> drafts of chapters, by way of HTML: CommonMark with tables, YAML header and footnotes."""

from __future__ import annotations

import re
from dataclasses import replace

from ttsbook.book.draft import Draft
from ttsbook.book.hypertext import read_tree
from ttsbook.book.markup import parse_html
from ttsbook.book.printed import collapse
from ttsbook.types import BlockKind, Metadata, Skipped

_HEADING = re.compile(r"^#{1,6} +\S", re.MULTILINE)
_HEADER = re.compile(r"---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_FIELD = re.compile(r"([A-Za-z]+)[ \t]*:[ \t]*(.*)")
_NOTE = re.compile(r"^\[\^([^\]\s]+)\]:[ \t]*.*(?:\n(?: {4}|\t).*|\n(?=\n(?: {4}|\t)\S))*\n?", re.MULTILINE)
_NOTE_MARK = re.compile(r"\[\^([^\]\s]+)\]")
# Of Pandoc: {#name .class} at the end of a line or behind a bracket, and lines of colons around a part.
_ATTRIBUTES = re.compile(r"(?m)(?<=[])])\{[#.][^{}\n]*\}|(?<=[ \t])\{[#.][^{}\n]*\}(?=[ \t#]*$)|^:{3,}.*$")
_MIN_HEADINGS = 2

# The parser drops what is nested deeper than its limit, without a word. No book is nested like that, so what
# goes beyond loses its marks and indentation, never its text.
_MAX_NESTING = 200  # containers; a list with its item counts for two
_MARK = r"[ \t]*(?:[>*+-]|\d{1,9}[.)])(?=[ \t>])"
_TOO_MANY_MARKS = re.compile(rf"^((?:{_MARK}){{40}})(?:{_MARK})+", re.MULTILINE)
_TOO_FAR_IN = re.compile(r"^[ \t]{80,}", re.MULTILINE)


def is_markdown(text: str, suffix: str) -> bool:
    """Return whether a text is Markdown: by its suffix, else by its headings with number signs."""
    if suffix in (".md", ".markdown", ".mdown", ".mkd"):
        return True
    return len(_HEADING.findall(text)) >= _MIN_HEADINGS or _HEADING.match(text.lstrip()) is not None


def read_markdown(text: str, stem: str) -> tuple[list[Draft], Metadata]:
    """Read a Markdown text; `stem` titles what no heading names."""
    from markdown_it import MarkdownIt

    text = text.replace("\r\n", "\n").replace("\r", "\n")
    skipped: list[Skipped] = []
    metadata = Metadata()
    header = _HEADER.match(text)
    if header is not None and _FIELD.match(header.group(1)):
        metadata = _read_header(header.group(1))
        skipped.append(Skipped("metadata", collapse(header.group(0)), ""))
        text = text[header.end() :]
    text = _take_attributes(_take_notes(text, skipped), skipped)
    parser = MarkdownIt("commonmark", {"maxNesting": _MAX_NESTING}).enable("table").enable("strikethrough")
    html = parser.render(_TOO_FAR_IN.sub(" " * 80, _TOO_MANY_MARKS.sub(r"\1 ", text)))
    drafts = read_tree(
        parse_html(f"<html><body>{html}</body></html>").root, metadata.title or stem, metadata.language
    )
    if skipped and drafts:
        drafts[0].items[:0] = skipped
    return drafts, metadata if metadata.title else _with_title(metadata, drafts)


def _read_header(header: str) -> Metadata:
    """Read the fields that a book needs from the YAML between the dashes; other fields are left."""
    fields = {}
    for line in header.split("\n"):
        match = _FIELD.fullmatch(line.strip())
        if match is not None:
            fields[match.group(1).lower()] = match.group(2).strip().strip("\"'")
    author = fields.get("author", "")
    return Metadata(
        title=fields.get("title", ""),
        authors=(author,) if author else (),
        language=fields.get("language") or fields.get("lang") or None,
        description=fields.get("description") or None,
    )


def _take_notes(text: str, skipped: list[Skipped]) -> str:
    """Take the footnotes and their marks out of a text; a mark without a note stays."""
    named = {match.group(1) for match in _NOTE.finditer(text)}

    def take_note(match: re.Match[str]) -> str:
        skipped.append(Skipped("footnote", collapse(match.group(0)), ""))
        return ""

    def take_mark(match: re.Match[str]) -> str:
        if match.group(1) not in named:
            return match.group(0)
        skipped.append(Skipped("note-mark", match.group(0), ""))
        return ""

    return _NOTE_MARK.sub(take_mark, _NOTE.sub(take_note, text)) if named else text


def _take_attributes(text: str, skipped: list[Skipped]) -> str:
    def take(match: re.Match[str]) -> str:
        skipped.append(Skipped("markup", match.group().strip(), ""))
        return ""

    return _ATTRIBUTES.sub(take, text)


def _with_title(metadata: Metadata, drafts: list[Draft]) -> Metadata:
    """Take the only heading of the first level as the title of the book."""
    titles = [
        block.text
        for draft in drafts
        for block in draft.blocks
        if block.kind is BlockKind.HEADING and block.level == 1
    ]
    return replace(metadata, title=titles[0]) if len(titles) == 1 else metadata
