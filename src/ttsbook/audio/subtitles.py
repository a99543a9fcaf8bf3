"""Sample-exact cues to SubRip, WebVTT or LRC text, by sentence or by word.

Times come from cumulative sample counts, each rounded once, and hours are never taken modulo 24: a book
may last for days. Knows nothing of files.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ttsbook.audio.spec import to_ms
from ttsbook.choices import SUBTITLES
from ttsbook.errors import UsageError

SILENCE_SHOWN_MS = 4000  # LRC has no ends: a longer pause gets an empty line

# The usual limits of subtitle guides: 42 characters a line, half as many full-width ones.
LINE_CHARACTERS = 42
WIDE_LINE_CHARACTERS = 21
# Chinese breaks between any two characters, except before a closing mark and after an opening one; words
# of other scripts stay whole.
_UNIT = re.compile(
    rf"[“‘「『（《〈【〔]*(?:[!-~À-ɏ]{{1,{WIDE_LINE_CHARACTERS}}}|\S)[，。！？；：、”’」』）》〉】〕…—～]*\s*"
)


@dataclass(frozen=True, slots=True)
class Cue:
    start: int  # samples
    end: int
    text: str
    words: tuple[Cue, ...] = ()  # whose texts make up this one, if it is known when each is said

    def earlier(self, samples: int) -> Cue:
        """Return the cue for a file that begins so many samples later."""
        words = tuple(word.earlier(samples) for word in self.words)
        return Cue(self.start - samples, self.end - samples, self.text, words)


def write_subtitles(cues: Iterable[Cue], rate_hz: int, kind: str, *, by_word: bool = False) -> str:
    """Return the whole file of one of `SUBTITLES`. Cues without text or without length are left out.

    By word, SubRip has a cue for each word, WebVTT a time stamp before each word of a cue, and LRC one in
    angle brackets before each word of a line, which is known as enhanced LRC. Cues that do not know their
    words stay as they are.
    """
    if kind not in SUBTITLES:
        raise UsageError(f"unknown subtitle format {kind!r}", f"choose one of {', '.join(SUBTITLES)}")
    if by_word and kind == "srt":
        cues = (word for cue in cues for word in cue.words or (cue,))
    timed = _timed(cues, rate_hz, with_words=by_word and kind != "srt")
    return _lrc(timed) if kind == "lrc" else _numbered(timed, kind)


@dataclass(frozen=True, slots=True)
class _Timed:
    start_ms: int
    end_ms: int
    text: str
    words: tuple[tuple[int, str], ...]  # start in milliseconds, and the text with the space after it


def _numbered(timed: Iterable[_Timed], kind: str) -> str:
    """Return SubRip, or WebVTT, which came from it."""
    blocks = ["WEBVTT\n"] if kind == "vtt" else []
    separator = "." if kind == "vtt" else ","
    for number, cue in enumerate(timed, start=1):
        times = f"{_clock(cue.start_ms, separator)} --> {_clock(cue.end_ms, separator)}"
        if cue.words:
            body = "\n".join(_stamped_lines(cue))
        else:
            body = "\n".join(map(_escaped, _lines(cue.text)) if kind == "vtt" else _lines(_plain(cue.text)))
        blocks.append(f"{number}\n{times}\n{body}\n")
    return "\n".join(blocks)


def _stamped_lines(cue: _Timed) -> Iterator[str]:
    """Yield the lines of a WebVTT cue with a time stamp before each word but the first."""
    width = WIDE_LINE_CHARACTERS if is_wide(cue.text) else LINE_CHARACTERS
    line, length, stamped_ms = "", 0, cue.start_ms
    for start_ms, text in cue.words:
        if length and length + len(text.rstrip()) > width:
            yield line.rstrip()
            line, length = "", 0
        if stamped_ms < start_ms < cue.end_ms:  # the format wants them to grow, and inside the cue
            line += f"<{_clock(start_ms, '.')}>"
            stamped_ms = start_ms
        line += _escaped(text)
        length += len(text)
    yield line.rstrip()


def _lrc(timed: Iterable[_Timed]) -> str:
    """Return one line for each cue; minutes count on beyond 59, as players expect."""
    lines = []
    ended_ms = None
    for cue in timed:
        if ended_ms is not None and cue.start_ms - ended_ms > SILENCE_SHOWN_MS:
            lines.append(f"{_stamp(ended_ms)}\n")
        lines.append(f"{_stamp(cue.start_ms)}{_lrc_text(cue)}\n")
        ended_ms = cue.end_ms
    if ended_ms is not None:
        lines.append(f"{_stamp(ended_ms)}\n")
    return "".join(lines)


def _lrc_text(cue: _Timed) -> str:
    if not cue.words:
        return cue.text
    words = "".join(f"<{_stamp(start_ms)[1:-1]}>{text}" for start_ms, text in cue.words)
    return f"{words.rstrip()}<{_stamp(cue.end_ms)[1:-1]}>"


def _timed(cues: Iterable[Cue], rate_hz: int, *, with_words: bool) -> Iterator[_Timed]:
    for cue in cues:
        text = " ".join(cue.text.split())  # an empty line would end the cue
        start_ms, end_ms = to_ms(cue.start, rate_hz), to_ms(cue.end, rate_hz)
        words = cue.words if with_words else ()
        if text and end_ms > start_ms:
            yield _Timed(
                start_ms, end_ms, text, tuple((to_ms(w.start, rate_hz), _spaced(w.text)) for w in words)
            )


def _spaced(text: str) -> str:
    """Return a word on one line, with one space after it where it had any."""
    return " ".join(text.split()) + (" " if text[-1:].isspace() else "")


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
    """Break long text into lines."""
    if is_wide(text):
        return list(_wide_lines(text))
    return textwrap.wrap(text, LINE_CHARACTERS, break_long_words=False, break_on_hyphens=False) or [text]


def _wide_lines(text: str) -> Iterator[str]:
    line = ""
    for unit in _UNIT.findall(text):
        if line and len(line) + len(unit.rstrip()) > WIDE_LINE_CHARACTERS:
            yield line.rstrip()
            line = ""
        line += unit
    yield line.rstrip()


def is_wide(text: str) -> bool:
    """Return whether a text is mostly of full-width characters."""
    return sum(ord(character) >= 0x1100 for character in text) * 2 > len(text)
