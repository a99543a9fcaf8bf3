"""Many utterances at once, for devices that are only busy when much is asked of them.

    utterances ─ by length of text ─► encode ─► durations ─ by number of frames ─► decode ─► samples

Sums inside a matrix product may be ordered differently for another shape. So an utterance is always padded
to the bucket of its own length, and a batch to its full number of rows: what comes out for it depends
neither on its neighbours nor on how many there are.
Knows nothing of what computes the stages (`Stages`), of phonemes or of engines.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from ttsbook.errors import InputError, RenderError
from ttsbook.vits2.config import LANGUAGES, ModelConfig
from ttsbook.vits2.tempo import frames_at, pace

Real = NDArray[np.float32]
Whole = NDArray[np.int64]
E = TypeVar("E")

# Bounds of padding: a third more work at worst. The coarse ones are for engines that are built per shape.
FINE = (32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048)
COARSE = (64, 128, 256, 512, 1024, 2048)
FRAMES_AT_ONCE = 1 << 13  # latent frames of a batch, 200 s of sound; takes 1.5 GB at most
FRAMES_OF_A_BUILD = FRAMES_AT_ONCE // 2  # for engines built per shape: each build keeps memory of its own
MAX_ROWS = 32
TEXT_ROWS = 16
_ENOUGH_BYTES = 3 << 30  # of free memory, for batches of full size


@dataclass(frozen=True, slots=True)
class Utterance:
    """One thing to say, in the model's terms."""

    ids: Sequence[int]  # with a pad at both ends
    embedding: Real  # [S] unit length
    pitch: tuple[float, float]  # from `pitch_numbers`
    language: str  # "en" or "zh"
    seed: int
    noise_scale: float  # of the prior's noise
    speed: float = 1.0
    tone: Real | None = None  # factors for the bins of its spectrum [n_bins]
    rises: tuple[tuple[int, int], ...] = ()  # first and last place in `ids` of stretches whose pitch climbs


@dataclass(frozen=True, slots=True)
class Timed(Generic[E]):
    """An encoded utterance whose phonemes have lengths, read at a rate; see `tempo.pace`."""

    utterance: Utterance
    encoded: E
    durations: Whole  # [T] latent frames
    rate: float

    @property
    def n_frames(self) -> int:
        """Latent frames before they are read at the rate."""
        return int(self.durations.sum())

    @property
    def n_heard(self) -> int:
        """Latent frames that the decoder sees."""
        return frames_at(self.rate, self.n_frames)


class Stages(Protocol[E]):
    """The networks on some device; `E` is what one encoded utterance looks like there."""

    @property
    def config(self) -> ModelConfig: ...

    def encode(self, batch: EncodeBatch) -> list[tuple[E, Real]]:
        """Return, for every row of the batch, its states and log-durations [T]."""
        ...

    def decode(self, rows: Sequence[Timed[E]], n_frames: int, n_rows: int) -> list[Real]:
        """Return the samples [L] of each row, computed as if `n_rows` had `n_frames`."""
        ...


@dataclass(frozen=True, slots=True)
class EncodeBatch:
    """What the text encoder takes: padded to [B, T]."""

    ids: Whole  # [B, T]
    mask: Real  # [B, T], 1 where there is a phoneme
    embedding: Real  # [B, S]
    pitch: Real  # [B, 2]
    language: Whole  # [B]


def speak_all(
    stages: Stages[E], utterances: Sequence[Utterance], *, buckets: Sequence[int], frames_at_once: int
) -> list[tuple[Real, NDArray[np.float64]]]:
    """Speak utterances; return samples [L] of each, and durations [T] in latent frames, in the same order.

    Raises:
        InputError: a language that the voice does not speak.
        OutOfMemory: a batch does not fit; fewer `frames_at_once` may.
        RenderError: the stages failed, or samples are not finite.
    """
    for utterance in utterances:
        if utterance.language not in LANGUAGES:
            raise InputError(f"the voice speaks {' and '.join(LANGUAGES)}, not {utterance.language!r}")
    timed: dict[int, Timed[E]] = {}
    for n_phonemes, positions in _grouped([len(u.ids) for u in utterances], buckets):
        for some in _portions(positions, TEXT_ROWS):
            batch = _encode_batch([utterances[at] for at in some], n_phonemes)
            for at, (encoded, log_frames) in zip(some, stages.encode(batch), strict=False):
                utterance = utterances[at]
                durations, rate = pace(log_frames[: len(utterance.ids)], utterance.speed)
                timed[at] = Timed(utterance, encoded, durations, rate)
    samples: dict[int, Real] = {}
    lengths = [max(timed[at].n_frames, timed[at].n_heard) for at in range(len(utterances))]
    for n_frames, positions in _grouped(lengths, buckets):
        n_rows = rows_of(n_frames, frames_at_once)
        for some in _portions(positions, n_rows):
            waves = stages.decode([timed[at] for at in some], n_frames, n_rows)
            samples.update(zip(some, map(checked, waves), strict=True))
    return [(samples[at], timed[at].durations / timed[at].rate) for at in range(len(utterances))]


def bucket_of(length: int, buckets: Sequence[int]) -> int:
    """Return the length to pad to: the smallest bucket that holds it, beyond the last its multiples."""
    last = buckets[-1]
    return next((bucket for bucket in buckets if length <= bucket), -(-length // last) * last)


def rows_of(n_frames: int, frames_at_once: int) -> int:
    """Return how many utterances of `n_frames` are decoded together."""
    return max(1, min(MAX_ROWS, frames_at_once // n_frames))


def frames_that_fit(free_bytes: int | None, most: int = FRAMES_AT_ONCE) -> int:
    """Return how many latent frames to decode together: `most`, halved for every halving of scarce memory.

    Steps, because another number may change the last bits.
    """
    frames = most
    while free_bytes is not None and free_bytes < _ENOUGH_BYTES and frames > most // 16:
        free_bytes, frames = 2 * free_bytes, frames // 2
    return frames


def spread_index(durations: Whole, n_frames: int) -> tuple[Whole, Real]:
    """Return which phoneme each frame belongs to [N], and its position in it [2, N]; padded with zeros.

    See `prior.spread_frames`.
    """
    index = np.repeat(np.arange(len(durations)), durations)
    length = durations[index]
    start = (np.cumsum(durations) - durations)[index]
    inside = (np.arange(len(index)) - start + 0.5) / length
    position = np.zeros((2, n_frames), np.float32)
    position[:, : len(index)] = inside, np.log1p(length) / 3
    padded = np.zeros(n_frames, np.int64)
    padded[: len(index)] = index
    return padded, position


def _grouped(lengths: Sequence[int], buckets: Sequence[int]) -> Iterable[tuple[int, list[int]]]:
    """Yield each bucket with the positions of what belongs into it, in order."""
    marked = sorted((bucket_of(length, buckets), at) for at, length in enumerate(lengths))
    for bucket, group in groupby(marked, key=lambda pair: pair[0]):
        yield bucket, [at for _, at in group]


def _portions(positions: list[int], size: int) -> Iterable[list[int]]:
    return (positions[start : start + size] for start in range(0, len(positions), size))


def _encode_batch(utterances: Sequence[Utterance], n_phonemes: int) -> EncodeBatch:
    """Pad to `TEXT_ROWS` rows; the rows beyond repeat the first, which is as cheap as anything."""
    rows = [*utterances, *[utterances[0]] * (TEXT_ROWS - len(utterances))]
    ids = np.zeros((TEXT_ROWS, n_phonemes), np.int64)
    mask = np.zeros((TEXT_ROWS, n_phonemes), np.float32)
    for row, utterance in enumerate(rows):
        ids[row, : len(utterance.ids)] = utterance.ids
        mask[row, : len(utterance.ids)] = 1
    return EncodeBatch(
        ids,
        mask,
        np.stack([utterance.embedding for utterance in rows]),
        np.array([utterance.pitch for utterance in rows], np.float32),
        np.array([LANGUAGES.index(utterance.language) for utterance in rows], np.int64),
    )


def checked(samples: Real) -> Real:
    """Return the samples within full scale.

    Raises:
        RenderError: some are not finite.
    """
    if not np.isfinite(samples).all():
        raise RenderError("the model returned numbers that are not finite")
    clipped: Real = np.clip(samples, -1, 1)
    return clipped
