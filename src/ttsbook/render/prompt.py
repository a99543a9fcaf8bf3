"""A recording of a voice into what engines that listen to it themselves are given: a short, plain WAV.

Most engines know a voice by its profile; the registry says which of them want the recording as well.
Knows nothing of what an engine does with it.
"""

from __future__ import annotations

import wave
from pathlib import Path

from ttsbook import paths
from ttsbook.audio.decode import read_clip
from ttsbook.audio.wave import to_int16
from ttsbook.engines.base import Options
from ttsbook.engines.choose import entry_of
from ttsbook.errors import InputError
from ttsbook.files import atomic_write, make_folder, sha256_input
from ttsbook.voice.select import clearest_part

RATE_HZ = 16_000
MAX_SECONDS = 30.0  # CosyVoice refuses more
_MAX_READ_SECONDS = 600.0


def prompt_options(engine: str, clip: Path | None, transcript: str) -> Options:
    """Return the options by which an engine gets the recording, none for one that does not want it.

    Raises:
        InputError: the clip is not audio, or too long for its transcript.
        OutputError: the cache cannot be written.
    """
    if clip is None or not entry_of(engine).wants_clip:
        return ()
    path = _prepare(clip, whole=bool(transcript))
    return (("clip", str(path)), *((("transcript", transcript),) if transcript else ()))


def _prepare(clip: Path, *, whole: bool) -> Path:
    """Return a mono WAV of the clip at 16 kHz, from the cache if it is there.

    A long recording is cut to its clearest part; with a transcript it cannot be cut: nobody knows where
    in it the words are.
    """
    folder = paths.cache_dir() / "prompts"
    prepared = folder / f"{sha256_input(clip)}.wav"
    if prepared.is_file() and not whole:
        return prepared
    decoded = read_clip(clip, rate_hz=RATE_HZ, max_seconds=_MAX_READ_SECONDS)
    samples = decoded.samples
    if whole and samples.size > MAX_SECONDS * RATE_HZ:
        raise InputError(
            f"{clip} has {samples.size / RATE_HZ:.0f} s of audio, too long to be used with a transcript",
            f"shorten both to {MAX_SECONDS:.0f} s or less, or leave out --ref-text",
        )
    part = to_int16(clearest_part(samples, MAX_SECONDS))
    make_folder(folder)
    with atomic_write(prepared) as handle, wave.open(handle, "wb") as writer:
        writer.setparams((1, 2, RATE_HZ, 0, "NONE", ""))
        writer.writeframes(part.astype("<i2").tobytes())
    return prepared
