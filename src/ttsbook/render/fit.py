"""Whether an engine can read a planned book, and in whose voice it does.

Knows nothing of how speech is made.
"""

from __future__ import annotations

from ttsbook.engines.base import Engine
from ttsbook.engines.choose import entry_of
from ttsbook.errors import MissingError
from ttsbook.render.plan import Plan
from ttsbook.types import Provenance, VoiceProfile


def check_languages(plan: Plan, name: str, engine: Engine) -> None:
    """Refuse a book with a language that the engine does not read, before the long part.

    Raises:
        MissingError: there is such text in it.
    """
    reads: tuple[str, ...] = getattr(engine, "languages", entry_of(name).languages)
    for planned in plan.spoken_chunks():
        if planned.chunk.language not in reads:
            raise MissingError(
                f"engine {name} cannot read {planned.chunk.text.strip()[:40]!r}",
                "choose other --chapters, or another engine",
            )


def voice_of(engine: str, voice: VoiceProfile) -> VoiceProfile:
    """Return who will be heard: `voice`, unless the engine has voices of its own."""
    if entry_of(engine).clones:
        return voice
    return VoiceProfile(f"{engine}'s own", (), 0.0, 0.0, Provenance("", "", 0.0, "", consent="none needed"))
