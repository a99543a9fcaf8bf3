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
_HEADER = re.compile(r"(---|\+\+\+)[ \t]*\n(.*?)\n(?:\1|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_FIELD = re.compile(r"([A-Za-z]+)[ \t]*[:=][ \t]*(.*)")
_ITEM = re.compile(r"[ \t]*(?:-[ \t]*)?(?:(?:name|text)[ \t]*:[ \t]*)?(.*)")
# Lines of the first paragraph of a note, which need no indent.
_LAZY = r"(?:\n(?! {4}|\t|[ \t]*$| {0,3}(?:\[\^|[#>|<]|[-*+=_]|\d{1,9}[.)]\s|```|~~~)).*)*"
_NOTE = re.compile(
    rf"^\[\^([^\]\s]+)\]:[ \t]*.*{_LAZY}(?:\n(?: {{4}}|\t).*|\n(?=\n(?: {{4}}|\t)\S))*\n?", re.MULTILINE
)
# What the parser takes for the address of a link and drops: "[Ann]: Yes." is somebody speaking.
_DEFINITION = re.compile(r"^( {0,3})(?=\[([^\[\]\n^][^\[\]\n]*)\]:[ \t]*([^\s<]+)[ \t]*$)", re.MULTILINE)
_ADDRESS = re.compile(r"[/#@\\]|[:.]\w")
_USED_NAME = re.compile(r"\[([^\[\]\n]+)\](?!:)")
_AROUND_ROW = " \t>"
_TABLE_RULE = re.compile(r"\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?")
_CELL_EDGE = re.compile(r"(?<!\\)\|")
_NOTE_MARK = re.compile(r"\[\^([^\]\s]+)\]")
# What tools made of Markdown that the parser does not know: the rule, and what of it stays.
_EXTENSIONS = tuple(
    (reason, re.compile(pattern, re.MULTILINE), kept)
    for reason, pattern, kept in (
        ("footnote", r"\^\[(?:[^\[\]]|\[[^\[\]]{0,200}\]){1,2000}\]", ""),  # Pandoc: ^[a note in its place]
        # {#name .class key=value} behind a bracket or at the end of a line, {: .class} of Kramdown
        ("markup", r"(?<=[])`])\{(?:[#.:]|[\w-]+=)[^{}\n]*\}", ""),
        ("markup", r"(?<=[ \t])\{(?:[#.:][^{}\n]*|[\w-]+=[^{}\n]*|-)\}(?=[ \t#]*$)", ""),
        ("markup", r"^\{:[^{}\n]*\}[ \t]*$", ""),
        ("markup", r"^:{3,}.*$", ""),  # lines of colons around a part
        ("markup", r"^\\[A-Za-z]+\*?(?:\{[^{}\n]*\}|\[[^\]\n]*\])*[ \t]*$", ""),  # \newpage of LaTeX
        ("markup", r"^\[(?:TOC|\[_?TOC_?\])\][ \t]*$", ""),
        ("markup", r"^\+(?:[-=:]+\+)+[ \t]*$", ""),  # rules of a table drawn with signs
        ("markup", r"(?:(?<=^[-*+] )|(?<=^ {2}[-*+] )|(?<=^ {4}[-*+] ))\[[ xX]\](?= )", ""),  # tasks
    )
)
_MARKS = (
    (re.compile(r"==(?=\S)([^=\n]{1,200})(?<=\S)=="), r"\1"),  # highlighted
    (re.compile(r"(?<=[\w)])~([\w+-]{1,12})~(?!~)"), r"\1"),  # H~2~O
    (re.compile(r"(?<=[\w)])\^([A-Za-z]{1,4})\^"), r"\1"),  # 10^th^
    (re.compile(r"(?<=[\w)])\^([\d+-]{1,6})\^"), r"^\1"),  # c^2^
    (re.compile(r"(?<![\w$\\])(\$\$?)(?=\S)([^$\n]*[\\^_={}+][^$\n]*)(?<=\S)\1(?![\d$])"), r"\2"),  # $x^2$
)
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
    if header is not None and _FIELD.match(header.group(2)):
        metadata = _read_header(header.group(2))
        skipped.append(Skipped("metadata", collapse(header.group(0)), ""))
        text = text[header.end() :]
    text = _take_extensions(_take_notes(text, skipped), skipped)
    text = _keep_definitions(_widen_tables(text))
    parser = MarkdownIt("commonmark", {"maxNesting": _MAX_NESTING}).enable("table").enable("strikethrough")
    html = parser.render(_TOO_FAR_IN.sub(" " * 80, _TOO_MANY_MARKS.sub(r"\1 ", text)))
    drafts = read_tree(
        parse_html(f"<html><body>{html}</body></html>").root, metadata.title or stem, metadata.language
    )
    if skipped and drafts:
        drafts[0].items[:0] = skipped
    return drafts, metadata if metadata.title else _with_title(metadata, drafts)


def _read_header(header: str) -> Metadata:
    """Read the fields that a book needs from the YAML or TOML between the lines; other fields are ignored."""
    fields: dict[str, list[str]] = {}
    name = ""
    for line in header.split("\n"):
        match = _FIELD.fullmatch(line)
        if match is not None:
            name, value = match.group(1).lower(), match.group(2).strip()
            listed = value.startswith("[") and value.endswith("]")
            fields[name] = value[1:-1].split(",") if listed else [] if value[:1] in ("|", ">") else [value]
        elif line[:1] in (" ", "\t", "-") and (item := _ITEM.fullmatch(line)) is not None:
            fields.setdefault(name, []).append(item.group(1))
    values = {name: list(filter(None, map(_unquoted, found))) for name, found in fields.items()}

    def joined(name: str) -> str | None:
        return " ".join(values.get(name, ())) or None

    return Metadata(
        title=joined("title") or "",
        authors=tuple(values.get("author") or values.get("authors") or ()),
        language=joined("language") or joined("lang"),
        description=joined("description"),
        subtitle=joined("subtitle"),
    )


def _unquoted(value: str) -> str:
    return value.strip().strip("\"'")


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


def _take_extensions(text: str, skipped: list[Skipped]) -> str:
    for reason, pattern, kept in _EXTENSIONS:
        skipped += [Skipped(reason, collapse(match.group()), "") for match in pattern.finditer(text)]
        text = pattern.sub(kept, text)
    for pattern, kept in _MARKS:
        text = pattern.sub(kept, text)
    return text


def _keep_definitions(text: str) -> str:
    """Escape what only looks like the address of a link."""
    used = set(_USED_NAME.findall(text))

    def escape(match: re.Match[str]) -> str:
        is_link = match.group(2) in used or _ADDRESS.search(match.group(3))
        return match.group() if is_link else match.group() + "\\"

    return _DEFINITION.sub(escape, text)


def _widen_tables(text: str) -> str:
    """Give tables as many columns as their longest row has: the parser drops what is beyond the head."""
    lines = text.split("\n")
    place = 1
    while place < len(lines):
        n_columns, end = _n_columns(lines[place]), place + 1
        if n_columns and _n_cells(lines[place - 1]) == n_columns:
            while end < len(lines) and lines[end].strip():
                end += 1
            extra = max(map(_n_cells, lines[place:end])) - n_columns
            for at, cell in ((place - 1, " |"), (place, "-|")) if extra else ():
                lines[at] = lines[at].rstrip().removesuffix("|") + "|" + cell * extra
        place = end
    return "\n".join(lines)


def _n_columns(line: str) -> int:
    """Return how many columns a line below the head of a table announces; 0 of another line."""
    return _n_cells(line) if "|" in line and _TABLE_RULE.fullmatch(line.strip(_AROUND_ROW)) else 0


def _n_cells(row: str) -> int:
    return len(_CELL_EDGE.findall(row.strip(_AROUND_ROW).removeprefix("|").removesuffix("|"))) + 1


def _with_title(metadata: Metadata, drafts: list[Draft]) -> Metadata:
    """Take the only heading of the first level as the title of the book."""
    titles = [
        block.text
        for draft in drafts
        for block in draft.blocks
        if block.kind is BlockKind.HEADING and block.level == 1
    ]
    return replace(metadata, title=titles[0]) if len(titles) == 1 else metadata
