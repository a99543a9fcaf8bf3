"""The front end that reads as the settings and the voice say."""

from __future__ import annotations

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
        lexicon=read_lexicon(settings.lexicon) if settings.lexicon is not None else None,
        accent=settings.accent or (voice.accent if voice is not None else "") or "american",
        emoji=settings.emoji,
        max_phonemes=min(_MAX_PHONEMES, max_phonemes),
    )
