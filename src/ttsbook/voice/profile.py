"""Keeps a voice as two files, and reads them back only if they are whole.

    NAME.safetensors    embedding [256], log_f0 [2] (mean, deviation), tone_db [30] if any: float32
    NAME.toml           where the voice comes from, consent, what to know about it, and the hash of
                        the numbers

Knows nothing of where voices are looked up.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from math import log
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ttsbook.choices import ACCENTS
from ttsbook.errors import InputError, MissingError
from ttsbook.files import atomic_write, read_small, sha256_bytes
from ttsbook.types import Provenance, VoiceProfile
from ttsbook.vits2.tone import N_BANDS
from ttsbook.voice.name import check_name, is_safe
from ttsbook.voice.toml import Scalar, format_toml

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FORMAT = 1
EMBEDDING_SIZE = 256
MAX_BYTES = 1 << 20  # of either file; a profile has a few kilobytes
MAX_TONE_DB = 30.0
UNIT_TOLERANCE = 1e-3
LOG_F0_RANGE = (log(40.0), log(800.0))
MAX_LOG_F0_STD = 2.0

_OPTIONAL_TEXTS = ("sex", "accent", "language", "description")
_OPTIONAL_NUMBERS = ("level_db", "snr_db")
_KEYS = {"format", "name", "advice", "sha256", "provenance", *_OPTIONAL_TEXTS, *_OPTIONAL_NUMBERS}
_PROVENANCE_TEXTS = ("source", "sha256", "method", "consent")


@dataclass(frozen=True, slots=True)
class StoredVoice:
    """A profile with what people want to know about it."""

    profile: VoiceProfile
    description: str = ""
    language: str = ""  # the language it leans to, "en" or "zh"; it speaks both
    advice: tuple[str, ...] = ()  # what was wrong with the clip


def save_voice(voice: StoredVoice, folder: Path, stem: str | None = None) -> Path:
    """Write a voice into `folder` under `stem` (its name unless given); return the path of the TOML file.

    Raises:
        UsageError: the name is not safe as a file name.
        OutputError: the folder is missing, read-only or full.
    """
    stem = check_name(voice.profile.name if stem is None else stem)
    tensors = _pack(voice.profile)
    # The TOML file comes last: it names the hash of the numbers, so a torn pair is recognised.
    with atomic_write(folder / f"{stem}.safetensors") as handle:
        handle.write(tensors)
    path = folder / f"{stem}.toml"
    with atomic_write(path) as handle:
        handle.write(_describe(voice, sha256_bytes(tensors)).encode("utf-8"))
    return path


def load_voice(path: Path) -> StoredVoice:
    """Read the voice at `path`: either of its two files, or both without suffix.

    Raises:
        MissingError: a file of the pair is missing.
        InputError: damaged, torn, of another kind or of a newer format.
    """
    stem = path.with_suffix("") if path.suffix in (".toml", ".safetensors") else path
    description, tensors = (stem.with_name(stem.name + suffix) for suffix in (".toml", ".safetensors"))
    return _Reader(description).read(_read_bytes(description), _read_bytes(tensors))


def _pack(profile: VoiceProfile) -> bytes:
    from safetensors.numpy import save

    arrays = {
        "embedding": np.array(profile.embedding, dtype=np.float32),
        "log_f0": np.array([profile.log_f0_mean, profile.log_f0_std], dtype=np.float32),
    }
    if profile.tone_db:
        arrays["tone_db"] = np.array(profile.tone_db, dtype=np.float32)
    return bytes(save(arrays))


def _describe(voice: StoredVoice, sha256: str) -> str:
    profile, origin = voice.profile, voice.profile.provenance
    texts = {
        "sex": profile.sex,
        "accent": profile.accent,
        "language": voice.language,
        "description": voice.description,
    }
    numbers = {"level_db": profile.level_db, "snr_db": profile.snr_db}
    known: dict[str, Scalar] = {key: value for key, value in texts.items() if value}
    known |= {key: value for key, value in numbers.items() if value is not None}
    provenance: dict[str, Scalar] = {
        "source": origin.source,
        "sha256": origin.sha256,
        "seconds": origin.seconds,
        "method": origin.method,
        "consent": origin.consent,
    }
    advice: dict[str, Scalar] = {"advice": voice.advice}
    head: dict[str, Scalar] = {"format": FORMAT, "name": profile.name}
    return format_toml({**head, **known, **advice, "sha256": sha256, "provenance": provenance})


def _read_bytes(path: Path) -> bytes:
    try:
        return read_small(path, MAX_BYTES, "the voice profile")
    except InputError as error:
        if not isinstance(error.__cause__, FileNotFoundError):
            raise
        raise MissingError(
            f"no such voice profile: {path}", "a profile has two files, NAME.toml and NAME.safetensors"
        ) from error


class _Reader:
    """Checks every field of one profile; each complaint names the file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self, description: bytes, tensors: bytes) -> StoredVoice:
        table = self._parse(description)
        if sha256_bytes(tensors) != table.get("sha256"):
            raise self._damaged("its tensors do not match their checksum")
        profile = self._unpack(tensors)
        advice = table.get("advice", [])
        if not isinstance(advice, list) or not all(isinstance(line, str) for line in advice):
            raise self._damaged("advice is not a list of strings")
        name = self._text(table, "name")
        if not is_safe(name):
            raise self._damaged(f"its name {name!r} is not a valid name for a voice")
        profile = replace(
            profile,
            name=name,
            provenance=self._provenance(table.get("provenance")),
            sex=self._text(table, "sex", ""),
            accent=self._accent(table),
            level_db=self._number(table, "level_db") if "level_db" in table else None,
            snr_db=self._number(table, "snr_db") if "snr_db" in table else None,
        )
        texts = self._text(table, "description", ""), self._text(table, "language", "")
        return StoredVoice(profile, *texts, tuple(advice))

    def _parse(self, description: bytes) -> dict[str, Any]:
        try:
            table = tomllib.loads(description.decode("utf-8"))
        except (ValueError, RecursionError) as error:  # also numbers of thousands of digits, and brackets
            raise self._damaged(f"not TOML ({error})") from error
        version = table.get("format")
        if isinstance(version, int) and version > FORMAT:
            raise InputError(
                f"the voice profile {self._path} has format {version}, newer than this program's {FORMAT}",
                "install a newer ttsbook",
            )
        if version != FORMAT:
            raise self._damaged(f"format is {version!r}, not {FORMAT}")
        self._check_keys(table, _KEYS)
        return table

    def _unpack(self, tensors: bytes) -> VoiceProfile:
        from safetensors import SafetensorError
        from safetensors.numpy import load

        try:
            arrays = load(tensors)
        except (SafetensorError, KeyError, TypeError, ValueError) as error:
            raise self._damaged(f"its tensors are not safetensors ({error})") from error
        unknown = set(arrays) - {"embedding", "log_f0", "tone_db"}
        if unknown:
            raise self._damaged(f"unknown tensor {min(unknown)}")
        embedding = self._vector(arrays, "embedding", EMBEDDING_SIZE)
        if abs(float(np.linalg.norm(embedding.astype(np.float64))) - 1.0) > UNIT_TOLERANCE:
            raise self._damaged("its embedding is not of unit length")
        mean, std = self._vector(arrays, "log_f0", 2).tolist()
        if not LOG_F0_RANGE[0] <= mean <= LOG_F0_RANGE[1] or not 0.0 <= std <= MAX_LOG_F0_STD:
            raise self._damaged(
                f"its pitch is not that of a voice (log mean {mean:.3g}, deviation {std:.3g})"
            )
        tone: list[float] = []
        if "tone_db" in arrays:
            tone = self._vector(arrays, "tone_db", N_BANDS).tolist()
            if max(map(abs, tone)) > MAX_TONE_DB:
                raise self._damaged("its gains are out of range")
        nobody = Provenance("", "", 0.0, "")
        return VoiceProfile("", tuple(embedding.tolist()), mean, std, nobody, tone_db=tuple(tone))

    def _vector(self, arrays: dict[str, NDArray[Any]], key: str, size: int) -> NDArray[np.float32]:
        array = arrays.get(key)
        if array is None:
            raise self._damaged(f"tensor {key} is missing")
        if array.dtype != np.float32 or array.shape != (size,):
            raise self._damaged(f"tensor {key} is {array.dtype} {list(array.shape)}")
        if not np.isfinite(array).all():
            raise self._damaged(f"tensor {key} contains NaN or infinite values")
        return array

    def _provenance(self, table: object) -> Provenance:
        if not isinstance(table, dict):
            raise self._damaged("the table provenance is missing")
        self._check_keys(table, {*_PROVENANCE_TEXTS, "seconds"})
        source, sha256, method, consent = (self._text(table, key) for key in _PROVENANCE_TEXTS)
        return Provenance(source, sha256, self._number(table, "seconds"), method, consent)

    def _check_keys(self, table: dict[str, Any], known: set[str]) -> None:
        unknown = set(table) - known
        if unknown:
            raise self._damaged(f"unknown key {min(unknown)}")

    def _text(self, table: dict[str, Any], key: str, default: str | None = None) -> str:
        value = table.get(key, default)
        if not isinstance(value, str):
            raise self._damaged(f"{key} is missing or not a string")
        return value

    def _accent(self, table: dict[str, Any]) -> str:
        accent = self._text(table, "accent", "")
        if accent not in ("", *ACCENTS):
            raise self._damaged(f"accent is {accent!r}, not one of {', '.join(ACCENTS)}")
        return accent

    def _number(self, table: dict[str, Any], key: str) -> float:
        value = table.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e300:
            raise self._damaged(f"{key} is missing or not a number")
        return float(value)

    def _damaged(self, why: str) -> InputError:
        return InputError(f"the voice profile {self._path} is damaged: {why}", "make it again from the clip")
