"""What was found about one chunk: plain values, also as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

FAULTS = ("dropped", "repeated", "added", "misheard", "language", "clipped", "silence", "level")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, or seems to be."""

    fault: str  # one of FAULTS
    text: str  # for people: what exactly
    at_seconds: float | None = None  # in the chunk, where known
    weight: float = 1.0  # how bad; adds up to choose between performances


@dataclass(frozen=True, slots=True)
class Verdict:
    """What listening to one performance of a chunk has found; no findings is good."""

    heard: str  # words, as the recogniser writes them
    level_db: float  # of the speech, dBFS
    findings: tuple[Finding, ...] = ()

    @property
    def badness(self) -> float:
        return sum(finding.weight for finding in self.findings)

    def as_dict(self) -> dict[str, Any]:
        """Return values that JSON can hold, with stable keys."""
        return {**asdict(self), "findings": [asdict(finding) for finding in self.findings]}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Verdict:
        """Read back what `as_dict` gave.

        Raises:
            ValueError: it is something else.
        """
        try:
            findings = tuple(Finding(**finding) for finding in values["findings"])
            return cls(str(values["heard"]), float(values["level_db"]), findings)
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"not a verdict: {error}") from error
