"""Pinyin that a Chinese text prints is said in Mandarin, and behind a character as its reading."""

from __future__ import annotations

import pytest

from ttsbook.symbols import is_known
from ttsbook.text import FrontEnd
from ttsbook.text.g2p.pinyin import from_pinyin
from ttsbook.text.g2p.toned import read_toned


def symbols(pinyin: str) -> str:
    return "".join(map(from_pinyin, pinyin.split()))


@pytest.mark.parametrize(
    ("text", "said", "pinyin"),
    [
        ("重（chóng）新做人。", "重新做人。", "chong2"),
        ("单于（chán yú）是首领。", "单于是首领。", "chan2 yu2"),
        ("漢(hàn)字", "漢字", "han4"),
        ("龟兹（qiūcí）国", "龟兹国", "qiu1 ci2"),
        ("西安（Xī'ān）很大。", "西安很大。", "xi1 an1"),
        ("他说你好（nǐ hǎo）。", "他说你好。", "ni2 hao3"),
    ],
)
def test_a_gloss_is_the_reading_of_the_characters_before_it(text: str, said: str, pinyin: str) -> None:
    spoken, phonemes, _ = FrontEnd().say(text, "zh")
    assert spoken == said
    assert symbols(pinyin) in phonemes


@pytest.mark.parametrize(
    "text", ["他（Noé）来了。", "她(Renée)说话。", "水果（píngguǒ）。", "香蕉（apple）。"]
)
def test_what_is_no_reading_of_them_stays(text: str) -> None:
    assert FrontEnd().say(text, "zh")[0] == text


def test_a_gloss_and_its_character_are_one_word() -> None:
    front_end = FrontEnd()
    assert front_end.normalize("重（chóng）新", "zh").source_range(0, 1) == (0, 8)


@pytest.mark.parametrize(
    ("word", "pinyin"),
    [
        ("nǐhǎo", "ni3 hao3"),
        ("Zhōngguó", "zhong1 guo2"),
        ("hán", "han2"),
        ("lǜ", "lv4"),
        ("xièxie", "xie4 xie5"),
        ("Xī'ān", "xi1 an1"),
        ("café", ""),
        ("José", ""),
        ("Noé", ""),
        ("René", ""),
        ("Ōsaka", ""),
        ("hao", ""),
    ],
)
def test_pinyin_with_tone_marks_is_told_from_other_words(word: str, pinyin: str) -> None:
    assert read_toned(word) == tuple(pinyin.split())


def test_pinyin_amid_chinese_is_said_in_mandarin_and_amid_english_in_english() -> None:
    phonemes = FrontEnd().say("解字读xiè。", "zh")[1]
    assert symbols("xie4") in phonemes
    assert all(map(is_known, phonemes))
    assert symbols("hao3") not in FrontEnd().say("She said nǐ hǎo.", "en")[1]
