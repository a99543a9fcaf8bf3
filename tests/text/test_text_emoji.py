"""Emoji are silent unless their names are wanted."""

from __future__ import annotations

import pytest

from ttsbook.text import FrontEnd
from ttsbook.text.tables import read_rows

NAMED = FrontEnd(emoji="name")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("See you soon 👋!", "See you soon , waving hand!"),
        ("See you soon 👋🏽!", "See you soon , waving hand!"),
        ("I ❤️ you.", "I , red heart you."),
        ("😀😀", "grinning face, grinning face"),
        ("👨‍👩‍👧‍👦 home", "family man woman girl boy home"),
        ("🇨🇳 team", "China team"),
        ("太好了🎉！", "太好了，拉炮彩带！"),
        ("a ★ b", "a b"),
    ],
)
def test_the_name_of_an_emoji_is_said_in_the_language_around_it(text: str, expected: str) -> None:
    language = "zh" if "太" in text else "en"
    assert " ".join(NAMED.normalize(text, language).spoken.split()) == expected


def test_emoji_are_silent_by_default() -> None:
    assert " ".join(FrontEnd().normalize("So 👋🏽 long", "en").spoken.split()) == "So long"


def test_every_name_can_be_said() -> None:
    for emoji, english, chinese in read_rows("emoji.tsv"):
        assert NAMED.say(english, "en")[1], emoji
        assert NAMED.say(chinese, "zh")[1], emoji
