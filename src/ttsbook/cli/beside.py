"""The lexicon that lies beside a book: BOOK.lexicon.toml, or lexicon.toml in its folder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ttsbook.cli.source import STDIN
from ttsbook.cli.talk import Talk
from ttsbook.files import is_file

if TYPE_CHECKING:
    from ttsbook.render.settings import RenderSettings


def lexicon_beside(source: str) -> Path | None:
    """Return the lexicon of a book, if there is one; the book's own takes precedence over the folder's."""
    if source == STDIN:
        return None
    book = Path(source)
    if not book.name:  # "." or "/"
        return None
    for path in (book.with_name(f"{book.stem}.lexicon.toml"), book.with_name("lexicon.toml")):
        if is_file(path):  # a name that is as long as names may be has no room for more
            return path
    return None


def with_lexicon_beside(
    settings: RenderSettings, source: str, talk: Talk, *, planned: bool = False
) -> RenderSettings:
    """Return `settings` with the book's lexicon, and say so, unless one was chosen.

    `planned` books are read from a plan, whose phonemes stay.
    """
    found = lexicon_beside(source) if settings.lexicon is None else None
    if found is None:
        return settings
    limit = ", for edited lines of the plan; the others stay as planned" if planned else ""
    talk.note(f"lexicon {found}, found next to the book{limit}")
    return replace(settings, lexicon=found)
