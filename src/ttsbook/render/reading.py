"""The front end that reads as the settings and the voice say."""

from __future__ import annotations

from collections.abc import Mapping

from ttsbook.render.settings import RenderSettings
from ttsbook.text.frontend import FrontEnd
from ttsbook.text.lexicon import read_lexicon
from ttsbook.types import VoiceProfile

_MAX_PHONEMES = 400  # longer utterances gain nothing and take memory


def front_end_for(
    settings: RenderSettings, voice: VoiceProfile | None, max_phonemes: int = _MAX_PHONEMES
) -> FrontEnd:
    """Return a front end; `max_phonemes` is what the engine takes.

    Raises:
        InputError: the lexicon cannot be read.
        UsageError: an entry of it is wrong.
    """
    return FrontEnd(
        language=settings.language,
        lexicon=read_lexicon(settings.lexicon) if settings.lexicon else None,
        accent=_accent(settings, voice),
        emoji=settings.emoji,
        max_phonemes=min(_MAX_PHONEMES, max_phonemes),
    )


def other_front_ends(
    settings: RenderSettings,
    narrator: VoiceProfile | None,
    voices: Mapping[str, VoiceProfile],
    max_phonemes: int = _MAX_PHONEMES,
) -> dict[str, FrontEnd]:
    """Return a front end for each of the voices, by name, that has another accent than the narrator."""
    by_accent: dict[str, FrontEnd] = {}
    found: dict[str, FrontEnd] = {}
    for name, voice in voices.items():
        accent = _accent(settings, voice)
        if accent != _accent(settings, narrator):
            if accent not in by_accent:
                by_accent[accent] = front_end_for(settings, voice, max_phonemes)
            found[name] = by_accent[accent]
    return found


def _accent(settings: RenderSettings, voice: VoiceProfile | None) -> str:
    """Return the accent that is asked for, or else the voice's own."""
    return settings.accent or (voice.accent if voice is not None else "") or "american"
