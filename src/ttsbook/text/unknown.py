"""Chunks in, the words out that are in no dictionary: names and rarities whose reading is a guess.

Each comes with a proposed entry for a lexicon. Knows nothing of files or the command line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from ttsbook.text.g2p.english import is_known, pronounce_word
from ttsbook.text.g2p.mandarin import read_word
from ttsbook.text.g2p.segment import is_listed, split_words
from ttsbook.text.g2p.traditional import simplify
from ttsbook.text.lexicon import Lexicon
from ttsbook.text.script import HAN, LATIN
from ttsbook.types import Chunk

_WORD = re.compile(f"[{LATIN}]+(?:['’][{LATIN}]+)*|[{HAN}]+")
_POSSESSIVE = re.compile("['’]s$")
_SURROUNDINGS = 30  # characters of the text shown on either side
_LEAST_HAN = 3  # times: jieba's model joins characters at random now and then
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class UnknownWord:
    """A word whose reading is a guess, and where it stands."""

    word: str
    count: int
    chapters: tuple[int, ...]  # Chapter.index, in order
    sample: str  # the text around its first place
    notation: str  # "ipa" or "pinyin"
    reading: str  # the guess in that notation

    @property
    def entry(self) -> str:
        """Return a line for the [words] of a lexicon."""
        key = self.word if _BARE_KEY.fullmatch(self.word) else f'"{self.word}"'
        return f'{key} = {{ {self.notation} = "{self.reading}" }}'


@dataclass(slots=True)
class _Found:
    word: str  # as it is printed first
    count: int = 0
    chapters: dict[int, None] = field(default_factory=dict)
    sample: str = ""


def find_unknown(chunks: Iterable[Chunk], lexicon: Lexicon | None = None) -> tuple[UnknownWord, ...]:
    """Return the unknown words of `chunks` that `lexicon` does not have, the most frequent first."""
    found: dict[str, _Found] = {}
    for chunk in chunks:
        for word, start in _words(chunk.text):
            if not _is_guessed(word) or (lexicon is not None and lexicon.find(word, chunk.language)):
                continue
            # However it is printed, an entry of a lexicon holds for it: two would contradict each other.
            entry = found.setdefault(word.replace("’", "'").lower(), _Found(word))
            entry.count += 1
            entry.chapters[chunk.chapter] = None
            if not entry.sample:
                entry.sample = _around(chunk.text, start, start + len(word))
    kept = [_describe(entry) for entry in found.values() if _counts(entry)]
    return tuple(sorted(kept, key=lambda unknown: (-unknown.count, unknown.word)))


def _words(text: str) -> Iterable[tuple[str, int]]:
    for match in _WORD.finditer(text):
        if re.match(f"[{LATIN}]", match.group()):
            yield _POSSESSIVE.sub("", match.group()), match.start()
            continue
        position = match.start()
        for word in split_words(simplify(match.group())):
            yield text[position : position + len(word)], position
            position += len(word)


def _is_guessed(word: str) -> bool:
    if re.match(f"[{LATIN}]", word):
        return len(word) > 1 and not word.isupper() and not is_known(word)
    return len(word) > 1 and not is_listed(simplify(word))


def _counts(entry: _Found) -> bool:
    return bool(re.match(f"[{LATIN}]", entry.word)) or entry.count >= _LEAST_HAN


def _around(text: str, start: int, end: int) -> str:
    before, after = text[max(0, start - _SURROUNDINGS) : start], text[end : end + _SURROUNDINGS]
    return " ".join(f"{before}{text[start:end]}{after}".split())


def _describe(entry: _Found) -> UnknownWord:
    word = entry.word
    is_latin = re.match(f"[{LATIN}]", word) is not None
    reading = pronounce_word(word) if is_latin else " ".join(read_word(simplify(word)))
    return UnknownWord(
        word, entry.count, tuple(entry.chapters), entry.sample, "ipa" if is_latin else "pinyin", reading
    )
