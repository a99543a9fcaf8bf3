"""Printed text: whitespace, invisible characters, scene breaks, joined lines.

Pure functions on strings; knows nothing of markup, files or chapters.
"""

from __future__ import annotations

import re

# Characters without a glyph that only guide the layout: soft hyphen, zero-width space, word joiner,
# byte order mark and the marks of writing direction. Joiners (U+200C, U+200D) change words and stay.
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff\u200e\u200f\u202a\u202b\u202c\u202d\u202e"))

# Scripts that are written without spaces between words, with their punctuation and full-width forms.
_CJK = (
    "\u2e80-\u303f\u3041-\u30ff\u3100-\u312f\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff"
)
_BLANKS = re.compile(r"[^\S\n]+")
_CJK_LINE_END = re.compile(f"(?<=[{_CJK}]) ?\\n\\s*(?=[{_CJK}])")
_CJK_CHARACTER = re.compile(f"[{_CJK}]")
NO_LETTERS = re.compile(r"[\W\d_]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f]")

_SCENE_BREAK = re.compile(
    r"(?:[*＊∗⁎⁕✱✻✽•●○◆◇◊■□▪★☆❖❦❧☙⁂※§~〜～#+=]\s*)+"  # * * *, ⁂, #, ◇◇◇
    r"|[-–—―─_]{3,}|[-–—―─_](?:\s+[-–—―─_]+){1,}"  # ---, — — —
)
_MAX_ORNAMENT = 120  # characters


def collapse(text: str) -> str:
    """Make every run of whitespace one space, drop invisible characters, and strip the ends.

    A line end between two Chinese or Japanese characters vanishes: there was no space in print.
    """
    text = text.translate(_INVISIBLE)
    if "\n" in text:
        text = _CJK_LINE_END.sub("", _BLANKS.sub(" ", text))
    return " ".join(text.split())


def visible(text: str) -> str:
    """Return the characters that count: neither whitespace nor invisible."""
    return "".join(text.translate(_INVISIBLE).split())


def letters(text: str) -> str:
    """Return the letters and digits of a text in lower case: by them a title is known again."""
    return "".join(filter(str.isalnum, text.casefold()))


def is_visible(character: str) -> bool:
    """Return whether a character is among those that `visible` returns."""
    return not (character.isspace() or ord(character) in _INVISIBLE)


def is_scene_break(text: str) -> bool:
    """Return whether a line of ornaments stands for a break in the scene."""
    text = text.strip()
    return len(text) <= _MAX_ORNAMENT and _SCENE_BREAK.fullmatch(text) is not None


def is_cjk(character: str) -> bool:
    """Return whether a character belongs to a script written without spaces."""
    return _CJK_CHARACTER.match(character) is not None


def remove_controls(text: str) -> tuple[str, int]:
    """Remove control characters other than tab, line and page ends; return how many there were."""
    return _CONTROL.subn("", text)
