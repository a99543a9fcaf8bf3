"""Speech markup to `Markup`: elements of SSML 1.1 in documents, the same elements as tags in plain text.

    <break time="800ms"/>                                   a pause
    <phoneme alphabet="ipa" ph="ˈlɛd">lead</phoneme>        a reading
    <say-as interpret-as="characters">SS</say-as>           what the text is
    <sub alias="Doctor Who">Dr. Who</sub>                   other words
    <lang xml:lang="zh">42</lang>                           the language
    <emphasis>now</emphasis>                                stress on a word

Knows nothing of sounds: readings stay in the notation of the page.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ttsbook.types import Markup, MarkupKind

MAX_BREAK_MS = 10_000  # nobody waits longer; a page that asks for more gets this
_STRENGTHS_MS = {"none": 0, "x-weak": 0, "weak": 120, "medium": 350, "strong": 700, "x-strong": 1200}
_DEFAULT_BREAK_MS = 350
_MAX_READING = 400  # characters; longer ones are no reading of a word
_TIME = re.compile(r"\+?(\d{1,6}(?:\.\d{1,6})?|\.\d{1,6})\s*(ms|s)", re.IGNORECASE)
_TAG = re.compile(r"<(/?)(break|phoneme|say-as|sub|lang|emphasis)\b([^<>]{0,600}?)(/?)>")
_ATTRIBUTE = re.compile(r"""([A-Za-z:_-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|“([^”]*)”|”([^”]*)”)""")


@dataclass(frozen=True, slots=True)
class Said:
    """What one element says of the text inside it."""

    kind: MarkupKind
    value: str = ""
    detail: str = ""

    def over(self, start: int, end: int) -> Markup:
        """Return it for a stretch of text."""
        return Markup(start, end, self.kind, self.value, self.detail)


def said_by(name: str, attributes: Mapping[str, str]) -> Said | None:
    """Return what an element of SSML says, or None if it is none or says nothing.

    Args:
        name: the local name, in lower case.
        attributes: by local name: "ph", "alphabet", "lang".
    """
    if name == "break":
        return Said(MarkupKind.BREAK, str(_break_ms(attributes)))
    if name == "phoneme" and attributes.get("ph", "").strip():
        return reading(attributes["ph"], attributes.get("alphabet", ""))
    if name == "say-as" and attributes.get("interpret-as", "").strip():
        return Said(MarkupKind.SAY_AS, attributes["interpret-as"].strip().lower())
    if name == "sub" and attributes.get("alias", "").strip():
        return Said(MarkupKind.ALIAS, " ".join(attributes["alias"].split()))
    if name == "lang" and attributes.get("lang", "").strip():
        return Said(MarkupKind.LANGUAGE, attributes["lang"].strip())
    if name == "emphasis" and attributes.get("level") not in ("none", "reduced"):
        return Said(MarkupKind.EMPHASIS, "strong" if attributes.get("level") == "strong" else "")
    return None


def reading(phonemes: str, alphabet: str) -> Said | None:
    """Return a reading in a notation; the default is IPA, as in SSML and PLS."""
    if len(phonemes) > _MAX_READING:
        return None
    return Said(MarkupKind.PHONEMES, " ".join(phonemes.split()), alphabet.strip().lower() or "ipa")


def _break_ms(attributes: Mapping[str, str]) -> int:
    time = _TIME.fullmatch(attributes.get("time", "").strip())
    if time is not None:
        seconds = float(time.group(1)) / (1000 if time.group(2).lower() == "ms" else 1)
        return min(round(1000 * seconds), MAX_BREAK_MS)
    return _STRENGTHS_MS.get(attributes.get("strength", ""), _DEFAULT_BREAK_MS)


@dataclass(frozen=True, slots=True)
class Untagged:
    """Plain text without its tags: what is left, what they say of it, and the tags themselves."""

    text: str
    markup: tuple[Markup, ...] = ()
    tags: tuple[str, ...] = ()


def take_tags(text: str) -> Untagged:
    """Take the tags out of plain text whose whitespace is collapsed.

    A tag that says nothing, or that is not closed, is text and stays.
    """
    if "<" not in text:
        return Untagged(text)
    found = list(_TAG.finditer(text))
    pairs = _pair(found)
    if not pairs:
        return Untagged(text)
    taken = sorted({i for first, last, _ in pairs for i in (first, last)})
    kept, offsets = _without(text, [found[i] for i in taken])
    places = dict(zip(taken, offsets, strict=True))
    markup = sorted(
        (said.over(places[first], places[last]) for first, last, said in pairs),
        key=lambda mark: (mark.start, -mark.end),
    )
    return Untagged(kept, tuple(markup), tuple(found[i].group() for i in taken))


def _pair(found: list[re.Match[str]]) -> list[tuple[int, int, Said]]:
    """Return (opening, closing, meaning) of the tags that say something; a break is both at once."""
    pairs: list[tuple[int, int, Said]] = []
    open_tags: list[tuple[int, Said | None]] = []
    for index, tag in enumerate(found):
        closing, name, attributes, empty = tag.groups()
        if name == "break" or empty:
            said = said_by(name, _attributes(attributes)) if name == "break" and not closing else None
            if said is not None and (empty or attributes.strip()):
                pairs.append((index, index, said))
        elif not closing:
            open_tags.append((index, said_by(name, _attributes(attributes))))
        elif open_tags and found[open_tags[-1][0]].group(2) == name:
            first, said = open_tags.pop()
            if said is not None:
                pairs.append((first, index, said))
    return pairs


def _attributes(text: str) -> dict[str, str]:
    return {
        match.group(1).rpartition(":")[2].lower(): next(g for g in match.groups()[1:] if g is not None)
        for match in _ATTRIBUTE.finditer(text)
    }


def _without(text: str, tags: list[re.Match[str]]) -> tuple[str, list[int]]:
    """Return `text` without `tags`, and where each of them stood; no two spaces are left side by side."""
    parts: list[str] = []
    offsets: list[int] = []
    length = position = 0
    last = " "  # of what is kept so far; nothing begins with a space
    for tag in tags:
        piece = text[position : tag.start()]
        if last == " ":
            piece = piece.lstrip(" ")
        parts.append(piece)
        length += len(piece)
        last = piece[-1:] or last
        offsets.append(length)
        position = tag.end()
    rest = text[position:]
    joined = "".join(parts) + (rest.lstrip(" ") if last == " " else rest)
    kept = joined.rstrip(" ")
    return kept, [min(offset, len(kept)) for offset in offsets]
