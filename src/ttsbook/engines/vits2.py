"""The base voice as an engine: requests in, speech out, on the processor or a GPU."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ttsbook import paths, symbols
from ttsbook.engines.base import EngineSpec, Options, Request
from ttsbook.engines.hardware import choose_hardware
from ttsbook.engines.onnx import runtime_version
from ttsbook.engines.options import check_options
from ttsbook.engines.question import rising_ends
from ttsbook.engines.question_zh import lifted_ends
from ttsbook.errors import MissingError, RenderError
from ttsbook.types import Speech, VoiceProfile

if TYPE_CHECKING:
    from ttsbook.engines.backend import Backend, Spoken
    from ttsbook.engines.hardware import Hardware
    from ttsbook.vits2.batch import Utterance

NOISE_SCALE = 0.3  # of the prior: words get clearer down to here; predicted quality does not change
MAX_PHONEMES = 400  # about 25 s; attention was trained on less, and errors grow beyond
VERSION = "7"  # raise it when the same weights give other samples
GPU_VERSION = "3"  # the same, of samples from a GPU
OPTIONS = ("model", "runtime", "precision")


class Vits2Engine:
    """VITS2. Loading waits for the first `speak`.

    Options: "model" is another folder with exported weights; "runtime" and "precision" as
    `hardware.choose_hardware` takes them.

    Raises:
        MissingError: weights, runtime or device are missing.
    """

    rate_hz = 24_000
    max_phonemes = MAX_PHONEMES
    mixes_voices = True  # a voice is only one more input; a cast would make small batches
    options: tuple[str, ...] = OPTIONS

    def __init__(self, spec: EngineSpec) -> None:
        self.name = spec.name  # the registry knows it by several names, for several ways to use it
        told = check_options(self.name, spec.options, self.options)
        self._hardware = self._choose(spec.device, told)
        self.device = self._hardware.device
        self._threads = spec.threads
        self._folder = _model_folder(told)
        self._hashes = read_hashes(self._folder)

    @classmethod
    def missing(cls, options: Options = ()) -> None:
        """Raise `MissingError` if the weights are not here."""
        check_weights("vits2", options, cls.options)

    @cached_property
    def fingerprint(self) -> str:
        """Hash of weights and of whatever computes with them: another runtime may round differently."""
        parts = [VERSION, *self._computes(), *(f"{k}={v}" for k, v in sorted(self._hashes.items()))]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def speak(self, requests: Sequence[Request], voice: VoiceProfile) -> list[Speech]:
        """Speak requests, each in its own voice or else in `voice`; none depends on its neighbours."""
        utterances = [_utterance(each, each.voice or voice) for each in requests if each.phonemes]
        spoken = iter(self._backend.speak(utterances) if utterances or not requests else ())
        return [self._speech(next(spoken)) if request.phonemes else self._nothing() for request in requests]

    def close(self) -> None:
        """Free the model."""
        self.__dict__.pop("_backend", None)

    @cached_property
    def _backend(self) -> Backend:
        return self._open()

    def _choose(self, device: str, options: dict[str, str]) -> Hardware:
        runtime, precision = options.get("runtime", "auto"), options.get("precision", "auto")
        return choose_hardware(device, runtime, precision)

    def _open(self) -> Backend:
        from ttsbook.engines.backend import open_backend

        return open_backend(self._folder, self._hardware, self._threads)

    def _computes(self) -> tuple[str, ...]:
        """Describe what computes, as far as it may change the last bits."""
        hardware = self._hardware
        if hardware.runtime == "torch":
            from importlib import metadata

            version = f"torch {metadata.version('torch')} {hardware.precision}"
        else:
            version = f"{runtime_version()} {hardware.precision}"
        gpu = hardware.gpu
        return (version,) if gpu is None else (version, GPU_VERSION, gpu.name, gpu.driver)

    def _speech(self, spoken: Spoken) -> Speech:
        import numpy as np

        from ttsbook.vits2.pauses import quiet_pauses

        samples, durations = spoken
        # The pads at both ends are silence of the utterance: the first phoneme starts after its pad.
        ends = np.minimum(np.cumsum(durations) * self._backend.latent_hop, len(samples))
        quiet = quiet_pauses(samples, self._backend.latent_hop // 2)
        return Speech(quiet, self.rate_hz, tuple(int(end) for end in ends[1:-1]))

    def _nothing(self) -> Speech:
        import numpy as np

        return Speech(np.zeros(0, np.float32), self.rate_hz)


def _utterance(request: Request, voice: VoiceProfile) -> Utterance:
    """Put a request into the model's terms.

    Raises:
        RenderError: it is too long, or has a symbol that the voice does not know.
    """
    import numpy as np

    from ttsbook.vits2.batch import Utterance
    from ttsbook.vits2.config import ModelConfig, pitch_numbers
    from ttsbook.vits2.tone import bin_gains

    if len(request.phonemes) > MAX_PHONEMES:
        raise RenderError(
            f"{len(request.phonemes)} phonemes at once; the voice takes at most {MAX_PHONEMES}",
            "this is a bug in the text front end; please report the sentence",
        )
    try:
        ids = symbols.encode(request.phonemes)
    except KeyError as error:
        raise RenderError(f"the voice has no phoneme {error} (in {request.phonemes!r})") from error
    return Utterance(
        ids,
        np.asarray(voice.embedding, np.float32),
        pitch_numbers(voice.log_f0_mean, voice.log_f0_std),
        request.language,
        request.seed,
        NOISE_SCALE if request.noise is None else request.noise,
        request.speed,
        bin_gains(voice.tone_db, ModelConfig().n_bins, Vits2Engine.rate_hz),
        _rises(request),
    )


def _rises(request: Request) -> tuple[tuple[int, int], ...]:
    """Return where a request's questions rise, as places between the pads."""
    find = lifted_ends if request.language == "zh" else rising_ends
    return tuple((first + 1, last + 1) for first, last in find(request.phonemes, request.spoken))


def read_hashes(folder: Path) -> dict[str, str]:
    """Return the hashes that the export wrote beside the weights.

    Raises:
        MissingError: weights are missing, damaged, or exported by another version.
    """
    from ttsbook.vits2.config import GRAPH_FORMAT

    index = folder / "base.json"
    try:
        found = json.loads(index.read_text("utf-8"))
        kind, hashes = found["format"], dict[str, str](found["sha256"])
    except OSError as error:
        raise MissingError(f"the base voice is not in {folder}", _hint_for(folder)) from error
    except (ValueError, KeyError, TypeError) as error:
        raise MissingError(f"{index} is damaged", _hint_for(folder)) from error
    if kind != GRAPH_FORMAT:
        why = f"{folder} was exported by another version of ttsbook (format {kind}, not {GRAPH_FORMAT})"
        raise MissingError(why, "export it again: python -m ttsbook.train export")
    for name in hashes:
        if not (folder / name).is_file():
            raise MissingError(f"the base voice lacks {folder / name}", _hint_for(folder))
    return hashes


def _hint_for(folder: Path) -> str:
    if folder == paths.packaged("weights"):
        return "reinstall ttsbook"
    return "name a folder that `python -m ttsbook.train export` wrote"


def check_weights(engine: str, options: Options, known: tuple[str, ...]) -> None:
    """Raise `MissingError` if the weights that an engine of this kind is told to take are not here."""
    read_hashes(_model_folder(check_options(engine, options, known)))


def _model_folder(options: dict[str, str]) -> Path:
    return Path(options.get("model") or paths.packaged("weights"))
