"""An engine whose speech is a beep, as long as the phonemes: where the command line is tested, not the voice.

Chosen with `--engine beep_engine:BeepEngine`. It fails on text with the word "unspeakable".
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ttsbook.engines.base import EngineSpec, Request
from ttsbook.errors import RenderError
from ttsbook.types import Speech, VoiceProfile

NAME = "beep_engine:BeepEngine"
RATE_HZ = 8000


class BeepEngine:
    name = "beep"
    device = "cpu"
    rate_hz = RATE_HZ
    fingerprint = "beep-1"
    max_phonemes = 400

    def __init__(self, spec: EngineSpec) -> None: ...

    def speak(self, requests: Sequence[Request], voice: VoiceProfile) -> list[Speech]:
        assert voice.name
        return [self._speak(request) for request in requests]

    def close(self) -> None: ...

    def _speak(self, request: Request) -> Speech:
        if "unspeakable" in request.spoken.lower():
            raise RenderError("cannot say that", "leave it out")
        n_samples = len(request.phonemes) * RATE_HZ // 50
        wave = 0.2 * np.sin(2 * np.pi * 300 / RATE_HZ * np.arange(n_samples))
        return Speech(wave.astype(np.float32), RATE_HZ)
