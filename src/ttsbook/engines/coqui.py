"""Coqui's models as an engine, through the package coqui-tts: XTTS v2, YourTTS, and VITS with its voice
converted afterwards.

They hear the recording itself and read words, not phonemes. The package downloads a model when it first
loads it; here it may do so only for someone who has read that model's licence and says so in the settings.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module, metadata
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from ttsbook import paths
from ttsbook.engines.base import EngineSpec, Options, Request
from ttsbook.engines.clip import clip_of
from ttsbook.engines.gpu import list_gpus
from ttsbook.engines.hardware import gpu_for, torch_sees_gpus
from ttsbook.engines.options import check_options
from ttsbook.engines.words import speak_words
from ttsbook.errors import MissingError, RenderError, UsageError
from ttsbook.types import Speech, VoiceProfile

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

VERSION = "1"  # raise it when the same weights give other samples
OPTIONS = ("model", "agree", "clip", "transcript")
MAX_PHONEMES = 200  # XTTS may cut what is longer than 250 letters or 82 Chinese characters
GET_COQUI = "pip install 'ttsbook[coqui]'"


@dataclass(frozen=True, slots=True)
class Model:
    """One model and what its owners ask for."""

    id: str  # as the package names it
    rate_hz: int
    licence: str  # what to agree to, word for word
    terms: str  # the licence in a few words, and where it stands
    languages: tuple[tuple[str, str], ...]  # ours to the package's; "" where it takes no language
    converts: bool = False  # speaks in its own voice, which is then turned into that of the recording


MODELS = {
    "xtts_v2": Model(
        "tts_models/multilingual/multi-dataset/xtts_v2",
        24_000,
        "CPML",
        "Coqui Public Model License, non-commercial use only: https://coqui.ai/cpml (1.9 GB)",
        (("en", "en"), ("zh", "zh-cn")),
    ),
    "your_tts": Model(
        "tts_models/multilingual/multi-dataset/your_tts",
        16_000,
        "CC BY-NC-ND 4.0",
        "non-commercial: https://creativecommons.org/licenses/by-nc-nd/4.0 (0.4 GB)",
        (("en", "en"),),
    ),
    "vits": Model(
        "tts_models/en/ljspeech/vits",
        24_000,
        "Apache-2.0, MIT",
        "Apache-2.0 for VITS, MIT for FreeVC24 which converts its voice (1.6 GB)",
        (("en", ""),),
        converts=True,
    ),
}


class CoquiEngine:
    """A model of Coqui's with a recording as its voice. Loading waits for the first `speak`.

    Options: "model", a key of MODELS; "agree", the name of its licence; "clip", a WAV.

    Raises:
        MissingError: package, agreement, clip or device are missing.
        UsageError: there is no such model.
    """

    name = "coqui"
    max_phonemes = MAX_PHONEMES

    def __init__(self, spec: EngineSpec) -> None:
        options = check_options(self.name, spec.options, OPTIONS)
        self._model = _agreed(options)
        self._clip = clip_of(options, "Coqui's models")
        self.device = _device(spec.device)
        self.rate_hz = self._model.rate_hz
        self.languages = tuple(ours for ours, _ in self._model.languages)

    @classmethod
    def missing(cls, options: Options = ()) -> None:
        """Raise `MissingError` if the package or the agreement is missing."""
        _agreed(check_options(cls.name, options, OPTIONS))

    @cached_property
    def fingerprint(self) -> str:
        """Hash of the recording, the model's name and the package's version."""
        parts = (VERSION, self._model.id, metadata.version("coqui-tts"), self.device)
        return hashlib.sha256("\n".join(parts).encode() + self._clip.read_bytes()).hexdigest()

    def speak(self, requests: Sequence[Request], voice: VoiceProfile) -> list[Speech]:  # noqa: ARG002
        """Speak each request by itself: the recording, not the profile, is the voice."""
        if not requests:
            self._tts  # noqa: B018  a batch of none loads the model
        return speak_words(self._say, requests, self.rate_hz, "Coqui's model")

    def close(self) -> None:
        """Free the model."""
        self.__dict__.pop("_tts", None)

    @cached_property
    def _tts(self) -> Any:
        """The model, loaded by the package; downloaded, if it never was."""
        paths.set_for_children("COQUI_TOS_AGREED", "1")  # said in the settings; else it would ask and wait
        try:
            tts = import_module("TTS.api").TTS(model_name=self._model.id, progress_bar=False)
            return tts.to(self.device)
        except (ImportError, OSError, RuntimeError, ValueError, KeyError, TypeError) as error:
            raise MissingError(
                f"Coqui's model cannot be loaded: {type(error).__name__}: {error}", GET_COQUI
            ) from error

    def _say(self, request: Request) -> NDArray[np.float32]:
        language = dict(self._model.languages).get(request.language)
        if language is None:
            raise RenderError(f"this model does not read {request.spoken[:40]!r}", "use another model")
        tts = self._tts
        _seed(request.seed)
        return self._samples(tts, request, language)

    def _samples(self, tts: Any, request: Request, language: str) -> NDArray[np.float32]:
        import numpy as np

        how: dict[str, Any] = {"speaker_wav": str(self._clip)}
        if language:
            how["language"] = language
        if self._model.id.endswith("xtts_v2"):
            how["speed"] = request.speed
        else:
            tts.synthesizer.tts_model.length_scale = 1.0 / request.speed
        say = tts.tts_with_vc if self._model.converts else tts.tts
        return np.clip(np.asarray(say(text=request.spoken, **how), np.float32).reshape(-1), -1, 1)


def _agreed(options: dict[str, str]) -> Model:
    """Return the chosen model, if the package is here and its licence was agreed to."""
    name = options.get("model") or "xtts_v2"
    if name not in MODELS:
        raise UsageError(f"unknown model {name!r} for the engine coqui", f"models: {', '.join(MODELS)}")
    model = MODELS[name]
    if find_spec("TTS") is None:
        raise MissingError("coqui-tts is not installed", GET_COQUI)
    if options.get("agree") != model.licence:
        raise MissingError(
            f"Coqui's model {name} needs your agreement: {model.terms}",
            f'read the licence, then set `agree = "{model.licence}"` under [coqui] in ttsbook.toml',
        )
    return model


def _device(asked: str) -> str:
    if asked == "cpu" or (asked == "auto" and not torch_sees_gpus()):
        return "cpu"
    if not torch_sees_gpus():
        raise MissingError(f"torch finds no GPU, but {asked} was requested", "use --device cpu")
    return f"cuda:{gpu_for(asked, list_gpus()).index}"


def _seed(seed: int) -> None:
    """Make what follows depend on the seed alone."""
    import random

    import numpy as np

    torch: Any = import_module("torch")
    random.seed(seed)
    np.random.seed(seed % 2**32)  # NumPy takes no more
    torch.manual_seed(seed)
