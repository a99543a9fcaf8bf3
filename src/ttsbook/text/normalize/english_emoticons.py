"""Rules for faces and hearts of letters and signs, silent as emoji are: :D, xD, "Love you <3"."""

from __future__ import annotations

import re

from ttsbook.text.normalize.rewrite import english_rule, word_before

# Not =3 or :3, which may be numbers, nor XD, which is a gun and a program.
_END = r"(?![\w/'’]|\.\w)"
_FACE = rf"[:;](?<![\w)].)['’]?-?[DPp]{_END}"
_LAUGH = rf"(?<![\w)])(?:xD+|XDD+|[oO]_[oO]){_END}"
_HEART = r"(?<!\S)<3+(?:\s<3+)*(?=\s+(?P<object>you|u|this|my|him|her|it|NY)\b|[!.”\"]*\s*$)"
_COMPARING = re.compile("are|at|be|by|counts?|if|is|of|scored?|scores|values?|was|were|with", re.IGNORECASE)


def _heart(match: re.Match[str]) -> str | None:
    """Read "I <3 you" as people say it, and leave out "Love you <3"; x <3 and was <3 compare."""
    before = word_before(match)
    if before.isdigit() or (len(before) == 1 and before.islower()) or _COMPARING.fullmatch(before):
        return None
    return "heart" if before and match["object"] else ""


EMOTICONS = (
    english_rule("emoji", _FACE, lambda _: "", ":;"),
    english_rule("emoji", _LAUGH, lambda _: "", "D_"),
    english_rule("emoji", _HEART, _heart, "<"),
)
