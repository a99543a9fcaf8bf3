"""Kokoro-82M as an engine: what the base voice learned from, for comparison and as a fallback.

It has voices of its own and does not speak in that of a clip.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ttsbook import paths
from ttsbook.engines.base import EngineSpec, Options, Request, in_threads
from ttsbook.engines.options import check_options, check_processor
from ttsbook.errors import MissingError, RenderError
from ttsbook.files import is_file
from ttsbook.types import Speech, VoiceProfile

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ttsbook.engines.kokoro_model import Kokoro

VERSION = "1"  # raise it when the same weights give other samples
OPTIONS = ("voices", "english", "mandarin")
ENGLISH, MANDARIN = "af_heart", "zf_xiaobei"  # those that Kokoro itself takes first
MAX_PHONEMES = 400


class KokoroEngine:
    """Kokoro-82M on the processor. Loading waits for the first `speak`.

    Options: "voices", the folder of the voice packs (*.bin); "english" and "mandarin", the voice for each.

    Raises:
        MissingError: the weights or the voice packs are missing.
    """

    name = "kokoro"
    rate_hz = 24_000
    max_phonemes = MAX_PHONEMES

    def __init__(self, spec: EngineSpec) -> None:
        self.device = check_processor(self.name, spec.device)
        self._packs = _voice_packs(spec.options)
        _check_weights()
        self._threads = spec.threads

    @classmethod
    def missing(cls, options: Options = ()) -> None:
        """Raise `MissingError` if weights or voices are missing."""
        _voice_packs(options)
        _check_weights()

    @cached_property
    def fingerprint(self) -> str:
        """Hash of the weights, of both voices, and of the runtime."""
        from ttsbook.engines.kokoro_model import SHA256
        from ttsbook.engines.onnx import runtime_version

        digest = hashlib.sha256("\n".join((VERSION, SHA256, runtime_version())).encode())
        for path in self._packs.values():
            digest.update(path.read_bytes())
        return digest.hexdigest()

    def speak(self, requests: Sequence[Request], voice: VoiceProfile) -> list[Speech]:  # noqa: ARG002
        """Speak each request by itself, in the voice for its language."""
        self._kokoro  # noqa: B018  loaded here, once, before threads ask for it
        return in_threads(self._speak_one, requests, self._threads)

    def close(self) -> None:
        """Free the model."""
        self.__dict__.pop("_kokoro", None)

    @cached_property
    def _kokoro(self) -> Kokoro:
        from ttsbook.engines.kokoro_model import Kokoro

        return Kokoro()

    @cached_property
    def _styles(self) -> dict[str, NDArray[np.float32]]:
        """The styles of the voice for each language, [510, 256]: one for every number of phonemes."""
        from ttsbook.engines.kokoro_model import read_pack

        return {language: read_pack(path) for language, path in self._packs.items()}

    def _speak_one(self, request: Request) -> Speech:
        import numpy as np

        from ttsbook.engines.kokoro_model import UNIT, style_row

        if not request.phonemes:
            return Speech(np.zeros(0, np.float32), self.rate_hz)
        if len(request.phonemes) > self.max_phonemes:
            raise RenderError(
                f"{len(request.phonemes)} phonemes at once; Kokoro takes at most {self.max_phonemes}"
            )
        style = self._styles[request.language][style_row(len(request.phonemes))]
        try:
            spoken = self._kokoro.speak(request.phonemes, style, request.speed)
        except KeyError as error:
            raise RenderError(f"Kokoro has no phoneme {error} (in {request.phonemes!r})") from error
        ends = np.cumsum(spoken.durations)[1:-1] * UNIT  # the first phoneme starts after its pad
        return Speech(spoken.samples, self.rate_hz, tuple(int(end) for end in ends))


def _voice_packs(options: Options) -> dict[str, Path]:
    """Return the file of the voice for each language."""
    told = check_options("kokoro", options, OPTIONS)
    folder = paths.expand_user(told["voices"]) if told.get("voices") else paths.data_dir() / "kokoro"
    names = {"en": told.get("english") or ENGLISH, "zh": told.get("mandarin") or MANDARIN}
    for name in names.values():
        if not is_file(folder / f"{name}.bin"):
            raise MissingError(f"Kokoro's voice {name} is not in {folder}", _get_voices(folder))
    return {language: folder / f"{name}.bin" for language, name in names.items()}


def _get_voices(folder: Path) -> str:
    return (
        f"mkdir -p {folder} && npm pack kokoro-js && "
        f"tar -xzf kokoro-js-*.tgz --strip-components=2 -C {folder} package/voices"
    )


def _check_weights() -> None:
    from ttsbook.engines.kokoro_model import part_paths

    part_paths()
