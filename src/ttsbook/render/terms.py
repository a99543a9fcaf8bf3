"""What every pool needs to know, wherever it runs.

Knows nothing of processes or clusters.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ttsbook.engines.base import EngineSpec
from ttsbook.render.fallback import Fallbacks
from ttsbook.render.limits import Limits
from ttsbook.types import Speech, VoiceProfile

Keep = Callable[[str, Speech], None]
Tell = Callable[[str], None]

_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms a pool works: with which engine and voice, for whom, and when it gives up."""

    spec: EngineSpec  # what each worker loads
    voice: VoiceProfile  # who speaks
    keep: Keep  # called with each finished chunk, in this process and thread
    tell: Tell  # called with a line for people when something was repaired
    fallbacks: Fallbacks  # what is allowed when it cannot go on like this
    batch: int = 8  # most requests per call of the engine
    limits: Limits = _LIMITS
