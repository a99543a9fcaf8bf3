"""CosyVoice 2 and 3 as an engine, through an installation of its own code and weights.

It hears the recording itself and reads words, not phonemes. Whoever names a model folder trusts it: its
configuration and weights may run code when they are loaded.
"""

from __future__ import annotations

import hashlib
import inspect
import sys
from collections.abc import Iterable, Sequence
from functools import cached_property
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ttsbook.engines.base import EngineSpec, Options, Request
from ttsbook.engines.clip import clip_of
from ttsbook.engines.hardware import torch_sees_gpus
from ttsbook.engines.options import check_options
from ttsbook.engines.words import speak_words
from ttsbook.errors import MissingError
from ttsbook.files import is_file
from ttsbook.paths import expand_user
from ttsbook.types import Speech, VoiceProfile

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

VERSION = "1"  # raise it when the same weights give other samples
MAX_PHONEMES = 400  # of one request; the runtime cuts it into sentences itself
OPTIONS = ("model", "code", "clip", "transcript")
WEIGHTS = ("llm.pt", "flow.pt", "hift.pt")
RATE_HZ = 24_000  # of all models since the second
PROMPT_RATE_HZ = 16_000  # in which older runtimes want the recording as samples
# The third model expects an instruction before what it reads: before the transcript if there is one.
INSTRUCTION = "You are a helpful assistant.<|endofprompt|>"

_REPOSITORY = "https://github.com/FunAudioLLM/CosyVoice"
_GET_CODE = (
    f"git clone --recursive {_REPOSITORY} && pip install -r CosyVoice/requirements.txt; "
    "then set `code` under [cosyvoice] in ttsbook.toml to that folder"
)
_GET_MODEL = (
    "huggingface-cli download FunAudioLLM/CosyVoice2-0.5B --local-dir CosyVoice2-0.5B (Apache-2.0); "
    "then set `model` under [cosyvoice] in ttsbook.toml to that folder"
)


class CosyVoiceEngine:
    """CosyVoice with a recording as its voice. Loading waits for the first `speak`.

    Options: "model", the folder of the model; "code", a checkout of its repository, where Python does not
    find it by itself; "clip", a WAV of at most 30 s; "transcript", what is said in it.

    Raises:
        MissingError: code, model, clip or device are missing.
    """

    name = "cosyvoice"
    rate_hz = RATE_HZ
    max_phonemes = MAX_PHONEMES

    def __init__(self, spec: EngineSpec) -> None:
        options = check_options(self.name, spec.options, OPTIONS)
        self._code = options.get("code", "")
        _check_code(self._code)
        self._model = _model_folder(options)
        self._clip = clip_of(options, "CosyVoice's models")
        self._transcript = options.get("transcript", "")
        self.device = _device(spec.device)

    @classmethod
    def missing(cls, options: Options = ()) -> None:
        """Raise `MissingError` if code or model are missing."""
        told = check_options(cls.name, options, OPTIONS)
        _check_code(told.get("code", ""))
        _model_folder(told)

    @cached_property
    def fingerprint(self) -> str:
        """Hash of the recording, its transcript, and the model as far as its files show from outside.

        The weights are gigabytes: their sizes and times of change stand for their content.
        """
        stats = [(path.name, path.stat()) for path in sorted(self._model.iterdir()) if path.is_file()]
        files = [f"{name} {stat.st_size} {stat.st_mtime_ns}" for name, stat in stats]
        parts = [VERSION, self.device, self._transcript, *files]
        return hashlib.sha256("\n".join(parts).encode() + self._clip.read_bytes()).hexdigest()

    def speak(self, requests: Sequence[Request], voice: VoiceProfile) -> list[Speech]:  # noqa: ARG002
        """Speak each request by itself: the recording, not the profile, is the voice."""
        if not requests:
            self._runtime  # noqa: B018  a batch of none loads the model
        return speak_words(self._say, requests, self.rate_hz, "CosyVoice")

    def close(self) -> None:
        """Free the model."""
        self.__dict__.pop("_runtime", None)
        self.__dict__.pop("_prompt", None)

    @cached_property
    def _runtime(self) -> Any:
        """The model, loaded by the runtime's own factory."""
        for folder in _code_folders(self._code):
            if folder not in sys.path:
                sys.path.insert(0, folder)
        try:
            factory = _factory(import_module("cosyvoice.cli.cosyvoice"), self._model)
            runtime = factory(model_dir=str(self._model))
        except (ImportError, OSError, RuntimeError, ValueError, TypeError, KeyError, AssertionError) as error:
            raise MissingError(
                f"CosyVoice cannot be loaded from {self._model}: {type(error).__name__}: {error}", _GET_CODE
            ) from error
        if runtime.sample_rate != RATE_HZ:
            raise MissingError(f"the model in {self._model} does not speak at {RATE_HZ} Hz", _GET_MODEL)
        return runtime

    @cached_property
    def _prompt(self) -> Any:
        """The recording as this version of the runtime wants it: by name, or as samples."""
        parameters = inspect.signature(self._runtime.inference_cross_lingual).parameters
        if "prompt_wav" in parameters:
            return str(self._clip)
        load_wav = import_module("cosyvoice.utils.file_utils").load_wav
        return load_wav(str(self._clip), PROMPT_RATE_HZ)

    def _say(self, request: Request) -> NDArray[np.float32]:
        runtime = self._runtime
        seed = request.seed % 2**32  # NumPy takes no more
        import_module("cosyvoice.utils.common").set_all_random_seed(seed)
        return _joined(self._pieces(runtime, request))

    def _pieces(self, runtime: Any, request: Request) -> Iterable[Any]:
        """Ask the runtime, with the transcript of the recording if there is one."""
        instruction = INSTRUCTION if _generation(self._model) == 3 else ""
        how = {"stream": False, "speed": request.speed}
        if self._transcript:
            heard = instruction + self._transcript
            return runtime.inference_zero_shot(request.spoken, heard, self._prompt, **how)  # type: ignore[no-any-return]
        return runtime.inference_cross_lingual(instruction + request.spoken, self._prompt, **how)  # type: ignore[no-any-return]


def _joined(pieces: Iterable[Any]) -> NDArray[np.float32]:
    """Join what the runtime gives sentence by sentence, each [1, n]."""
    import numpy as np

    waves = [np.asarray(piece["tts_speech"], np.float32).reshape(-1) for piece in pieces]
    return np.concatenate(waves) if waves else np.zeros(0, np.float32)


def _model_folder(options: dict[str, str]) -> Path:
    if not options.get("model"):
        raise MissingError("CosyVoice has no model", _GET_MODEL)
    folder = expand_user(options["model"])
    if _generation(folder) is None:
        raise MissingError(f"no CosyVoice 2 or 3 model is in {folder}", _GET_MODEL)
    for name in WEIGHTS:
        if not is_file(folder / name):
            raise MissingError(f"the CosyVoice model lacks {folder / name}", _GET_MODEL)
    return folder


def _generation(folder: Path) -> int | None:
    return next((number for number in (2, 3) if is_file(folder / f"cosyvoice{number}.yaml")), None)


def _check_code(code: str) -> None:
    """Make sure that the runtime's code is there, without importing it."""
    if code and not is_file(expand_user(code) / "cosyvoice" / "cli" / "cosyvoice.py"):
        raise MissingError(f"no checkout of CosyVoice is in {code}", _GET_CODE)
    if not code and find_spec("cosyvoice") is None:
        raise MissingError("CosyVoice is not installed", _GET_CODE)


def _code_folders(code: str) -> list[str]:
    if not code:
        return []
    root = expand_user(code).absolute()
    return [str(root / "third_party" / "Matcha-TTS"), str(root)]


def _factory(module: Any, model: Path) -> Any:
    """Return what builds the model: one function for all in newer runtimes, a class for each before."""
    if hasattr(module, "AutoModel"):
        return module.AutoModel
    return getattr(module, f"CosyVoice{_generation(model)}")


def _device(asked: str) -> str:
    """Return the device on which the runtime will run: it takes the first GPU that torch sees."""
    seen = "cuda:0" if torch_sees_gpus() else "cpu"
    if asked in ("auto", seen) or (asked == "cuda" and seen == "cuda:0"):
        return seen
    if seen == "cpu":
        raise MissingError(f"CosyVoice finds no GPU, but {asked} was requested", "use --device cpu")
    raise MissingError(
        f"CosyVoice takes the first GPU that it sees, not {asked}",
        "choose by CUDA_VISIBLE_DEVICES in the environment: a number, or empty for the processor",
    )
