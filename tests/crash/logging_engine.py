"""The tone engine, told by the environment what to do: no flag of the command can.

CRASH_LOG and CRASH_DELAY as the tone engine's own options; CRASH_MODEL is another model; CRASH_FITS=N runs
out of memory, really, with more than N chunks at once; CRASH_DIES=WORD is killed at a word, as the system
kills a process that takes too much memory.
"""

from __future__ import annotations

import os
import resource
import signal
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from tone_engine import ToneEngine

from ttsbook.engines.base import EngineSpec, Request
from ttsbook.types import Speech, VoiceProfile

_ROOM = 256 << 20


class LoggingEngine(ToneEngine):
    def __init__(self, spec: EngineSpec) -> None:
        options = (("log", os.environ["CRASH_LOG"]), ("delay", os.environ["CRASH_DELAY"]))
        model = os.environ.get("CRASH_MODEL")
        super().__init__(replace(spec, options=(*options, *((("model", model),) if model else ()))))

    def speak(self, requests: Sequence[Request], voice: VoiceProfile) -> list[Speech]:
        if len(requests) > int(os.environ.get("CRASH_FITS", "1000")):
            _take_too_much()
        word = os.environ.get("CRASH_DIES")
        if word and any(word in request.spoken for request in requests):
            os.kill(os.getpid(), signal.SIGKILL)
        return super().speak(requests, voice)


def _take_too_much() -> None:
    """Ask for more memory than the system grants this process."""
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (used + _ROOM, before[1]))
    try:
        np.ones(4 * _ROOM, np.uint8)
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
