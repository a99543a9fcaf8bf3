"""What the caller wants written, and what was written.

Positions are integer samples at the synthesis rate: nothing is rounded before the container does it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from ttsbook.audio.tags import Tags, clean_tags, clean_text
from ttsbook.choices import FORMATS
from ttsbook.errors import UsageError
from ttsbook.types import Cover

# Rates that each encoder takes, in Hz, ascending. None: any rate.
MPEG_RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)
_RATES: dict[str, tuple[int, ...] | None] = {
    "wav": None,
    "flac": None,
    "mp3": MPEG_RATES,
    "m4b": MPEG_RATES,
    "opus": (8000, 12000, 16000, 24000, 48000),
}
# Bits per second for one voice where the artefacts are no longer heard, at rates up to 24 kHz and above.
_BITRATES = {"mp3": (64_000, 96_000), "m4b": (64_000, 80_000), "opus": (32_000, 40_000)}
_AAC_BITS = 6  # for a sample, at most; the encoder goes no further without a word
_BITRATE_LIMITS = {"m4b": (16_000, 320_000), "opus": (6_000, 256_000)}
# MPEG-2 (up to 24 kHz) and MPEG-1 layer III know other steps.
_MP3_BITRATE_LIMITS = ((8_000, 160_000), (32_000, 320_000))

# Vorbis comments number chapters with three digits (CHAPTER001).
_MAX_VORBIS_CHAPTERS = 999


def to_ms(n_samples: int, rate_hz: int) -> int:
    """Return a cumulative count of samples in milliseconds, rounded once."""
    return (2000 * n_samples + rate_hz) // (2 * rate_hz)


@dataclass(frozen=True, slots=True)
class Mark:
    """A chapter: samples [start, end) at the synthesis rate."""

    start: int
    end: int
    title: str


@dataclass(frozen=True, slots=True)
class AudioSpec:
    """One output file."""

    format: str  # one of FORMATS
    rate_in_hz: int  # of the blocks and marks
    rate_hz: int  # of the file; Opus takes the next rate that it knows
    gain_db: float = 0.0
    bitrate: int | None = None  # bits per second; None: the format's default for speech
    tags: Tags = field(default_factory=Tags)
    marks: tuple[Mark, ...] = ()
    cover: Cover | None = None
    ceiling_db: float = -1.5  # highest true peak, dBTP
    room_tone_db: float | None = None  # RMS of a bed of noise, dBFS, where digital silence is not wanted


@dataclass(frozen=True, slots=True)
class Written:
    """What went into a file."""

    n_samples: int  # at rate_hz
    n_samples_in: int  # at AudioSpec.rate_in_hz
    rate_hz: int
    n_limited: int = 0  # input samples that the limiter turned down
    warnings: tuple[str, ...] = ()


def check_spec(spec: AudioSpec) -> None:
    """Raise UsageError for what cannot be written; cheap, so call it before the long part."""
    if spec.format not in FORMATS:
        raise UsageError(f"unknown audio format {spec.format!r}", f"choose one of {', '.join(FORMATS)}")
    for name, rate_hz in (("synthesis", spec.rate_in_hz), ("output", spec.rate_hz)):
        if not 8000 <= rate_hz <= 192_000:
            raise UsageError(f"{name} sample rate of {rate_hz} Hz is out of range", "choose 8000 to 192000")
    file_rate(spec)
    _check_bitrate(spec)
    _check_marks(spec)


def cleaned(spec: AudioSpec) -> AudioSpec:
    """Return `spec` with tags and titles as files can hold them."""
    marks = tuple(
        replace(mark, title=" ".join(clean_text(mark.title.replace("\n", " ")).split()))
        for mark in spec.marks
    )
    return replace(spec, tags=clean_tags(spec.tags), marks=marks)


def file_rate(spec: AudioSpec) -> int:
    """Return the rate at which the encoder is fed, in Hz."""
    rates = _RATES[spec.format]
    if rates is None or spec.rate_hz in rates:
        return spec.rate_hz
    if spec.format == "opus":
        return next((rate for rate in rates if rate >= spec.rate_hz), rates[-1])
    listed = ", ".join(str(rate) for rate in rates)
    raise UsageError(
        f"{spec.format} does not support a sample rate of {spec.rate_hz} Hz", f"choose one of {listed}"
    )


def file_bitrate(spec: AudioSpec) -> int | None:
    """Return the bit rate in bits per second, None for formats that have none."""
    if spec.format not in _BITRATES:
        return None
    low, high = _BITRATES[spec.format]
    return spec.bitrate or (low if file_rate(spec) <= 24_000 else high)


def bitrate_warning(spec: AudioSpec) -> str | None:
    """Return why the bit rate that is asked for will not be reached, None if nothing is in its way."""
    most = _AAC_BITS * file_rate(spec)
    if spec.format != "m4b" or spec.bitrate is None or spec.bitrate <= most:
        return None
    return (
        f"m4b at {file_rate(spec)} Hz takes at most {most // 1000} kbit/s instead of {spec.bitrate // 1000}; "
        "a higher --sample-rate takes more"
    )


def _check_bitrate(spec: AudioSpec) -> None:
    bitrate = file_bitrate(spec)
    if bitrate is None:
        return
    lowest, highest = _BITRATE_LIMITS.get(spec.format, _MP3_BITRATE_LIMITS[file_rate(spec) > 24_000])
    if not lowest <= bitrate <= highest:
        raise UsageError(
            f"{spec.format} at {file_rate(spec)} Hz does not support {bitrate} bit/s",
            f"choose {lowest} to {highest}",
        )


def _check_marks(spec: AudioSpec) -> None:
    reached = 0
    for mark in spec.marks:
        if mark.start < reached or mark.end < mark.start:
            raise ValueError(f"chapter marks overlap or run backwards at {mark}")
        reached = mark.end
    if spec.format in ("flac", "opus") and len(spec.marks) > _MAX_VORBIS_CHAPTERS:
        raise UsageError(
            f"{spec.format} holds at most {_MAX_VORBIS_CHAPTERS} chapters, the book has {len(spec.marks)}",
            "choose --format m4b or mp3",
        )
