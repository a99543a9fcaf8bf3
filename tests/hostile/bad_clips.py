"""Clips that go wrong, each with the exit code of `ttsbook voices add` and a word of its message."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

SPEECH = Path(__file__).parents[1] / "data" / "clip.opus"


@dataclass(frozen=True, slots=True)
class BadClip:
    name: str
    make: Callable[[Path], object]  # writes the file
    code: int
    says: str = ""


def speech(rate_hz: int = 24_000) -> np.ndarray:
    from ttsbook.audio.decode import read_clip

    return read_clip(SPEECH, rate_hz=rate_hz, max_seconds=8).samples


def riff(data: bytes, *, channels: int = 1, rate_hz: int = 24_000, bits: int = 16, kind: int = 1) -> bytes:
    """Return a WAV file whose header may lie."""
    frame = channels * bits // 8
    form = struct.pack("<HHIIHH", kind, channels, rate_hz, rate_hz * frame & 0xFFFFFFFF, frame & 0xFFFF, bits)
    chunks = b"fmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


def sound(samples: np.ndarray, **header: int) -> bytes:
    return riff((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes(), **header)


def encoded(
    suffix: str, codec: str, sample_format: str, *, pictures: bool = False, voice: bool = True
) -> bytes:
    """Return speech, a film with speech, or a film without, as FFmpeg writes it."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=suffix) as container:
        film = container.add_stream("mpeg4", rate=25) if pictures else None
        if film:
            film.width = film.height = 64
        stream = container.add_stream(codec, rate=24_000) if voice else None
        if stream:
            stream.codec_context.layout = "mono"
            stream.codec_context.format = sample_format
        for number in range(25 if film else 0):
            picture = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
            picture.pts = number
            container.mux(film.encode(picture))
        if film:
            container.mux(film.encode(None))
        if stream:
            frame = av.AudioFrame.from_ndarray(speech()[None], format="fltp", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = 24_000, 0, Fraction(1, 24_000)
            container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
    return buffer.getvalue()


def six_hours(path: Path) -> None:
    """Write a file of which only the beginning takes place on the disk: speech, then silence."""
    data = sound(speech(8000), rate_hz=8000)
    size = 6 * 3600 * 8000 * 2
    header = bytearray(data[:44])
    header[4:8], header[40:44] = struct.pack("<I", size + 36), struct.pack("<I", size)
    with open(path, "wb") as handle:
        handle.write(bytes(header) + data[44:])
        handle.truncate(44 + size)


def put(data: Callable[[], bytes]) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(data())


def text(words: str) -> Callable[[Path], object]:
    return lambda path: path.write_text(words, encoding="utf-8")


def noise(seconds: float, level: float) -> np.ndarray:
    return np.random.default_rng(1).standard_normal(round(seconds * 24_000)) * level


def tune() -> np.ndarray:
    """Return a melody of pure tones."""
    notes = [440 * 2 ** (step / 12) for step in (0, 4, 7, 12, 7, 4)] * 3
    t = np.arange(12_000) / 24_000
    return np.concatenate([0.4 * np.sin(2 * np.pi * note * t) for note in notes])


def not_numbers() -> bytes:
    samples = speech().astype("<f4")
    samples[1000:1010] = np.nan
    return riff(samples.tobytes(), bits=32, kind=3)


def archive() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as handle:
        handle.writestr("a.wav", b"x")
    return buffer.getvalue()


def bad_clips() -> Iterator[BadClip]:
    """Yield all of them."""
    # not sound
    yield BadClip("empty.wav", put(bytes), 3, "empty")
    yield BadClip("text.wav", text("This is not a recording."), 3, "not an audio")
    yield BadClip("long-text.mp3", text("This is not a recording. " * 5000), 3)
    yield BadClip("noise.mp3", put(lambda: np.random.default_rng(0).bytes(50_000)), 3)
    yield BadClip("zeroes.mp3", put(lambda: bytes(50_000)), 3)
    yield BadClip("archive.wav", put(archive), 3, "not an audio")
    yield BadClip("page.m4a", text("<html><body>404 Not Found</body></html>"), 3)
    yield BadClip("folder.wav", Path.mkdir, 3)
    # files that lead elsewhere
    yield BadClip("list.m3u8", text("#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile:///etc/passwd\n"), 3)
    yield BadClip("list.wav", text("ffconcat version 1.0\nfile /etc/passwd\n"), 3)
    yield BadClip("session.wav", text("v=0\no=- 0 0 IN IP4 127.0.0.1\nm=audio 9 RTP/AVP 0\n"), 3)
    # damaged
    yield BadClip("header.wav", put(lambda: riff(b"")), 3)
    yield BadClip("cut-header.wav", put(lambda: riff(b"")[:30]), 3)
    yield BadClip("lying.wav", put(lambda: sound(speech())[:-100_000]), 0)
    yield BadClip("no-channels.wav", put(lambda: sound(speech(), channels=0)), 3)
    yield BadClip("no-rate.wav", put(lambda: sound(speech(), rate_hz=0)), 3)
    yield BadClip("wild-rate.wav", put(lambda: sound(speech(), rate_hz=2**31 - 1)), 3)
    yield BadClip("cut.mp3", put(lambda: encoded("mp3", "libmp3lame", "fltp")[:-20_000]), 0)
    yield BadClip("cut.flac", put(lambda: encoded("flac", "flac", "s16")[:200]), 3)
    yield BadClip("cut.m4a", put(lambda: encoded("mp4", "aac", "fltp")[:5000]), 3)
    yield BadClip("not-numbers.wav", put(not_numbers), 3, "NaN or infinite")
    # sound that is no voice, or hardly
    yield BadClip("silence.wav", put(lambda: sound(np.zeros(240_000))), 3)
    yield BadClip("hiss.wav", put(lambda: sound(noise(10, 0.1))), 3)
    yield BadClip("tune.wav", put(lambda: sound(tune())), 0)  # with a warning that names music
    yield BadClip("blink.wav", put(lambda: sound(speech()[:2400])), 3)
    yield BadClip(
        "film.mp4", put(lambda: encoded("mp4", "aac", "fltp", pictures=True, voice=False)), 3, "no sound"
    )
    # unusual, and good enough
    yield BadClip("talkie.mp4", put(lambda: encoded("mp4", "aac", "fltp", pictures=True)), 0)
    yield BadClip("telephone.wav", put(lambda: sound(speech(8000), rate_hz=8000)), 0)
    yield BadClip("384000.wav", put(lambda: sound(np.repeat(speech(), 16), rate_hz=384_000)), 0)
    yield BadClip("twelve.wav", put(lambda: sound(np.repeat(speech(), 12), channels=12)), 0)
    yield BadClip("six-hours.wav", six_hours, 0)
    yield BadClip("loud.wav", put(lambda: sound(speech() * 50)), 0)
    yield BadClip("wrong-name.mp3", put(lambda: sound(speech())), 0)
