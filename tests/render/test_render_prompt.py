"""Recordings prepared for engines that listen to them."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

from ttsbook.errors import InputError
from ttsbook.render.prompt import prompt_options

RATE_HZ = 22_050


def record(path: Path, seconds: float) -> Path:
    noise = np.random.default_rng(0).normal(0, 3000, int(seconds * RATE_HZ)).astype("<i2")
    with wave.open(str(path), "wb") as writer:
        writer.setparams((1, 2, RATE_HZ, 0, "NONE", ""))
        writer.writeframes(noise.tobytes())
    return path


def seconds_of(path: str) -> float:
    with wave.open(path, "rb") as reader:
        assert (reader.getnchannels(), reader.getframerate()) == (1, 16_000)
        return reader.getnframes() / 16_000


def test_an_engine_that_listens_gets_a_plain_wav_and_the_words(tmp_path: Path) -> None:
    clip = record(tmp_path / "me.wav", 3.0)
    options = dict(prompt_options("cosyvoice", clip, "My words."))
    assert options["transcript"] == "My words."
    assert seconds_of(options["clip"]) == pytest.approx(3.0, abs=0.01)


def test_other_engines_get_nothing(tmp_path: Path) -> None:
    assert prompt_options("hybrid", record(tmp_path / "me.wav", 1.0), "My words.") == ()
    assert prompt_options("cosyvoice", None, "") == ()


def test_a_long_recording_is_cut_but_not_under_its_words(tmp_path: Path) -> None:
    clip = record(tmp_path / "me.wav", 45.0)
    assert seconds_of(dict(prompt_options("cosyvoice", clip, ""))["clip"]) == pytest.approx(30.0, abs=0.01)
    with pytest.raises(InputError, match="45 s") as caught:
        prompt_options("cosyvoice", clip, "My words.")
    assert "--ref-text" in (caught.value.hint or "")


def test_a_recording_is_prepared_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clip = record(tmp_path / "me.wav", 1.0)
    first = prompt_options("cosyvoice", clip, "")
    monkeypatch.setattr("ttsbook.render.prompt.read_clip", None)
    assert prompt_options("cosyvoice", clip, "") == first


def test_what_is_no_audio_is_refused(tmp_path: Path) -> None:
    clip = tmp_path / "me.wav"
    clip.write_text("not audio")
    with pytest.raises(InputError, match=r"me\.wav"):
        prompt_options("cosyvoice", clip, "")
