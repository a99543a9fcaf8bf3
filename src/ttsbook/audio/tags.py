"""What a file says about itself, and the names that each format has for it.

Unknown fields stay out of the file and nothing is invented: no year, no program name, no date of
rendering. Knows nothing of containers' bytes; `id3` and `mp4` write those.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, fields

# ISO 639-1 to ISO 639-2/T (MP4's media header and ID3's TLAN want three letters).
_THREE_LETTERS = {
    "de": "deu", "en": "eng", "es": "spa", "fr": "fra", "it": "ita", "ja": "jpn", "ko": "kor",
    "nl": "nld", "pt": "por", "ru": "rus", "yue": "yue", "zh": "zho",
}  # fmt: skip
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)", re.ASCII)
_KEPT = "\n\t\u200c\u200d"


@dataclass(frozen=True, slots=True)
class Tags:
    """The neutral record. An empty field is not written."""

    title: str = ""
    artist: str = ""  # author
    narrator: str = ""
    album: str = ""
    year: str = ""
    language: str = ""  # BCP 47
    description: str = ""
    publisher: str = ""
    comment: str = ""  # provenance: that the narration is synthetic, and whose voice it is
    genre: str = ""
    subtitle: str = ""
    title_sort: str = ""  # what players sort by, where it is not the text itself
    artist_sort: str = ""
    album_sort: str = ""
    track: str = ""  # "3/12" of a file that is a part of the book
    extra: tuple[tuple[str, str], ...] = ()  # as named by the trade: ("series", …), ("series-part", …)

    @property
    def series(self) -> tuple[str, str]:
        """Return the name of the series and the book's number in it, "" where there is none."""
        named = dict(self.extra)
        return named.get("series", ""), named.get("series-part", "")

    @property
    def year_digits(self) -> str:
        """Return the four digits of the year, which is all that ID3v2.3 holds, "" if there are none."""
        found = _YEAR.search(self.year)
        return found.group() if found else ""

    @property
    def notes(self) -> str:
        """Description and comment as one text, for formats that have one field for both."""
        return "\n\n".join(part for part in (self.description, self.comment) if part)


def language_code(language: str) -> str:
    """Return the three-letter code of a BCP 47 tag, "" if there is none for it."""
    primary = language.replace("_", "-").split("-")[0].lower()
    if len(primary) == 3 and primary.isascii() and primary.isalpha():
        return primary
    return _THREE_LETTERS.get(primary, "")


def vorbis_comments(tags: Tags) -> dict[str, str]:
    """Return the Vorbis comments of FLAC and Ogg Opus.

    Xiph's list has one field for free text, DESCRIPTION; a COMMENT would be renamed to it by FFmpeg.
    """
    named = {
        "TITLE": tags.title,
        "ARTIST": tags.artist,
        "ALBUMARTIST": tags.artist,
        "ALBUM": tags.album,
        "COMPOSER": tags.narrator,  # where Audiobookshelf and players look for the narrator
        "PERFORMER": tags.narrator,
        "DATE": tags.year,
        "LANGUAGE": tags.language,
        "DESCRIPTION": tags.notes,
        "PUBLISHER": tags.publisher,
        "GENRE": tags.genre,
        "SUBTITLE": tags.subtitle,
        "TITLESORT": tags.title_sort,
        "ARTISTSORT": tags.artist_sort,
        "ALBUMARTISTSORT": tags.artist_sort,
        "ALBUMSORT": tags.album_sort,
        "TRACKNUMBER": tags.track.partition("/")[0],
        "TRACKTOTAL": tags.track.partition("/")[2],
    }
    named.update((key.upper(), value) for key, value in tags.extra)
    return {key: value for key, value in named.items() if value}


def riff_info(tags: Tags) -> dict[str, str]:
    """Return the fields of a WAV file's INFO list, under FFmpeg's names for them."""
    named = {
        "title": tags.title,
        "artist": tags.artist,
        "album": tags.album,
        "date": tags.year,
        "language": tags.language,
        "comment": tags.notes,
        "genre": tags.genre,
        "track": tags.track,
    }
    return {key: value for key, value in named.items() if value}


def clean_text(text: str) -> str:
    """Drop what no format can hold: NUL and other control characters, halves of surrogate pairs.

    Spaces of other widths become plain ones; joiners, on which words of some scripts depend, stay.
    """
    spaced = (" " if unicodedata.category(character).startswith("Z") else character for character in text)
    return "".join(c for c in spaced if c in _KEPT or c.isprintable()).strip()


def clean_tags(tags: Tags) -> Tags:
    """Return the tags as they can be written and read back."""
    named = {
        field.name: clean_text(getattr(tags, field.name)) for field in fields(tags) if field.name != "extra"
    }
    extra = ((clean_text(key), clean_text(value)) for key, value in tags.extra)
    return Tags(**named, extra=tuple((key, value) for key, value in extra if key and value))


def cut_utf8(text: str, limit: int) -> str:
    """Cut `text` to at most `limit` bytes of UTF-8 without splitting a character."""
    return text.encode("utf-8")[:limit].decode("utf-8", errors="ignore")
