"""Sample-exact cues to SubRip, WebVTT or LRC text.

Times come from cumulative sample counts, each rounded once, and hours are never taken modulo 24: a book
may last for days. Knows nothing of files.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ttsbook.errors import UsageError

KINDS = ("srt", "vtt", "lrc")
SILENCE_SHOWN_MS = 4000  # LRC has no ends: a longer pause gets an empty line

# The usual limits of subtitle guides: 42 characters a line, half as many full-width ones.
LINE_CHARACTERS = 42
WIDE_LINE_CHARACTERS = 21


@dataclass(frozen=True, slots=True)
class Cue:
    start: int  # samples
    end: int
    text: str


def write_subtitles(cues: Iterable[Cue], rate_hz: int, kind: str) -> str:
    """Return the whole file of one of `KINDS`. Cues without text or without length are left out."""
    if kind not in KINDS:
        raise UsageError(f"unknown subtitle format {kind!r}", f"choose one of {', '.join(KINDS)}")
    timed = _timed(cues, rate_hz)
    return _lrc(timed) if kind == "lrc" else _numbered(timed, kind)


def _numbered(timed: Iterable[tuple[int, int, str]], kind: str) -> str:
    """Return SubRip, or WebVTT, which came from it."""
    blocks = ["WEBVTT\n"] if kind == "vtt" else []
    separator = "." if kind == "vtt" else ","
    for number, (start_ms, end_ms, text) in enumerate(timed, start=1):
        times = f"{_clock(start_ms, separator)} --> {_clock(end_ms, separator)}"
        body = "\n".join(_lines(_escaped(text) if kind == "vtt" else _plain(text)))
        blocks.append(f"{number}\n{times}\n{body}\n")
    return "\n".join(blocks)


def _lrc(timed: Iterable[tuple[int, int, str]]) -> str:
    """Return one line for each cue; minutes count on beyond 59, as players expect."""
    lines = []
    ended_ms = None
    for start_ms, end_ms, text in timed:
        if ended_ms is not None and start_ms - ended_ms > SILENCE_SHOWN_MS:
            lines.append(f"{_stamp(ended_ms)}\n")
        lines.append(f"{_stamp(start_ms)}{text}\n")
        ended_ms = end_ms
    if ended_ms is not None:
        lines.append(f"{_stamp(ended_ms)}\n")
    return "".join(lines)


def _timed(cues: Iterable[Cue], rate_hz: int) -> Iterator[tuple[int, int, str]]:
    for cue in cues:
        text = " ".join(cue.text.split())  # an empty line would end the cue
        start_ms, end_ms = _to_ms(cue.start, rate_hz), _to_ms(cue.end, rate_hz)
        if text and end_ms > start_ms:
            yield start_ms, end_ms, text


def _to_ms(n_samples: int, rate_hz: int) -> int:
    return (2000 * n_samples + rate_hz) // (2 * rate_hz)


def _clock(ms: int, separator: str) -> str:
    seconds, ms = divmod(ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{seconds:02d}{separator}{ms:03d}"


def _stamp(ms: int) -> str:
    """Return an LRC time; it knows hundredths."""
    hundredths = (ms + 5) // 10
    return f"[{hundredths // 6000:02d}:{hundredths // 100 % 60:02d}.{hundredths % 100:02d}]"


def _escaped(text: str) -> str:
    """Escape for WebVTT, where the text is markup; "-->" must not appear in it either."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _plain(text: str) -> str:
    """SubRip has no escapes; players take tags for markup, so angle brackets get look-alikes."""
    return text.replace("-->", "→").replace("<", "‹").replace(">", "›")


def _lines(text: str) -> list[str]:
    """Break long text; text without spaces, such as Chinese, breaks anywhere."""
    wide = sum(ord(character) >= 0x1100 for character in text) * 2 > len(text)
    width = WIDE_LINE_CHARACTERS if wide else LINE_CHARACTERS
    return textwrap.wrap(text, width, break_long_words=wide, break_on_hyphens=False) or [text]
