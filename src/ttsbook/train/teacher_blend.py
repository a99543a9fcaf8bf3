"""Random voices for the teacher: blends of Kokoro's packs that lean to a language and have one sex."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ttsbook.errors import UsageError

HELD_OUT = frozenset({"af_nova", "am_liam", "bf_lily", "bm_lewis", "zf_xiaoni", "zm_yunxia"})
HOME = {"en": "ab", "zh": "z"}  # first letters of the packs whose mother tongue it is
TIMBRE_AT_HOME, PROSODY_AT_HOME = 0.7, 0.9  # chance of a voice of that language; prosody carries accents
N_VOICES = (0.35, 0.45, 0.2)  # chance of 1, 2 and 3 voices in a half
SPEEDS = (0.85, 1.15)


@dataclass(frozen=True, slots=True)
class Blend:
    """Weights of voices, which add up to 1, for each half of a style."""

    timbre: dict[str, float]
    prosody: dict[str, float]
    speed: float = 1.0


def choose_voices(names: Iterable[str], among: Sequence[str]) -> list[str]:
    """Return the voices whose names begin as one of `among` does, or all without any.

    Raises:
        UsageError: one of them begins no voice that may be used.
    """
    free = sorted(name for name in names if name not in HELD_OUT)
    for start in among:
        if not any(name.startswith(start) for name in free):
            raise UsageError(f"no voice's name begins with {start!r}", f"known: {', '.join(free)}")
    return [name for name in free if not among or name.startswith(tuple(among))]


def draw_blend(names: Iterable[str], language: str, random: np.random.Generator) -> Blend:
    """Draw a voice for one utterance; the voices held out are never in it."""
    free = [name for name in names if name not in HELD_OUT]
    sexes = [sex for sex in "fm" if any(name[1] == sex for name in free)]
    sex = sexes[random.integers(len(sexes))]
    pool = sorted(name for name in free if name[1] == sex)
    timbre = _draw_half(pool, language, TIMBRE_AT_HOME, random)
    prosody = _draw_half(pool, language, PROSODY_AT_HOME, random)
    return Blend(timbre, prosody, round(float(random.uniform(*SPEEDS)), 2))


def language_of(name: str) -> str:
    """Return the language that a pack speaks best."""
    return "zh" if name[0] in HOME["zh"] else "en"


def _draw_half(
    pool: list[str], language: str, at_home: float, random: np.random.Generator
) -> dict[str, float]:
    home = [name for name in pool if name[0] in HOME[language]]
    abroad = [name for name in pool if name[0] not in HOME[language]]
    chosen: list[str] = []
    for _ in range(1 + int(random.choice(len(N_VOICES), p=N_VOICES))):
        side = home if random.random() < at_home or not abroad else abroad
        left = [name for name in side if name not in chosen]
        if left:
            chosen.append(left[random.integers(len(left))])
    return _round(dict(zip(chosen, random.dirichlet(np.ones(len(chosen))).tolist(), strict=True)))


def _round(weights: Mapping[str, float]) -> dict[str, float]:
    """Round to four places so that what is written is what was used."""
    rounded = {name: round(weight, 4) for name, weight in weights.items() if weight >= 5e-4}
    first = max(rounded, key=lambda name: rounded[name])
    rounded[first] = round(1 - sum(weight for name, weight in rounded.items() if name != first), 4)
    return rounded
