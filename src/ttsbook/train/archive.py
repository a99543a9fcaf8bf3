"""Prepared clips on disk: a zip of Opus files beside their phonemes, durations, pitch and speaker.

One file travels to a machine that has no more than Python, torch and PyAV.

    index.jsonl      one clip a line, see `Clip`
    audio/ID.opus    mono
    arrays/ID.npz    f0 float32 [F] Hz at 80 per second, 0 = unvoiced; embedding float32 [256] or [2, 256]
"""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ttsbook.errors import InputError, MissingError
from ttsbook.files import atomic_write

SUFFIX = ".clips.zip"


@dataclass(frozen=True, slots=True)
class Clip:
    """One utterance ready for training, its audio still encoded."""

    id: str
    opus: bytes
    n_samples: int  # at 24 kHz, after decoding and cutting the codec's padding
    f0: NDArray[np.float32]  # [F] Hz per hop, 0 = unvoiced
    embedding: NDArray[np.float32]  # [256], unit length; or [2, 256], of the clip's halves
    speaker: str
    band_hz: int  # nothing above it in the recording
    language: str = ""  # "" without phonemes
    phonemes: str = ""
    durations: tuple[int, ...] = ()  # latent frames per phoneme and pad; () if not known
    speed: float = 1.0  # of the teacher: durations times speed are what the model learns
    gain: float = 1.0  # to apply after decoding: recordings differ in level

    @property
    def n_bytes(self) -> int:
        return len(self.opus) + 4 * (len(self.f0) + self.embedding.size) + 8 * len(self.phonemes)


def write_archive(path: Path, clips: Iterable[Clip]) -> int:
    """Write clips to one archive; return how many.

    Raises:
        InputError: two have the same id, under which only one could be found again.
    """
    rows, seen = [], set[str]()
    with atomic_write(path) as handle, zipfile.ZipFile(handle, "w", zipfile.ZIP_STORED) as archive:
        for clip in clips:
            if clip.id in seen:
                raise InputError(
                    f"two clips have the id {clip.id}", "prepare their folders again, under other names"
                )
            seen.add(clip.id)
            rows.append(json.dumps(_row(clip), ensure_ascii=False))
            _add(archive, f"audio/{clip.id}.opus", clip.opus)
            arrays = io.BytesIO()
            np.savez_compressed(arrays, f0=clip.f0, embedding=clip.embedding)
            _add(archive, f"arrays/{clip.id}.npz", arrays.getvalue())
        _add(archive, "index.jsonl", "\n".join(rows).encode())
    return len(rows)


def read_archives(folder: Path) -> Iterator[Clip]:
    """Yield the clips of every archive in a folder (or of one archive), in order of name.

    Raises:
        MissingError: the folder holds no archive.
        InputError: an archive is damaged.
    """
    files = [folder] if folder.is_file() else sorted(folder.glob(f"*{SUFFIX}"))
    if not files:
        raise MissingError(
            f"no training data (*{SUFFIX}) in {folder}", "make some with `python -m ttsbook.train prepare`"
        )
    for file in files:
        try:
            yield from _read(file)
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            LookupError,
            TypeError,
            ValueError,
            OSError,
        ) as error:
            raise InputError(f"{file} is damaged: {error}", "prepare or copy it again") from error


def _row(clip: Clip) -> dict[str, object]:
    names = ("id", "n_samples", "speaker", "band_hz", "language", "phonemes", "durations", "speed", "gain")
    return {name: getattr(clip, name) for name in names}


def _read(file: Path) -> Iterator[Clip]:
    with zipfile.ZipFile(file) as archive:
        for line in archive.read("index.jsonl").decode().splitlines():
            row = json.loads(line)
            with np.load(io.BytesIO(archive.read(f"arrays/{row['id']}.npz")), allow_pickle=False) as arrays:
                f0, embedding = arrays["f0"], arrays["embedding"]
            row["durations"] = tuple(row["durations"])
            yield Clip(opus=archive.read(f"audio/{row['id']}.opus"), f0=f0, embedding=embedding, **row)


def _add(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    # A fixed date: equal clips give equal archives.
    archive.writestr(zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0)), data)


def split_by_size(clips: Iterable[Clip], max_bytes: int) -> Iterator[list[Clip]]:
    """Group clips into parts whose archives stay below `max_bytes`."""
    part: list[Clip] = []
    size = 0
    for clip in clips:
        entry = clip.n_bytes + 1_200  # zip headers and the row in the index
        if part and size + entry > max_bytes:
            yield part
            part, size = [], 0
        part.append(clip)
        size += entry
    if part:
        yield part
