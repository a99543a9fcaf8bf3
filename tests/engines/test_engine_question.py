"""Questions that ask for a yes or a no end high, others do not."""

from __future__ import annotations

import numpy as np
import pytest

from ttsbook.engines.base import EngineSpec, Request
from ttsbook.engines.question import asks_for_yes_or_no, rising_ends
from ttsbook.engines.vits2 import Vits2Engine
from ttsbook.text import FrontEnd
from ttsbook.voice.pitch import track_pitch
from ttsbook.voice.store import find_voice


@pytest.mark.parametrize(
    "question",
    [
        "Are you sure",
        "“And would you",
        "Did he",
        "Isn’t it nice",
        "It’s nice, isn’t it",
        "Do you know what he said",
        "When you saw him, was he alone",
        "Are you sure, Mister Holmes",
        "You did it",
        "Really",
        "Oh, have you",
        "Is it—is it you",
    ],
)
def test_what_a_yes_would_answer_rises(question: str) -> None:
    assert asks_for_yes_or_no(question)


@pytest.mark.parametrize(
    "question",
    [
        "What is it, Watson",
        "But why",
        "For how long",
        "And so, to whom did you speak",
        "Well, who’s there",
        "Tea or coffee",
        "Do you want tea or coffee",
        "How do you do",
        "",
    ],
)
def test_what_a_yes_would_not_answer_falls(question: str) -> None:
    assert not asks_for_yes_or_no(question)


@pytest.mark.parametrize(
    ("text", "rising"),
    [
        ("“Are you sure?” he asked. “Yes, Mr. Holmes!” What?!", ["ˈʊɹ"]),
        ("Is it 3.5? Why? Really?!", ["ˈIv", "ˈɪli"]),
        ("He said: is it you? I... don't.", ["ɪz ɪt ju"]),
        ("Is there no end.", []),
        ("Is it... you?", ["u"]),
    ],
)
def test_a_rise_begins_at_the_last_stress_and_ends_at_the_mark(text: str, rising: list[str]) -> None:
    spoken, phonemes, _ = FrontEnd().say(text, "en")
    assert [phonemes[first : last + 1] for first, last in rising_ends(phonemes, spoken)] == rising


def test_where_words_and_phonemes_have_other_questions_nothing_rises() -> None:
    assert rising_ends("ɪz ɪt?", "Is it? Is it?") == ()


@pytest.mark.parametrize(
    ("text", "is_high"), [("Are you coming home?", True), ("Where is your home?", False)]
)
@pytest.mark.parametrize("name", ["arthur", "nora"])
def test_it_is_heard(name: str, text: str, is_high: bool) -> None:
    engine = Vits2Engine(EngineSpec("vits2", "cpu", 1))
    spoken, phonemes, _ = FrontEnd().say(text, "en")
    (speech,) = engine.speak([Request(phonemes, spoken, "en", 0)], find_voice(name))
    pitch = track_pitch(speech.samples, speech.rate_hz)
    semitones = 12 * np.log2(pitch[pitch > 0])
    assert (semitones[-5:].mean() > np.median(semitones)) == is_high
