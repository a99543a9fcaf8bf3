"""Recordings without text → a table of transcripts, by Whisper; what it is unsure of is left out.

    file    text    log_prob    no_speech

Whisper base (OpenAI, MIT) as `ttsbook.qa` loads it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ttsbook.audio.decode import read_clip
from ttsbook.errors import InputError
from ttsbook.files import atomic_write
from ttsbook.qa.whisper import RATE_HZ, Whisper
from ttsbook.train.prepare import find_audio, left_out

MIN_LOG_PROB = -0.45  # mean over tokens
MAX_NO_SPEECH = 0.4
MAX_COMPRESSION = 2.2  # a text that repeats itself is made up
PER_SECOND = {"en": (0.7, 4.5), "zh": (1.5, 8.0)}  # words, or characters
TEMPERATURES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)  # tried in turn: a second guess may be sure


@dataclass(frozen=True, slots=True)
class Transcript:
    """What Whisper heard in one file."""

    file: str  # path in the folder
    text: str
    log_prob: float  # mean over tokens, of the worst segment
    no_speech: float  # probability, of the worst segment
    compression: float
    seconds: float

    def is_sure(self, language: str) -> bool:
        """Return whether the text can be trusted to be what is said."""
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
    files = find_audio(folder)
    whisper = Whisper(model, threads=threads, temperatures=TEMPERATURES)
    sure = []
    for index, path in enumerate(files, 1):
        try:
            found = _hear(whisper, path, path.relative_to(folder).as_posix(), language)
        except InputError as error:
            say(left_out(path, error))
            continue
        if found.is_sure(language):
            sure.append(found)
        if index % 50 == 0:
            say(f"{index} of {len(files)} files, {len(sure)} sure")
    with atomic_write(table) as handle:
        handle.write(_format(sure).encode())
    return len(sure), len(files)


def _hear(whisper: Whisper, path: Path, name: str, language: str) -> Transcript:
    clip = read_clip(path, rate_hz=RATE_HZ)
    heard = whisper.hear(clip.samples, language)
    seconds = len(clip.samples) / RATE_HZ
    return Transcript(name, heard.text, heard.log_prob, heard.no_speech, heard.compression, seconds)


def _format(transcripts: list[Transcript]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, delimiter="\t", lineterminator="\n")
    writer.writerow(("file", "text", "log_prob", "no_speech"))
    writer.writerows((t.file, t.text, f"{t.log_prob:.3f}", f"{t.no_speech:.3f}") for t in transcripts)
    return text.getvalue()
