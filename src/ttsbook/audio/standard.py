"""Figures and tags of a file to verdicts: what ACX, EBU R 128 and the file's own header ask for.

The numbers of ACX are technical ones: meeting them does not guarantee acceptance. Knows nothing of how the
figures were measured.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ttsbook.audio.probe import Probe
from ttsbook.audio.survey import Survey

STANDARDS = ("acx", "ebu", "file")

_LENGTH_TOLERANCE_SECONDS = 0.1  # priming and padding of lossy encoders


@dataclass(frozen=True, slots=True)
class Verdict:
    """One rule and what was found."""

    standard: str  # one of STANDARDS
    rule: str  # short stable name
    passed: bool
    found: str
    wanted: str


def judge(found: Probe, figures: Survey, standard: str) -> tuple[Verdict, ...]:
    """Return a verdict for each rule of a standard."""
    rules = {"acx": _acx, "ebu": _ebu, "file": _own}[standard]
    return tuple(
        Verdict(standard, rule, passed, text, wanted) for rule, passed, text, wanted in rules(found, figures)
    )


_Judged = Iterator[tuple[str, bool, str, str]]  # rule, passed, found, wanted


def _acx(found: Probe, figures: Survey) -> _Judged:
    """ACX audio submission requirements, as of 2026."""
    yield "format", found.format == "mp3", found.format, "mp3"
    yield "sample rate", found.rate_hz == 44_100, f"{found.rate_hz} Hz", "44100 Hz"
    constant = "constant" if figures.is_constant_bitrate else "varying"
    passed = figures.is_constant_bitrate and figures.bitrate >= 191_000  # headers are not counted
    yield (
        "bit rate",
        passed,
        f"{constant} {figures.bitrate / 1000:.0f} kbit/s",
        "constant, 192 kbit/s or more",
    )
    yield "channels", found.channels in (1, 2), str(found.channels), "1 or 2"
    yield "level", -23.0 <= figures.rms_db <= -18.0, f"{figures.rms_db:.1f} dB RMS", "-23 to -18 dB RMS"
    yield "peak", figures.true_peak_db <= -3.0, f"{figures.true_peak_db:.1f} dB", "-3 dB or less"
    floor = figures.noise_floor_db
    yield "noise floor", floor <= -60.0, f"{floor:.1f} dB RMS", "-60 dB RMS or less"
    head, tail = figures.head_seconds, figures.tail_seconds
    yield "head", 0.5 <= head <= 1.0, f"{head:.2f} s of room tone", "0.5 to 1 s"
    yield "tail", 1.0 <= tail <= 5.0, f"{tail:.2f} s of room tone", "1 to 5 s"
    yield "length", figures.seconds <= 7200, f"{figures.seconds / 60:.1f} min", "120 min or less"


def _ebu(_: Probe, figures: Survey) -> _Judged:
    """EBU R 128 version 5 (2023)."""
    lufs, peak = figures.loudness_lufs, figures.true_peak_db
    yield "loudness", abs(lufs + 23.0) <= 0.5, f"{lufs:.1f} LUFS", "-23 LUFS, 0.5 LU more or less"
    yield "true peak", peak <= -1.0, f"{peak:.1f} dBTP", "-1 dBTP or less"


def _own(found: Probe, figures: Survey) -> _Judged:
    """What the file says of itself must hold."""
    stated, real = found.seconds, figures.seconds
    same = abs(stated - real) <= _LENGTH_TOLERANCE_SECONDS
    yield "duration", same, f"{real:.2f} s of sound", f"{stated:.2f} s, as the header says"
    for name in ("title", "artist"):
        value = found.tags.get(name, "")
        yield name, bool(value), repr(value), "not empty"
    yield "chapters", *_chapters(found, real)


def _chapters(found: Probe, seconds: float) -> tuple[bool, str, str]:
    """Return whether the chapters follow one another within the sound."""
    wanted = "in order, titled, within the sound"
    reached = 0
    for number, mark in enumerate(found.marks, start=1):
        if mark.start < reached or mark.end < mark.start:
            return False, f"chapter {number} overlaps the one before", wanted
        if not mark.title:
            return False, f"chapter {number} has no title", wanted
        reached = mark.end
    if reached / found.rate_hz > seconds + _LENGTH_TOLERANCE_SECONDS:
        return False, f"the last one ends at {reached / found.rate_hz:.2f} s, after the sound", wanted
    return True, str(len(found.marks)), wanted
