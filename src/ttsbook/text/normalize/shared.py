"""Rules of both languages: what is on the page and never said, and letters that print has joined."""

from __future__ import annotations

import re

from ttsbook.text.normalize.rewrite import Rule
from ttsbook.text.normalize.signs import LIGATURES
from ttsbook.text.script import LATIN


def _silent(_: re.Match[str]) -> str:
    return ""


def _ornament(match: re.Match[str]) -> str:
    """Leave a space for an ornament that alone parts two words: five★six."""
    around = match.string[max(0, match.start() - 1) : match.start()] + match.string[match.end() :][:1]
    return " " if len(around) == len("ab") and around.isascii() and around.isalnum() else ""


def count_note_marks(text: str) -> int:
    """Return how many characters of `text` are marks of notes, which are not read."""
    return sum(len(mark.group()) for mark in _NOTE_MARK.finditer(text))


def _taken_apart(match: re.Match[str]) -> str:
    return match.group().translate(_LIGATURES)


# Controls, soft hyphens, joiners, direction marks, variation selectors, replacement characters.
_INVISIBLE = (
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufe00-\ufe0f\ufeff\ufff9-\ufffd\U000e0000-\U000e01ef]+"
)
# Arrows that mathematics says and the ♭♮♯ of music are left to the rules for symbols, numbers in circles to
# those for numbers.
_EMOJI = (
    "[\u2190\u2191\u2193-\u21d1\u21d3\u21d5-\u21ff\u2300-\u23ff\u25a0-\u266c\u2670-\u2775\u2794-\u27bf\u2900-\u297f\u2b00-\u2bff\u20e3"
    "\U0001f000-\U0001f0ff\U0001f10d-\U0001faff]+"
)
_EMPHASIS = r"(?<![A-Za-z0-9])[_*]+(?=\S)|(?<=\S)[_*]+(?![A-Za-z0-9])"
# The marks of notes: [12] close behind a word or the end of a sentence, [a] behind the latter only: in
# "thing[s]" an editor has put in a letter of the word.
_NOTE = r"(?:(?<=[^\s\[(])\[(?!0\])\d{1,3}|(?<=[^\s\[(A-Za-z])\[[a-z])\](?![A-Za-z\d])"
_NOTE += r"|(?<=\S)(?:〔[\d一二三四五六七八九十]{1,3}〕|［\d{1,3}］)"
# Plain text has them without brackets: "the result.3 Another", "wrong,12 as", "he left.”5 Then".
_NO_PLACE = "".join(
    f"(?<!{word}.)" for word in ("chap", "figs", "item", "note", "page", "part", "sect", "vols")
)
_GOES_ON = (
    "although|and|as|but|for|he|in|it|or|she|so|that|the|they|though|to|when|where|which|while|who|with"
)
_NOTE += rf"|(?:(?<=[a-z]{{4}}[.!?]){_NO_PLACE}|(?<=\)\.)|(?<=[.!?][”’]))[1-9]\d{{0,2}}(?=\s+[“‘]?[A-Z]|\s*$)"
_NOTE += rf"|(?:(?<=[a-z]{{4}}[,;])|(?<=,[”’]))[1-9]\d{{0,2}}(?=\s(?:{_GOES_ON})\b)"
_NOTE_MARK = re.compile(_NOTE)
_LIGATURES = str.maketrans(LIGATURES)
_LIGATED = rf"[{LATIN}]*[{''.join(LIGATURES)}][{LATIN}{''.join(LIGATURES)}]*"
# What tables are drawn with, and rules below titles.
_DRAWN = r"(?:[+|][-=_~]{2,})+[+|]|={3,}"
# What stands for an oath: two signs at least that never stand side by side otherwise.
_OATH = r"(?<![\w@#$%&])(?=[^\s\w]*([@#$%&])[^\s\w]*(?!\1)[@#$%&])[@#$%&*^!?]{3,}(?<![!?])(?![\w@#$%&.])"
SHARED_RULES = (
    Rule("invisible", re.compile(_INVISIBLE), _silent),
    Rule("emoji", re.compile(_EMOJI), _ornament),  # emoji and ornaments are not part of the sentence
    Rule("ligature", re.compile(_LIGATED), _taken_apart, needs=frozenset(LIGATURES)),
    Rule("drawn", re.compile(_DRAWN), _silent, needs=frozenset("|+=")),
    Rule("oath", re.compile(_OATH), _silent, needs=frozenset("@#$%&")),
    Rule("note", _NOTE_MARK, _silent, needs=frozenset("[〔［0123456789")),
    Rule("emphasis", re.compile(_EMPHASIS), _silent, needs=frozenset("_*")),
)
