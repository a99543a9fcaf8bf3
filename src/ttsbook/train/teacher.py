"""Text → synthetic speech by Kokoro-82M with exact durations and pitch, and clips of its single voices.

    out/meta.jsonl      an utterance a line: text, phonemes, durations, blend of voices, speed
    out/f0.npz          float16 Hz at 80 per second, by id; below 40 = unvoiced
    out/audio/ID.opus   24 kHz mono

What is said, and by whom, follows from the seed and the texts alone, so an interrupted run goes on
where it was. Paragraphs kept for evaluation are passed over, and so are the voices held out.
"""

from __future__ import annotations

import io
import json
import multiprocessing
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ttsbook.engines.kokoro_model import RATE_HZ, Kokoro, blend_style, join_model, read_packs
from ttsbook.errors import InputError, UsageError
from ttsbook.files import atomic_write, make_folder
from ttsbook.text import FrontEnd
from ttsbook.train.evaluate_text import is_held_out, read_paragraphs, select_texts
from ttsbook.train.prepare import encode_opus
from ttsbook.train.teacher_blend import Blend, choose_voices, draw_blend, language_of
from ttsbook.types import Block, BlockKind, Chapter
from ttsbook.vits2.config import LANGUAGES

MAX_CHARACTERS, MAX_PHONEMES = 200, 220  # a dozen seconds; longer ones cost the square
MIN_PHONEMES = 8
SAVE_EVERY_S = 110.0
SECONDS_PER_PHONEME = {"en": 0.064, "zh": 0.057}  # as measured; keeps the languages even
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Utterance:
    """One thing to say."""

    id: str
    language: str
    text: str
    phonemes: str
    blend: Blend


@dataclass(frozen=True, slots=True)
class Made:
    """One thing said, as it goes to disk."""

    row: dict[str, Any]
    f0: NDArray[np.float16]
    opus: bytes


def make_speech(
    out: Path,
    *,
    hours: float,
    texts: Sequence[Path],
    voices: Path,
    among: Sequence[str] = (),
    seed: int,
    workers: int,
    say: Say,
) -> float:
    """Speak until `out` holds so many hours; return how many it holds.

    With `among`, only in voices whose names begin so.

    Raises:
        UsageError: no voice's name begins so, or only those of voices held out.
        MissingError: a part of the model, or a voice pack, is not there.
        InputError: the texts end before.
    """
    make_folder(out / "audio")
    rows, pitches = _read(out)
    done: float = sum(row["n_samples"] for row in rows) / RATE_HZ / 3600
    plan = plan_utterances(texts, choose_voices(read_packs(voices), among), seed)
    known = {row["id"] for row in rows}
    saved = time.monotonic()
    waiting = (utterance for utterance in plan if utterance.id not in known)
    with _pool(voices, workers) as pool:
        while done < hours:
            made = list(pool.map(_speak, islice(waiting, 4 * workers)))
            if not made:
                break
            for item in made:
                if done >= hours:  # what is kept must not depend on how many were spoken at once
                    break
                with atomic_write(out / "audio" / f"{item.row['id']}.opus", durable=False) as handle:
                    handle.write(item.opus)
                rows.append(item.row)
                pitches[item.row["id"]] = item.f0
                done += item.row["n_samples"] / RATE_HZ / 3600
            if time.monotonic() - saved > SAVE_EVERY_S:
                _write(out, rows, pitches)
                saved = time.monotonic()
                say(f"{done:.3f} of {hours} h, {len(rows)} utterances")
    _write(out, rows, pitches)
    if done < hours:
        raise InputError(f"the texts ended after {done:.2f} of {hours} h", "name more text files")
    return done


def plan_utterances(texts: Sequence[Path], voices: Sequence[str], seed: int) -> Iterator[Utterance]:
    """Yield what to say, the languages even in seconds, in an order that the seed decides."""
    queues = {language: _passages(texts, language, seed) for language in LANGUAGES}
    spent = dict.fromkeys(LANGUAGES, 0.0)
    index = 0
    while queues:
        language = min(queues, key=lambda name: spent[name])
        passage = next(queues[language], None)
        if passage is None:
            if spent[language] > 0:
                return  # the other language would go on alone
            del queues[language]  # no text in it at all
            continue
        text, phonemes = passage
        random = np.random.default_rng([seed, index])
        yield Utterance(f"{seed}_{index}", language, text, phonemes, draw_blend(voices, language, random))
        spent[language] += SECONDS_PER_PHONEME[language] * len(phonemes)
        index += 1


def make_references(
    out: Path,
    *,
    speakers: Sequence[str],
    voices: Path,
    sentences: Sequence[str] = (),
    texts: Sequence[Path] = (),
) -> list[Path]:
    """Let single voices, also those held out, say sentences; the folder is a set for `evaluate`.

    Without `sentences`, two passages of `texts` that are kept for evaluation, in each voice's language.

    Raises:
        UsageError: no such voice, or nothing to say.
        InputError: the texts hold too few passages.
    """
    packs = read_packs(voices)
    unknown = sorted(set(speakers) - set(packs))
    if unknown:
        raise UsageError(f"no voice pack {unknown[0]!r} in {voices}", f"known: {', '.join(packs)}")
    if not sentences and not texts:
        raise UsageError("nothing to say", "give sentences with --say, or files with --text")
    make_folder(out)
    kokoro = Kokoro()
    reserve = {} if sentences else {language: select_texts(texts, language) for language in LANGUAGES}
    table, paths = ["file\tspeaker\tlanguage\tuse\ttext"], []
    for name in speakers:
        language = language_of(name)
        for index, text in enumerate(sentences or _take_last(reserve[language])):
            path = out / f"{name}-{index}.opus"
            with atomic_write(path) as handle:
                handle.write(encode_opus(_say_alone(kokoro, packs, name, text, language)))
            table.append("\t".join((path.name, name, language, "evaluate", text)))
            paths.append(path)
    with atomic_write(out / "speakers.tsv") as handle:
        handle.write(("\n".join(table) + "\n").encode())
    return paths


def _take_last(passages: list[str], count: int = 2) -> list[str]:
    """Take passages away from the end: `evaluate` reads from the beginning and says other things."""
    if len(passages) < count:
        raise InputError("the texts hold too few passages for all voices", "name more text files")
    return [passages.pop() for _ in range(count)]


def _say_alone(
    kokoro: Kokoro, packs: dict[str, NDArray[np.float32]], name: str, text: str, language: str
) -> NDArray[np.float32]:
    whole = {name: 1.0}
    pieces = [
        kokoro.speak(phonemes, blend_style(packs, whole, whole, len(phonemes))).samples
        for _, phonemes in _say(text, FrontEnd().say(text, language)[2])
    ]
    if not pieces:
        raise InputError(f"there is nothing to say in {text!r}")
    return np.concatenate(pieces)


def _passages(texts: Sequence[Path], language: str, seed: int) -> Iterator[tuple[str, str]]:
    """Yield text and phonemes of what fits into one utterance, in random order."""
    paragraphs = [
        p.text for p in read_paragraphs(texts) if p.language == language and not is_held_out(p.text)
    ]
    random = np.random.default_rng([seed, LANGUAGES.index(language)])
    # Paragraph by paragraph, so that the first passage does not wait for the phonemes of whole books.
    for index in random.permutation(len(paragraphs)):
        for text, phonemes in _say(paragraphs[index], language):
            if MIN_PHONEMES <= len(phonemes) <= MAX_PHONEMES:
                yield text, phonemes


def _say(text: str, language: str) -> Iterator[tuple[str, str]]:
    front_end = FrontEnd(language=language, max_characters=MAX_CHARACTERS, max_phonemes=MAX_PHONEMES)
    for chunk in front_end.chunks(Chapter(1, "", (Block(BlockKind.PARAGRAPH, text),))):
        if chunk.phonemes:
            yield chunk.text.strip(), chunk.phonemes


class _Speaker:
    """What a worker process keeps."""

    kokoro: Kokoro
    packs: dict[str, NDArray[np.float32]]


def _pool(voices: Path, workers: int) -> ProcessPoolExecutor:
    join_model()  # once, before the workers look for it
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers, context, initializer=_load, initargs=(voices,))


def _load(voices: Path) -> None:
    _Speaker.kokoro, _Speaker.packs = Kokoro(), read_packs(voices)


def _speak(utterance: Utterance) -> Made:
    blend = utterance.blend
    style = blend_style(_Speaker.packs, blend.timbre, blend.prosody, len(utterance.phonemes))
    spoken = _Speaker.kokoro.speak(utterance.phonemes, style, blend.speed)
    row = {
        "id": utterance.id,
        "lang": utterance.language,
        "text": utterance.text,
        "phonemes": utterance.phonemes,
        "speed": blend.speed,
        "duration_units": list(spoken.durations),
        "timbre": blend.timbre,
        "prosody": blend.prosody,
        "n_samples": len(spoken.samples),
    }
    return Made(row, spoken.f0.astype(np.float16), encode_opus(spoken.samples))


def _read(out: Path) -> tuple[list[dict[str, Any]], dict[str, NDArray[np.float16]]]:
    """Return what an earlier call left; what is not whole is spoken again."""
    meta, pitch = out / "meta.jsonl", out / "f0.npz"
    if not meta.is_file() or not pitch.is_file():
        return [], {}
    try:
        rows = [json.loads(line) for line in meta.read_text("utf-8").splitlines()]
        with np.load(pitch, allow_pickle=False) as arrays:
            pitches = {name: arrays[name] for name in arrays.files}
    except (ValueError, OSError) as error:
        raise InputError(f"{out} holds damaged teacher speech: {error}", "choose another folder") from error
    rows = [r for r in rows if r["id"] in pitches and (out / "audio" / f"{r['id']}.opus").is_file()]
    return rows, pitches


def _write(out: Path, rows: Iterable[dict[str, Any]], pitches: dict[str, NDArray[np.float16]]) -> None:
    arrays = io.BytesIO()
    np.savez_compressed(arrays, **pitches)  # type: ignore[arg-type]
    # The table comes last: it names only what the other files hold.
    with atomic_write(out / "f0.npz") as handle:
        handle.write(arrays.getvalue())
    with atomic_write(out / "meta.jsonl") as handle:
        handle.write("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode())
