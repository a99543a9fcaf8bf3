"""Spoken words and the phonemes of their chunk in; which phonemes say which word out.

The phonemes were made from these words, so each word's symbols stand in them in order, with marks and
spaces between. Knows nothing of print, times or samples.
"""

from __future__ import annotations

from collections.abc import Iterator

from ttsbook.symbols import PUNCTUATION
from ttsbook.text.g2p.mandarin import pronounce_words
from ttsbook.text.phonemes import Fixed, is_asked, tokens_of

_BETWEEN = frozenset(PUNCTUATION + " ")


def align_words(
    spoken: str, phonemes: str, fixed: tuple[Fixed, ...] = (), accent: str = "american"
) -> tuple[tuple[int, int, int, int], ...]:
    """Return (start, end, first, last) of each word: `spoken[start:end]` is said by `phonemes[first:last]`.

    Empty if the phonemes are not those of the words. The words of a Chinese run are jieba's.
    """
    found = []
    position = 0
    for start, end, symbols in _said(spoken, fixed, accent):
        while position < len(phonemes) and not phonemes.startswith(symbols, position):
            if phonemes[position] not in _BETWEEN:
                return ()
            position += 1
        if position == len(phonemes):
            return ()
        found.append((start, end, position, position + len(symbols)))
        position += len(symbols)
    return tuple(found) if _BETWEEN.issuperset(phonemes[position:]) else ()


def _said(spoken: str, fixed: tuple[Fixed, ...], accent: str) -> Iterator[tuple[int, int, str]]:
    for kind, symbols, start, end in tokens_of(spoken, fixed, accent):
        if kind == "han":
            for word_start, word_end, said in pronounce_words(spoken[start:end], is_asked(spoken, end)):
                yield start + word_start, start + word_end, said
        elif kind == "word":
            yield start, end, symbols
