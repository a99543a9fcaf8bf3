"""American symbols of a word to those of a Southern British speaker, within what the voice has learned.

The voice has heard British speakers, yet only with American symbols: ɒ, əʊ and long marks are unknown to it.
So LOT takes the vowel of "thought", which lies nearest, GOAT keeps its own; r goes where no vowel follows.
After J. C. Wells, Accents of English (1982), chapters 3 and 4. Single words come from a table.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ttsbook.text.g2p.arpabet import VOWEL_SYMBOLS, from_arpabet
from ttsbook.text.g2p.derive import past, plural
from ttsbook.text.tables import read_map, read_words

_LOT = re.compile(r"^[^a]*$|^w?h?[wq]u?a(?![lrs]m|r)[^a]*$")  # spellings in which ɑ is the vowel of "lot"
_SHORT_O = re.compile("ɑ(?!ɹ)")
_YOD = re.compile("([tdn])([ˈˌ]?)u")
_YOD_SPELLING = re.compile(r"[tdn](?:u(?!i[lst])|ew|eu)")
_NO_YOD_SPELLING = re.compile(r"[tdn]o|[tdn]wo")
_ARY = re.compile(r"ˌ?[ɛɔ]ɹi(z?)$")  # secretary, territory: the vowel before r weakens
_ENDINGS = ("", "s", "es", "ed", "d", "ing", "er", "ers", "y", "ly", "'s", "n", "ment", "ments")
_LOST_R = re.compile(f"(?<=[ɑɔɜəɛɪʊIWAOuiYæʌ])ɹ(?![ˈˌ]?[{''.join(sorted(VOWEL_SYMBOLS))}])")
_CENTRING = re.compile("([ɛɪʊIAOui])$")


@lru_cache(maxsize=1 << 15)
def british_word(word: str, symbols: str) -> str:
    """Return the British reading of a lower-case word, r kept wherever it is written.

    Args:
        symbols: its American reading, which says which of two readings is meant.
    """
    own = _listed(word)
    if own:
        return own
    if _is_bath(word):
        symbols = symbols.replace("æ", "ɑ", 1)
    elif "ɑ" in symbols and _LOT.match(word):
        symbols = _SHORT_O.sub("ɔ", symbols)
    if _YOD_SPELLING.search(word) and not _NO_YOD_SPELLING.search(word):
        symbols = _YOD.sub(r"\1j\2u", symbols)
    if word.removesuffix("'s").endswith(("ary", "ory", "aries", "ories")) and "ˈ" in symbols[:-4]:
        symbols = _ARY.sub(r"əɹi\1", symbols)
    return symbols


def drop_r(symbols: str, before_vowel: bool) -> str:
    """Drop each r that no vowel follows; `before_vowel`: the next word begins with one, at once."""
    kept = symbols[-1:] if before_vowel and symbols.endswith("ɹ") else ""
    body = symbols[: len(symbols) - len(kept)]
    parts = _LOST_R.split(body)
    # near, square, cure and fire end in a schwa once the r is gone.
    said = "".join(_CENTRING.sub(r"\1ə", part) for part in parts[:-1]) + parts[-1]
    return said + kept


def begins_with_vowel(symbols: str) -> bool:
    """Return whether the first sound is a vowel."""
    return symbols.lstrip("ˈˌ")[:1] in VOWEL_SYMBOLS


def _listed(word: str) -> str:
    table = read_map("words_gb.tsv")
    if word in table:
        return from_arpabet(table[word])
    stem = word.removesuffix("'s")
    if stem != word and stem in table:
        return plural(from_arpabet(table[stem]))
    if word.endswith("s") and word[:-1] in table:
        return plural(from_arpabet(table[word[:-1]]))
    if word.endswith("ed") and (word[:-1] in table or word[:-2] in table):
        return past(from_arpabet(table.get(word[:-1]) or table[word[:-2]]))
    return ""


def _is_bath(word: str) -> bool:
    words = read_words("bath_gb.txt")
    return any(word.endswith(ending) and word[: len(word) - len(ending)] in words for ending in _ENDINGS)
