"""The base voice says a few sentences in a new voice, to be compared with the clip it was made from."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ttsbook.engines.base import EngineSpec, Options, Request
from ttsbook.engines.vits2 import Vits2Engine

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ttsbook.types import VoiceProfile

# In both languages, since nobody has said which one a clip is in: with English alone the gain on English
# clips would be 0.015 instead of 0.014, with Mandarin alone 0.012.
SENTENCES = (
    # The boy sat on a low chair by the window, and watched the ships go out. Which of them would you
    # choose, he asked; they are all the same to me. Perhaps the large one, with the yellow flag.
    ("en", "ðə bˈY sˈæt ɔn ə lˈO ʧˈɛɹ bI ðə wˈɪndO, ænd wˈɑʧt ðə ʃˈɪps ɡˈO ˈWt."),
    ("en", "wˈɪʧ ʌv ðɛm wʊd ju ʧˈuz, hi ˈæskt; ðA ɑɹ ˈɔl ðə sˈAm tə mi."),
    ("en", "pəɹhˈæps ðə lˈɑɹʤ wˈʌn, wɪð ðə jˈɛlO flˈæɡ."),
    # 男孩坐在窗边的矮椅子上，看着船一只一只开出去。他问道：你会选哪一只？对我来说都一样。
    ("zh", "na↗nxai↗ ʦwo↘ʦai↘ ꭧʰwa→ŋpjɛ→n tɤ ai↗ i↓ʦɨ ʂa↘ŋ, kʰa↘nꭧɤ ꭧʰwa↗n i↘ꭧɨ→ iꭧɨ→ kʰai→ ꭧʰu→ʨʰy↘."),
    ("zh", "tʰa→ wə↘ntau↘: ni↓xwei↘ɕɥɛ↓n na↓i↘ꭧɨ→?"),
    ("zh", "twei↘ wo↓ lai↗ʂwo→ tou→ i↗ja↘ŋ."),
)


class ModelRehearsal:
    """A `Rehearsal` by the base voice on the processor.

    Args:
        options: of the engine `vits2`.
        requests: what to say, best the very words of the clip.

    Raises:
        MissingError: weights or runtime are missing.
    """

    def __init__(self, options: Options = (), requests: Sequence[Request] = ()) -> None:
        self._engine = Vits2Engine(EngineSpec("vits2", "cpu", 1, options))
        self._requests = list(requests) or [Request(said, "", language, 0) for language, said in SENTENCES]

    @property
    def fingerprint(self) -> str:
        """Hash of the model and of what it says."""
        said = "\n".join((self._engine.fingerprint, *(request.phonemes for request in self._requests)))
        return hashlib.sha256(said.encode()).hexdigest()

    def __call__(self, profile: VoiceProfile) -> tuple[NDArray[np.float32], int]:
        """Return samples [n] of all it says, and their rate in Hz.

        Raises:
            RenderError, OutOfMemory: the model failed.
        """
        import numpy as np

        speech = self._engine.speak(self._requests, profile)
        return np.concatenate([piece.samples for piece in speech]), self._engine.rate_hz
