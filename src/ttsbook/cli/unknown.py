"""Unknown words as a lexicon to be corrected, and as JSON: the output of `ttsbook inspect --unknown`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ttsbook.text.unknown import UnknownWord

_MOST_CHAPTERS = 6  # named one by one


def unknown_entries(words: Sequence[UnknownWord]) -> list[dict[str, Any]]:
    """Describe the words for JSON."""
    return [
        {
            "word": word.word,
            "count": word.count,
            "chapters": list(word.chapters),
            "sample": word.sample,
            word.notation: word.reading,
            "entry": word.entry,
        }
        for word in words
    ]


def unknown_text(words: Sequence[UnknownWord]) -> str:
    """Write a lexicon file with one entry for each word and, above it, where the word stands."""
    lines = ["# Words whose pronunciation is a guess. Correct the wrong entries, delete the right ones,",
             "# and keep this next to the book as BOOK.lexicon.toml (or give it with --lexicon).",
             "[words]"]  # fmt: skip
    for word in words:
        named = ", ".join(map(str, word.chapters[:_MOST_CHAPTERS]))
        more = " …" if len(word.chapters) > _MOST_CHAPTERS else ""
        lines += [f"# {word.count}×, chapter {named}{more}: …{word.sample}…", word.entry]
    return "\n".join(lines)
