"""Text to what can be compared by sound: English words and Mandarin syllables with their symbols.

Both what should be said and what was heard go through the same normalisation, so that "1847" and
"eighteen forty-seven" are one thing, and through the same pronunciation, so that "there" and "their",
他 and 她 are. Tones and stress are left out: a recogniser guesses them from its dictionary.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ttsbook.text.g2p.english import pronounce_word
from ttsbook.text.g2p.mandarin import read_word
from ttsbook.text.g2p.pinyin import from_pinyin
from ttsbook.text.g2p.segment import split_words
from ttsbook.text.g2p.traditional import simplify
from ttsbook.text.normalize import normalize
from ttsbook.text.normalize.normalize import fold
from ttsbook.text.script import HAN, LATIN, dominant_language

_WORD = re.compile(f"(?P<han>[{HAN}]+)|(?P<word>[{LATIN}]+(?:['’][{LATIN}]+)*)")
_SILENT = str.maketrans("", "", "ˈˌ→↗↓↘ ʰː")
_CLOCK = re.compile(r"(?<![\d.,$£€¥])(\d{1,2})\.([0-5]\d)(?![\d.%])")


@dataclass(frozen=True, slots=True)
class Word:
    """One word of English or syllable of Mandarin."""

    text: str  # as written, or pinyin with a tone digit
    sound: str  # symbols without stress, tone and aspiration; never empty


def words_of(text: str, language: str) -> tuple[Word, ...]:
    """Return the words of a text in reading order; `language` decides how digits are read."""
    plain = fold(text)
    return tuple(_words(normalize(plain, dominant_language(plain, language)).spoken))


def heard_words(text: str, language: str, said: Sequence[Word]) -> tuple[Word, ...]:
    """Return the words that a recogniser has heard where `said` should be.

    Whisper writes "7.45" for a quarter to eight and "19.02" for a year: these are no decimals unless the
    text has a point.
    """
    decimals = any(word.text.lower() in ("point", "dian3") for word in said)
    return words_of(text if decimals else _CLOCK.sub(r"\1:\2", text), language)


def _words(spoken: str) -> Iterator[Word]:
    for match in _WORD.finditer(spoken):
        if match.lastgroup == "han":
            for word in split_words(simplify(match.group())):
                yield from (
                    Word(syllable, sound) for syllable in read_word(word) if (sound := _syllable(syllable))
                )
        elif sound := pronounce_word(match.group().lower()).translate(_SILENT):
            yield Word(match.group(), sound)


def _syllable(pinyin: str) -> str:
    try:
        return from_pinyin(pinyin).translate(_SILENT)
    except ValueError:  # a character that nobody knows how to read
        return ""
