"""Rules for faces and hearts of letters and signs, silent as emoji are: :D, xD, "Love you <3"."""

from __future__ import annotations

import re

from ttsbook.text.normalize.rewrite import english_rule, word_before

# Not =3 or :3, which may be numbers, nor XD, which is a gun and a program.
_FACE = r"(?<![\w)])(?:[:;]['’]?-?[DPp]|xD+|XDD+|[oO]_[oO])(?![\w/'’]|\.\w)"
_HEART = r"(?<!\S)<3+(?=\s+(?P<object>you|u|this|my|him|her|it|NY)\b|\s<3|[!.”\"]*\s*$)"


def _heart(match: re.Match[str]) -> str | None:
    """Read "I <3 you" as people say it, and leave out "Love you <3"; x <3 compares."""
    before = word_before(match)
    if before.isdigit() or (len(before) == 1 and before.islower()):
        return None
    return "heart" if before and match["object"] else ""


EMOTICONS = (
    english_rule("emoji", _FACE, lambda _: "", ":;D_"),
    english_rule("emoji", _HEART, _heart, "<"),
)
