"""Words that are broken off and begun again are read by their sound, not by the names of letters."""

from __future__ import annotations

import pytest

from ttsbook.text import FrontEnd

say = FrontEnd().say


@pytest.mark.parametrize(
    ("stutter", "beginning", "word"),
    [
        ("W-what", "wə", "what"),
        ("Th-that", "ðə", "that"),
        ("st-stuttered", "stə", "stuttered"),
        ("s-stop", "sə", "stop"),
        ("K-knight", "nə", "knight"),
        ("d-d-don’t", "də də", "don’t"),
        ("is—W-well", "ɪz, wə", "well"),
        ("A-after", "æ", "after"),
        ("W…what", "wə,", "what"),
        ("B—but", "bə,", "but"),
    ],
)
def test_a_word_begun_twice_begins_twice(stutter: str, beginning: str, word: str) -> None:
    assert say(f"Well, {stutter}.", "en")[1] == say("Well,", "en")[1] + f" {beginning} {end(word)}"


def end(word: str) -> str:
    return say(f"Well, {word}.", "en")[1].removeprefix(say("Well,", "en")[1]).strip()


@pytest.mark.parametrize(
    ("printed", "plain"),
    [
        ("D-Day", "D Day"),
        ("He took a V-vest, on an S-style road", "He took a V vest, on an S style road"),
        ("a T-test", "a T test"),
        ("a T-shirt", "a T shirt"),
        ("I-I-I do", "I I I do"),
        ("bye-bye", "bye bye"),
        ("ha-ha", "ha ha"),
        ("re-read it", "re read it"),
        ("so-so", "so so"),
    ],
)
def test_letters_and_words_that_are_whole_stay_whole(printed: str, plain: str) -> None:
    assert say(printed, "en")[1] == say(plain, "en")[1]
