"""Requests spoken as words, each by itself, by models with a front end of their own.

Knows nothing of any model: what it raises is put into our words here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ttsbook.engines.base import Request
from ttsbook.errors import OutOfMemory, RenderError, tells_no_room
from ttsbook.types import Speech

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def speak_words(
    say: Callable[[Request], NDArray[np.float32]], requests: Sequence[Request], rate_hz: int, who: str
) -> list[Speech]:
    """Speak requests one after the other; one without words is silent.

    `say` has the model speak one and returns samples [L]; `who` that is, for people.

    Raises:
        OutOfMemory: the model found no room.
        RenderError: the model failed.
    """
    return [_speak_one(say, request, rate_hz, who) for request in requests]


def _speak_one(
    say: Callable[[Request], NDArray[np.float32]], request: Request, rate_hz: int, who: str
) -> Speech:
    import numpy as np

    if not request.spoken:
        return Speech(np.zeros(0, np.float32), rate_hz)
    try:
        return Speech(say(request), rate_hz)
    except RuntimeError as error:
        if tells_no_room(error):
            raise OutOfMemory(f"{who}: out of memory on the GPU") from error
        raise RenderError(f"{who} failed on {request.spoken[:60]!r}: {error}") from error
