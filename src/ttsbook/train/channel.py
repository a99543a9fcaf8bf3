"""What a speaker embedding says of the recording instead of the speaker, and the model speaks better for.

Embeddings of the teacher's speech lie on one side of those of readers at home, and the model sounds better in
voices on the readers' side. The direction between the two is no speaker's. To set what an embedding has of
it to what readers have on average is channel compensation as in speaker verification (Kenny et al. 2007,
"Joint factor analysis versus eigenchannels in speaker recognition"), towards a channel instead of away
from all of them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ttsbook.errors import InputError

MIN_SPEAKERS = 20  # on either side: few speakers are no channel


@dataclass(frozen=True, slots=True)
class Channel:
    """The direction from one kind of recording to another in the space of speaker embeddings."""

    direction: NDArray[np.float64]  # [256], unit length
    goal: float  # how far along it the other kind is on average

    def align(self, embedding: NDArray[np.floating[Any]]) -> NDArray[np.float32]:
        """Turn an embedding [256] of unit length to the goal, unless it is there or beyond."""
        along = float(np.dot(embedding, self.direction))
        rest = embedding - along * self.direction
        length = float(np.linalg.norm(rest))
        if along >= self.goal or length < 1e-6:  # the latter is no speaker
            return np.asarray(embedding, np.float32)
        turned = self.goal * self.direction + math.sqrt(1 - self.goal**2) * rest / length
        return np.asarray(turned, np.float32)


def find_channel(ours: NDArray[np.float32], theirs: NDArray[np.float32]) -> Channel:
    """Return the channel from embeddings [n, 256] to others [m, 256], all of unit length.

    Raises:
        InputError: too few of either, or both are alike.
    """
    if min(len(ours), len(theirs)) < MIN_SPEAKERS:
        raise InputError(
            f"{len(ours)} and {len(theirs)} voices are too few to tell how their recordings differ",
            f"{MIN_SPEAKERS} of either are enough",
        )
    goal = theirs.mean(0, dtype=np.float64)
    difference = goal - ours.mean(0, dtype=np.float64)
    length = float(np.linalg.norm(difference))
    if length < 1e-3:
        raise InputError("the two kinds of recordings are alike: there is no direction between them")
    direction = difference / length
    return Channel(direction, float(goal @ direction))
