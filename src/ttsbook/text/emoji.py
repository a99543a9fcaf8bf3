"""Emoji in printed text to claims that say their names: 👋 ──► "waving hand", 挥手.

Names: Unicode CLDR (licence beside the data). A tone of skin is not said; an emoji without a name is silent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from ttsbook.text.normalize.rewrite import Claim, places_of
from ttsbook.text.script import language_around
from ttsbook.text.tables import read_rows

_SEQUENCE = re.compile(
    "(?:[\U0001f1e6-\U0001f1ff]{2}|[#*0-9]\ufe0f?\u20e3"
    "|[\u00a9\u00ae\u203c-\u3299\U0001f000-\U0001faff][\ufe0e\ufe0f]?[\U0001f3fb-\U0001f3ff]?"
    "(?:\u200d[\u2190-\u3299\U0001f000-\U0001faff][\ufe0e\ufe0f]?[\U0001f3fb-\U0001f3ff]?){0,6})"
)
_MARKS = ",.;:!?，。；：！？、…—"
_MODIFIERS = re.compile("[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]")


def name_emoji(text: str, language: str, taken: Iterable[Claim]) -> Iterator[Claim]:
    """Yield a claim for each emoji that has a name, besides the claims already `taken`."""
    if text.isascii():
        return
    used = places_of(taken, len(text))
    for match in _SEQUENCE.finditer(text):
        names = _names().get(_MODIFIERS.sub("", match.group()))
        start, end = match.span()
        if names is None or any(used[start:end]):
            continue
        spoken = names[1 if language_around(text, start, end, language) == "zh" else 0]
        yield Claim(start, end, f"{_comma_before(text, start, language)}{spoken}", "emoji-name")


def _comma_before(text: str, start: int, language: str) -> str:
    """Separate the name from the words before it, as a reader would."""
    before = text[max(0, start - 2) : start].rstrip()[-1:]
    return "" if not before or before in _MARKS else "，" if language == "zh" else ", "


@lru_cache(maxsize=1)
def _names() -> dict[str, tuple[str, str]]:
    return {row[0]: (row[1], row[2]) for row in read_rows("emoji.tsv")}
