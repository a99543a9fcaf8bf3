"""The sizes that define a model; they travel inside its checkpoint."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields

from ttsbook.errors import InputError
from ttsbook.symbols import N_IDS

N_LANGUAGES = 2
LANGUAGES = ("en", "zh")
GRAPH_FORMAT = 2  # of the exported graphs' inputs and outputs; raise it when they change
LOG_F0_CENTRE = 5.0  # natural log of Hz (148 Hz): pitch enters and leaves networks around zero


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """Widths and depths. The defaults are the shipped base voice.

    One latent frame spans two hops (25 ms), the teacher's unit of duration, so teacher durations
    align exactly and the prior, the flow and the posterior run at half the decoder's rate.
    """

    rate_hz: int = 24_000
    hop: int = 300  # samples between spectral frames: 80 Hz
    n_fft: int = 1_200  # also the window: 50 ms
    n_ids: int = N_IDS
    speaker_width: int = 256
    latent_width: int = 128
    hidden_width: int = 192
    text_blocks: int = 4
    speaker_block: int = 2  # index of the text encoder's block before which the speaker is added
    frame_blocks: int = 4
    duration_blocks: int = 2
    duration_noise: int = (
        0  # channels of noise that an adversarial duration predictor hears; 0 has no adversary
    )
    pitch_blocks: int = 3
    flow_couplings: int = 4
    flow_blocks: int = 3
    flow_attention: tuple[int, ...] = (0, 2)  # couplings that begin with self-attention
    decoder_width: int = 384
    decoder_blocks: int = 6
    posterior_width: int = 256
    posterior_blocks: int = 4
    posterior_mels: int = 100

    @property
    def n_bins(self) -> int:
        return self.n_fft // 2 + 1

    @property
    def latent_hop(self) -> int:
        """Samples per latent frame."""
        return 2 * self.hop

    def to_json(self) -> str:
        """Name all sizes; one that came later only where it is used, so that older files stay as they are."""
        values = asdict(self)
        if not self.duration_noise:
            del values["duration_noise"]
        return json.dumps(values, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> ModelConfig:
        """Read a configuration.

        Raises:
            InputError: a key is unknown: the checkpoint belongs to another version.
        """
        values = json.loads(text)
        # What a checkpoint does not name was added later, and its default is how things were before.
        unknown = set(values) - {field.name for field in fields(cls)}
        if unknown or "flow_attention" not in values:
            odd = ", ".join(sorted(unknown)) or "flow_attention"
            raise InputError(
                f"the checkpoint's model configuration does not fit this version ({odd})",
                "use the weights that came with this version of ttsbook",
            )
        values["flow_attention"] = tuple(values["flow_attention"])
        return cls(**values)


def pitch_numbers(log_f0_mean: float, log_f0_std: float) -> tuple[float, float]:
    """Scale pitch statistics to about [-2, 2], as the conditioner was trained."""
    return (log_f0_mean - LOG_F0_CENTRE) * 2, (log_f0_std - 0.2) * 5
