"""What a training run does: sizes of its batches, rates, and weights of its losses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ttsbook.errors import UsageError

WEIGHTS = (
    "mel", "spectral", "spectra_prior", "kl", "kl_others", "heads", "adversarial", "features",
    "duration_adversary", "likeness", "mistaken", "content", "misheard", "misheard_borrowed", "pauses",
)  # fmt: skip
SIZES = ("labelled", "recorded", "from_prior", "others", "borrowed", "judged")  # of batches


@dataclass(frozen=True, slots=True)
class FitConfig:
    """What a run does. Weights of losses as in RUNS.md; sizes for two cores."""

    seconds: float  # wall-clock budget of this call
    schedule_seconds: float  # of the whole run, for the learning rates
    labelled: int = 12  # windows in a batch
    recorded: int = 0  # of them from recordings, where there are such with labels
    from_prior: int = 5  # of them decoded from prior latents
    others: int = 2  # crops of recordings without labels
    borrowed: int = 3  # labelled windows that are also said in the voice of a recording
    judged: int = 6  # labelled windows that the discriminators see, those from the prior first
    window: int = 64  # latent frames of a window, 1.6 s
    crop: int = 26  # latent frames that are decoded, 0.65 s
    rate: float = 8e-4
    rate_discriminator: float = 1.6e-3  # at half of it, fresh ones know nothing after 500 steps
    warm_up: int = 300
    judges_first: int = 0  # steps in which the discriminators alone learn
    adversary_from: int = 0  # step; the weight rises over `adversary_ramp`
    adversary_ramp: int = 200
    text_steps: int = 0  # of the text side alone between two whole steps
    hold_decoder: bool = False  # everything else learns through it
    hold_rest: bool = False  # the decoder alone learns
    teach_all: bool = False  # borrowed voices teach text and prior too, not only flow and decoder
    noise_scale: float = 0.6  # of prior latents
    noise_borrowed: float = 0.3  # the same for borrowed voices: what rendering uses
    embedding_noise: float = 0.02
    pitch_noise: float = 0.05
    mel: float = 12.0
    spectral: float = 2.0
    spectra_prior: float = 1.0  # share of these two for windows decoded from the prior
    kl: float = 0.12
    kl_ramp: int = 2_000
    kl_others: float = 0.002
    heads: float = 2.0
    adversarial: float = 4.0
    features: float = 12.0
    duration_adversary: float = 0.3  # where the model has noise for it (`ModelConfig.duration_noise`)
    likeness: float = 4.0
    mistaken: float = 0.0  # of borrowed voices that are taken for others
    content: float = 0.05
    misheard: float = 1.0  # of windows of the teacher, where there is a recogniser
    misheard_borrowed: float = 1.0
    heard_well: float = 0.2  # nats a phoneme below which the recogniser asks for nothing more
    pauses: float = 0.0  # of what sounds in the pauses of borrowed voices; costs opinion
    ema: float = 0.9985
    save_every: float = 110.0  # seconds
    listen_every: float = 600.0  # seconds between samples to listen to
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.rate < 1:
            raise UsageError(f"a learning rate of {self.rate} makes no sense", "8e-4 suits a first run")
        if self.window < self.crop:
            raise UsageError(
                f"a window of {self.window} latent frames is too short", f"--window takes {self.crop} or more"
            )
        if self.hold_rest and (self.hold_decoder or self.text_steps):
            raise UsageError(
                "where everything but the decoder is held, nothing else can learn",
                "leave out --hold-decoder and --text-steps",
            )

    def scaled(self, factor: int) -> FitConfig:
        """Return the same run with batches that are so many times as large."""
        return replace(self, **{name: getattr(self, name) * factor for name in SIZES})

    def weighed(self, weights: Mapping[str, float]) -> FitConfig:
        """Return the same run with other weights of losses.

        Raises:
            UsageError: there is no such loss, or a weight is below zero.
        """
        for name, weight in weights.items():
            if name not in WEIGHTS:
                raise UsageError(f"there is no loss {name!r}", f"choose from {', '.join(WEIGHTS)}")
            if not 0 <= weight < float("inf"):
                raise UsageError(f"a weight of {weight} for {name} makes no sense", "0 leaves a loss out")
        return replace(self, **dict(weights))  # type: ignore[arg-type]
