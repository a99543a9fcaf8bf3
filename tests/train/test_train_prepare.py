"""Folders of speech to clips: what does not fit is left out, and evaluation speakers never get in."""

from __future__ import annotations

import csv
import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from clip_maker import UNIT, make_wave

from ttsbook.errors import InputError, MissingError
from ttsbook.text import FrontEnd
from ttsbook.train.prepare import encode_opus, prepare_recordings, prepare_teacher
from ttsbook.train.transcribe import Transcript, _format

pytest.importorskip("onnxruntime")

CLIP = Path(__file__).parents[1] / "data" / "clip.opus"


def test_teacher_rows_that_do_not_add_up_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "audio").mkdir()
    row = {"lang": "en", "phonemes": "hələ", "speed": 1.1, "timbre": {"af_a": 1.0}, "n_samples": 40 * UNIT}
    durations = [10, 5, 5, 5, 5, 10]
    rows = [
        {**row, "id": "right", "duration_units": durations},
        {**row, "id": "short", "duration_units": durations[1:]},
        {**row, "id": "long", "duration_units": [11, *durations[1:]]},
        {**row, "id": "strange", "duration_units": durations, "phonemes": "hЖlə"},
    ]
    for entry in rows:
        (tmp_path / "audio" / f"{entry['id']}.opus").write_bytes(encode_opus(make_wave(40 * UNIT)))
    pitch = np.array([5.0, 39.0, 140.0] + [150.0] * 77, np.float16)
    np.savez(tmp_path / "f0.npz", **{entry["id"]: pitch for entry in rows})
    (tmp_path / "meta.jsonl").write_text("".join(json.dumps(entry) + "\n" for entry in rows), "utf-8")
    (clip,) = prepare_teacher(tmp_path)
    assert (clip.id, clip.durations, clip.speed, clip.speaker) == ("right", tuple(durations), 1.1, "af_a")
    assert clip.f0[:3].tolist() == [0, 0, 140]
    assert np.linalg.norm(clip.embedding) == pytest.approx(1, abs=1e-4)


def test_a_teacher_folder_without_its_table_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(MissingError, match=r"f0\.npz is missing"):
        list(prepare_teacher(tmp_path))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "readers"
    path.mkdir()
    for name in ("ann", "bob", "eve"):
        shutil.copy(CLIP, path / f"{name}.opus")
    table = "file\tspeaker\tuse\nann.opus\t17\ttrain\neve.opus\t18\tevaluate\n"
    (path / "speakers.tsv").write_text(table, "utf-8")
    return path


def test_speakers_for_evaluation_are_never_trained_on(folder: Path) -> None:
    clips = list(prepare_recordings(folder, band_hz=8_000, say=print))
    assert [(clip.id, clip.speaker) for clip in clips] == [
        ("readers-ann.opus", "17"),
        ("readers-bob.opus", "readers-bob.opus"),
    ]
    for clip in clips:
        assert clip.n_samples % UNIT == 0
        assert (clip.phonemes, clip.language, clip.durations) == ("", "", ())
        assert len(clip.f0) >= clip.n_samples // 300
        assert 0.3 < np.mean(clip.f0 > 0) < 0.9
        assert clip.embedding.shape == (2, 256)  # of each half, for windows in the other one
        first, second = clip.embedding
        assert 0.7 < float(first @ second) < 0.999


def test_transcripts_may_lie_elsewhere(folder: Path, tmp_path: Path) -> None:
    table = tmp_path / "said.tsv"
    heard = Transcript("bob.opus", 'He said: "good\tmorning".', -0.2, 0.01, 1.2, 8.0)
    table.write_text(_format([heard]), "utf-8")
    with open(table, encoding="utf-8", newline="") as handle:
        (row,) = csv.DictReader(handle, delimiter="\t")
    assert row["text"] == heard.text
    ann, bob = prepare_recordings(folder, band_hz=8_000, say=print, transcripts=table)
    assert ann.phonemes == ""
    assert bob.phonemes == FrontEnd(language="en").say(heard.text, "en")[1] != ""
    assert bob.language == "en"


def test_a_table_of_another_shape_is_an_error(folder: Path) -> None:
    (folder / "speakers.tsv").write_text("name\tspeaker\nann\t17\n", "utf-8")
    with pytest.raises(InputError, match="no column `file`"):
        list(prepare_recordings(folder, band_hz=8_000, say=print))


def test_a_folder_without_recordings_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(MissingError, match="no audio files"):
        list(prepare_recordings(tmp_path, band_hz=8_000, say=print))


def test_what_cannot_be_used_is_left_out_and_said(folder: Path) -> None:
    (folder / "broken.wav").write_bytes(b"no sound")
    (folder / "broken.opus").write_bytes(b"no sound")
    said: list[str] = []
    assert len(list(prepare_recordings(folder, band_hz=8_000, say=said.append))) == 2
    assert [line.split(":")[0] for line in said[:2]] == ["left out"] * 2
    assert said[2].endswith("2 of 5 recordings, 0 with a transcript")
    (folder / "ann.opus").unlink()
    (folder / "bob.opus").unlink()
    with pytest.raises(InputError, match="none of the 3 recordings"):
        list(prepare_recordings(folder, band_hz=8_000, say=said.append))


def test_files_of_one_name_in_several_folders_keep_their_own_words(folder: Path) -> None:
    (folder / "more").mkdir()
    shutil.copy(CLIP, folder / "more" / "bob.opus")
    (folder / "transcripts.tsv").write_text("file\ttext\nbob.opus\tHello.\nann.opus\tHi.\n", "utf-8")
    ann, bob, other = prepare_recordings(folder, band_hz=8_000, say=print)
    assert len({ann.id, bob.id, other.id}) == 3
    assert ann.phonemes
    assert bob.phonemes
    assert other.phonemes == ""


def test_a_table_of_transcripts_that_was_named_must_be_there(folder: Path) -> None:
    with pytest.raises(MissingError, match="nowhere is missing"):
        list(prepare_recordings(folder, band_hz=8_000, transcripts=Path("nowhere"), say=print))


SURE = Transcript("a.opus", "It was a bright cold day in April", -0.2, 0.01, 1.2, 3.0)


@pytest.mark.parametrize(
    ("changes", "sure"),
    [
        ({}, True),
        ({"log_prob": -0.9}, False),
        ({"no_speech": 0.7}, False),
        ({"compression": 3.0}, False),
        ({"seconds": 30.0}, False),  # most of it was not heard
        ({"seconds": 0.8}, False),  # nobody talks so fast
        ({"text": ""}, False),
    ],
)
def test_transcripts_are_kept_only_if_whisper_is_sure(changes: dict[str, float], sure: bool) -> None:
    assert replace(SURE, **changes).is_sure("en") is sure  # type: ignore[arg-type]


def test_chinese_is_counted_by_characters() -> None:
    said = replace(SURE, text="那年冬天他们一直坐在火炉旁边。")
    assert said.is_sure("zh")
    assert not said.is_sure("en")
