"""Blocks of samples from the renderer to blocks for an encoder: checked, cut evenly, amplified, limited,
resampled.

A book of any length passes in constant memory. The stages see blocks of one size whatever comes in, so the
same samples give the same file; they run beside whoever makes the blocks. Knows nothing of files.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from ttsbook.aside import aside
from ttsbook.audio.limiter import Limiter
from ttsbook.audio.resample import Resampler
from ttsbook.audio.spec import AudioSpec, file_rate
from ttsbook.audio.wave import Samples
from ttsbook.errors import RenderError

BLOCK_SAMPLES = 1 << 16


class Master:
    """The chain between the renderer's blocks and an encoder, for one stream; counts what passes."""

    def __init__(self, spec: AudioSpec) -> None:
        self._factor = np.float32(10.0 ** (spec.gain_db / 20.0))
        self._tone = None if spec.room_tone_db is None else RoomTone(spec.room_tone_db)
        self._limiter = Limiter(spec.rate_in_hz, spec.ceiling_db)
        self._resampler = Resampler(spec.rate_in_hz, file_rate(spec))
        self.n_in = 0

    @property
    def n_limited(self) -> int:
        """Return how many samples the limiter has turned down."""
        return self._limiter.n_limited

    def blocks(self, blocks: Iterable[Samples]) -> Iterator[Samples]:
        """Yield what the encoder should write."""
        yield from aside(self._push, recut(blocks, BLOCK_SAMPLES))
        yield self._resampler.push(self._limiter.finish())
        yield self._resampler.finish()

    def _push(self, block: Samples) -> Samples:
        if not np.isfinite(block).all():
            raise RenderError(
                f"the engine returned NaN or infinite samples near sample {self.n_in}",
                "run `ttsbook cache clear` and render again; report it if it happens again",
            )
        self.n_in += block.size
        louder = block * self._factor
        if self._tone is not None:
            louder = self._tone.add_to(louder)
        return self._resampler.push(self._limiter.push(louder))


class RoomTone:
    """White noise; the same for every stream."""

    def __init__(self, level_db: float) -> None:
        self._random = np.random.default_rng(0)
        self._level = np.float32(10.0 ** (level_db / 20.0))

    def add_to(self, block: Samples) -> Samples:
        """Return the next block of the stream with the noise in it."""
        return block + self._level * self._random.standard_normal(block.size, dtype=np.float32)


def recut(blocks: Iterable[Samples], size: int) -> Iterator[Samples]:
    """Yield the same samples in blocks of `size`; the last may be shorter, none is empty."""
    held: list[Samples] = []
    n_held = 0
    for block in blocks:
        if block.ndim != 1:
            raise ValueError(f"blocks must be mono [n], not of shape {block.shape}")
        held.append(np.asarray(block, dtype=np.float32))
        n_held += block.size
        if n_held < size:
            continue
        joined = np.concatenate(held)
        full = n_held - n_held % size
        yield from (joined[start : start + size] for start in range(0, full, size))
        held, n_held = [joined[full:]], n_held - full
    if n_held:
        yield np.concatenate(held)
