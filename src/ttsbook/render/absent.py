"""An engine that cannot be loaded, told apart from whatever else may be missing."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from ttsbook.errors import MissingError
from ttsbook.render.fallback import Fallback


class EngineAbsent(Exception):
    """An engine cannot be loaded: before the plan, or when it is asked to speak."""

    def __init__(self, error: MissingError) -> None:
        super().__init__(error.message)
        self.error = error

    def step(self, before: str, after: str) -> Fallback:
        hint = f" ({self.error.hint})" if self.error.hint else ""
        return Fallback("engine", before, after, self.error.message + hint)


@contextlib.contextmanager
def engine_needed() -> Iterator[None]:
    """Tell what an engine lacks from whatever else may be missing."""
    try:
        yield
    except MissingError as error:
        raise EngineAbsent(error) from error
