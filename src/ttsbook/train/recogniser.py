"""Which phoneme is heard in every frame of a wave, as a loss: words should stay clear in any voice.

A small convolutional classifier of log-mel frames. The teacher's durations are exact, so each frame has
a label and no alignment is searched for. It hears about a tenth of a second to either side: enough for
the transitions that tell consonants apart, too little to guess them from the words around.

That what hears phonemes can teach clear speech: Hsieh et al., arXiv:2010.15174 (for enhancement).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as to_bytes
from torch import Tensor, nn
from torch.nn import functional as F

from ttsbook import symbols
from ttsbook.errors import InputError
from ttsbook.files import atomic_write
from ttsbook.train.corpus import Batch, Corpus
from ttsbook.vits2.layers import ConvNeXtStack
from ttsbook.vits2.prior import spread_frames
from ttsbook.vits2.spectrum import mel_filters, stft

MODEL_HZ, HOP = 24_000, 300  # spectra every 12.5 ms
BAND_HZ = 16_000  # its half, 8 kHz, is as far as recordings hold something
KERNEL = 3
EDGE = 3  # latent frames at either end of a window that are not judged: they lack context
UNHEARD = " ˈˌ"  # have lengths of their own in the teacher's speech, but no sound
IGNORED = -100


@dataclass(frozen=True, slots=True)
class RecogniserConfig:
    """Sizes. Recognisers that differ in them make different mistakes; several may judge a run."""

    n_fft: int = 600  # 25 ms
    n_mels: int = 64
    width: int = 192
    blocks: int = 3

    @property
    def n_bins(self) -> int:
        return self.n_fft * BAND_HZ // 2 // MODEL_HZ + 1


class Recogniser(nn.Module):
    """Waves at 24 kHz → scores of phoneme ids in each latent frame (25 ms)."""

    filters: Tensor

    def __init__(self, config: RecogniserConfig | None = None) -> None:
        super().__init__()
        self.config = config = config or RecogniserConfig()
        filters = mel_filters(config.n_bins, config.n_mels, BAND_HZ)
        self.register_buffer("filters", filters, persistent=False)
        self.stack = ConvNeXtStack(
            2 * config.n_mels,
            config.width,
            width=config.width,
            hidden=2 * config.width,
            blocks=config.blocks,
            kernel=KERNEL,
        )
        self.out = nn.Linear(config.width, symbols.N_IDS)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, L] → [B, n_ids, L // 600]."""
        n_frames = x.shape[1] // (2 * HOP)
        with torch.autocast(x.device.type, enabled=False):
            spectrum = stft(x.float(), self.config.n_fft, HOP)[:, : self.config.n_bins].abs()
            mels = torch.log((self.filters @ spectrum).clamp(min=1e-4))
            mels = mels - mels.mean((1, 2), keepdim=True)  # how loud someone is tells nothing
        pairs = mels[:, :, : 2 * n_frames].transpose(1, 2).reshape(len(x), n_frames, -1)
        hidden: Tensor = self.stack(pairs.transpose(1, 2))
        scores: Tensor = self.out(F.gelu(hidden).transpose(1, 2)).transpose(1, 2)
        return scores


class Labels(NamedTuple):
    """What is said in latent frames; both [B, N]."""

    ids: Tensor  # of phonemes, or `IGNORED`
    weight: Tensor  # how much the frame counts

    def of(self, rows: Tensor) -> Labels:
        """Take some windows [B']."""
        return Labels(self.ids[rows], self.weight[rows])

    def cut(self, frame: Tensor) -> Labels:
        """Take some frames [B, N'] of each window."""
        return Labels(self.ids.gather(1, frame), self.weight.gather(1, frame))


def frame_labels(batch: Batch, n_frames: int) -> Labels:
    """Return what is said in each of the frames of a batch.

    Every phoneme of a window counts the same, however long it is: vowels and pauses would outweigh the
    consonants that words hang on.
    """
    pairs = torch.stack([batch.ids.float(), 1 / batch.window.clamp(min=1).float()], 1)
    spread, _, mask = spread_frames(pairs, batch.window, n_frames)
    ids, weight = spread[:, 0].round().long(), spread[:, 1] * mask[:, 0]
    unheard = torch.tensor([symbols.SYMBOL_IDS[symbol] for symbol in UNHEARD], device=ids.device)
    return Labels(ids.masked_fill(torch.isin(ids, unheard) | (mask[:, 0] == 0), IGNORED), weight)


def misheard(scores: Tensor, ids: Tensor, weight: Tensor, *, enough: float = 0.0) -> Tensor:
    """Cross-entropy in nats a phoneme. scores: [B, n_ids, N]; ids and weight: [B, N] or longer.

    `enough`: what is heard at fewer nats counts as none. Real speech is not heard perfectly either: who
    goes on pleasing the recogniser there learns its mistakes.
    """
    n_frames = scores.shape[2]
    inside = slice(EDGE, n_frames - EDGE)
    scores, ids, weight = scores[..., inside].float(), ids[:, inside], weight[:, inside]
    weight = weight * (ids != IGNORED)
    entropy = F.cross_entropy(scores, ids, reduction="none", ignore_index=IGNORED)
    entropy = F.relu(entropy - enough)
    return (entropy * weight).sum() / weight.sum().clamp(min=1e-6)


def train(
    corpus: Corpus,
    steps: int,
    *,
    report: Callable[[int, float, float], None],
    config: RecogniserConfig | None = None,
    rate: float = 1e-3,
) -> Recogniser:
    """Teach a recogniser the labelled clips; `report` takes step, loss and share of right frames."""
    model = Recogniser(config)
    model.to(corpus.device)
    optimizer = torch.optim.AdamW(model.parameters(), rate, betas=(0.9, 0.98), fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps, pct_start=0.1)
    n_frames = 64
    for step in range(1, steps + 1):
        batch = corpus.batch(corpus.draw(24, 0), n_frames)
        ids, weight = frame_labels(batch, n_frames)
        scores = model(_disturb(batch.samples))
        loss = misheard(scores, ids, weight)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimizer.step()
        schedule.step()
        if step % 50 == 0 or step == steps:
            known = ids != IGNORED
            right = (scores.argmax(1) == ids)[known].float().mean()
            report(step, float(loss.detach()), float(right))
    model.eval().requires_grad_(False)
    return model


def _disturb(x: Tensor) -> Tensor:
    """Add a little noise and tilt the spectrum, each clip its own way: rooms and microphones differ."""
    level = x.square().mean(1, keepdim=True).sqrt()
    noise = torch.randn_like(x) * level * 10 ** (-torch.empty(len(x), 1, device=x.device).uniform_(1, 2.5))
    tilt = torch.empty(len(x), 1, device=x.device).uniform_(-0.4, 0.4)
    return x + tilt * F.pad(x[:, :-1], (1, 0)) + noise


def save(model: Recogniser, path: Path) -> None:
    """Write the weights and their sizes."""
    tensors = {name: value.to("cpu", torch.half).contiguous() for name, value in model.state_dict().items()}
    with atomic_write(path) as handle:
        handle.write(to_bytes(tensors, {"config": json.dumps(asdict(model.config))}))


def load(path: Path) -> Recogniser:
    """Read what `save` wrote.

    Raises:
        InputError: the file is something else.
    """
    try:
        with safe_open(path, framework="pt") as handle:
            sizes = json.loads((handle.metadata() or {}).get("config", "{}"))
            tensors = {name: handle.get_tensor(name).float() for name in handle.keys()}  # noqa: SIM118
        model = Recogniser(RecogniserConfig(**sizes))
        model.load_state_dict(tensors)
    except (OSError, SafetensorError, RuntimeError, TypeError, ValueError) as error:
        raise InputError(
            f"{path} is not a recogniser", "make one with `python -m ttsbook.train recogniser`"
        ) from error
    model.eval().requires_grad_(False)
    return model
