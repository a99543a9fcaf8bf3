"""Recordings with phonemes but without durations → the same with durations, by a trained model.

The posterior turns the recording into latents, the flow takes them to the prior's space, and there a
monotonic search finds the phonemes' frames. The prior of a frame depends on the phoneme's length and
on the pitch: the pitch is measured, and the lengths are guessed: the predicted ones, fitted to the clip.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ttsbook import symbols
from ttsbook.errors import MissingError, UsageError
from ttsbook.train.archive import SUFFIX, Clip, read_archives, write_archive
from ttsbook.train.corpus import clip_pitch
from ttsbook.train.decode import decode
from ttsbook.vits2.align import search
from ttsbook.vits2.checkpoint import load_weights, read_config
from ttsbook.vits2.config import LANGUAGES, ModelConfig
from ttsbook.vits2.model import Synthesizer, whole_frames
from ttsbook.vits2.posterior import PosteriorEncoder
from ttsbook.vits2.prior import spread_frames
from ttsbook.voice.encode import mean_direction

MAX_PHONEMES = 500  # attention has seen no longer texts
WORST = 0.9  # mean |log(found / predicted length)|; catches gross mismatches only: wrong texts begin at 0.4


@dataclass(frozen=True, slots=True)
class Alignment:
    """Lengths of a clip's phonemes and pads."""

    durations: tuple[int, ...]  # latent frames
    surprise: float  # mean |log(found / predicted)|, the speed of the clip taken out


class Aligner:
    """Finds durations with the weights of a run, or with those that ship in two files.

    Args:
        posterior: the file with the posterior encoder, if `checkpoint` does not hold it.
    """

    def __init__(self, checkpoint: Path, device: torch.device, posterior: Path | None = None) -> None:
        self.config: ModelConfig = read_config(checkpoint)
        self.device = device
        self._model = Synthesizer(self.config)
        self._posterior = PosteriorEncoder(self.config)
        load_weights(checkpoint, {"synthesizer": self._model})
        load_weights(posterior or checkpoint, {"posterior": self._posterior})
        for network in (self._model, self._posterior):
            network.to(device).eval().requires_grad_(False)

    def fits(self, clip: Clip) -> bool:
        """Return whether the clip has phonemes, and a frame for each of them."""
        n_ids = len(clip.phonemes) + 2
        n_frames = clip.n_samples // self.config.latent_hop
        return bool(clip.phonemes) and n_ids <= min(n_frames, MAX_PHONEMES)

    @torch.no_grad()
    def align(self, clip: Clip) -> Alignment:
        """Find the durations of one clip that `fits`."""
        ids = torch.tensor([symbols.encode(clip.phonemes)], device=self.device)
        n_frames = clip.n_samples // self.config.latent_hop
        mask = torch.ones(1, 1, n_frames, device=self.device)
        embedding = torch.from_numpy(mean_direction(np.atleast_2d(clip.embedding)))[None].to(self.device)
        pitch = torch.tensor([clip_pitch(clip.f0)], device=self.device)
        language = torch.tensor([LANGUAGES.index(clip.language)], device=self.device)
        g, hidden, log_frames = self._model.encode(
            ids, torch.ones_like(ids).float(), embedding, pitch, language
        )
        wave = torch.from_numpy(decode(clip.opus, clip.n_samples) * clip.gain)[None].to(self.device)
        mean, _ = self._posterior(wave, embedding, n_frames)
        z = self._model.flow(mean, g, mask)
        f0 = self._half_frames(clip, n_frames)
        predicted = torch.exp(log_frames[0])
        predicted = predicted * (n_frames / predicted.sum())
        guess = whole_frames(torch.log(predicted)[None])
        # Searching again from the lengths that were found moved boundaries by less than a frame.
        score = self._score(z, hidden, guess, g, f0)
        durations = search(score, torch.tensor([ids.shape[1]]), torch.tensor([n_frames]))[0]
        surprise = (torch.log(durations) - torch.log(predicted.cpu().clamp(min=1))).abs().mean()
        return Alignment(tuple(durations.tolist()), float(surprise))

    def _score(self, z: Tensor, hidden: Tensor, durations: Tensor, g: Tensor, f0: Tensor) -> Tensor:
        """Log-likelihood of every frame under every phoneme [1, T, N], given a guess of the lengths.

        The statistics are linear in frame states and pitch, so a phoneme's part comes from the guess
        and a frame's part from the pitch that was measured there.
        """
        length = int(durations.sum())
        spread, position, mask = spread_frames(hidden, durations, length)
        frames, _ = self._model.prior(spread, position, g, mask)
        prior = self._model.prior
        silent = torch.zeros(1, 2 * length, device=z.device)
        own = torch.cat(prior.gaussian(frames, silent, mask), 1)  # [1, 2Z, length]
        owner = torch.repeat_interleave(torch.arange(durations.shape[1], device=z.device), durations[0])
        sums = torch.zeros(1, own.shape[1], durations.shape[1], device=z.device).index_add(2, owner, own)
        phonemes = sums / durations[:, None].float()  # [1, 2Z, T]
        nothing = torch.zeros(1, frames.shape[1], z.shape[2], device=z.device)
        whole = torch.ones(1, 1, z.shape[2], device=z.device)
        shift = torch.cat(prior.gaussian(nothing, f0, whole), 1)
        shift = shift - torch.cat(prior.gaussian(nothing, torch.zeros_like(f0), whole), 1)  # [1, 2Z, N]
        mean, log_deviation = (phonemes[..., None] + shift[:, :, None]).chunk(2, 1)  # [1, Z, T, N]
        distance = (z[:, :, None] - mean) ** 2 * torch.exp(-2 * log_deviation)
        return -(log_deviation + 0.5 * distance).sum(1)

    def _half_frames(self, clip: Clip, n_frames: int) -> Tensor:
        f0 = torch.zeros(2 * n_frames)
        known = torch.from_numpy(clip.f0[: 2 * n_frames])
        f0[: len(known)] = known
        return f0[None].to(self.device)


@dataclass(slots=True)
class Counts:
    """Of clips that had phonemes and no durations."""

    with_phonemes: int = 0
    aligned: int = 0


def align_clips(clips: Iterable[Clip], aligner: Aligner, counts: Counts) -> Iterator[Clip]:
    """Yield all clips; those with phonemes and no durations get them, if they can be believed."""
    for clip in clips:
        if clip.durations or not clip.phonemes:
            yield clip
            continue
        counts.with_phonemes += 1
        found = aligner.align(clip) if aligner.fits(clip) else None
        if found is None or found.surprise > WORST:
            yield clip
            continue
        counts.aligned += 1
        yield replace(clip, durations=found.durations)


def align_archives(data: Path, out: Path, aligner: Aligner) -> Iterator[tuple[Path, Counts]]:
    """Write every archive of a folder (or one archive) again, with durations; yield each as it is done.

    Raises:
        MissingError: there is no archive.
        UsageError: the archives would overwrite themselves.
    """
    files = [data] if data.is_file() else sorted(data.glob(f"*{SUFFIX}"))
    if not files:
        raise MissingError(
            f"no training data (*{SUFFIX}) in {data}", "make some with `python -m ttsbook.train prepare`"
        )
    for file in files:
        path = out / file.name
        if path.resolve() == file.resolve():
            raise UsageError(f"{file} would be overwritten", "choose another folder")
        counts = Counts()
        write_archive(path, align_clips(read_archives(file), aligner, counts))
        yield path, counts
