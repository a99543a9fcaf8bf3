"""Project Gutenberg's licence around a book -> skipped texts, and its header -> metadata.

The licence asks for the trademark to be removed from changed copies, and no listener wants it read
out. Recognised by the marker lines that every edition carries.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ttsbook.types import Block, Metadata, Skipped

_START = re.compile(
    r"\*{2,3}\s*START OF (?:THE|THIS) PROJECT GUTENBERG.{0,300}|\*END\*?\s*THE SMALL PRINT.{0,200}",
    re.IGNORECASE | re.DOTALL,
)
_END = re.compile(
    r"(?:\*{2,3}\s*)?END OF (?:THE |THIS )?PROJECT GUTENBERG(?:'S|’S)?\b.{0,300}", re.IGNORECASE | re.DOTALL
)
_CREDITS = re.compile(
    r"(?:Produced|Transcribed|Prepared|E-text prepared|This e-?(?:text|book) was (?:produced|prepared)) by\b"
    r"|E-text prepared",
    re.IGNORECASE,
)
_FIELD = re.compile(
    r"^(Title|Author|Language|Release date): *(.+(?:\n {2,}.+)*)", re.MULTILINE | re.IGNORECASE
)
_LANGUAGES = {"english": "en", "chinese": "zh", "french": "fr", "german": "de", "japanese": "ja"}
_LICENCE = "licence"
_SEARCHED_BLOCKS = 400  # the marker stands near the start; later ones are quotations
_LOOKED_AT = 400  # characters of a block: a marker is a line of its own


def strip_licence(groups: Sequence[list[Block | Skipped]]) -> None:
    """Turn the blocks before the start marker and after the end marker into skipped ones, in place."""
    places = [
        (group, index) for group in groups for index, item in enumerate(group) if isinstance(item, Block)
    ]
    texts = [_block_text(group[index])[:_LOOKED_AT].strip() for group, index in places]
    start = next((n for n, text in enumerate(texts[:_SEARCHED_BLOCKS]) if _START.match(text)), None)
    end = next((n for n, text in enumerate(texts) if (start is None or n > start) and _END.match(text)), None)
    first = 0 if start is None else start + 1
    if start is not None and start + 1 < len(texts) and _CREDITS.match(texts[start + 1]):
        first += 1
    last = len(places) if end is None else end
    for group, index in [*places[:first], *places[last:]]:
        group[index] = Skipped(_LICENCE, _block_text(group[index]), "")


def read_header(text: str) -> Metadata:
    """Return the fields that stand before the start marker of a plain text."""
    start = _START.search(text[:20_000])
    if start is None:
        return Metadata()
    found = {
        match.group(1).lower(): [" ".join(line.split()) for line in match.group(2).split("\n")]
        for match in _FIELD.finditer(text[: start.start()])
    }
    return Metadata(
        title=" ".join(found.get("title", [])),
        authors=tuple(found.get("author", [])),
        language=_LANGUAGES.get(" ".join(found.get("language", [])).lower()),
    )


def _block_text(item: Block | Skipped) -> str:
    return item.text
