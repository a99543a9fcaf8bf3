from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ttsbook.audio.subtitles import Cue, write_subtitles
from ttsbook.errors import UsageError

RATE_HZ = 24_000


def test_srt_is_numbered_and_uses_a_comma():
    cues = [Cue(0, 24_000, "Hello."), Cue(24_000, 60_012, "World.")]
    assert write_subtitles(cues, RATE_HZ, "srt") == (
        "1\n00:00:00,000 --> 00:00:01,000\nHello.\n\n2\n00:00:01,000 --> 00:00:02,501\nWorld.\n"
    )


def test_no_line_ends_inside_an_escaped_sign():
    text = write_subtitles([Cue(0, 1000, "一" * 20 + "&" + "二" * 5)], 1000, "vtt")
    assert text.splitlines()[4:] == ["一" * 20 + "&amp;", "二" * 5]


def test_vtt_has_a_header_and_escapes_markup():
    text = write_subtitles([Cue(0, 24_000, "a < b & c --> d")], RATE_HZ, "vtt")
    assert text == "WEBVTT\n\n1\n00:00:00.000 --> 00:00:01.000\na &lt; b &amp; c --&gt; d\n"


def test_hours_go_beyond_24():
    start = 30 * 3600 * RATE_HZ
    assert "30:00:00,000 --> 30:00:01,000" in write_subtitles(
        [Cue(start, start + RATE_HZ, "late")], RATE_HZ, "srt"
    )


def test_long_text_is_broken_into_lines_and_no_word_is_lost():
    sentence = "It is a truth universally acknowledged, that a single man must be in want of a wife."
    lines = write_subtitles([Cue(0, 100_000, sentence)], RATE_HZ, "srt").splitlines()[2:]
    assert len(lines) == 3
    assert max(map(len, lines)) <= 42
    assert " ".join(lines) == sentence


def test_chinese_breaks_without_spaces():
    sentence = "凡是有錢的單身漢，總想娶位太太，這已經成了一條舉世公認的真理，這樣的單身漢"
    lines = write_subtitles([Cue(0, 100_000, sentence)], RATE_HZ, "srt").splitlines()[2:]
    assert len(lines) == 2
    assert "".join(lines) == sentence


def test_chinese_lines_begin_with_no_closing_mark_and_split_no_english_word():
    sentence = "他看见一个小姑娘从街的那一头慢慢地跑过来了，她对大家说：“我的名字叫Elizabeth，住在北边。”"
    lines = write_subtitles([Cue(0, 100_000, sentence)], RATE_HZ, "srt").splitlines()[2:]
    assert [line[0] for line in lines] == ["他", "了", "E"]
    assert "".join(lines) == sentence


def test_cues_without_text_or_length_are_left_out():
    cues = [Cue(0, 100, "  \n"), Cue(5, 5, "x"), Cue(0, 24_000, "kept")]
    assert write_subtitles(cues, RATE_HZ, "srt").startswith("1\n00:00:00,000")
    assert write_subtitles([], RATE_HZ, "vtt") == "WEBVTT\n"


@given(st.text())
def test_no_text_can_end_its_cue_early(text):
    for kind in ("srt", "vtt"):
        written = write_subtitles([Cue(0, 24_000, text), Cue(24_000, 48_000, "next")], RATE_HZ, kind)
        assert written.count("-->") == written.count("00:00:") // 2
        assert len(written.split("\n\n")) == (1 if kind == "srt" else 2) + bool(text.strip())


def test_an_unknown_kind_is_refused():
    with pytest.raises(UsageError):
        write_subtitles([], RATE_HZ, "ass")


def test_lrc_has_a_line_for_each_cue_and_an_empty_one_for_a_long_pause():
    cues = [
        Cue(0, 24_000, "One\nline."),
        Cue(24_000, 48_000, "Next."),
        Cue(24_000 * 70, 24_000 * 71 + 130, "Late."),
    ]
    assert write_subtitles(cues, RATE_HZ, "lrc").splitlines() == [
        "[00:00.00]One line.",
        "[00:01.00]Next.",
        "[00:02.00]",
        "[01:10.00]Late.",
        "[01:11.01]",
    ]


def test_lrc_minutes_go_beyond_an_hour():
    start = 125 * 60 * RATE_HZ
    assert write_subtitles([Cue(start, start + RATE_HZ, "x")], RATE_HZ, "lrc").startswith("[125:00.00]x")


WORDS = Cue(
    0,
    48_000,
    "“Yes & no,” he said.",
    (
        Cue(0, 7_200, "“Yes "),
        Cue(7_200, 12_000, "& no,” "),
        Cue(24_000, 30_000, "he "),
        Cue(30_012, 46_000, "said."),
    ),
)


def test_srt_by_word_has_a_cue_for_each_word():
    text = write_subtitles([WORDS, Cue(60_000, 72_000, "Whole.")], RATE_HZ, "srt", by_word=True)
    assert text.split("\n\n")[1:4] == [
        "2\n00:00:00,300 --> 00:00:00,500\n& no,”",
        "3\n00:00:01,000 --> 00:00:01,250\nhe",
        "4\n00:00:01,251 --> 00:00:01,917\nsaid.",
    ]
    assert text.endswith("5\n00:00:02,500 --> 00:00:03,000\nWhole.\n")


def test_vtt_by_word_has_a_stamp_before_each_word_but_the_first():
    text = write_subtitles([WORDS], RATE_HZ, "vtt", by_word=True)
    assert text.splitlines()[4] == ("“Yes <00:00:00.300>&amp; no,” <00:00:01.000>he <00:00:01.251>said.")


def test_lrc_by_word_is_enhanced():
    text = write_subtitles([WORDS], RATE_HZ, "lrc", by_word=True)
    assert text.splitlines()[0] == (
        "[00:00.00]<00:00.00>“Yes <00:00.30>& no,” <00:01.00>he <00:01.25>said.<00:02.00>"
    )


def test_lines_by_word_are_as_long_as_others():
    words = tuple(Cue(n * 2400, (n + 1) * 2400, f"word{n} ") for n in range(20))
    cue = Cue(0, 48_000, "".join(word.text for word in words), words)
    lines = write_subtitles([cue], RATE_HZ, "vtt", by_word=True).splitlines()[4:]
    bare = [re.sub(r"<[\d:.]+>", "", line) for line in lines]
    assert max(map(len, bare)) <= 42
    assert " ".join(bare) == cue.text.strip()


def test_words_stay_out_where_nobody_asked_for_them():
    for kind in ("srt", "vtt", "lrc"):
        plain = Cue(WORDS.start, WORDS.end, WORDS.text)
        text = write_subtitles([plain], RATE_HZ, kind)
        assert text == write_subtitles([WORDS], RATE_HZ, kind)
        assert text == write_subtitles([plain], RATE_HZ, kind, by_word=True)
