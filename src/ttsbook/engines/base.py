"""The seam between rendering and models: requests in, speech out.

Knows nothing of books or where a request stands in one, of caches, of processes, or of audio files.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol, TypeAlias, TypeVar

from ttsbook.types import Speech, VoiceProfile

Options: TypeAlias = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Request:
    """One utterance to speak, with everything besides the voice that may change its samples."""

    phonemes: str  # one symbol per character (ttsbook.symbols)
    spoken: str  # the same as words, for engines with a front end of their own
    language: str  # "en" or "zh"
    seed: int  # of all noise; the same seed and request give the same samples
    speed: float = 1.0  # 2.0 speaks twice as fast
    noise: float | None = None  # scale of the prior's noise; None is the engine's own
    voice: VoiceProfile | None = None  # not the narrator's; only engines with `mixes_voices` look


@dataclass(frozen=True, slots=True)
class EngineSpec:
    """The recipe of a loaded engine: small and picklable, so that a worker can load its own.

    `name` is in the registry of `choose`, or "module:Class" for an engine from elsewhere.
    """

    name: str
    device: str = "auto"  # "auto", "cpu", "cuda" or "cuda:1"
    threads: int = 1
    options: Options = ()


@dataclass(frozen=True, slots=True)
class Availability:
    """Whether an engine can run here, and if not what is missing and the command that fixes it."""

    name: str
    available: bool
    why: str = ""
    fix: str = ""


class Engine(Protocol):
    """A model that speaks. Built from an `EngineSpec`; used by one thread at a time.

    Building one raises `MissingError` if weights, a package or the device is not here. It should be
    quick: heavy loading may wait for the first `speak`, because a render whose chunks are all cached
    builds an engine only to read its description. With `mixes_voices`, which is True, it is given requests of
    several voices at once.
    """

    @property
    def name(self) -> str: ...

    @property
    def device(self) -> str:
        """Where it runs, after "auto" has been decided: "cpu", "cuda:0"."""
        ...

    @property
    def rate_hz(self) -> int: ...

    @property
    def fingerprint(self) -> str:
        """Hash of all that changes samples besides the request: weights, precision, own version."""
        ...

    @property
    def max_phonemes(self) -> int:
        """Longest `Request.phonemes` it speaks; more is an error, never a cut."""
        ...

    def speak(self, requests: Sequence[Request], voice: VoiceProfile) -> list[Speech]:
        """Speak a batch; one `Speech` per request, in the same order, empty for empty phonemes.

        A batch of none loads the model, if that has waited until now.

        The samples of a request must depend neither on its neighbours in the batch nor on the number of
        threads, not even in the last bit: both differ between an undisturbed and a resumed run, or from
        machine to machine, and the file must not.

        Raises:
            MissingError: the model, loaded only now, cannot be loaded.
            OutOfMemory: a smaller batch may fit.
            RenderError: a request cannot be spoken.
        """
        ...

    def close(self) -> None:
        """Free the model; a closed engine does not speak again."""
        ...


_Said = TypeVar("_Said")
_Spoken = TypeVar("_Spoken")


def in_threads(
    speak_one: Callable[[_Said], _Spoken], utterances: Sequence[_Said], n_threads: int
) -> list[_Spoken]:
    """Speak utterances side by side, each by one thread.

    Splitting one over threads would change the order of its sums, and with it the last bits.
    """
    if n_threads == 1 or len(utterances) < 2:
        return [speak_one(utterance) for utterance in utterances]
    with ThreadPoolExecutor(n_threads) as threads:
        return list(threads.map(speak_one, utterances))
