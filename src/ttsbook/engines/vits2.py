"""The base voice as an engine: requests in, speech out, through ONNX Runtime."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ttsbook import paths, symbols
from ttsbook.engines.base import EngineSpec, Options, Request, in_threads
from ttsbook.engines.onnx import runtime_version
from ttsbook.engines.options import check_options
from ttsbook.errors import MissingError, RenderError
from ttsbook.types import Speech, VoiceProfile

if TYPE_CHECKING:
    from ttsbook.vits2.runtime import OnnxSynthesizer

NOISE_SCALE = 0.3  # of the prior: words get clearer down to here; predicted quality does not change
MAX_PHONEMES = 400  # about 25 s; attention was trained on less, and errors grow beyond
VERSION = "2"  # raise it when the same weights give other samples


class Vits2Engine:
    """VITS2 on the processor. Loading waits for the first `speak`.

    Options: "model" is another folder with exported weights.

    Raises:
        MissingError: the weights are not there, or the device is not this engine's.
    """

    device = "cpu"
    rate_hz = 24_000
    max_phonemes = MAX_PHONEMES

    def __init__(self, spec: EngineSpec) -> None:
        self.name = spec.name  # the registry knows it by several names, for several ways to use it
        if spec.device not in ("auto", "cpu"):
            raise MissingError(
                f"engine {self.name} runs on the processor only, not on {spec.device}", "use --device cpu"
            )
        self._threads = spec.threads
        self._folder = _model_folder(spec.options)
        self._hashes = _read_hashes(self._folder)

    @classmethod
    def missing(cls, options: Options = ()) -> None:
        """Raise `MissingError` if the weights are not here."""
        _read_hashes(_model_folder(options))

    @property
    def fingerprint(self) -> str:
        """Hash of weights and of whatever computes with them: another runtime may round differently."""
        parts = [
            VERSION,
            runtime_version(),
            *(f"{k}={v}" for k, v in sorted(self._hashes.items())),
        ]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def speak(self, requests: Sequence[Request], voice: VoiceProfile) -> list[Speech]:
        """Speak each request by itself, so that no result depends on its neighbours."""
        self._synthesizer  # noqa: B018  loaded here, once, before threads ask for it
        return in_threads(lambda request: self._speak_one(request, voice), requests, self._threads)

    def close(self) -> None:
        """Free the model."""
        self.__dict__.pop("_synthesizer", None)

    @cached_property
    def _synthesizer(self) -> OnnxSynthesizer:
        from ttsbook.vits2.runtime import OnnxSynthesizer

        return OnnxSynthesizer(self._folder)

    def _speak_one(self, request: Request, voice: VoiceProfile) -> Speech:
        import numpy as np

        from ttsbook.vits2.config import pitch_numbers

        if not request.phonemes:
            return Speech(np.zeros(0, np.float32), self.rate_hz)
        if len(request.phonemes) > self.max_phonemes:
            raise RenderError(
                f"{len(request.phonemes)} phonemes at once; the voice takes {self.max_phonemes}",
                "this is a fault of the text front end; please report the sentence",
            )
        try:
            ids = symbols.encode(request.phonemes)
        except KeyError as error:
            raise RenderError(f"the voice knows no phoneme {error} (in {request.phonemes!r})") from error
        samples, durations = self._synthesizer.speak(
            ids,
            np.asarray(voice.embedding, np.float32),
            pitch_numbers(voice.log_f0_mean, voice.log_f0_std),
            request.language,
            seed=request.seed,
            speed=request.speed,
            noise_scale=NOISE_SCALE if request.noise is None else request.noise,
        )
        # The pads at both ends are silence of the utterance: the first phoneme starts after its pad.
        ends = np.minimum(np.cumsum(durations) * self._synthesizer.config.latent_hop, len(samples))
        return Speech(samples, self.rate_hz, tuple(int(end) for end in ends[1:-1]))


def _model_folder(options: Options) -> Path:
    return Path(check_options("vits2", options, ("model",)).get("model", paths.packaged("weights")))


def _read_hashes(folder: Path) -> dict[str, str]:
    """Return the hashes that the export wrote beside the weights."""
    index = folder / "base.json"
    try:
        hashes: dict[str, str] = json.loads(index.read_text("utf-8"))["sha256"]
    except OSError as error:
        raise MissingError(f"the base voice is not in {folder}", "reinstall ttsbook") from error
    except (ValueError, KeyError) as error:
        raise MissingError(f"{index} is damaged", "reinstall ttsbook") from error
    for name in hashes:
        if not (folder / name).is_file():
            raise MissingError(f"the base voice lacks {folder / name}", "reinstall ttsbook")
    return hashes
