"""What can be found without a word: cut-off ends, silence, jumps of level. On tones, and on real speech."""

from __future__ import annotations

import numpy as np
import pytest

from ttsbook.qa.judge import findings_in_sound
from ttsbook.qa.signal import measure

RATE_HZ = 16_000


def sound(*parts: tuple[float, float]) -> np.ndarray:
    """Return tones of (seconds, amplitude) one after the other."""
    pieces = [
        amplitude * np.sin(2 * np.pi * 220 * np.arange(round(seconds * RATE_HZ)) / RATE_HZ)
        for seconds, amplitude in parts
    ]
    return np.concatenate(pieces).astype(np.float32)


def faults(samples: np.ndarray, speed: float = 1.0) -> list[tuple[str, float]]:
    found = findings_in_sound(measure(samples, RATE_HZ), speed)
    return [(one.fault, one.at_seconds or 0.0) for one in found]


GOOD = ((0.1, 0.0), (2.0, 0.3), (0.3, 0.0), (2.0, 0.25), (0.1, 0.0))


@pytest.mark.parametrize(
    ("samples", "expected"),
    [
        (sound(*GOOD), []),
        (sound(*GOOD[:-1]), [("clipped", 4.4)]),
        (sound(*GOOD[1:]), [("clipped", 0.0)]),
        (sound((0.1, 0), (2, 0.3), (1.6, 0), (2, 0.3), (0.1, 0)), [("silence", 2.1)]),
        (sound((0.1, 0), (2, 0.1), (2, 0.3), (0.1, 0)), [("level", 2.1)]),
        (sound((0.1, 0), (2, 0.3), (2, 0.07), (0.1, 0)), [("level", 2.1)]),
        (sound((1.0, 0.0)), []),
        (np.zeros(0, np.float32), []),
    ],
)
def test_what_is_wrong_with_the_sound_is_found_where_it_is(
    samples: np.ndarray, expected: list[tuple[str, float]]
) -> None:
    found = faults(samples)
    assert [fault for fault, _ in found] == [fault for fault, _ in expected]
    assert [at for _, at in found] == pytest.approx([at for _, at in expected], abs=0.25)


@pytest.mark.parametrize("n_frames", [1, 99, 100, 101])
def test_speech_of_about_a_second_has_no_jump(n_frames: int) -> None:
    assert measure(sound((n_frames / 100, 0.3), (0.5, 0.0)), RATE_HZ).jump_db == pytest.approx(0, abs=0.5)


def test_slow_speech_may_pause_longer() -> None:
    pause = sound((0.1, 0), (2, 0.3), (1.6, 0), (2, 0.3), (0.1, 0))
    assert faults(pause, 0.6) == []
    assert [fault for fault, _ in faults(pause, 2.0)] == ["silence"]


def test_a_level_does_not_depend_on_how_loud_the_whole_is() -> None:
    quiet, loud = measure(sound(*GOOD) * 0.01, RATE_HZ), measure(sound(*GOOD), RATE_HZ)
    assert quiet.jump_db == pytest.approx(loud.jump_db, abs=0.1)
    assert loud.level_db - quiet.level_db == pytest.approx(40, abs=0.1)
