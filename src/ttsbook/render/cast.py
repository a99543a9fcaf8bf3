"""Who speaks what: roles and characters to names of voices, read from a small TOML file.

    narrator = "nora"
    quoted = "tom"            # speech in quotation marks
    [characters]              # speech whose character the plan names
    "Mr. Darcy" = "ben"

Knows nothing of where voices come from.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from ttsbook.errors import InputError, UsageError
from ttsbook.files import is_file

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

NARRATOR, QUOTED = "narrator", "quoted"
ROLES = (NARRATOR, QUOTED)
_MAX_BYTES = 1 << 20
_KEYS = (NARRATOR, QUOTED, "characters")


@dataclass(frozen=True, slots=True)
class Cast:
    """Names of voices, or paths of clips; "" is the narrator's."""

    narrator: str = ""
    quoted: str = ""
    characters: tuple[tuple[str, str], ...] = ()

    def voice_of(self, role: str, character: str = "") -> str:
        """Return the voice of a line; "" is the narrator's."""
        wanted = " ".join(character.split()).casefold()
        for name, voice in self.characters:
            if wanted and " ".join(name.split()).casefold() == wanted:
                return voice
        return self.quoted if role == QUOTED else ""

    @property
    def voices(self) -> tuple[str, ...]:
        """Return all voices besides the narrator's, each once."""
        named = (self.quoted, *(voice for _, voice in self.characters))
        return tuple(dict.fromkeys(voice for voice in named if voice))


def read_cast(path: Path) -> Cast:
    """Read a cast; clips that it names are looked for beside it.

    Raises:
        InputError: it cannot be read.
        UsageError: it is not TOML, or has unknown keys or wrong values.
    """
    try:
        with open(path, "rb") as handle:
            data = handle.read(_MAX_BYTES + 1)
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}", "check the path") from error
    if len(data) > _MAX_BYTES:
        raise InputError(f"cannot read {path}: a cast is a small file, of {_MAX_BYTES >> 20} MB at most")
    try:
        table = tomllib.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:  # also numbers of thousands of digits, and brackets
        raise UsageError(f"{path} is not TOML: {error}", _HINT) from error
    for key in table:
        if key not in _KEYS:
            raise UsageError(f"{path}: unknown key {key!r}", _HINT)
    characters = table.get("characters", {})
    if not isinstance(characters, dict):
        raise UsageError(f"{path}: [characters] is a table of names and voices", _HINT)
    return Cast(
        _voice(path, NARRATOR, table.get(NARRATOR, "")),
        _voice(path, QUOTED, table.get(QUOTED, "")),
        tuple((name, _voice(path, name, voice)) for name, voice in characters.items()),
    )


_HINT = f"its keys are {', '.join(_KEYS[:2])}, and names under [characters]; each value is a voice"


def _voice(path: Path, key: str, value: object) -> str:
    if not isinstance(value, str):
        raise UsageError(f"{path}: the voice of {key!r} is not a text", _HINT)
    beside = path.parent / value
    return str(beside) if value and is_file(beside) else value
