"""The voice that a command was told to use, with what should be said about it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ttsbook.cli.talk import Talk
from ttsbook.files import is_file

if TYPE_CHECKING:
    from ttsbook.config import Settings
    from ttsbook.config.schema import CosyVoicePlaces
    from ttsbook.types import VoiceProfile
    from ttsbook.voice.store import FoundVoice

CONSENT_NOTE = "a voice belongs to a person: use it only if it is yours or its owner has agreed"


def look_up(
    name_or_path: str, method: str = "plain", judge: Path | None = None, words: str = ""
) -> FoundVoice:
    """Find a voice by name, or analyse a clip with ttsbook's decoder; `method` says how carefully.

    `judge` are weights of CAM++, to tell outliers by; `words` are what is said in the clip.

    Raises:
        MissingError: there is no such voice or file.
        InputError: the clip is not usable.
    """
    from ttsbook.audio.decode import read_clip
    from ttsbook.render.rehearsal import rehearsal_for
    from ttsbook.voice.store import look_up_voice

    return look_up_voice(
        name_or_path,
        read_clip=read_clip,
        method=method,
        judge=judge,
        rehearsal=rehearsal_for(method, words=words),
    )


def accent_of(name_or_path: str, chosen: Settings) -> str:
    """Return the accent that English is read in: what is asked for, or else the voice's own.

    Raises:
        MissingError: there is no such voice.
        InputError: it is a clip that is not usable.
    """
    if chosen.accent != "auto":
        return chosen.accent
    return look_up(name_or_path).profile.accent or "american"


def find_narrator(name_or_path: str, talk: Talk, chosen: Settings) -> VoiceProfile:
    """Find a voice, analysed as the chosen engine wants it, and pass on the advice on its clip."""
    from ttsbook.engines.choose import entry_of
    from ttsbook.voice.store import CLIP

    engine, entry = chosen.engine, entry_of(chosen.engine)
    words = chosen.ref_text if name_or_path == chosen.voice else ""  # of that clip, not of others'
    found = look_up(name_or_path, entry.analysis, _judge(chosen.cosyvoice), words)
    if not entry.clones:
        talk.note(f"engine {engine} speaks in its own voice, not in {name_or_path}")
        return found.profile
    for line in found.advice:
        talk.warn(f"{name_or_path}: {line}")
    if found.origin == CLIP:
        talk.note(f"cloning the voice in {name_or_path}: {CONSENT_NOTE}")
    return found.profile


def _judge(places: CosyVoicePlaces) -> Path | None:
    """Return the speaker encoder of an installed CosyVoice, if there is one."""
    from ttsbook.voice.campplus import NAME

    if not places.model:
        return None
    path = Path(places.model) / NAME
    return path if is_file(path) else None


def warn_of_idle_words(settings: Settings, talk: Talk) -> None:
    """Warn if the words of the recording were given to an engine that does not use them."""
    from ttsbook.engines.choose import entry_of

    entry = entry_of(settings.engine)
    if settings.ref_text and not entry.wants_clip and entry.analysis != "hybrid":
        talk.warn(f"engine {settings.engine} does not use the words of the recording (--ref-text)")


def voice_files(name_or_path: str) -> list[Path]:
    """Return the files that a voice is read from: the clip, or the profile."""
    from ttsbook.voice.name import same_name
    from ttsbook.voice.store import list_voices

    path = Path(name_or_path)
    if is_file(path):
        return [path]
    for listed in list_voices():  # in the order of the search: the user's own first
        if same_name(listed.name, name_or_path):
            return [listed.path]
    return []
