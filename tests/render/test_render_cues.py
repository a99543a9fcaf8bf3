"""Cues of the real model's speech: words in order, inside their sentences, the same after a resume."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ttsbook.audio.subtitles import Cue
from ttsbook.audio.wave import fade_edges
from ttsbook.book.words import book_of_text
from ttsbook.engines.base import EngineSpec
from ttsbook.engines.choose import load_engine
from ttsbook.render.assemble import Piece
from ttsbook.render.cues import CueTrack
from ttsbook.render.plan import PlannedChunk, plan_book
from ttsbook.render.run import render_book
from ttsbook.render.settings import RenderSettings
from ttsbook.text.frontend import FrontEnd
from ttsbook.voice.store import find_voice

LONG = (
    "It is a truth universally acknowledged, that a single man in possession of a good fortune, must be in"
    " want of a wife. 他心里，有许多话要说，可是一句也说不出来，只好低着头，慢慢地走出了院子，"
    "又走过长长的街，一直走到河边，才停下来。"
)
TEXT = "“No. Not I,” said the crow; “it cost £5, in 1850.” 他说：“你好，世界！”然后他走了。"
SETTINGS = RenderSettings(workers=1, subtitles="vtt", cues="word")


@pytest.fixture(scope="module")
def cues() -> list[Cue]:
    return cues_of(TEXT)


def cues_of(text: str, *, by_word: bool = True) -> list[Cue]:
    """Return the cues of a text as the real model says it, with each chunk where the last one ended."""
    voice = find_voice("nora")
    engine = load_engine(EngineSpec("vits2"))
    front_end = FrontEnd()
    plan = plan_book(book_of_text(text), SETTINGS, voice, front_end, engine.fingerprint)
    track = CueTrack(front_end, by_word=by_word)
    reached = 0
    for planned in plan.spoken_chunks():
        (speech,) = engine.speak([plan.request(planned.chunk)], voice)
        assert len(speech.phoneme_ends) == len(planned.chunk.phonemes)
        track.add(0, reached, Piece(fade_edges(speech.samples, 24_000), planned, speech.phoneme_ends))
        reached += len(speech.samples)
    engine.close()
    return list(track.cues())


def test_words_make_up_their_sentences(cues: list[Cue]) -> None:
    for cue in cues:
        assert "".join(word.text for word in cue.words).strip() == cue.text
    said = [word.text.strip() for cue in cues for word in cue.words]
    assert said[:4] == ["“No.", "Not", "I,”", "said"]
    assert "£5," in said
    assert {"“你好，", "世界！”"} <= set(said)


def test_words_follow_one_another_inside_their_sentence(cues: list[Cue]) -> None:
    for cue in cues:
        times = [at for word in cue.words for at in (word.start, word.end)]
        assert times == sorted(times)
        assert cue.start <= times[0]
        assert times[-1] <= cue.end
        assert all(word.end - word.start >= 600 for word in cue.words)  # no word is shorter than a frame


def test_a_long_sentence_is_shown_in_parts_of_two_lines_as_they_are_said() -> None:
    parts = cues_of(LONG)
    assert [part.text for part in parts] == [
        "It is a truth universally acknowledged,",
        "that a single man in possession of a good fortune, must be in want of a wife.",
        "他心里，有许多话要说，可是一句也说不出来，只好低着头，",
        "慢慢地走出了院子，又走过长长的街，一直走到河边，才停下来。",
    ]
    for first, second in (parts[:2], parts[2:]):
        assert first.start < first.end == second.start < second.end
        assert second.start == second.words[0].start
    assert cues_of(LONG, by_word=False) == [replace(part, words=()) for part in parts]


def test_a_chunk_whose_phonemes_nobody_knows_is_one_cue_without_words() -> None:
    front_end = FrontEnd()
    plan = plan_book(book_of_text(f"One{', two' * 30}."), SETTINGS, find_voice("nora"), front_end, "")
    (planned,) = plan.spoken_chunks()
    assert isinstance(planned, PlannedChunk)
    track = CueTrack(front_end, by_word=True)
    track.add(0, 100, Piece(np.zeros(1000, np.float32), planned, ()))
    assert list(track.cues()) == [Cue(100, 1100, f"One{', two' * 30}.")]


def test_a_resumed_render_has_the_same_words_at_the_same_times(tmp_path: Path) -> None:
    voice = find_voice("nora")
    book = book_of_text(TEXT)
    first = render_book(book, tmp_path / "a.wav", settings=SETTINGS, voice=voice)
    again = render_book(book, tmp_path / "b.wav", settings=SETTINGS, voice=voice)
    assert first.cached == 0
    assert again.cached == again.chunks > 0
    text = (tmp_path / "a.vtt").read_text("utf-8")
    assert text == (tmp_path / "b.vtt").read_text("utf-8")
    assert len(re.findall(r"<\d\d:\d\d:\d\d\.\d\d\d>", text)) > 10
    assert json.loads(json.dumps(again.as_dict()))["subtitles"].endswith("b.vtt")
