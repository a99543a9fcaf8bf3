"""Rules for English acronyms that are spelt: what tells them from words, and their plurals."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from ttsbook.text.normalize.rewrite import english_rule
from ttsbook.text.tables import read_rows, read_words

_BEFORE = re.compile(r"(?:([\w'’]+)\.?[\s-]+)?([\w'’]+)\.?[\s/-]+$")
_AFTER = re.compile(r"[\s/-]+[\"“‘]?([\w'’]+)")
_LOOK_BACK = 40  # characters: two words
_NO_ACRONYM_BEFORE = re.compile(r"& $|\w['’]$")  # Smith & CO., I'VE
_SPEAKER = re.compile(r"\s*[.:—(\[]")  # behind the name of one who speaks in a play
_NUMERAL = frozenset("IVX")
_LONGEST_SPELT = 3  # letters; the plural of a longer one is read like it: SEALs, NATO's


@dataclass(frozen=True, slots=True)
class _Cues:
    """What tells an acronym from a word that is written alike."""

    before: frozenset[str]
    after: frozenset[str]
    vetoes: frozenset[str]  # right after the word
    anywhere: bool
    inside: bool  # anywhere but at the beginning


def _acronym(match: re.Match[str]) -> str | None:
    """Spell an acronym that is on a list, and a short one in the plural: EMTs, GIs."""
    word, ending = match["letters"], match["s"] or ""
    is_spelt = word in read_words("spelt_en.txt") and word not in _cues()  # "SSH!" hushes, OpenSSH is spelt
    if not (is_spelt or _is_told(match) or (ending == "s" and _is_plural(word))):
        return None
    return " ".join(word) + ("'s" if ending else "")


def _is_plural(word: str) -> bool:
    return len(word) <= _LONGEST_SPELT and word not in read_words("said_en.txt") and set(word) != {"I"}


def _is_told(match: re.Match[str]) -> bool:
    """Return whether the words around tell an acronym from a word: "works in IT", "IT IS HERE"."""
    cues = _cues().get(match["letters"])
    if cues is None or _NO_ACRONYM_BEFORE.search(match.string, max(0, match.start() - 2), match.start()):
        return False
    second, first, after = _words_around(match)
    if _is_shout(first) or _is_shout(after) or after.lower() in cues.vetoes:
        return False
    if first.lower() in read_words("before_roman_en.txt") or after.startswith("centur"):
        return False  # Act IV lines
    if after.lower() in cues.after:
        return True
    if cues.anywhere or cues.inside:
        return not _stands_alone(match, is_name=cues.inside)
    is_counted = after[:1].isupper() and _NUMERAL.issuperset(match["letters"])  # the IV Corps
    return not is_counted and not cues.before.isdisjoint((first.lower(), f"{second}_{first}".lower()))


def _words_around(match: re.Match[str]) -> tuple[str, str, str]:
    """Return the last but one word before a match, the last one, and the first one after; "" for none."""
    found = _BEFORE.search(match.string, max(0, match.start() - _LOOK_BACK), match.start())
    following = _AFTER.match(match.string, match.end())
    second, first = found.groups(default="") if found else ("", "")
    return second, first, following.group(1) if following else ""


def _stands_alone(match: re.Match[str], is_name: bool) -> bool:
    """Return whether a word is called out, or names who speaks or acts: "MIA!", "IRA: No."."""
    text, end = match.string, match.end()
    is_first = not text[: match.start()].strip()
    if is_first and (is_name or _SPEAKER.match(text, end)):
        return True
    return text.startswith("!", end) or text.isupper()


def _is_shout(word: str) -> bool:
    """Return whether a word is in capitals that are no letters: "FOR PA", but "9 AM EST"."""
    known = read_words("spelt_en.txt") | {"AM", "PM"}
    return len(word) > 1 and word.isalpha() and word.isupper() and word not in known


def _one_letter(match: re.Match[str]) -> str:
    """Read "two Bs" and "straight As"."""
    return f"{match.group()[0]}'s"


@cache
def _cues() -> dict[str, _Cues]:
    table = {}
    for word, before, *rest in read_rows("acronyms_en.tsv"):
        after = " ".join(rest).split()
        vetoes = frozenset(cue[1:] for cue in after if cue[0] == "!")
        known = frozenset(before.split())
        table[word] = _Cues(known, frozenset(after) - vetoes, vetoes, "*" in known, "+" in known)
    return table


# Letters that are no words in the plural, which As, Es, Is, Ms, Os, Us, Vs and Ys are.
_ALWAYS_LETTERS = "BCDFGHJKLNPQRSTWXZ"
_BEFORE_LETTERS = ("[Ss]traight", "[Mm]ostly", "two", "three", "four", "five")
_COUNTED = "|".join(rf"(?<={word} [A-Z]s)" for word in _BEFORE_LETTERS)
ACRONYMS = (
    english_rule("acronym", r"\b(?P<letters>[A-Z]{2,5})(?P<s>['’]?s)?\b", _acronym, ""),
    english_rule("acronym", rf"\b(?!^Ps)[{_ALWAYS_LETTERS}]s\b(?!['’]|\.?\s?\d)", _one_letter, ""),
    english_rule("acronym", rf"\b[A-Z]s\b(?:{_COUNTED}|(?<=&[A-Z]s))", _one_letter, ""),
)
