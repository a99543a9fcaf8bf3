"""Figures of files that are known because they were made so, and the rules that they keep or break."""

from __future__ import annotations

import math
import struct
from dataclasses import replace

import numpy as np
import pytest

from ttsbook.audio.encode import AudioSpec, Mark, write_audio
from ttsbook.audio.probe import probe
from ttsbook.audio.standard import STANDARDS, judge
from ttsbook.audio.survey import survey
from ttsbook.audio.tags import Tags
from ttsbook.errors import InputError

RATE_HZ = 44_100


def tone(seconds, level_db):
    t = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    return (math.sqrt(2) * 10 ** (level_db / 20) * np.sin(2 * np.pi * 440 * t)).astype(np.float32)


def noise(seconds, level_db):
    n = round(seconds * RATE_HZ)
    return (np.random.default_rng(3).standard_normal(n) * 10 ** (level_db / 20)).astype(np.float32)


def write(path, *parts, **changes):
    samples = np.concatenate(parts)
    spec = AudioSpec(
        "mp3", RATE_HZ, RATE_HZ, bitrate=192_000, tags=Tags(title="T", artist="A"), ceiling_db=-0.1
    )
    spec = replace(spec, **{"marks": (Mark(0, samples.size, "One"),), **changes})
    write_audio(path, [samples], spec)
    return path


def good(path, level_db=-20.0, floor_db=-70.0, head=0.75, tail=2.0, **changes):
    return write(path, noise(head, floor_db), tone(10, level_db), noise(tail, floor_db), **changes)


def failures(path, standard):
    return {verdict.rule for verdict in judge(probe(path), survey(path), standard) if not verdict.passed}


def test_the_figures_are_those_of_the_sound(tmp_path):
    figures = survey(good(tmp_path / "a.flac", format="flac"))
    assert figures.seconds == pytest.approx(12.75, abs=0.001)
    assert figures.rms_db == pytest.approx(-20 + 10 * math.log10(10 / 12.75), abs=0.05)
    assert figures.noise_floor_db == pytest.approx(-70, abs=0.3)
    assert figures.true_peak_db == pytest.approx(-17, abs=0.1)
    assert figures.loudness_lufs == pytest.approx(-20.7, abs=0.3)
    assert (figures.head_seconds, figures.tail_seconds) == pytest.approx((0.75, 2.0), abs=0.02)


def test_a_tag_that_is_no_utf8_comes_back_as_it_is(tmp_path):
    path = good(tmp_path / "a.flac", format="flac", tags=Tags(title="Tattle"))
    path.write_bytes(path.read_bytes().replace(b"Tattle", b"T\xe4ttle"))
    assert probe(path).tags["title"] == "T\udce4ttle"


def test_a_file_made_for_acx_passes(tmp_path):
    assert failures(good(tmp_path / "a.mp3"), "acx") == set()


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"format": "m4b", "bitrate": 128_000}, "format"),
        ({"bitrate": 128_000}, "bit rate"),
        ({"rate_hz": 48_000}, "sample rate"),
        ({"level_db": -30.0}, "level"),
        ({"level_db": -14.0}, "level"),
        ({"level_db": -5.0}, "peak"),
        ({"floor_db": -55.0}, "noise floor"),
        ({"head": 0.2}, "head"),
        ({"head": 1.5}, "head"),
        ({"tail": 0.5}, "tail"),
    ],
)
def test_what_acx_refuses_is_named(tmp_path, changes, rule):
    assert rule in failures(good(tmp_path / "a", **changes), "acx")


def test_ebu_asks_for_its_own_loudness(tmp_path):
    assert failures(good(tmp_path / "a.flac", level_db=-22.3, format="flac"), "ebu") == set()
    assert failures(good(tmp_path / "b.flac", level_db=-18.0, format="flac"), "ebu") == {"loudness"}


def test_digital_silence_has_a_floor_and_no_loudness(tmp_path):
    figures = survey(write(tmp_path / "a.wav", np.zeros(RATE_HZ, np.float32), format="wav"))
    assert figures.noise_floor_db == figures.loudness_lufs == -math.inf
    assert figures.head_seconds == figures.tail_seconds == 1.0


@pytest.mark.parametrize(("peak", "peak_db"), [(20_000, 86.0), (1e20, 122.0)])
def test_a_float_file_far_beyond_full_scale_is_measured(tmp_path, peak, peak_db):
    data = (peak * tone(2, -3.01)).astype("<f4").tobytes()
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 3, 1, RATE_HZ, 4 * RATE_HZ, 4, 32)
    body = b"WAVE" + form + struct.pack("<4sI", b"data", len(data)) + data
    (tmp_path / "a.wav").write_bytes(struct.pack("<4sI", b"RIFF", len(body)) + body)
    figures = survey(tmp_path / "a.wav")
    assert figures.true_peak_db == pytest.approx(peak_db, abs=0.5)
    assert figures.loudness_lufs > peak_db - 6


def test_a_file_that_keeps_its_own_word_passes(tmp_path):
    for format in ("mp3", "m4b", "flac", "opus"):
        path = good(tmp_path / format, format=format, bitrate=None)
        assert failures(path, "file") == set(), format


def test_a_header_that_lies_is_found(tmp_path):
    path = good(tmp_path / "a.flac", format="flac", tags=Tags(title="T"))
    assert failures(path, "file") == {"artist"}
    found, figures = probe(path), survey(path)
    late = replace(found, marks=(Mark(0, found.rate_hz * 99, "One"),))
    assert [v.rule for v in judge(late, figures, "file") if not v.passed] == ["artist", "chapters"]
    longer = replace(found, seconds=99.0)
    assert [v.rule for v in judge(longer, figures, "file") if not v.passed] == ["duration", "artist"]
    tangled = replace(found, marks=(Mark(0, 2000, "One"), Mark(1000, 3000, "Two")))
    assert [v.rule for v in judge(tangled, figures, "file") if not v.passed] == ["artist", "chapters"]


def test_every_standard_judges_every_format(tmp_path):
    path = good(tmp_path / "a.wav", format="wav", marks=())
    for standard in STANDARDS:
        assert all(v.found and v.wanted for v in judge(probe(path), survey(path), standard))


def test_what_is_no_sound_is_refused(tmp_path):
    (tmp_path / "a.mp3").write_text("not audio at all")
    with pytest.raises(InputError):
        survey(tmp_path / "a.mp3")
