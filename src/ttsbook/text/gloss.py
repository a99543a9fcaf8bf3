"""Readings that Chinese text prints behind its characters, to claims: 重（chóng）新 is chóng xīn.

A gloss is said as the reading of what it explains, not once more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ttsbook.text.g2p.pinyin import from_pinyin
from ttsbook.text.g2p.romanized import TONED
from ttsbook.text.g2p.sandhi import apply_sandhi
from ttsbook.text.g2p.toned import TONE_MARKED, read_toned
from ttsbook.text.normalize.rewrite import Claim, places_of
from ttsbook.text.script import HAN

_LETTERS = f"a-z{TONED}ü"
_GLOSS = re.compile(
    rf"(?P<han>[{HAN}]{{1,8}})[（(\[［]\s?(?P<pinyin>[{_LETTERS}]+(?:[\s'’][{_LETTERS}]+)*)\s?[)）\]］]",
    re.IGNORECASE,
)


def read_glosses(text: str, taken: Iterable[Claim]) -> Iterator[Claim]:
    """Yield a claim for each gloss and the characters it explains, besides the claims already `taken`."""
    if text.isascii() or not TONE_MARKED.search(text):
        return
    used = places_of(taken, len(text))
    for match in _GLOSS.finditer(text):
        words = match["pinyin"].replace("’", "'").split()
        syllables = tuple(syllable for word in words for syllable in read_toned(word))
        start, end = match.end("han") - len(syllables), match.end()
        explained = text[start : match.end("han")]
        if not all(map(read_toned, words)) or start < match.start() or any(used[start:end]):
            continue
        if all(map(_may_be_read, explained, syllables)):
            (said,) = apply_sandhi([(explained, syllables)])
            yield Claim(start, end, explained, "gloss", "".join(map(from_pinyin, said)))


def _may_be_read(character: str, syllable: str) -> bool:
    """Return whether a dictionary has this reading of a character, whatever its tone."""
    from pypinyin import Style, pinyin

    (readings,) = pinyin(character, style=Style.NORMAL, heteronym=True, v_to_u=False)
    return syllable[:-1] in readings
