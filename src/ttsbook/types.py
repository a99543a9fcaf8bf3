"""The frozen records that pass between stages. No behaviour beyond what the fields imply.

    Book ─ Chapter ─ Block ──► Chunk ──► Speech
    (book reads)     (text plans)  (engines speak)

Offsets count Python characters of `Block.text`. Samples are float32 mono in [-1, 1]. Times are
integer samples at a stated rate, so that sums are exact.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class BlockKind(str, Enum):
    """What a block is on the page; the pause after it and its reading depend on it."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    QUOTE = "quote"
    VERSE = "verse"  # lines separated by "\n"
    LIST_ITEM = "list-item"
    TABLE_ROW = "table-row"
    CAPTION = "caption"
    SCENE_BREAK = "scene-break"  # text may be empty or "* * *": it is never spoken


class Boundary(str, Enum):
    """What ends after a chunk; decides the pause."""

    NONE = "none"  # cut inside a sentence because of its length
    CLAUSE = "clause"
    SENTENCE = "sentence"
    LINE = "line"
    PARAGRAPH = "paragraph"
    HEADING = "heading"
    SCENE = "scene"
    CHAPTER = "chapter"


class Matter(str, Enum):
    """Where a chapter stands in the book (EPUB 3 structural semantics)."""

    FRONT = "front"
    BODY = "body"
    BACK = "back"


class MarkupKind(str, Enum):
    """What the page says about how a stretch of text is read; the form of `Markup.value`."""

    PHONEMES = "phonemes"  # the reading, in the notation that `detail` names ("ipa", "x-sampa", "pinyin")
    LANGUAGE = "language"  # a BCP 47 tag
    ALIAS = "alias"  # the words to say instead
    SAY_AS = "say-as"  # what the text is: "characters", "telephone", "ordinal"
    EMPHASIS = "emphasis"  # "" or "strong"
    BREAK = "break"  # a pause at `start`, in milliseconds; the stretch is empty


@dataclass(frozen=True, slots=True)
class Markup:
    """What the page says about `Block.text[start:end]`."""

    start: int
    end: int
    kind: MarkupKind
    value: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a block was found: in which file inside the book, and the number of the block in it."""

    document: str
    index: int  # 0-based


@dataclass(frozen=True, slots=True)
class Block:
    """Text as printed: whitespace collapsed, inline markup joined; only a scene break may be empty."""

    kind: BlockKind
    text: str
    language: str | None = None  # BCP 47 tag from the markup, if any
    level: int = 0  # heading depth 1-6, list depth; else 0
    place: Place | None = field(default=None, compare=False)  # None if the book has no files inside
    markup: tuple[Markup, ...] = ()  # by start


@dataclass(frozen=True, slots=True)
class Skipped:
    """Text that will not be spoken, and the stated rule that says why."""

    reason: str  # short stable name, for example "footnote", "page-number", "hidden"
    text: str
    where: str  # file inside the book, or "" for plain text


@dataclass(frozen=True, slots=True)
class Chapter:
    """One entry of the table of contents with the blocks that belong to it."""

    index: int  # 1-based position in the book
    title: str
    blocks: tuple[Block, ...]
    skipped: tuple[Skipped, ...] = ()
    matter: Matter = Matter.BODY
    depth: int = 0  # nesting in the table of contents, 0 = top
    where: str = ""


@dataclass(frozen=True, slots=True)
class Cover:
    data: bytes
    mime: str  # "image/jpeg" or "image/png", told from the bytes, not from the name


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the book says about itself; unknown fields stay empty and are never invented."""

    title: str = ""
    authors: tuple[str, ...] = ()
    language: str | None = None
    publisher: str | None = None
    year: str | None = None
    description: str | None = None
    series: str | None = None
    series_index: str | None = None
    identifiers: tuple[str, ...] = ()
    subtitle: str | None = None
    title_sort: str | None = None  # as shelves sort it: "Adventures of Sherlock Holmes, The"
    author_sort: str | None = None  # "Austen, Jane"


@dataclass(frozen=True, slots=True)
class Book:
    source: str  # path as given, "-" for standard input
    sha256: str  # of the file's bytes
    metadata: Metadata
    chapters: tuple[Chapter, ...]
    cover: Cover | None = None
    skipped: tuple[Skipped, ...] = ()  # outside every chapter
    repairs: tuple[str, ...] = ()  # what was wrong with the file and how it was read anyway


class MarkKind(str, Enum):
    """How a stretch of a chunk is said, as far as the page shows it."""

    SPEECH = "speech"  # between quotation marks
    QUESTION = "question"
    EXCLAMATION = "exclamation"
    EMPHASIS = "emphasis"


@dataclass(frozen=True, slots=True)
class Mark:
    """`Chunk.text[start:end]` is said in a manner that a voice may follow."""

    start: int
    end: int
    kind: MarkKind


@dataclass(frozen=True, slots=True)
class Chunk:
    """The unit of work: a piece of one block that the model takes in one go.

    The chunks of a block cover its text without gap or overlap: `block.text[start:end] == text`.
    """

    chapter: int  # Chapter.index
    index: int  # position in the chapter, 0-based
    block: int  # position of the block in the chapter, 0-based
    start: int  # offset in Block.text
    end: int
    text: str  # as printed, with its surrounding whitespace
    spoken: str  # words as read out
    phonemes: str  # one symbol per character (ttsbook.symbols); "" if there is nothing to say
    language: str  # "en" or "zh": the language that dominates
    boundary: Boundary
    pause_ms: int = 0  # at least this long after it, where the page asks for a break
    markup: tuple[Markup, ...] = ()  # what the page says of its readings, by places in `text`
    marks: tuple[Mark, ...] = ()  # by start; they change no phoneme
    role: str = "narrator"  # or "quoted": speech in quotation marks, where somebody asked
    voice: str = ""  # who says it, by name; "" is the narrator
    exact_pause_ms: int | None = None  # after it, instead of what its boundary asks for


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """A printed word of a chunk and the phonemes that say it."""

    start: int  # offset in Chunk.text
    end: int
    first: int  # phonemes [first, last) of Chunk.phonemes
    last: int


@dataclass(frozen=True, slots=True)
class Speech:
    """What an engine made of one chunk."""

    samples: NDArray[np.float32]  # [n] mono
    rate_hz: int
    phoneme_ends: tuple[int, ...] = ()  # end of each phoneme in samples, if the engine knows


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a voice came from; kept in the profile and written into the tags of what it speaks."""

    source: str  # file name (never a full path) or how it was made
    sha256: str  # of the clip's bytes, "" for voices that were not made from a clip
    seconds: float  # of speech used
    method: str  # "plain", "hybrid", "blend"
    consent: str = ""  # the user's own words, or the licence


@dataclass(frozen=True, slots=True)
class VoiceProfile:
    """A voice as the model sees it: speaker embedding and pitch statistics."""

    name: str
    embedding: tuple[float, ...]  # unit length, 256 values
    log_f0_mean: float  # natural log of Hz over voiced frames
    log_f0_std: float
    provenance: Provenance
    sex: str = ""  # "female", "male" or "" if not known; a hint for people
    accent: str = ""  # of its English, "american" or "british"; "" if not known, which reads American
    level_db: float | None = None  # speech level of the clip, dBFS
    snr_db: float | None = None
    tone_db: tuple[float, ...] = field(default=())  # gains by which its colour was matched (vits2.tone)

    @property
    def fingerprint(self) -> str:
        """Hash of everything that changes samples: part of every chunk key."""
        numbers = (*self.embedding, self.log_f0_mean, self.log_f0_std, *self.tone_db)
        return hashlib.sha256(",".join(f"{value:.7g}" for value in numbers).encode("ascii")).hexdigest()
