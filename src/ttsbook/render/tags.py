"""What the file says about itself, from the book's metadata and the voice's provenance.

Says plainly that the narration is synthetic and whose voice it is. No dates: equal inputs, equal bytes.
Knows nothing of formats and their names for things.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import fields, replace

from ttsbook import __version__
from ttsbook.audio.tags import Tags
from ttsbook.errors import UsageError
from ttsbook.render.fallback import Fallback
from ttsbook.types import Book, VoiceProfile

_OWN = ("comment", "track")
# Names that a format has for something of its own: what is written under them cannot be read back.
_TAKEN = re.compile(
    "chapter[0-9]{3}(?:name)?|cuesheet|date|album_?artist|discnumber|encoder|handler_name|metadata_block_picture"
    "|t(?:alb|cmp|co[mnp]|dat|dr[cl]|enc|it[123]|lan|pe[123]|pos|pub|rck|so[apt]|sse|yer)"  # of ID3
)
_INSTEAD = {"date": "year", "album_artist": "artist", "albumartist": "artist", "discnumber": "disc"}
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")
_GENRE_NUMBER = re.compile(r"\(?[0-9]+(?:\)|$)")
_WHOLE = re.compile(r"\.0+$")
_ISBN_MARK = re.compile(r"^(?:urn:)?isbn:?\s*", re.IGNORECASE)
_SHOWN = 12  # digits of a hash that people see


def tags_of(
    book: Book,
    voice: VoiceProfile,
    language: str,
    fallbacks: Sequence[Fallback] = (),
    overrides: Sequence[tuple[str, str]] = (),
    others: Sequence[VoiceProfile] = (),
) -> Tags:
    """Return the tags of the book's one file.

    Args:
        book: the book.
        voice: who speaks.
        language: spoken by default, for books that do not state theirs.
        fallbacks: what the render went on with instead of what was asked for.
        overrides: values by name instead of the book's own; names that are not known are kept as they are.
        others: who speak besides `voice`.
    """
    metadata = book.metadata
    series, part = metadata.series or "", plain_number(metadata.series_index or "")
    named = (("series", series), ("series-part", part), ("isbn", _isbn(metadata.identifiers)))
    tags = Tags(
        title=metadata.title,
        artist=", ".join(metadata.authors),
        narrator=", ".join(dict.fromkeys(each.name for each in (voice, *others))),
        album=metadata.title,
        year=metadata.year or "",
        language=metadata.language or language,
        description=metadata.description or "",
        publisher=metadata.publisher or "",
        comment=_provenance(book, voice, others) + _steps(fallbacks),
        genre="Audiobook",
        subtitle=metadata.subtitle or "",
        title_sort=metadata.title_sort or "",
        artist_sort=metadata.author_sort or "",
        extra=tuple((name, value) for name, value in named if value),
    )
    return _sorted_in_series(_overridden(tags, overrides))


def book_mark(book: Book) -> str:
    """Return the words in the tags by which a file shows that it was made here from this book."""
    return f"Synthetic narration by ttsbook of book {book.sha256[:_SHOWN]}"


def check_overrides(overrides: Sequence[tuple[str, str]]) -> None:
    """Refuse what a person may not set, before the work instead of when the file is read back.

    Raises:
        UsageError: one is not a name, or of a tag that tells where the narration comes from, or taken, or
            has a value that not every format can hold.
    """
    for name, value in overrides:
        if name in _OWN:
            raise UsageError(f"the tag {name!r} is set by ttsbook: it says where the narration comes from")
        if not _NAME.fullmatch(name):
            raise UsageError(f"{name!r} is not the name of a tag", "names are letters, digits, - and _")
        if _TAKEN.fullmatch(name):
            hint = f"use {_INSTEAD[name]!r}" if name in _INSTEAD else "choose another name"
            raise UsageError(f"the tag {name!r} means something else in audio files", hint)
        if name == "genre" and _GENRE_NUMBER.match(value):
            raise UsageError(f"--tag genre={value}: in an MP3 a number stands for one of a list", "use words")


def _overridden(tags: Tags, overrides: Sequence[tuple[str, str]]) -> Tags:
    known = {field.name for field in fields(Tags)} - {"extra"}
    fields_of = [(name.replace("-", "_"), name, value) for name, value in overrides]
    named = {field: value for field, _, value in fields_of if field in known}
    if "title" in named:
        named.setdefault("album", named["title"])
        named.setdefault("title_sort", "")  # it was of the other title
    if "artist" in named:
        named.setdefault("artist_sort", "")
    others = {name: value for field, name, value in fields_of if field not in known}
    extra = {**dict(tags.extra), **others}
    return replace(tags, **named, extra=tuple((name, value) for name, value in extra.items() if value))


def _sorted_in_series(tags: Tags) -> Tags:
    """Have players sort the books of a series by their numbers, unless something else is stated."""
    series, part = tags.series
    if tags.album_sort:
        return tags
    numbered = f"{series} {part.zfill(2)} - {tags.album}" if series and part else tags.title_sort
    return replace(tags, album_sort=numbered)


def plain_number(text: str) -> str:
    """Return "3" for the "3.0" that library programs write."""
    return _WHOLE.sub("", text.strip())


def _isbn(identifiers: Sequence[str]) -> str:
    """Return the first identifier that is an ISBN, without what marks it as one."""
    for identifier in identifiers:
        digits = _ISBN_MARK.sub("", identifier).replace("-", "").replace(" ", "")
        if _is_isbn(digits):
            return digits
    return ""


def _is_isbn(digits: str) -> bool:
    """Check the last digit: identifiers are often other numbers of the same length."""
    if re.fullmatch(r"97[89]\d{10}", digits):
        return sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(digits)) % 10 == 0
    if re.fullmatch(r"\d{9}[\dXx]", digits):
        values = [10 if digit in "Xx" else int(digit) for digit in digits]
        return sum(value * (10 - at) for at, value in enumerate(values)) % 11 == 0
    return False


def _provenance(book: Book, voice: VoiceProfile, others: Sequence[VoiceProfile]) -> str:
    voices = ", ".join(map(_origin, (voice, *others)))
    return f"{book_mark(book)} (ttsbook {__version__}), {voices}"


def _origin(voice: VoiceProfile) -> str:
    clip = voice.provenance
    origin = f" from {clip.source}" if clip.source else ""
    consent = f"; consent: {clip.consent}" if clip.consent else "; consent: not stated"
    return f"voice {voice.name}{origin} [{voice.fingerprint[:_SHOWN]}]{consent}"


def _steps(fallbacks: Sequence[Fallback]) -> str:
    return f"; fell back: {', '.join(step.short for step in fallbacks)}" if fallbacks else ""
