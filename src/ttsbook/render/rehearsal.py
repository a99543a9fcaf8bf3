"""What a new voice says first, to be compared with its clip: the words of the clip, if they are known."""

from __future__ import annotations

from ttsbook.engines.base import Options, Request
from ttsbook.engines.rehearse import ModelRehearsal
from ttsbook.errors import MissingError
from ttsbook.text import FrontEnd
from ttsbook.types import Block, BlockKind, Chapter
from ttsbook.voice.tone import Rehearsal


def rehearsal_for(method: str, options: Options = (), words: str = "") -> Rehearsal | None:
    """Return what `voice.analyse` wants for a method; None where it wants nothing, or the model is not here.

    Args:
        method: of the analysis.
        options: of the engine; only another "model" matters.
        words: what is said in the clip.
    """
    if method != "hybrid":
        return None
    try:
        return ModelRehearsal(tuple(pair for pair in options if pair[0] == "model"), _requests(words))
    except MissingError:  # another engine will speak, if any
        return None


def _requests(words: str) -> list[Request]:
    chapter = Chapter(1, "", (Block(BlockKind.PARAGRAPH, words),))
    chunks = FrontEnd().chunks(chapter) if words.strip() else ()
    return [Request(c.phonemes, c.spoken, c.language, 0) for c in chunks if c.phonemes]
