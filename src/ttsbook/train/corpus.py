"""All training clips in memory, and random windows of them as batches.

Everything lies in a few long tensors on the training device: a batch is some indexing, which keeps a
fast card busy without loader processes. An hour takes 170 MB.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ttsbook import symbols
from ttsbook.errors import InputError
from ttsbook.train.archive import Clip
from ttsbook.train.decode import decode
from ttsbook.vits2.config import LANGUAGES, ModelConfig, pitch_numbers

CONTEXT = 16  # phonemes on either side of a window that the text encoder sees
MIN_VOICED = 6  # frames; fewer say nothing about a voice's pitch


@dataclass(frozen=True, slots=True)
class Batch:
    """Windows of labelled clips. B clips, T phonemes, N latent frames."""

    ids: Tensor  # [B, T]
    text_mask: Tensor  # [B, T]
    frames: Tensor  # [B, T] whole length of each phoneme at speed 1, float
    window: Tensor  # [B, T] frames of it inside the window
    samples: Tensor  # [B, N·latent_hop]
    f0: Tensor  # [B, 2N]
    n_frames: Tensor  # [B] used of N
    embedding: Tensor  # [B, 256]
    pitch: Tensor  # [B, 2]
    language: Tensor  # [B]
    full_band: Tensor  # [B] bool: False for recordings with nothing above 8 kHz


@dataclass(frozen=True, slots=True)
class Crop:
    """Pieces of recordings, with or without text."""

    samples: Tensor  # [B, N·latent_hop]
    f0: Tensor  # [B, 2N]
    embedding: Tensor  # [B, 256]
    full_band: Tensor  # [B]


@dataclass(frozen=True, slots=True)
class Line:
    """What is said in one labelled clip."""

    clip: int
    ids: Tensor  # [1, T]
    language: Tensor  # [1]


class Corpus:
    """Clips with durations are labelled: they teach text, pitch and timing. All teach the decoder."""

    def __init__(
        self, clips: Sequence[Clip], config: ModelConfig, device: torch.device, *, seed: int
    ) -> None:
        if not clips:
            raise InputError("the training data holds no clip")
        self.config, self.device = config, device
        self.random = torch.Generator().manual_seed(seed)
        with ThreadPoolExecutor() as threads:  # libav releases the interpreter
            waves = list(threads.map(_decode_clip, clips))
        hop = config.hop
        self._start, self._samples = _join(waves, device)
        pitches = [_fit(clip.f0, clip.n_samples // hop + 1) for clip in clips]
        self._f0_start, self._f0 = _join(pitches, device)
        # [clips, 2, 256] and [clips, 2, 2]: the voice of each half; twice the same if told as a whole.
        voices = [np.broadcast_to(clip.embedding, (2, clip.embedding.shape[-1])) for clip in clips]
        self.embedding = torch.from_numpy(np.stack(voices)).to(device)
        self.pitch = torch.tensor([_half_pitches(clip) for clip in clips], device=device)
        self.full_band = torch.tensor([clip.band_hz >= 11_000 for clip in clips], device=device)
        self.n_latent = torch.tensor([clip.n_samples // config.latent_hop for clip in clips])
        labelled = [index for index, clip in enumerate(clips) if clip.durations]
        self._label(clips, labelled)
        recorded = [index for index, clip in enumerate(clips) if clip.band_hz < 11_000]
        self.recorded = torch.tensor(recorded, dtype=torch.long)
        # Labelled recordings too: their wave is sure, even where their found durations are not.
        other = [i for i, clip in enumerate(clips) if not clip.durations or clip.band_hz < 11_000]
        self.other = torch.tensor(other, dtype=torch.long)

    def _label(self, clips: Sequence[Clip], labelled: Sequence[int]) -> None:
        self.labelled = torch.tensor(labelled, dtype=torch.long)
        width = max((len(clips[i].durations) for i in labelled), default=1)
        ids = torch.zeros(len(labelled), width, dtype=torch.long)
        durations = torch.zeros_like(ids)
        for row, index in enumerate(labelled):
            clip = clips[index]
            encoded = symbols.encode(clip.phonemes)
            if len(encoded) != len(clip.durations):
                raise InputError(
                    f"clip {clip.id}: {len(clip.durations)} durations for {len(encoded)} phonemes",
                    "prepare the data again with this version",
                )
            ids[row, : len(encoded)] = torch.tensor(encoded)
            durations[row, : len(encoded)] = torch.tensor(clip.durations)
        self._ids, self._durations = ids.to(self.device), durations.to(self.device)
        self._speed = torch.tensor([clips[i].speed for i in labelled], device=self.device)
        self._language = torch.tensor(
            [LANGUAGES.index(clips[i].language) for i in labelled], device=self.device
        )

    @property
    def hours(self) -> float:
        return len(self._samples) / self.config.rate_hz / 3600

    def batch(self, rows: Tensor, n_frames: int) -> Batch:
        """Cut a random window of `n_frames` latent frames from each labelled clip.

        rows: [B] positions among the labelled clips.
        """
        clips = self.labelled[rows]
        total = self._durations[rows.to(self.device)].sum(1).cpu()
        room = (total - n_frames + 1).clamp(min=1)
        begin = (torch.rand(len(rows), generator=self.random) * room).long()
        used = torch.minimum(total, begin + n_frames) - begin
        rows, begin, end = (x.to(self.device) for x in (rows, begin, begin + used))
        durations = self._durations[rows]
        ends = durations.cumsum(1)
        inside = (torch.minimum(ends, end[:, None]) - torch.maximum(ends - durations, begin[:, None])).clamp(
            min=0
        )
        hit = inside > 0
        first = hit.int().argmax(1)
        last = hit.shape[1] - 1 - hit.flip(1).int().argmax(1)
        known = (durations > 0).sum(1)
        left = (first - CONTEXT).clamp(min=0)
        right = torch.minimum(last + 1 + CONTEXT, known)
        index = left[:, None] + torch.arange(int((right - left).max()), device=self.device)
        mask = (index < right[:, None]).float()
        index = index.clamp(max=durations.shape[1] - 1)

        def cut(values: Tensor) -> Tensor:
            return values.gather(1, index) * mask.to(values.dtype)

        clips = clips.to(self.device)
        samples, f0 = self._cut(clips, begin, used.to(self.device), n_frames)
        embedding, pitch = self._voice(clips, begin + used.to(self.device) // 2)
        return Batch(
            ids=cut(self._ids[rows]),
            text_mask=mask,
            frames=cut(durations) * self._speed[rows, None],
            window=cut(inside),
            samples=samples,
            f0=f0,
            n_frames=used.to(self.device),
            embedding=embedding,
            pitch=pitch,
            language=self._language[rows],
            full_band=self.full_band[clips],
        )

    def crops(self, count: int, n_frames: int) -> Crop:
        """Cut random pieces of recordings, and of what else has no labels, that are long enough.

        Without such, of all clips: teacher speech alone is enough to begin with.
        """
        long = self.n_latent > n_frames + 1
        pool = self.other[long[self.other]]
        if not len(pool):
            pool = long.nonzero()[:, 0]
        if not len(pool):
            raise InputError("the training data holds no clip of a second or more")
        clips = pool[torch.randint(len(pool), (count,), generator=self.random)]
        room = self.n_latent[clips] - n_frames
        begin = (torch.rand(count, generator=self.random) * room).long().to(self.device)
        clips = clips.to(self.device)
        samples, f0 = self._cut(clips, begin, torch.full_like(begin, n_frames), n_frames)
        embedding, _ = self._voice(clips, begin + n_frames // 2)
        return Crop(samples, f0, embedding, self.full_band[clips])

    def draw(self, count: int, recorded: int) -> Tensor:
        """Return random positions among the labelled clips [count], `recorded` of them of recordings.

        Longer clips are drawn more often: every second of speech counts the same. If there are no
        labelled recordings, or nothing else, all come from what there is.
        """
        narrow = ~self.full_band[self.labelled.to(self.device)].cpu()
        seconds = self.n_latent[self.labelled].float()
        counts = {True: recorded, False: count - recorded}
        if narrow.all() or not narrow.any():
            counts = {bool(narrow[0]): count}
        drawn = [
            torch.multinomial(seconds * (narrow == kind), n, replacement=True, generator=self.random)
            for kind, n in counts.items()
            if n
        ]
        rows = torch.cat(drawn)
        return rows[torch.randperm(count, generator=self.random)]

    def first_lines(self) -> list[Line]:
        """Return the first labelled clip of each language."""
        rows: dict[int, int] = {}
        for row, language in enumerate(self._language.tolist()):
            rows.setdefault(language, row)
        return [
            Line(
                int(self.labelled[row]),
                self._ids[row : row + 1, : int((self._durations[row] > 0).sum())],
                self._language[row : row + 1],
            )
            for row in rows.values()
        ]

    def voices(self, count: int) -> tuple[Tensor, Tensor]:
        """Draw voices of recordings: embeddings [count, 256] and pitch [count, 2].

        Raises:
            InputError: there are no recordings.
        """
        if not len(self.recorded):
            raise InputError("the training data holds no recording whose voice could be borrowed")
        index = torch.randint(len(self.recorded), (count,), generator=self.random)
        half = torch.randint(2, (count,), generator=self.random).to(self.device)
        clips = self.recorded[index].to(self.device)
        return self.embedding[clips, half], self.pitch[clips, half]

    def _voice(self, clips: Tensor, middle: Tensor) -> tuple[Tensor, Tensor]:
        """Return the voice of the half that a window around latent frame `middle` is not in."""
        other = (middle < self.n_latent.to(self.device)[clips] // 2).long()
        return self.embedding[clips, other], self.pitch[clips, other]

    def _cut(self, clips: Tensor, begin: Tensor, used: Tensor, n_frames: int) -> tuple[Tensor, Tensor]:
        def gather(data: Tensor, start: Tensor, rate: int) -> Tensor:
            step = torch.arange(n_frames * rate, device=self.device)
            index = (start[clips] + begin * rate)[:, None] + step
            inside = step < (used * rate)[:, None]
            return data[index.clamp(max=len(data) - 1)] * inside

        samples = gather(self._samples, self._start, self.config.latent_hop).float() / 32_767
        return samples, gather(self._f0, self._f0_start, 2)


def no_durations() -> InputError:
    """Return what to say of clips that nothing can be learned from but the sound of a voice."""
    return InputError(
        "no clip of the training data has durations, which text is learned from",
        "add teacher speech, or find durations with `python -m ttsbook.train align`",
    )


def _join(pieces: Sequence[np.ndarray], device: torch.device) -> tuple[Tensor, Tensor]:
    """Return where each piece starts and all of them in one tensor."""
    lengths = torch.tensor([len(piece) for piece in pieces])
    return (lengths.cumsum(0) - lengths).to(device), torch.from_numpy(np.concatenate(pieces)).to(device)


def _decode_clip(clip: Clip) -> np.ndarray:
    wave = decode(clip.opus, clip.n_samples) * clip.gain
    int16: np.ndarray = np.clip(np.rint(wave * 32_767), -32_768, 32_767).astype(np.int16)
    return int16


def _fit(values: np.ndarray, length: int) -> np.ndarray:
    return np.pad(values[:length], (0, max(0, length - len(values)))).astype(np.float32)


def _half_pitches(clip: Clip) -> tuple[tuple[float, float], tuple[float, float]]:
    if clip.embedding.ndim == 1:
        whole = clip_pitch(clip.f0)
        return whole, whole
    middle = len(clip.f0) // 2
    return clip_pitch(clip.f0[:middle]), clip_pitch(clip.f0[middle:])


def clip_pitch(f0: np.ndarray) -> tuple[float, float]:
    """Return the two numbers that tell the model how a clip is pitched."""
    voiced = f0[f0 > 0]
    if len(voiced) < MIN_VOICED:
        return pitch_numbers(5.0, 0.2)
    logs = np.log(voiced)
    return pitch_numbers(float(logs.mean()), float(logs.std()))
