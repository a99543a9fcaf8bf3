"""How much louder a measured book becomes: as a whole, by voice, and by chapter for an RMS level."""

from __future__ import annotations

import math

from ttsbook.audio.loudness import gain_for, track_gain_db
from ttsbook.render.measure import Measured
from ttsbook.render.settings import RenderSettings

_LIMITER_DB = 6.0  # peaks that stick out this far are few and short in speech: the limiter turns them down


def book_gain_db(measured: Measured, settings: RenderSettings) -> float:
    """Return the one linear gain of the whole book."""
    wanted = settings.loudness if settings.rms_db is None else settings.rms_db
    if wanted is None:
        return 0.0
    meter = measured.meter
    return gain_for(
        meter.integrated_lufs() if settings.rms_db is None else meter.rms_db(),
        meter.true_peak_db(),
        target_lufs=wanted,
        ceiling_db=settings.ceiling_db,
        limiter_db=_LIMITER_DB,
    )


def voice_gains_db(measured: Measured, settings: RenderSettings) -> dict[str, float]:
    """Return the gains that make the voices of a cast as loud as the narrator's, or else as the first.

    Empty for one voice, and where the book is left as loud as it was spoken.
    """
    if settings.loudness is None and settings.rms_db is None:
        return {}
    lufs = {name: meter.integrated_lufs() for name, meter in measured.voices.items()}
    heard = {name: level for name, level in lufs.items() if math.isfinite(level)}
    wanted = next(iter(heard.values()), 0.0)
    # A hundredth of a decibel keeps equal inputs equal.
    gains = {name: round(wanted - level, 2) for name, level in heard.items()}
    return {name: gain for name, gain in gains.items() if gain}


def track_gains_db(measured: Measured, settings: RenderSettings, gain_db: float) -> dict[int, float]:
    """Return the gains of chapters that the book's gain would leave too far from the level asked for.

    Who asks for an RMS level judges each file by it; a title with three seconds of silence around it
    has a lower one than the book.
    """
    if settings.rms_db is None:
        return {}
    return {
        position: track_gain_db(gain_db, level_db, settings.rms_db)
        for position, level_db in measured.levels_db().items()
    }
