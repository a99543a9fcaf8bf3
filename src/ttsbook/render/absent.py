"""An engine that cannot be loaded, as distinct from whatever else may be missing."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from ttsbook.errors import MissingError
from ttsbook.render.fallback import Fallback


class EngineAbsent(Exception):
    """An engine cannot be loaded: before the plan, or when it is asked to speak."""

    def __init__(self, error: MissingError, *, speaking: bool = False) -> None:
        super().__init__(error.message)
        self.error = error
        self.speaking = speaking

    def step(self, before: str, after: str) -> Fallback:
        hint = f" ({self.error.hint})" if self.error.hint else ""
        return Fallback("engine", before, after, self.error.message + hint)


@contextlib.contextmanager
def engine_needed(*, speaking: bool = False) -> Iterator[None]:
    """Turn what an engine lacks into `EngineAbsent`, which is not mistaken for anything else missing.

    Args:
        speaking: it was found to be there, and loads its model now.
    """
    try:
        yield
    except MissingError as error:
        raise EngineAbsent(error, speaking=speaking) from error
