"""Words that a speaker begins more than once: "W-what?", "th-that", "d-d-don't"."""

from __future__ import annotations

import re

from ttsbook.text.g2p.arpabet import VOWEL_SYMBOLS, without_stress
from ttsbook.text.script import LATIN
from ttsbook.text.tables import read_words

_BREAK = r"(?:-|–|—|…|\.{2,3})"
_STUTTER = re.compile(
    rf"(?<![\w'’-])(?P<parts>(?:[{LATIN}]{{1,3}}{_BREAK})+)(?P<word>[{LATIN}][{LATIN}'’]+)(?!\w)"
)
_PART = re.compile(f"[{LATIN}]+")
_MARK = re.compile(r"[^\w\s-]\s*$|\w-$")
_VOWEL_LETTERS = frozenset("aeiouy")


def find_stutters(text: str) -> dict[int, int]:
    """Return where each part of a word that is broken off starts, and where the whole word does.

    "D-Day" and "S-shaped" are no stutters; nor is "bye-bye".
    """
    found: dict[int, int] = {}
    for match in _STUTTER.finditer(text):
        whole = match["word"]
        for part in reversed(list(_PART.finditer(text, match.start("parts"), match.end("parts")))):
            if not _begins(part.group().lower(), whole.lower()):
                break
            if part.group()[0].isupper() and whole[0].islower() and not _is_first(text, part.start()):
                break  # an S-shaped road
            found[part.start()] = match.start("word")
    return found


def _is_first(text: str, start: int) -> bool:
    """Return whether nothing, a mark or another part stands before: "He said: W-W-what?"."""
    return start == 0 or _MARK.search(text, max(0, start - 4), start) is not None


def _begins(part: str, whole: str) -> bool:
    return (
        whole.startswith(part)
        and len(whole) > len(part)
        and (len(part) == 1 or _VOWEL_LETTERS.isdisjoint(part))
        and f"{part}-{whole}" not in read_words("letter_compounds_en.txt")
    )


def broken_off(part: str, whole: str) -> str:
    """Return the symbols of the part of a word that is spoken before it breaks off.

    Args:
        part: as written: "Th".
        whole: symbols of the whole word: "ðæt".
    """
    plain = without_stress(whole)
    end = next((place for place, symbol in enumerate(plain) if symbol in VOWEL_SYMBOLS), len(plain))
    if end == 0:
        return plain[:1]
    # A consonant is not spoken without any vowel; one letter stands for the first: the s of "s-stop".
    return plain[: end if len(part) > 1 else 1] + "ə"
