"""The front end reads as the settings say, and where they do not, as the voice does."""

from __future__ import annotations

from dataclasses import replace

from stand_in import VOICE, make_settings

from ttsbook.render.reading import front_end_for


def test_the_accent_is_that_of_the_settings_else_of_the_voice() -> None:
    british = replace(VOICE, accent="british")
    assert front_end_for(make_settings(), None).accent == "american"
    assert front_end_for(make_settings(), VOICE).accent == "american"
    assert front_end_for(make_settings(), british).accent == "british"
    assert front_end_for(make_settings(accent="american"), british).accent == "american"


def test_the_engine_and_the_settings_are_followed() -> None:
    front_end = front_end_for(make_settings(language="zh", emoji="name"), VOICE, 120)
    assert (front_end.language, front_end.emoji, front_end.max_phonemes) == ("zh", "name", 120)
