from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from ttsbook.errors import InputError
from ttsbook.train.channel import MIN_SPEAKERS, Channel, find_channel


def units(count: int, shift: float = 0.0) -> NDArray[np.float32]:
    """Voices that have much in common, moved along the seventh axis."""
    values = np.random.default_rng(0).random((count, 256)) / 8
    values[:, 7] += shift
    return (values / np.linalg.norm(values, axis=1, keepdims=True)).astype(np.float32)


def test_the_direction_leads_from_one_kind_to_the_other_and_the_goal_is_where_that_is() -> None:
    readers = units(MIN_SPEAKERS, 0.5)
    channel = find_channel(units(MIN_SPEAKERS), readers)
    assert float(np.linalg.norm(channel.direction)) == pytest.approx(1, abs=1e-6)
    assert channel.direction[7] > 0.9
    assert channel.goal == pytest.approx(float((readers @ channel.direction).mean()), abs=1e-6)


def test_an_embedding_short_of_the_goal_is_turned_to_it_and_its_speaker_stays() -> None:
    channel = find_channel(units(MIN_SPEAKERS), units(MIN_SPEAKERS, 0.5))
    for voice in units(MIN_SPEAKERS + 5)[MIN_SPEAKERS:]:
        turned = channel.align(voice)
        assert turned.dtype == np.float32
        assert float(turned @ channel.direction) == pytest.approx(channel.goal, abs=1e-6)
        assert float(np.linalg.norm(turned)) == pytest.approx(1, abs=1e-6)
        before, after = (x - float(x @ channel.direction) * channel.direction for x in (voice, turned))
        assert float(before @ after) == pytest.approx(np.linalg.norm(before) * np.linalg.norm(after))


def test_an_embedding_beyond_the_goal_stays_as_it_is() -> None:
    channel = Channel(np.eye(256)[7], 0.2)
    beyond = units(1, 2.0)[0]
    assert np.array_equal(channel.align(beyond), beyond)
    no_speaker = -np.eye(256)[7]
    assert np.array_equal(channel.align(no_speaker), no_speaker)


def test_too_few_voices_or_no_difference_are_an_error() -> None:
    with pytest.raises(InputError, match="5 and 20 voices are too few"):
        find_channel(units(5), units(20))
    with pytest.raises(InputError, match="are alike"):
        find_channel(units(20), units(20))
