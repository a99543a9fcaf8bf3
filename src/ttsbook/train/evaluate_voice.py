"""Folders of recordings → voices to clone, each with another recording of the speaker to compare with.

A folder is a set. Its `speakers.tsv` names file, speaker and use (only "evaluate" counts), and may
name the speaker's language; without a table every file is a speaker. Of a speaker with one clip the
first half is the reference and the second half is what similarity is measured against; of one with
more, the first clip and the second.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ttsbook.audio.decode import read_clip
from ttsbook.errors import InputError, MissingError
from ttsbook.train.prepare import AUDIO
from ttsbook.types import Provenance, VoiceProfile
from ttsbook.voice.analyse import analyse_samples
from ttsbook.voice.encode import SpeakerEncoder
from ttsbook.voice.resample import resample
from ttsbook.voice.tone import Rehearsal

RATE_HZ = 16_000  # of the targets
Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Speaker:
    """Someone whom the model has never heard."""

    set: str  # name of the folder
    name: str
    language: str  # "" speaks any
    profile: VoiceProfile  # from the reference
    target: Samples  # [n] at RATE_HZ: other speech of the same person
    embedding: NDArray[np.float32]  # [256] of the target


def read_speakers(
    folder: Path, encoder: SpeakerEncoder, *, method: str = "plain", rehearsal: Rehearsal | None = None
) -> list[Speaker]:
    """Analyse the speakers of a folder that are meant for evaluation.

    `rehearsal`: the model that is judged, for "hybrid".

    Raises:
        MissingError: no such folder, or no clip in it.
        InputError: a clip cannot be used.
    """
    clips = _clips(folder)
    if not clips:
        raise MissingError(f"no clips for evaluation in {folder}", "speakers.tsv marks them: use = evaluate")
    speakers = []
    for (name, language), files in sorted(clips.items()):
        reference, target = _reference_and_target(files)
        analysis = analyse_samples(
            reference,
            RATE_HZ,
            name=name,
            provenance=Provenance(files[0].name, "", 0.0, method),
            encoder=encoder,
            rehearsal=rehearsal,
        )
        embedding = encoder.embed(target, RATE_HZ)
        speakers.append(Speaker(folder.name, name, language, analysis.profile, target, embedding))
    return speakers


def _clips(folder: Path) -> dict[tuple[str, str], list[Path]]:
    """Return the files of every speaker and language."""
    if not folder.is_dir():
        raise MissingError(f"there is no folder {folder}")
    clips: dict[tuple[str, str], list[Path]] = {}
    for row in _rows(folder):
        if row.get("use", "evaluate") == "evaluate":
            clips.setdefault((row["speaker"], row.get("language") or ""), []).append(folder / row["file"])
    return clips


def _rows(folder: Path) -> Iterable[dict[str, str]]:
    table = folder / "speakers.tsv"
    if not table.is_file():
        files = sorted(path for path in folder.iterdir() if path.suffix.lower() in AUDIO)
        return [{"file": path.name, "speaker": path.stem} for path in files]
    with open(table, encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle, delimiter="\t"))
    if rows and not {"file", "speaker"} <= set(rows[0]):
        raise InputError(f"{table} lacks the column `file` or `speaker`")
    return rows


def _reference_and_target(files: list[Path]) -> tuple[Samples, Samples]:
    first = _read(files[0])
    if len(files) > 1:
        return first, _read(files[1])
    return first[: len(first) // 2], first[len(first) // 2 :]


def _read(path: Path) -> Samples:
    clip = read_clip(path)
    return resample(clip.samples, clip.rate_hz, RATE_HZ)
