"""Pictures -> the words for them, and whether these are read."""

from __future__ import annotations

import re

from ttsbook.book.around import class_words
from ttsbook.book.markup import Element, attribute
from ttsbook.book.printed import NO_LETTERS, collapse

_FILE_NAME = re.compile(r"[\w\s./\\-]{1,80}\.(?:jpe?g|png|gif|svg|webp|bmp|tiff?)", re.IGNORECASE)
_EMPTY_WORDS = (
    "image img picture photo illustration figure cover logo ornament decoration 图片 图像 插图 封面"
)
_EMPTY_PHRASES = ("cover image", "book cover", "image unavailable", "image not available")
_EMPTY = frozenset((*_EMPTY_WORDS.split(), *_EMPTY_PHRASES))
# Chinese reading software keeps the text of a note as that of the picture which is its mark.
_NOTE_PICTURES = frozenset(("qqreader-footnote", "zhangyue-footnote", "epub-footnote"))


def words_for(picture: Element) -> tuple[str, str | None]:
    """Return the words for a picture, and the rule that keeps them from being read, or None."""
    alt = collapse(attribute(picture, "alt"))
    if not _NOTE_PICTURES.isdisjoint(class_words(picture)):
        return alt, "footnote"
    words = NO_LETTERS.sub(" ", alt.casefold()).strip()  # "[Illustration]", "Figure 3"
    return alt, "image" if words in _EMPTY or _FILE_NAME.fullmatch(alt) else None
