"""What is to be rendered, whichever engine does it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from ttsbook.qa.judge import Ear
from ttsbook.render.fallback import Fallbacks
from ttsbook.render.journal import Journal
from ttsbook.render.notes import Notes
from ttsbook.render.plan import ChunkMaker
from ttsbook.render.target import Target
from ttsbook.types import Book, VoiceProfile

if TYPE_CHECKING:
    from ttsbook.text.frontend import FrontEnd

# From the narrator's front end, and those of voices that speak with another accent.
Adapt: TypeAlias = "Callable[[FrontEnd, Mapping[str, FrontEnd]], ChunkMaker]"


@dataclass(frozen=True, slots=True)
class RenderTask:
    """What is to be rendered, whichever engine does it."""

    book: Book
    target: Target
    format: str
    voice: VoiceProfile
    voices: Mapping[str, VoiceProfile]  # besides it, by name
    journal: Journal
    notes: Notes
    fallbacks: Fallbacks
    front_end: ChunkMaker | None
    adapt: Adapt | None
    ear: Ear | None
    began: float
