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

from ttsbook.errors import UsageError
from ttsbook.files import is_file, read_small

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
    data = read_small(path, _MAX_BYTES, "the cast")
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
