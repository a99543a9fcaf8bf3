"""The tone engine, told by the environment where to note what it speaks: no flag of the command can."""

from __future__ import annotations

import os
from dataclasses import replace

from tone_engine import ToneEngine

from ttsbook.engines.base import EngineSpec


class LoggingEngine(ToneEngine):
    def __init__(self, spec: EngineSpec) -> None:
        options = (("log", os.environ["CRASH_LOG"]), ("delay", os.environ["CRASH_DELAY"]))
        super().__init__(replace(spec, options=options))
