"""Questions that ask for a yes or a no end high, others do not; in Mandarin, those that words do not tell."""

from __future__ import annotations

import numpy as np
import pytest

from ttsbook.engines.base import EngineSpec, Request
from ttsbook.engines.question import asks_for_yes_or_no, rising_ends
from ttsbook.engines.question_zh import is_told_by_pitch, lifted_ends
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
        ("Is it you?? Is it you!?", ["ɪz ɪt ju", "ɪz ɪt ju"]),
    ],
)
def test_a_rise_begins_at_the_last_stress_and_ends_at_the_mark(text: str, rising: list[str]) -> None:
    spoken, phonemes, _ = FrontEnd().say(text, "en")
    assert [phonemes[first : last + 1] for first, last in rising_ends(phonemes, spoken)] == rising


@pytest.mark.parametrize(
    "question",
    [
        "你吃饭",
        "你吃饭了吗",
        "真的么",
        "这么",
        "你知道他是谁吗",
        "难道你不知道",
        "你就是那个人",
        "他没来",
        "“嗯",
        "你 OK 吗",
    ],
)
def test_a_mandarin_question_without_a_sign_or_with_ma_is_lifted(question: str) -> None:
    assert is_told_by_pitch(question)


@pytest.mark.parametrize(
    "question",
    [
        "谁来了",
        "你去不去",
        "你是不是疯了",
        "吃了没有",
        "什么",
        "好吧",
        "你呢",
        "还是你去",
        "几点了",
        "为什么",
        "如何",
        "要不要",
        "",
    ],
)
def test_a_mandarin_question_that_its_words_tell_is_not(question: str) -> None:
    assert not is_told_by_pitch(question)


@pytest.mark.parametrize(
    ("text", "lifted"),
    [
        ("你吃饭了吗？我不知道。", ["ni↓ ꭧʰɨ→fa↘n lɤ ma"]),
        ("“你要走？”他问，“什么时候回来呢？”", ["ni↓ jau↘ ʦou↓"]),
        ("什么？！你真去？？", [" ni↓ ꭧə→n ʨʰy↘"]),
        ("他走了。", []),
    ],
)
def test_the_clause_before_the_mark_is_lifted(text: str, lifted: list[str]) -> None:
    spoken, phonemes, _ = FrontEnd().say(text, "zh")
    assert [phonemes[first : last + 1] for first, last in lifted_ends(phonemes, spoken)] == lifted


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


@pytest.mark.parametrize("name", ["lian", "jun"])
def test_a_mandarin_question_ends_higher_than_the_statement(name: str) -> None:
    engine, front = Vits2Engine(EngineSpec("vits2", "cpu", 1)), FrontEnd()
    ends = {}
    for mark in ("。", "？"):
        spoken, phonemes, _ = front.say(f"你明天真的要去{mark}", "zh")
        (speech,) = engine.speak([Request(phonemes, spoken, "zh", 0)], find_voice(name))
        pitch = track_pitch(speech.samples, speech.rate_hz)
        ends[mark] = 12 * np.log2(pitch[pitch > 0][-8:]).mean()
    assert ends["？"] > ends["。"] + 3
