"""What a render continues with when it cannot continue as asked: each step allowed, reported once and kept.

Knows nothing of what failed or how the next thing is tried.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ttsbook.errors import TtsbookError


@dataclass(frozen=True, slots=True)
class Fallback:
    """One step down."""

    kind: str  # "engine", "device", "pool", "workers" or "batch"
    before: str  # "hybrid", "4 workers", "batches of 8"
    after: str
    why: str

    @property
    def short(self) -> str:
        """The step without its cause, which may name private files."""
        return f"{self.before} to {self.after}"


class Fallbacks:
    """The steps of one render.

    Args:
        tell: called with a line for people at each new step.
        allowed: False turns each step into the error that led to it.
    """

    def __init__(self, tell: Callable[[str], None], *, allowed: bool = True) -> None:
        self._tell = tell
        self._allowed = allowed
        self._steps: list[Fallback] = []

    @property
    def steps(self) -> tuple[Fallback, ...]:
        return tuple(self._steps)

    def step(self, step: Fallback, error: TtsbookError) -> None:
        """Take a step because of `error`, or raise it if steps are not allowed.

        Workers that fail side by side take the same step: it is reported once.
        """
        if not self._allowed:
            hint = error.hint or f"allow fallbacks to continue with {step.after}"
            raise type(error)(error.message, hint) from error
        if step not in self._steps:
            self._steps.append(step)
            self._tell(f"{step.why}; continuing with {step.after} instead of {step.before}")
