"""A book in, its samples in memory out: for a few sentences that do not go into a file.

Nothing is cached and no process is started. For anything longer there is `ttsbook.render.run`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

from ttsbook.engines.base import Engine
from ttsbook.render.assemble import assemble
from ttsbook.render.plan import ChunkMaker, PlannedChunk, plan_book
from ttsbook.render.settings import RenderSettings
from ttsbook.render.worker import Failed, speak_batch
from ttsbook.types import Book, Speech, VoiceProfile

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def speak_aloud(
    book: Book, *, settings: RenderSettings, voice: VoiceProfile, engine: Engine, front_end: ChunkMaker
) -> NDArray[np.float32]:
    """Return the samples [n] of the whole book at the engine's rate, as loud as the engine speaks.

    Raises:
        InputError: there is nothing to say.
        RenderError: the engine failed.
    """
    import numpy as np

    plan = plan_book(book, settings, voice, front_end, engine.fingerprint)

    def stream(chunks: Iterable[PlannedChunk]) -> Iterator[Speech]:
        requests = (plan.request(planned.chunk) for planned in chunks)
        while batch := list(islice(requests, settings.batch_on(engine.device, settings.threads or 1))):
            answer = speak_batch(engine, batch, voice)
            if isinstance(answer, Failed):
                raise answer.error
            yield from answer.speeches

    pieces = assemble(plan.chapters, stream, settings.pauses, engine.rate_hz)
    return np.concatenate([piece.samples for _, piece in pieces])
