"""Rules for the places of English addresses: states behind a town, directions of streets."""

from __future__ import annotations

import re

from ttsbook.text.normalize.rewrite import any_of, english_rule, kept_stop
from ttsbook.text.tables import read_map, read_words

_DOUBTFUL = "*"  # in the table, behind what means other things as well
_TOWN = r"(?:[A-Z][\w.'’-]*\s){0,3}[A-Z][\w.'’-]*[a-z],\s$"
_TOWN_BEFORE = re.compile(
    rf"\b(?i:in|from|to|of|near|at|outside|around|through|leaving|left|towards?|reached)\s{_TOWN}"
)
_ONLY_TOWN = re.compile(rf"[\s(“\"]*(?=(?P<first>\w+)){_TOWN}")
_NAME_BEFORE = re.compile(r"[A-Z](?:[\w.'’-]*[a-z]|[A-Z]{3,}),\s$")
_NAME_AFTER = re.compile(r"\s[A-Z]\w")
_GOES_ON = re.compile(r"[,.;:)\]”\"—–]|\s*$|\s(?:and|are|had|has|is|was|were|when|where|which|who)\b")
_ZIP = re.compile(r"\s\d{5}\b")
_LOOK_BACK = 60  # characters: no name of a town is longer
_DIRECTIONS = {"N": "North", "S": "South", "E": "East", "W": "West"}


def _state(match: re.Match[str]) -> str | None:
    """Read "Portland, OR" and "Macon, Ga." by the names of the states."""
    text, start, end = match.string, match.start(), match.end()
    if not _NAME_BEFORE.search(text, max(0, start - _LOOK_BACK), start):
        return None
    names, printed = read_map("states_en.tsv"), match.group()
    if printed in names:
        is_state = printed.endswith(".") or not _NAME_AFTER.match(text, end)
    else:
        is_state = _ZIP.match(text, end) is not None or _is_told(match)
        printed += _DOUBTFUL
    return names[printed] + kept_stop(match) if is_state else None


def _is_told(match: re.Match[str]) -> bool:
    """Return whether the text around tells a state from a word: "from Gary, IN.", but "Yes, Pa."."""
    text, start, end = match.string, match.start(), match.end()
    is_dotted = match.group().endswith(".")
    if _TOWN_BEFORE.search(text, max(0, start - _LOOK_BACK), start):
        return is_dotted or _GOES_ON.match(text, end) is not None
    if is_dotted:
        return text.startswith((",", ";"), end)
    only = _ONLY_TOWN.match(text, 0, start)
    if only is None or text[end:].strip(' .)”"'):
        return False
    return only["first"] not in read_words("starters_en.txt")


def _direction(match: re.Match[str]) -> str:
    return _DIRECTIONS[match["way"]]


_STATES = any_of(printed.removesuffix(_DOUBTFUL) for printed in read_map("states_en.tsv"))
_NTH = r"\d+(?:st|nd|rd|th)\b"
_STREET = r"(?:St|Street|Ave|Avenue|Blvd|Boulevard|Rd|Road|Dr|Drive|Pl|Place|Ln|Lane)\b"
PLACES = (
    english_rule("state", rf"(?<=, )(?:{_STATES})(?!\w)", _state, ","),
    english_rule("direction", rf"\b(?P<way>[NSEW])\.?(?=\s{_NTH}\s{_STREET})", _direction),
    english_rule(
        "direction", rf"(?<=\d\s)(?P<way>[NSEW])\.?(?=\s(?:{_NTH}|[A-Z][a-z]+\s{_STREET}))", _direction
    ),
)
