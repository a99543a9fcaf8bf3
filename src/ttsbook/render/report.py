"""The account of a render: what was spoken, in what time, by what; plain values for JSON.

Knows nothing of how they came about.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from ttsbook.render.fallback import Fallback

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True)
class Account:
    """Where every non-whitespace character of the book went. `total` is counted on its own."""

    total: int
    spoken: int
    skipped: tuple[tuple[str, int], ...]  # (reason, characters), sorted by reason
    failed: int = 0

    @property
    def adds_up(self) -> bool:
        return self.total == self.spoken + sum(count for _, count in self.skipped) + self.failed


@dataclass(frozen=True, slots=True)
class ChapterReport:
    index: int
    title: str
    start_seconds: float
    seconds: float
    chunks: int
    cached: int  # chunks that were not spoken in this run
    spoken_characters: int


@dataclass(frozen=True, slots=True)
class TrackReport:
    """One file of a book in parts."""

    path: str
    title: str
    seconds: float
    sha256: str
    subtitles: str | None = None


@dataclass(frozen=True, slots=True)
class CheckSummary:
    """What listening has found; the whole of it is in `path` and `page`."""

    path: str  # JSON
    page: str  # HTML
    chunks: int
    mended: int  # good now, after being spoken again
    flagged: int  # not good in any attempt: someone should listen


@dataclass(frozen=True, slots=True)
class Report:
    """One finished render."""

    version: str  # of ttsbook
    source: str
    book_sha256: str
    title: str
    output: str
    output_sha256: str
    subtitles: str | None
    format: str
    rate_hz: int
    seconds: float  # of audio
    chapters: tuple[ChapterReport, ...]
    account: Account
    engine: str
    model_hash: str  # the engine's fingerprint
    device: str
    workers: int
    voice: str
    voice_hash: str
    seed: int
    speed: float
    chunks: int
    cached: int
    elapsed_seconds: float
    rtf: float  # elapsed time by audio time, everything included; 0.1 is ten times real time
    loudness_lufs: float | None  # before the gain
    true_peak_db: float | None
    gain_db: float
    peak_rss_bytes: int  # of this process
    worker_peak_rss_bytes: int  # of the largest worker; 0 if none
    total_peak_rss_bytes: int  # at most, of all processes at one time
    repairs: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    fallbacks: tuple[Fallback, ...] = ()  # steps down from what was asked for, in order
    tracks: tuple[TrackReport, ...] = ()  # of a book in parts; `output` is their playlist
    epub3: str | None = None  # the book that is read along
    check: CheckSummary | None = None  # if it was listened to
    up_to_date: bool = False  # nothing was to do: the figures are of the run that made the file

    def as_dict(self) -> dict[str, Any]:
        """Return values that JSON can hold, with stable keys."""
        values = asdict(self)
        values["account"]["skipped"] = dict(self.account.skipped)
        return {"schema_version": SCHEMA_VERSION, **values}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Report:
        """Read back what `as_dict` gave.

        Raises:
            ValueError: it is of another schema version, or not a report.
        """
        fields = dict(values)
        if fields.pop("schema_version", None) != SCHEMA_VERSION:
            raise ValueError("a report of another version")
        try:
            account = fields["account"]
            skipped = tuple(account["skipped"].items())
            fields["account"] = Account(account["total"], account["spoken"], skipped, account["failed"])
            fields["chapters"] = tuple(ChapterReport(**chapter) for chapter in fields["chapters"])
            fields["tracks"] = tuple(TrackReport(**track) for track in fields.get("tracks", ()))
            check = fields.get("check")
            fields["check"] = CheckSummary(**check) if check else None
            fields["repairs"] = tuple(fields["repairs"])
            fields["warnings"] = tuple(fields["warnings"])
            fields["fallbacks"] = tuple(Fallback(**step) for step in fields.get("fallbacks", ()))
            return cls(**fields)
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"not a report: {error}") from error


def finite(value: float) -> float | None:
    """Return None for the level of silence: JSON has no infinity."""
    return value if math.isfinite(value) else None
