"""One line of a plan file: a chunk as a JSON object, for people to edit; and what of it was edited.

    text ──► spoken ──► phonemes        each made from the one before it, unless somebody edited it

`made` holds a short hash of each field as it was written. What differs was edited: then everything after it
in the chain is made again, up to the next edited field, which is taken as it is. A missing field is made
too.
Knows nothing of files or front ends.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from ttsbook.errors import InputError
from ttsbook.render.cast import NARRATOR, ROLES
from ttsbook.symbols import SYMBOL_IDS
from ttsbook.types import BlockKind, Boundary, Chunk

MAX_PAUSE_MS = 60_000
_HASHED = ("text", "spoken", "phonemes", "voice")
_HASH_DIGITS = 8
_LANGUAGES = ("en", "zh")
_TEXTS = ("text", "spoken", "phonemes", "voice", "role", "character", "language", "boundary", "kind", "made")
_NUMBERS = ("chapter", "block", "pause_ms")


class LineError(ValueError):
    """What is wrong with a line; the reader of the file says which line it is."""


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A line as it was read; None where a field is missing."""

    chapter: int
    block: int
    text: str
    spoken: str | None
    phonemes: str | None
    voice: str
    role: str
    character: str
    pause_ms: int | None
    language: str | None
    boundary: Boundary
    kind: BlockKind
    made: tuple[str, ...]

    def is_edited(self, field: str) -> bool:
        """Return whether a field is not what the plan was written with; of a new line every field is."""
        value = getattr(self, field)
        if value is None:
            return False
        return not self.made or self.made[_HASHED.index(field)] != _hash(value)


def write_line(chunk: Chunk, kind: BlockKind, voice: str, pause_ms: int) -> str:
    """Return the line of a chunk that `voice` says, with the pause that follows it."""
    fields: dict[str, Any] = {
        "chapter": chunk.chapter,
        "text": chunk.text,
        "spoken": chunk.spoken,
        "phonemes": chunk.phonemes,
        "voice": voice,
        "role": chunk.role,
        "character": "",
        "pause_ms": pause_ms,
        "language": chunk.language,
        "block": chunk.block,
        "kind": kind.value,
        "boundary": chunk.boundary.value,
    }
    fields["made"] = "-".join(_hash(str(fields[name])) for name in _HASHED)
    return json.dumps(fields, ensure_ascii=False)


def read_line(text: str) -> PlanLine:
    """Read a line.

    Raises:
        LineError: it is not what a line may be.
    """
    fields = read_object(text)
    unknown = [name for name in fields if name not in (*_TEXTS, *_NUMBERS)]
    if unknown:
        raise LineError(f"unknown field {unknown[0]!r}; fields are {', '.join((*_NUMBERS, *_TEXTS))}")
    for name in _TEXTS:
        if not isinstance(fields.get(name, ""), str | None):
            raise LineError(f"{name!r} must be a text")
        if any("\ud800" <= character <= "\udfff" for character in fields.get(name) or ""):
            raise LineError(f"{name!r} holds half of a character (\\ud800 to \\udfff)")
    for name in _NUMBERS:
        value = fields.get(name, 0)
        if isinstance(value, bool) or not isinstance(value, int | None):
            raise LineError(f"{name!r} must be a whole number")
    for name in ("chapter", "text"):
        if fields.get(name) is None:
            raise LineError(f"it has no {name!r}")
    pause_ms = fields.get("pause_ms")
    if pause_ms is not None and not 0 <= pause_ms <= MAX_PAUSE_MS:
        raise LineError(f"'pause_ms' must be 0 to {MAX_PAUSE_MS}, not {pause_ms}")
    phonemes = fields.get("phonemes")
    for symbol in phonemes or "":
        if symbol not in SYMBOL_IDS:
            raise LineError(f"the voice has no phoneme {symbol!r} (see `ttsbook say WORD`)")
    language, boundary = fields.get("language"), fields.get("boundary") or Boundary.SENTENCE.value
    kind = fields.get("kind") or BlockKind.PARAGRAPH.value
    made = _made(fields.get("made") or "")
    is_pause = kind == BlockKind.SCENE_BREAK.value or made[:1] == (_hash(""),)  # also before a first word
    if not fields["text"] and not is_pause:
        raise LineError("'text' is empty; remove the line instead")
    return PlanLine(
        chapter=fields["chapter"],
        block=fields.get("block") or 0,
        text=fields["text"],
        spoken=fields.get("spoken"),
        phonemes=phonemes,
        voice=fields.get("voice") or "",
        role=_one_of("role", fields.get("role") or NARRATOR, ROLES),
        character=fields.get("character") or "",
        pause_ms=pause_ms,
        language=_one_of("language", language, _LANGUAGES) if language else None,
        boundary=Boundary(_one_of("boundary", boundary, [each.value for each in Boundary])),
        kind=BlockKind(_one_of("kind", kind, [each.value for each in BlockKind])),
        made=made,
    )


def read_object(text: str) -> dict[str, Any]:
    """Read a JSON object.

    Raises:
        LineError: it is none.
    """
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise LineError(f"not JSON: {error.msg}, at character {error.pos + 1}") from error
    except (ValueError, RecursionError) as error:  # numbers of thousands of digits; deep nesting
        raise LineError(f"not JSON that can be read: {error}") from error
    if not isinstance(found, dict):
        raise LineError("it must be a JSON object, { … }")
    return found


def _made(text: str) -> tuple[str, ...]:
    parts = tuple(text.split("-")) if text else ()
    if len(parts) not in (0, len(_HASHED)):
        raise LineError("'made' is damaged; without it all fields are used as they are")
    return parts


def _one_of(name: str, value: str, values: Any) -> str:
    if value not in values:
        raise LineError(f"{name!r} is {value!r}, but must be one of {', '.join(values)}")
    return value


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_HASH_DIGITS]


def line_error(path: str, number: int, error: LineError) -> InputError:
    """Say which line of which file is wrong."""
    hint = "fix the line, or make the plan again with `ttsbook plan`"
    return InputError(f"{path}, line {number}: {error}", hint)
