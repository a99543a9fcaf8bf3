"""Folders of speech → clips ready for training.

Two kinds of folders: the teacher's (`meta.jsonl`, `f0.npz`, `audio/ID.opus`: phonemes and durations are
exact), and recordings of any kind (audio files, also in folders below it, an optional `speakers.tsv` with
the columns file, speaker and use, an optional `transcripts.tsv` with file and text; `file` is the path in the
folder, or the mere name if it is the only one). Rows whose use is "evaluate" are left out: no figure may rest
on a voice that training has heard.
"""

from __future__ import annotations

import contextlib
import io
import json
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from ttsbook import symbols
from ttsbook.audio.decode import read_clip
from ttsbook.errors import InputError, MissingError
from ttsbook.text import FrontEnd
from ttsbook.train.archive import Clip
from ttsbook.train.decode import RATE_HZ, decode
from ttsbook.train.table import read_table
from ttsbook.voice.encode import SpeakerEncoder
from ttsbook.voice.pitch import WINDOW_S, track_pitch

HOP = 300
LATENT_HOP = 600
PEAK = 0.8  # recordings are brought to this level; the teacher's speech is left as it is
MIN_SECONDS, MAX_SECONDS = 1.2, 3_600.0  # an hour takes 6 GB to analyse
MIN_HALVED_SECONDS = 6.0  # a shorter clip's halves say too little about its voice
AUDIO = (".opus", ".ogg", ".flac", ".wav", ".mp3", ".m4a")
Say = Callable[[str], None]


def prepare_teacher(folder: Path) -> Iterator[Clip]:
    """Yield the clips of a teacher folder whose phonemes and durations fit together."""
    pitch = np.load(_need(folder / "f0.npz"), allow_pickle=False)
    for line in _need(folder / "meta.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        phonemes, durations = row["phonemes"], tuple(row["duration_units"])
        fits = symbols.is_known(phonemes) and len(phonemes) + 2 == len(durations)
        if not fits or sum(durations) * LATENT_HOP != row["n_samples"]:
            continue
        data = _need(folder / "audio" / f"{row['id']}.opus").read_bytes()
        f0 = pitch[row["id"]].astype(np.float32)
        yield Clip(
            id=row["id"],
            opus=data,
            n_samples=row["n_samples"],
            f0=np.where(f0 < 40, 0, f0).astype(np.float32),
            embedding=_encoder().embed(decode(data), RATE_HZ),
            speaker="+".join(sorted(row["timbre"])),
            band_hz=RATE_HZ // 2,
            language=row["lang"],
            phonemes=phonemes,
            durations=durations,
            speed=row["speed"],
        )


def prepare_recordings(
    folder: Path, *, band_hz: int, language: str = "en", transcripts: Path | None = None, say: Say
) -> Iterator[Clip]:
    """Yield the recordings below a folder; with phonemes where there is a transcript.

    A file that cannot be used is left out; `say` is told why, and at the end how many were used.

    Args:
        transcripts: the table of transcripts, if it does not lie in the folder.

    Raises:
        MissingError: there are no recordings, or no such table.
        InputError: no recording can be used, or a table has other columns.
    """
    files = find_audio(folder)
    speakers = read_table(folder / "speakers.tsv")
    if transcripts and not transcripts.is_file():
        raise MissingError(f"{transcripts} is missing", "make it with `python -m ttsbook.train transcribe`")
    said = read_table(transcripts or folder / "transcripts.tsv", "text")
    front_end = FrontEnd(language=language)
    names = Counter(path.name for path in files)
    n_clips = n_said = 0
    for path in files:
        place = path.relative_to(folder).as_posix()
        keys = (place, path.name) if names[path.name] == 1 else (place,)  # a mere name may be enough
        about = next((speakers[key] for key in keys if key in speakers), {})
        if about.get("use") == "evaluate":
            continue
        text = next((said[key]["text"] for key in keys if key in said), "")
        phonemes = front_end.say(text, language)[1] if text else ""
        name = f"{folder.resolve().name}-{place}".encode("utf-8", "backslashreplace").decode()
        try:
            opus = _read_opus(path)
            samples = decode(opus)
            if not MIN_SECONDS <= len(samples) / RATE_HZ <= MAX_SECONDS:
                raise InputError(f"it is shorter than {MIN_SECONDS} s, or longer than an hour")
            embedding = _embed_halves(samples)
        except (InputError, OSError, av.FFmpegError, IndexError) as error:  # the last: without a stream
            say(left_out(path, error))
            continue
        n_clips += 1
        n_said += bool(phonemes)
        yield Clip(
            id=name,
            opus=opus,
            n_samples=len(samples) // LATENT_HOP * LATENT_HOP,
            f0=_pitch_by_hop(samples),
            embedding=embedding,
            speaker=about.get("speaker") or name,
            band_hz=band_hz,
            language=language if phonemes else "",
            phonemes=phonemes,
            gain=PEAK / max(1e-4, float(np.abs(samples).max())),
        )
    if not n_clips:
        raise InputError(f"none of the {len(files)} recordings in {folder} can be used")
    say(f"{folder}: {n_clips} of {len(files)} recordings, {n_said} with a transcript")


def find_audio(folder: Path) -> list[Path]:
    """Return the audio files below a folder, in order.

    Raises:
        MissingError: there are none.
    """
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in AUDIO and path.is_file())
    if not files:
        raise MissingError(f"no audio files below {folder}", f"it should hold {', '.join(AUDIO)}")
    return files


def left_out(path: Path, error: Exception) -> str:
    """Say why a file is left out; errors of reading it name it already."""
    why = str(error)
    return f"left out: {why}" if str(path) in why else f"left out: {path}: {why}"


def _read_opus(path: Path) -> bytes:
    """Return a recording as Opus: what is something else is brought to the level and mixed to mono."""
    if path.suffix.lower() == ".opus":
        return path.read_bytes()
    samples = read_clip(path, rate_hz=RATE_HZ, max_seconds=MAX_SECONDS + 1).samples
    return encode_opus(samples * (PEAK / max(1e-4, float(np.abs(samples).max(initial=0)))))


def _embed_halves(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the embeddings of both halves [2, 256], or of a short clip as a whole [256].

    In use the voice comes from another recording than the one to be made, so it should in training.

    Raises:
        InputError: nobody speaks.
    """
    if len(samples) >= MIN_HALVED_SECONDS * RATE_HZ:
        with contextlib.suppress(InputError):  # in one half nobody may speak
            return np.stack([_encoder().embed(half, RATE_HZ) for half in np.array_split(samples, 2)])
    return _encoder().embed(samples, RATE_HZ)


def _pitch_by_hop(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Pitch at the centre of every hop [n // HOP + 1]: the tracker's frames begin where they start."""
    half = round(WINDOW_S * RATE_HZ) // 2
    return track_pitch(np.pad(samples, half), RATE_HZ).astype(np.float32)


def encode_opus(samples: NDArray[np.float32], bit_rate: int = 48_000) -> bytes:
    """Encode mono samples at 24 kHz; `decode` gives them back without delay."""
    buffer = io.BytesIO()
    # Ogg numbers its streams at random unless told not to: equal samples should give equal bytes.
    with av.open(buffer, "w", format="ogg", options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream("libopus", rate=48_000, layout="mono")
        stream.bit_rate = bit_rate
        frame = av.AudioFrame.from_ndarray(samples[None], format="flt", layout="mono")
        frame.sample_rate = RATE_HZ
        resampler = av.AudioResampler(format="flt", layout="mono", rate=48_000)
        for piece in (*resampler.resample(frame), *resampler.resample(None)):
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))
    return buffer.getvalue()


@cache
def _encoder() -> SpeakerEncoder:
    return SpeakerEncoder()


def _need(path: Path) -> Path:
    if not path.is_file():
        raise MissingError(f"{path} is missing", "name a folder made by `python -m ttsbook.train teacher`")
    return path
