"""Exported model + scoring tool → figures on texts and voices that training never saw.

    out/clips/SET-LANGUAGE/NNN.wav   what the model said
    out/targets/SET-SPEAKER.wav      other speech of the same speakers
    out/manifest.tsv                 what the scoring tool reads
    out/score/rows.jsonl             what it wrote, a line per clip
    out/evaluation.json, evaluation.md

The scoring tool is a program of its own with its own dependencies: `PYTHON SCORE --out DIR MANIFEST`.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import time
import wave
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ttsbook.audio.wave import INT16_SCALE, silence
from ttsbook.engines.base import EngineSpec, Request
from ttsbook.engines.kokoro_model import RATE_HZ as KOKORO_RATE_HZ
from ttsbook.engines.kokoro_model import Kokoro, blend_style, read_packs
from ttsbook.engines.rehearse import ModelRehearsal
from ttsbook.engines.vits2 import Vits2Engine
from ttsbook.errors import MissingError, RenderError, UsageError
from ttsbook.files import atomic_write
from ttsbook.text import FrontEnd
from ttsbook.train.evaluate_table import Figures, Row, Speed, format_table, summarise
from ttsbook.train.evaluate_text import read_trained, select_texts
from ttsbook.train.evaluate_voice import RATE_HZ, Speaker, read_speakers
from ttsbook.train.listening import write_wave
from ttsbook.types import Block, BlockKind, Chapter
from ttsbook.vits2.config import LANGUAGES
from ttsbook.voice.encode import SpeakerEncoder

RECORDINGS, TEACHER = "recordings", "teacher"
PAUSE_MS = 250.0  # between chunks of one clip
N_CANDIDATES = 10  # speakers to pick from
SPEED_CLIPS, SPEED_ROUNDS, SPEED_THREADS = 8, 3, 2
Samples = NDArray[np.float32]
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is judged with what."""

    model: Path  # folder of an export
    texts: tuple[Path, ...]
    voices: tuple[Path, ...]  # folders, each a set
    score: Path  # the scoring tool
    python: Path  # an interpreter that has what the tool needs
    trained: tuple[Path, ...] = ()  # teacher folders
    count: int = 50  # clips of each set and language
    skip: int = 0  # texts before the first: those that an earlier choice was made by
    method: str = "plain"  # of analysing voices
    languages: tuple[str, ...] = LANGUAGES
    teacher: Path | None = None  # voice packs of Kokoro-82M, to say the same texts


@dataclass(frozen=True, slots=True)
class Take:
    """One clip to judge."""

    set: str
    language: str
    text: str  # "" for a recording
    path: Path
    speaker: Speaker
    candidates: tuple[Speaker, ...] = ()  # the right one first
    seed: int = 0


def evaluate(plan: Plan, out: Path, *, say: Say) -> dict[str, object]:
    """Render, score and write `evaluation.json` and `evaluation.md`; return what the former holds.

    Raises:
        MissingError: the model, the scoring tool, a voice or a text is not there.
        RenderError: the scoring tool failed.
    """
    if not plan.score.is_file():
        raise MissingError(f"there is no scoring tool at {plan.score}")
    if plan.count < 1 or plan.skip < 0:
        raise UsageError("--count must be at least 1, and --skip at least 0")
    if len({folder.name for folder in plan.voices}) < len(plan.voices):
        raise UsageError("two folders of voices have the same name, and so would their sets", "rename one")
    encoder = SpeakerEncoder()
    engine = Vits2Engine(EngineSpec("vits2", "cpu", 1, (("model", str(plan.model)),)))
    rehearsal = ModelRehearsal((("model", str(plan.model)),))
    speakers = [
        speaker
        for folder in plan.voices
        for speaker in read_speakers(folder, encoder, method=plan.method, rehearsal=rehearsal)
    ]
    say(f"{len(speakers)} speakers of {len(plan.voices)} sets")
    takes = list(_takes(plan, speakers, out))
    for take in takes:
        write_wave(take.path, _speak(engine, take), engine.rate_hz)
    say(f"{len(takes)} clips rendered")
    speed = _measure_speed(plan.model, takes)
    takes += [*_teacher_takes(plan, takes, out), *_recordings(speakers, out)]
    _write_targets(speakers, out)
    scores = _score(plan, takes, out, say)
    rows = [_row(take, score, encoder) for take, score in zip(takes, scores, strict=True)]
    return _write(plan, out, summarise(rows), speed)


def _takes(plan: Plan, speakers: Sequence[Speaker], out: Path) -> Iterable[Take]:
    """Give every text to the next speaker of the set, in both languages unless a speaker has one."""
    trained = read_trained(plan.trained)
    for language in plan.languages:
        texts = select_texts(plan.texts, language, plan.skip + plan.count, trained=trained)[plan.skip :]
        for name in dict.fromkeys(speaker.set for speaker in speakers):
            pool = [s for s in speakers if s.set == name and s.language in ("", language)]
            for index, text in enumerate(texts if pool else ()):
                speaker = pool[index % len(pool)]
                path = out / "clips" / f"{name}-{language}" / f"{index:03d}.wav"
                yield Take(name, language, text, path, speaker, _candidates(speaker, speakers), index)


def _candidates(speaker: Speaker, speakers: Sequence[Speaker]) -> tuple[Speaker, ...]:
    """Return the speaker and the next ones of the set, then of other sets."""
    own = [s for s in speakers if s.set == speaker.set and s.language == speaker.language]
    at = own.index(speaker)
    others = [s for s in speakers if s.set != speaker.set or s.language != speaker.language]
    return tuple([*own[at:], *own[:at], *others][:N_CANDIDATES])


def _teacher_takes(plan: Plan, takes: Sequence[Take], out: Path) -> list[Take]:
    """Let the teacher say the same texts in those of its voices that are judged: the bar."""
    if plan.teacher is None:
        return []
    packs = read_packs(plan.teacher)
    chosen = [
        replace(
            take,
            set=f"{TEACHER} {take.set}",
            path=out / "clips" / f"{TEACHER}-{take.path.parent.name}" / take.path.name,
        )
        for take in takes
        if take.speaker.name in packs
    ]
    kokoro = Kokoro()
    for take in chosen:
        voice = {take.speaker.name: 1.0}
        pieces = [
            kokoro.speak(r.phonemes, blend_style(packs, voice, voice, len(r.phonemes))).samples
            for r in _requests(take)
        ]
        write_wave(take.path, np.concatenate(pieces), KOKORO_RATE_HZ)
    return chosen


def _recordings(speakers: Sequence[Speaker], out: Path) -> Iterable[Take]:
    """Judge the speakers' own recordings on the same gate: the ceiling of quality."""
    return [Take(f"{RECORDINGS} {s.set}", s.language or "-", "", _target_path(s, out), s) for s in speakers]


def _speak(engine: Vits2Engine, take: Take) -> Samples:
    speech = engine.speak(_requests(take), take.speaker.profile)
    pause = silence(PAUSE_MS, engine.rate_hz)
    pieces = [piece for s in speech if len(s.samples) for piece in (s.samples, pause)]
    return np.concatenate(pieces[:-1])


def _requests(take: Take) -> list[Request]:
    """Say a text as a book would say it."""
    chapter = Chapter(1, "", (Block(BlockKind.PARAGRAPH, take.text),))
    chunks = FrontEnd(language=take.language).chunks(chapter)
    return [Request(c.phonemes, c.spoken, take.language, take.seed) for c in chunks if c.phonemes]


def _measure_speed(model: Path, takes: Sequence[Take]) -> Speed:
    """Say some texts a few times; the best round counts, since other work slows single ones down."""
    engine = Vits2Engine(EngineSpec("vits2", "cpu", SPEED_THREADS, (("model", str(model)),)))
    requests = [request for take in takes[:SPEED_CLIPS] for request in _requests(take)]
    wall, work = [], []
    for _ in range(SPEED_ROUNDS):
        begin, begin_work = time.monotonic(), time.process_time()
        speech = engine.speak(requests, takes[0].speaker.profile)
        seconds = sum(len(s.samples) / s.rate_hz for s in speech)
        wall.append((time.monotonic() - begin) / seconds)
        work.append((time.process_time() - begin_work) / seconds)
    return Speed(SPEED_THREADS, round(min(wall), 4), round(min(work), 4))


def _score(plan: Plan, takes: Sequence[Take], out: Path, say: Say) -> list[dict[str, float]]:
    """Run the scoring tool on all clips; return its row for each."""
    manifest, folder = out / "manifest.tsv", out / "score"
    lines = [
        "\t".join(
            (
                str(take.path.relative_to(out)),
                take.text,
                take.language if take.language in LANGUAGES else "en",
                # A recording is compared with nothing: its other half is the reference of the voice.
                str(_target_path(take.speaker, out).relative_to(out)) if take.text else "",
            )
        )
        for take in takes
    ]
    with atomic_write(manifest) as handle:
        handle.write(("\n".join(lines) + "\n").encode())
    log = out / "score.log"
    with open(log, "wb") as errors:
        command = [str(plan.python), str(plan.score), "--out", str(folder), str(manifest)]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=errors, stdin=subprocess.DEVNULL
        ) as run:
            assert run.stdout is not None
            for index, _ in enumerate(run.stdout, 1):
                if index % 25 == 0:
                    say(f"{min(index, len(takes))} of {len(takes)} clips scored")
    if run.returncode:
        last = log.read_text("utf-8", "replace").strip().splitlines()[-1:]
        raise RenderError(f"the scoring tool failed: {' '.join(last)}", f"its whole output is in {log}")
    rows = [json.loads(line) for line in (folder / "rows.jsonl").read_text("utf-8").splitlines()]
    if len(rows) != len(takes):
        raise RenderError(f"the scoring tool judged {len(rows)} of {len(takes)} clips", f"see {log}")
    return rows


def _row(take: Take, score: dict[str, float], encoder: SpeakerEncoder) -> Row:
    """Add to the tool's figures whether the speaker is recognised."""
    if not take.text:
        reference = np.asarray(take.speaker.profile.embedding, np.float32)
        return Row(take.set, take.language, {**score, "sim": float(reference @ take.speaker.embedding)})
    with wave.open(str(take.path)) as handle:
        rate_hz = handle.getframerate()
        samples = np.frombuffer(handle.readframes(handle.getnframes()), np.int16)
    embedding = encoder.embed(samples.astype(np.float32) / np.float32(INT16_SCALE), rate_hz)
    similarity = [float(embedding @ candidate.embedding) for candidate in take.candidates]
    picked = float(int(np.argmax(similarity)) == 0)  # the right one stands first
    return Row(take.set, take.language, {**score, "picked": picked})


def _write(plan: Plan, out: Path, figures: Sequence[Figures], speed: Speed) -> dict[str, object]:
    index = json.loads((plan.model / "base.json").read_text("utf-8"))
    result: dict[str, object] = {
        "schema_version": 1,
        "model": index["sha256"],
        "count": plan.count,
        "skip": plan.skip,
        "method": plan.method,
        "texts": {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in plan.texts},
        "speed": asdict(speed),
        "candidates": N_CANDIDATES,
        "sets": [asdict(item) for item in figures],
    }
    with atomic_write(out / "evaluation.json") as handle:
        handle.write((json.dumps(result, ensure_ascii=False, indent=1) + "\n").encode())
    with atomic_write(out / "evaluation.md") as handle:
        handle.write(format_table(figures, speed).encode())
    return result


def _write_targets(speakers: Sequence[Speaker], out: Path) -> None:
    for speaker in speakers:
        write_wave(_target_path(speaker, out), speaker.target, RATE_HZ)


def _target_path(speaker: Speaker, out: Path) -> Path:
    suffix = f"-{speaker.language}" if speaker.language else ""
    return out / "targets" / f"{speaker.set}-{speaker.name}{suffix}.wav"
