"""An audio file to what it says of itself, and the comparison with what was intended.

The check runs on the finished temporary file, before it takes its final name. Knows nothing of books.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer
from av.stream import Disposition

from ttsbook.audio import mp4
from ttsbook.audio.picture import read_picture, usable_picture
from ttsbook.audio.source import open_source
from ttsbook.audio.spec import AudioSpec, Mark, Written, cleaned
from ttsbook.audio.tags import cut_utf8
from ttsbook.errors import InputError, OutputError
from ttsbook.types import Cover

# Containers store chapters in milliseconds at best.
_CHAPTER_TOLERANCE = Fraction(1, 1000)
# One frame of the coarsest encoder (Opus, 20 ms; MP3 at 22,050 Hz, 26 ms) and its priming.
_LENGTH_TOLERANCE_SECONDS = {"wav": 0.0, "flac": 0.0, "mp3": 0.03, "m4b": 0.03, "opus": 0.03}

_FORMATS = {"mov,mp4,m4a,3gp,3g2,mj2": "m4b", "ogg": "opus"}  # FFmpeg's names for what we write


@dataclass(frozen=True, slots=True)
class Probe:
    format: str  # our name if it is one of ours, else FFmpeg's
    codec: str
    rate_hz: int  # Opus always says 48000
    channels: int
    seconds: float
    marks: tuple[Mark, ...]  # in samples at rate_hz
    tags: dict[str, str]  # lower-case names
    cover: Cover | None


def probe(path: Path) -> Probe:
    """Read the header of an audio file.

    Raises:
        InputError: not there, not audio or damaged.
    """
    with open_source(path) as container:
        if not container.streams.audio:
            raise InputError(f"{path} contains no sound")
        stream = container.streams.audio[0]
        rate_hz = stream.rate
        tags = {**container.metadata, **stream.metadata}
        return Probe(
            format=_FORMATS.get(container.format.name, container.format.name),
            codec=stream.codec_context.name,
            rate_hz=rate_hz,
            channels=stream.codec_context.layout.nb_channels,
            seconds=_seconds(container),
            marks=tuple(_marks(container, rate_hz)),
            tags={key.lower(): value for key, value in tags.items()},
            cover=_cover(container),
        )


def check(path: Path, spec: AudioSpec, written: Written) -> None:
    """Compare the file with what was intended.

    Raises:
        OutputError: length, chapters, tags or cover are not as written.
    """
    spec = cleaned(spec)
    try:
        found = probe(path)
    except InputError as error:
        raise OutputError(f"the written file cannot be read back: {error.message}") from error
    problems = [*_length_problems(found, spec, written), *_chapter_problems(found, spec)]
    problems += [*_tag_problems(found, spec), *_cover_problems(found, spec)]
    if problems:
        raise OutputError(
            f"{path} was not written correctly: {problems[0]}", "render again; report it if it happens again"
        )


def _seconds(container: InputContainer) -> float:
    stream = container.streams.audio[0]
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    return (container.duration or 0) / av.time_base


def _marks(container: InputContainer, rate_hz: int) -> list[Mark]:
    marks = []
    for chapter in container.chapters():
        scale = (chapter["time_base"] or Fraction(1, 1000)) * rate_hz
        title = chapter["metadata"].get("title", "")
        marks.append(Mark(round(chapter["start"] * scale), round(chapter["end"] * scale), title))
    return marks


def _cover(container: InputContainer) -> Cover | None:
    for stream in container.streams.video:
        if stream.disposition & Disposition.attached_pic:
            packet = next(container.demux(stream), None)
            picture = read_picture(bytes(packet)) if packet is not None and packet.size else None
            return Cover(picture.data, picture.mime) if picture else None
    return None


def _length_problems(found: Probe, spec: AudioSpec, written: Written) -> list[str]:
    meant = written.n_samples / written.rate_hz
    # Half a sample for the conversion to seconds.
    if abs(found.seconds - meant) > _LENGTH_TOLERANCE_SECONDS[spec.format] + 0.5 / written.rate_hz:
        return [f"it lasts {found.seconds:.3f} s instead of {meant:.3f} s"]
    if spec.marks and spec.marks[-1].end > written.n_samples_in:
        return [f"its last chapter ends {spec.marks[-1].end - written.n_samples_in} samples after the sound"]
    return []


def _chapter_problems(found: Probe, spec: AudioSpec) -> list[str]:
    if spec.format == "wav":
        return []  # has no chapters
    if len(found.marks) != len(spec.marks):
        return [f"{len(found.marks)} chapters instead of {len(spec.marks)}"]
    for number, (have, want) in enumerate(zip(found.marks, spec.marks, strict=True), start=1):
        late = Fraction(have.start, found.rate_hz) - Fraction(want.start, spec.rate_in_hz)
        if abs(late) > _CHAPTER_TOLERANCE + Fraction(1, found.rate_hz):
            return [f"chapter {number} starts {float(late):.4f} s off"]
        title = cut_utf8(want.title, mp4.MAX_TITLE_BYTES) if spec.format == "m4b" else want.title
        # Where a title is empty, readers of MP3 show the name of the frame.
        if title and have.title != title:
            return [f"chapter {number} is called {have.title!r} instead of {title!r}"]
    return []


def _tag_problems(found: Probe, spec: AudioSpec) -> list[str]:
    return [
        f"the tag {name} is {found.tags.get(name)!r} instead of {value!r}"
        for name, value in _expected_tags(spec).items()
        if found.tags.get(name) != value
    ]


def _expected_tags(spec: AudioSpec) -> dict[str, str]:
    """Return the tags as FFmpeg names them when it reads the file."""
    tags = spec.tags
    named = {"title": tags.title, "artist": tags.artist, "album": tags.album, "date": tags.year}
    if spec.format == "mp3":
        named["date"] = tags.year_digits
    named["genre"] = tags.genre
    named["track"] = tags.track.partition("/")[0] if spec.format in ("flac", "opus") else tags.track
    named["comment"] = tags.comment if spec.format == "m4b" else tags.notes
    if spec.format != "wav":
        named["composer"] = tags.narrator
        named.update((key.lower(), value) for key, value in tags.extra)
    return {name: value for name, value in named.items() if value}


def _cover_problems(found: Probe, spec: AudioSpec) -> list[str]:
    picture, _ = usable_picture(spec.cover, spec.format)
    if picture and (found.cover is None or found.cover.data != picture.data):
        return ["its cover is missing or changed"]
    return []
