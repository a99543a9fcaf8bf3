"""A clip in any format that FFmpeg decodes to float32 mono samples.

Bounded in length, memory and patience with broken data. Knows nothing of voices or speech.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import InputContainer
from numpy.typing import NDArray

from ttsbook.audio.resample import Resampler
from ttsbook.audio.source import open_source
from ttsbook.audio.wave import Samples
from ttsbook.errors import InputError

MAX_NATIVE_RATE_HZ = 48_000  # higher rates hold nothing of a voice and much memory
_MIN_RATE_HZ = 2000
_MAX_BROKEN_PACKETS = 1000
_CANCELLED = 0.01  # power of the mean of two channels against one of them: 20 dB less
_LOUDEST = 1000.0  # float files may pass full scale, but not like this


@dataclass(frozen=True, slots=True)
class Clip:
    samples: Samples  # [n] mono
    rate_hz: int
    truncated: bool  # longer than max_seconds: the rest was not read


@dataclass(frozen=True, slots=True)
class MonoPiece:
    """What one packet gave."""

    samples: Samples  # mono at rate_hz
    rate_hz: int


def read_clip(path: Path, *, rate_hz: int | None = None, max_seconds: float = 600.0) -> Clip:
    """Read the first audio stream of a local file, mixed to mono.

    Args:
        rate_hz: resample to this rate; None keeps the file's, up to 48 kHz.
        max_seconds: read no more than this from the beginning.

    Raises:
        InputError: not there, not audio, damaged from the start, or not finite.
    """
    with open_source(path) as container:
        stream = sound_of(container, path)
        pieces = decode_mono(container, stream)
        clip = _gathered(pieces, rate_hz, max_seconds)
    if clip is None:
        raise InputError(f"{path} has an audio stream but no sound could be decoded from it")
    if not np.isfinite(clip.samples).all() or float(np.abs(clip.samples).max(initial=0.0)) > _LOUDEST:
        raise InputError(
            f"{path} contains NaN or infinite samples, or samples far beyond full scale",
            "export the clip again as 16-bit WAV or FLAC",
        )
    return clip


def sound_of(container: InputContainer, path: Path) -> AudioStream:
    if not container.streams.audio:
        raise InputError(f"{path} contains no sound", "give a file with an audio track")
    return container.streams.audio[0]


def _gathered(pieces: Iterator[MonoPiece], rate_hz: int | None, max_seconds: float) -> Clip | None:
    """Join the pieces at one rate; None if there are none."""
    first = next(pieces, None)
    if first is None:
        return None
    rate_out_hz = rate_hz or min(first.rate_hz, MAX_NATIVE_RATE_HZ)
    limit = math.ceil(max_seconds * rate_out_hz)
    resampler, current_hz = Resampler(first.rate_hz, rate_out_hz), first.rate_hz
    parts = [resampler.push(first.samples)]
    n_samples = parts[0].size
    for piece in pieces:
        if n_samples > limit:
            break
        if piece.rate_hz != current_hz:  # joined streams may change it on the way
            parts.append(resampler.finish())
            n_samples += parts[-1].size
            resampler, current_hz = Resampler(piece.rate_hz, rate_out_hz), piece.rate_hz
        parts.append(resampler.push(piece.samples))
        n_samples += parts[-1].size
    parts.append(resampler.finish())
    samples = np.concatenate(parts)
    return Clip(samples[:limit], rate_out_hz, samples.size > limit)


def decode_mono(container: InputContainer, stream: AudioStream) -> Iterator[MonoPiece]:
    """Yield what can be decoded; broken packets are skipped, up to a limit."""
    n_broken = 0
    packets = container.demux(stream)
    while n_broken < _MAX_BROKEN_PACKETS:
        try:
            packet = next(packets)
            frames = packet.decode()
        except StopIteration:
            return
        except (av.FFmpegError, ValueError):  # the second is PyAV 19's for a codec that FFmpeg does not know
            n_broken += 1
            continue
        for frame in frames:
            if isinstance(frame, av.AudioFrame) and frame.samples and frame.sample_rate >= _MIN_RATE_HZ:
                yield MonoPiece(_mono(frame), frame.sample_rate)


def _mono(frame: av.AudioFrame) -> Samples:
    """Return the mean of the channels, or the first of two where that would be next to silence.

    Not libswresample's mix: it weighs by loudspeaker position, and passes full scale in float.
    """
    data: NDArray[Any] = frame.to_ndarray()
    if not frame.format.is_planar:
        data = data.reshape(-1, frame.layout.nb_channels).T  # [1, n*c] -> [c, n]
    # Integers are scaled by their width; 8 bit is the only unsigned one.
    if data.dtype == np.uint8:
        data = data.astype(np.int16) - 128
        scale = 128.0
    else:
        scale = -float(np.iinfo(data.dtype).min) if np.issubdtype(data.dtype, np.integer) else 1.0
    mixed = data.mean(axis=0, dtype=np.float64)
    if len(data) == 2:
        first = data[0].astype(np.float64)
        if mixed @ mixed < _CANCELLED * (first @ first):  # a wrong cable turns one of them upside down
            mixed = first
    return np.asarray(mixed / scale, dtype=np.float32)
