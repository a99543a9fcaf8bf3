"""Chinese names in pinyin are read as an English narrator says them; other names are left alone."""

from __future__ import annotations

import pytest

from ttsbook.symbols import is_known
from ttsbook.text import FrontEnd
from ttsbook.text.g2p.romanized import read_romanized
from ttsbook.text.tables import read_words


@pytest.mark.parametrize(
    ("word", "symbols"),
    [
        ("Xiangzi", "ʃjˌɑŋdzˈə"),
        ("Xiangzi's", "ʃjˌɑŋdzˈəz"),
        ("Zhuge", "ʤˌuɡˈʌ"),
        ("Qin", "ʧˈɪn"),
        ("Guo", "ɡwˈɔ"),
        ("Xi'an", "ʃˌiˈɑn"),
        ("Lǚ", "ljˈu"),
        ("Huángshān", "hwˌɑŋʃˈɑn"),
        ("Zhongnanhai", "ʤˌʊŋnɑnhˈI"),
    ],
)
def test_a_name_in_pinyin_is_said_with_english_sounds(word: str, symbols: str) -> None:
    assert FrontEnd().say(f"He saw {word}.", "en")[1].split()[-1] == f"{symbols}."


@pytest.mark.parametrize(
    "word",
    [
        "quixote",
        "maxine",
        "xerxes",
        "xavier",
        "angelique",
        "iago",
        "banana",
        "melana",
        "cosette",
        "quinn",
        "café",
        "über",
        "naïve",
    ],
)
def test_a_name_from_elsewhere_is_not_taken_for_pinyin(word: str) -> None:
    assert read_romanized(word) is None


def test_every_syllable_has_sounds_of_the_voice() -> None:
    for syllable in read_words("pinyin_syllables.txt"):
        said = read_romanized(f"zhu'{syllable}")
        assert said, syllable
        assert is_known(said)
