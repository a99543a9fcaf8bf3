"""Blocks of samples to one audio file: WAV, MP3, M4B, FLAC or Opus, with tags, chapters and cover.

FFmpeg's libraries (through PyAV) encode and mux; the ID3v2 tag of MP3 (`id3`) and the iTunes metadata of
M4B (`mp4`) are written here, because FFmpeg lacks a table of contents for the one and narrator, publisher,
series and the like for the other. Writes to the path it is given and nowhere else; knows nothing of
books, caches or final names.
"""

from __future__ import annotations

import base64
import errno
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.stream import Disposition

from ttsbook.audio import cuesheet, id3, mp4
from ttsbook.audio.lanes import Lanes, Packet
from ttsbook.audio.picture import Picture, flac_picture_block, usable_picture
from ttsbook.audio.pipeline import Master
from ttsbook.audio.sink import Sink
from ttsbook.audio.spec import AudioSpec, Mark, Written, check_spec, cleaned, file_bitrate, file_rate, to_ms
from ttsbook.audio.tags import cut_utf8, language_code, riff_info, vorbis_comments
from ttsbook.audio.wave import Samples, to_int16
from ttsbook.errors import OutputError, RenderError
from ttsbook.files import output_error

__all__ = ["AudioSpec", "Mark", "Written", "write_audio"]

# Equal inputs, equal bytes: no dates, no library versions, no random stream numbers.
_BITEXACT = {"fflags": "+bitexact"}
_WRITE_BUFFER = 1 << 18
_FLAC_PADDING = 8192  # bytes that taggers may use without writing the file anew


@dataclass(frozen=True, slots=True)
class _Codec:
    muxer: str
    encoder: str
    sample_format: str
    codec_options: tuple[tuple[str, str], ...] = ()
    muxer_options: tuple[tuple[str, str], ...] = ()
    in_lanes: bool = False  # several encoders side by side; slow ones whose frames can stand alone


_CODECS = {
    # Above 4 GB (27 hours at 22,050 Hz) the header becomes RF64.
    "wav": _Codec("wav", "pcm_s16le", "s16", muxer_options=(("rf64", "auto"),)),
    "flac": _Codec("flac", "flac", "s16", (("compression_level", "5"),)),
    # A constant bit rate and the Xing/Info header let players seek to chapter times.
    # LAME's quality 7 leaves out noise shaping, which takes a third of 5's time. On 24 clips of speech at
    # 64 kbit/s: samples 25.0 dB from the original for 23.9, spectra 3.8 dB for 3.2, DistillMOS 4.35 for 4.36.
    "mp3": _Codec(
        "mp3",
        "libmp3lame",
        "fltp",
        (("compression_level", "7"),),
        (("id3v2_version", "0"), ("write_xing", "1")),
        in_lanes=True,
    ),
    # On speech at 64 kbit/s the fast coder is nearer to the original than "twoloop", at 3 times the speed.
    "m4b": _Codec("mp4", "aac", "fltp", (("aac_coder", "fast"),), (("brand", "M4B "),), in_lanes=True),
    # Above 5, libopus spends three times as long on telling speech from music.
    "opus": _Codec("opus", "libopus", "flt", (("application", "audio"), ("compression_level", "5"))),
}

# LAME makes everything quieter, by up to half a decibel (`abr_switch_map` in its presets.c): the factor at
# bit rates below so many bits per second. The limits lie halfway between the bit rates that it lists.
_LAME_FACTORS = ((176_000, 0.95), (208_000, 0.97), (240_000, 0.98))


def write_audio(path: Path, blocks: Iterable[Samples], spec: AudioSpec, *, threads: int = 1) -> Written:
    """Encode blocks of float32 mono at `spec.rate_in_hz` into the file `path`, in constant memory.

    Any number of `threads` gives the same bytes.

    Except for M4B: its index stands before the sound and has an entry for every 1024 samples, which FFmpeg
    keeps until the end. That is about 7 MB an hour at 22,050 Hz.

    The format comes from `spec`, never from the name: the caller passes a temporary file and renames it.

    Raises:
        UsageError: the format cannot hold what `spec` asks for.
        OutputError: the file cannot be written.
        RenderError: there are no samples, or some are not finite.
    """
    check_spec(spec)
    spec = cleaned(spec)
    cover, warnings = usable_picture(spec.cover, spec.format)
    master = Master(spec)
    n_samples = 0
    with _translated_errors(path):
        with _open_output(path, spec, cover, threads) as encoder:
            for block in master.blocks(blocks):
                encoder.write(block)
            n_samples = encoder.finish()
        if _has_cuesheet(spec):
            cuesheet.fill_padding(path, cuesheet.cuesheet_block(_cue_tracks(spec), n_samples))
    if n_samples == 0:
        raise RenderError("there is no sound to write", "look at what is skipped with: ttsbook inspect BOOK")
    return Written(n_samples, master.n_in, file_rate(spec), master.n_limited, warnings)


class _Encoder(Protocol):
    """Takes float32 blocks of one audio stream."""

    def write(self, block: Samples) -> None: ...

    def finish(self) -> int:
        """Flush the encoder and return how many samples went in."""
        ...


class _LaneEncoder:
    """Muxes what several encoders side by side have made."""

    def __init__(
        self,
        container: OutputContainer,
        stream: AudioStream,
        sink: Sink | None,
        lanes: Lanes,
        made_up: np.float32,
    ) -> None:
        self._container = container
        self._stream = stream
        self._sink = sink
        self._lanes = lanes
        self._made_up = made_up

    def write(self, block: Samples) -> None:
        samples = np.clip(block, -1.0, 1.0)
        samples *= self._made_up
        self._mux(self._lanes.write(samples))

    def finish(self) -> int:
        self._mux(self._lanes.finish())
        return self._lanes.n_samples

    def _mux(self, packets: Iterable[Packet]) -> None:
        for packet in packets:
            packet.stream = self._stream
            self._container.mux(packet)
        if self._sink:
            self._sink.check()


class _StreamEncoder:
    """Feeds float32 blocks to the encoder of one open audio stream."""

    def __init__(self, container: OutputContainer, stream: AudioStream, sink: Sink | None) -> None:
        self._container = container
        self._stream = stream
        self._sink = sink
        self._sample_format = stream.codec_context.format.name
        self._rate_hz = stream.rate
        self._n_samples = 0

    def write(self, block: Samples) -> None:
        if block.size == 0:
            return
        data = to_int16(block) if self._sample_format == "s16" else np.clip(block, -1.0, 1.0)
        frame = av.AudioFrame.from_ndarray(data[None], format=self._sample_format, layout="mono")
        frame.sample_rate = self._rate_hz
        frame.time_base = Fraction(1, self._rate_hz)
        frame.pts = self._n_samples
        self._n_samples += block.size
        self._container.mux(self._stream.encode(frame))
        if self._sink:
            self._sink.check()

    def finish(self) -> int:
        self._container.mux(self._stream.encode(None))
        return self._n_samples


@contextmanager
def _open_output(path: Path, spec: AudioSpec, cover: Picture | None, threads: int) -> Iterator[_Encoder]:
    if spec.format == "m4b":
        # By name, not by handle: moving the index to the front reads the file back.
        metadata = mp4.item_list(spec.tags, cover)
        with av.open(f"file:{path}", "w", format="mp4", options=_m4b_options(spec)) as container:
            container.metadata.update(mp4.placeholder(metadata))
            with _encoder(container, _started(container, spec, cover), None, spec, threads) as encoder:
                yield encoder
        mp4.fill_placeholder(path, metadata)
        return
    with open(path, "wb") as handle:
        if spec.format == "mp3":
            handle.write(id3.tag(spec.tags, _times_ms(spec), cover))
        sink = Sink(handle)
        codec = _CODECS[spec.format]
        options = {**_BITEXACT, **dict(codec.muxer_options)}
        if _has_cuesheet(spec):
            room = cuesheet.block_size(len(spec.marks)) + 4 + _FLAC_PADDING
            options["metadata_header_padding"] = str(room)
        with av.open(sink, "w", format=codec.muxer, options=options, buffer_size=_WRITE_BUFFER) as container:
            container.metadata.update(_metadata(spec, cover))
            with _encoder(container, _started(container, spec, cover), sink, spec, threads) as encoder:
                yield encoder
        sink.check()


@contextmanager
def _encoder(
    container: OutputContainer, stream: AudioStream, sink: Sink | None, spec: AudioSpec, threads: int
) -> Iterator[_Encoder]:
    if not _CODECS[spec.format].in_lanes:
        yield _StreamEncoder(container, stream, sink)
        return
    with Lanes(partial(_lane_context, spec), threads=threads) as lanes:
        yield _LaneEncoder(container, stream, sink, lanes, _made_up(spec))


def _made_up(spec: AudioSpec) -> np.float32:
    """Return the factor that makes up for what the encoder takes from the level."""
    bitrate = file_bitrate(spec) if spec.format == "mp3" else None
    taken = (factor for below, factor in _LAME_FACTORS if bitrate and bitrate < below)
    return np.float32(1.0 / next(taken, 1.0))


def _lane_context(spec: AudioSpec) -> AudioCodecContext:
    """Make an encoder like that of the stream."""
    context = av.CodecContext.create(_CODECS[spec.format].encoder, "w")
    assert isinstance(context, AudioCodecContext)
    context.sample_rate = file_rate(spec)
    context.options = _encoder_options(spec)
    _set_up(context, spec)
    return context


def _encoder_options(spec: AudioSpec) -> dict[str, str]:
    return {"flags": "+bitexact", **dict(_CODECS[spec.format].codec_options)}


def _set_up(context: AudioCodecContext, spec: AudioSpec) -> None:
    context.layout = "mono"
    context.format = _CODECS[spec.format].sample_format
    context.time_base = Fraction(1, file_rate(spec))
    bitrate = file_bitrate(spec)
    if bitrate is not None:
        context.bit_rate = bitrate


def _started(container: OutputContainer, spec: AudioSpec, cover: Picture | None) -> AudioStream:
    """Add the streams and chapters, write the header and return the stream of sound."""
    stream = _add_audio(container, spec)
    if spec.format == "m4b":
        container.set_chapters(_chapters(spec))
    picture = _add_picture(container, cover) if cover and spec.format == "flac" else None
    container.start_encoding()
    if cover and picture:
        packet = av.Packet(cover.data)
        packet.stream = picture
        packet.pts = packet.dts = 0
        packet.time_base = Fraction(1, 1)
        container.mux(packet)
    return stream


def _add_audio(container: OutputContainer, spec: AudioSpec) -> AudioStream:
    codec, rate_hz = _CODECS[spec.format], file_rate(spec)
    stream = container.add_stream(codec.encoder, rate=rate_hz, options=_encoder_options(spec))
    assert isinstance(stream, AudioStream)
    _set_up(stream.codec_context, spec)
    language = language_code(spec.tags.language)
    if language and spec.format == "m4b":
        stream.metadata["language"] = language
    return stream


def _add_picture(container: OutputContainer, cover: Picture) -> av.VideoStream:
    """Add a stream for a ready-made image; its encoder is opened and never used."""
    stream = container.add_stream(cover.codec, rate=1)
    assert isinstance(stream, av.VideoStream)
    stream.width, stream.height = cover.width, cover.height
    stream.pix_fmt = "yuvj420p" if cover.codec == "mjpeg" else "rgb24"
    # The number, because PyAV 17 takes nothing else.
    stream.disposition = Disposition.attached_pic.value  # type: ignore[assignment]
    stream.metadata["comment"] = "Cover (front)"  # FFmpeg's name for the type of picture
    return stream


def _m4b_options(spec: AudioSpec) -> dict[str, str]:
    # Nero's chapter list counts in one byte: above 255, players that prefer it would hide the rest.
    flags = "+faststart+disable_chpl" if len(spec.marks) > mp4.MAX_NERO_CHAPTERS else "+faststart"
    return {**_BITEXACT, **dict(_CODECS["m4b"].muxer_options), "movflags": flags}


def _metadata(spec: AudioSpec, cover: Picture | None) -> dict[str, str]:
    if spec.format == "wav":
        return riff_info(spec.tags)
    if spec.format == "mp3":
        return {}
    comments = vorbis_comments(spec.tags)
    if _has_cuesheet(spec):
        tracks = _cue_tracks(spec)
        title = spec.tags.album or spec.tags.title
        comments["CUESHEET"] = cuesheet.cuesheet_text(tracks, file_rate(spec), spec.tags.artist, title)
    # FFmpeg turns chapters into comments for Ogg only, and counts them from 000.
    for number, (start_ms, _, title) in enumerate(_times_ms(spec), start=1):
        comments[f"CHAPTER{number:03d}"] = _clock(start_ms)
        comments[f"CHAPTER{number:03d}NAME"] = title
    if cover and spec.format == "opus":
        comments["METADATA_BLOCK_PICTURE"] = base64.b64encode(flac_picture_block(cover)).decode("ascii")
    return comments


def _chapters(spec: AudioSpec) -> list[av.container.core.Chapter]:
    unit: Any = Fraction(1, spec.rate_in_hz)  # PyAV declares a class of its own here since 19
    return [
        {
            "id": number,
            "start": mark.start,
            "end": mark.end,
            "time_base": unit,
            "metadata": {"title": cut_utf8(mark.title, mp4.MAX_TITLE_BYTES)},
        }
        for number, mark in enumerate(spec.marks)
    ]


def _has_cuesheet(spec: AudioSpec) -> bool:
    return spec.format == "flac" and 0 < len(spec.marks) <= cuesheet.MAX_TRACKS


def _cue_tracks(spec: AudioSpec) -> tuple[cuesheet.Track, ...]:
    """Return (first sample in the file, title) of the chapters; each count is rounded once."""
    rate_in_hz, rate_hz = spec.rate_in_hz, file_rate(spec)
    return tuple(
        ((2 * mark.start * rate_hz + rate_in_hz) // (2 * rate_in_hz), mark.title) for mark in spec.marks
    )


def _times_ms(spec: AudioSpec) -> tuple[tuple[int, int, str], ...]:
    """Return (start, end, title) of the chapters; each cumulative count is rounded once."""
    return tuple(
        (to_ms(mark.start, spec.rate_in_hz), to_ms(mark.end, spec.rate_in_hz), mark.title)
        for mark in spec.marks
    )


def _clock(ms: int) -> str:
    seconds, ms = divmod(ms, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{ms:03d}"


@contextmanager
def _translated_errors(path: Path) -> Iterator[None]:
    """Turn what the system or the encoder reports about `path` into our error."""
    try:
        yield
    except av.FFmpegError as error:
        if error.errno in errno.errorcode:
            raise output_error(path, OSError(error.errno, error.strerror)) from error
        raise OutputError(f"cannot write {path}: {error.strerror or error}") from error
    except OSError as error:
        raise output_error(path, error) from error
