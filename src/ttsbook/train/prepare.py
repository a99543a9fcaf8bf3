"""Folders of speech → clips ready for training.

Two kinds of folders: the teacher's (`meta.jsonl`, `f0.npz`, `audio/ID.opus`: phonemes and durations are
exact), and recordings of any kind (audio files, an optional `speakers.tsv` with the columns file,
speaker and use, an optional `transcripts.tsv` with file and text). Rows whose use is "evaluate" are
left out: no figure may rest on a voice that training has heard.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from ttsbook import symbols
from ttsbook.errors import InputError, MissingError
from ttsbook.text import FrontEnd
from ttsbook.train.archive import Clip
from ttsbook.train.decode import RATE_HZ, decode
from ttsbook.voice.encode import SpeakerEncoder
from ttsbook.voice.pitch import WINDOW_S, track_pitch

HOP = 300
LATENT_HOP = 600
PEAK = 0.8  # recordings are brought to this level; the teacher's speech is left as it is
MIN_SECONDS = 1.2
MIN_HALVED_SECONDS = 6.0  # a shorter clip's halves say too little about its voice
AUDIO = (".opus", ".ogg", ".flac", ".wav", ".mp3", ".m4a")


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
    folder: Path, *, band_hz: int, language: str = "en", transcripts: Path | None = None
) -> Iterator[Clip]:
    """Yield the recordings below a folder; with phonemes where there is a transcript.

    Args:
        transcripts: the table of transcripts, if it does not lie in the folder.
    """
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in AUDIO)
    if not files:
        raise MissingError(f"no audio files below {folder}", f"it should hold {', '.join(AUDIO)}")
    speakers = _table(folder / "speakers.tsv")
    said = _table(transcripts or folder / "transcripts.tsv")
    front_end = FrontEnd(language=language)
    for path in files:
        about = speakers.get(path.name, {})
        if about.get("use") == "evaluate":
            continue
        data = path.read_bytes()
        samples = decode(data)
        if len(samples) < MIN_SECONDS * RATE_HZ:
            continue
        text = said.get(path.name, {}).get("text", "")
        phonemes = front_end.say(text, language)[1] if text else ""
        yield Clip(
            id=f"{folder.name}-{path.stem}",
            opus=data if path.suffix.lower() == ".opus" else encode_opus(samples),
            n_samples=len(samples) // LATENT_HOP * LATENT_HOP,
            f0=_pitch_by_hop(samples),
            embedding=_embed_halves(samples),
            speaker=about.get("speaker", f"{folder.name}-{path.stem}"),
            band_hz=band_hz,
            language=language if phonemes else "",
            phonemes=phonemes,
            gain=PEAK / max(1e-4, float(np.abs(samples).max())),
        )


def _embed_halves(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the embeddings of both halves [2, 256], or of a short clip as a whole [256].

    In use the voice comes from another recording than the one to be made, so it should in training.
    """
    if len(samples) < MIN_HALVED_SECONDS * RATE_HZ:
        return _encoder().embed(samples, RATE_HZ)
    middle = len(samples) // 2
    return np.stack([_encoder().embed(half, RATE_HZ) for half in (samples[:middle], samples[middle:])])


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


def _table(path: Path) -> dict[str, dict[str, str]]:
    """Read a tab-separated table into rows by their column `file`; nothing if it does not exist."""
    if not path.is_file():
        return {}
    with open(path, encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle, delimiter="\t"))
    if rows and "file" not in rows[0]:
        raise InputError(f"{path} has no column `file`")
    return {row["file"]: row for row in rows}
