"""Prepared clips on disk: they come back as they were, in parts of the size asked for."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest
from clip_maker import RATE_HZ, make_clip, make_clips, make_wave

from ttsbook.errors import InputError, MissingError
from ttsbook.train.archive import SUFFIX, Clip, read_archives, split_by_size, write_archive
from ttsbook.train.decode import decode
from ttsbook.train.prepare import encode_opus


def same(a: Clip, b: Clip) -> bool:
    arrays = np.array_equal(a.f0, b.f0) and np.array_equal(a.embedding, b.embedding)
    fields = (
        "id",
        "opus",
        "n_samples",
        "speaker",
        "band_hz",
        "language",
        "phonemes",
        "durations",
        "speed",
        "gain",
    )
    return arrays and all(getattr(a, name) == getattr(b, name) for name in fields)


def test_clips_come_back_as_they_were(tmp_path: Path) -> None:
    clips = make_clips()
    assert write_archive(tmp_path / f"a{SUFFIX}", clips) == len(clips)
    found = list(read_archives(tmp_path))
    assert len(found) == len(clips)
    assert all(same(a, b) for a, b in zip(clips, found, strict=True))


def test_equal_clips_give_equal_bytes(tmp_path: Path) -> None:
    for name in "ab":
        write_archive(tmp_path / f"{name}{SUFFIX}", make_clips())
    assert (tmp_path / f"a{SUFFIX}").read_bytes() == (tmp_path / f"b{SUFFIX}").read_bytes()


def test_two_clips_of_one_id_are_refused_since_one_would_be_lost(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="two clips have the id c"):
        write_archive(tmp_path / f"a{SUFFIX}", [make_clip("c"), make_clip("c", seed=1)])
    assert list(tmp_path.iterdir()) == []


def test_parts_stay_below_the_size_and_lose_no_clip(tmp_path: Path) -> None:
    clips = [make_clip(f"c{i}", seed=i) for i in range(12)]
    limit = 3 * max(clip.n_bytes for clip in clips) + 4_000
    parts = list(split_by_size(clips, limit))
    assert len(parts) > 2
    assert [clip.id for part in parts for clip in part] == [clip.id for clip in clips]
    for index, part in enumerate(parts):
        path = tmp_path / f"{index}{SUFFIX}"
        write_archive(path, part)
        assert path.stat().st_size <= limit


def test_a_clip_larger_than_a_part_is_a_part_of_its_own() -> None:
    clips = make_clips()
    assert [len(part) for part in split_by_size(clips, 10)] == [1] * len(clips)


def test_a_folder_without_archives_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(MissingError, match="no training data"):
        list(read_archives(tmp_path))


@pytest.mark.parametrize("keep", [0.2, 0.6, 0.999])
def test_a_truncated_archive_is_an_error_that_names_it(tmp_path: Path, keep: float) -> None:
    path = tmp_path / f"a{SUFFIX}"
    write_archive(path, make_clips())
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * keep)])
    with pytest.raises(InputError, match=r"a\.clips\.zip is damaged"):
        list(read_archives(tmp_path))


def test_a_flipped_byte_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / f"a{SUFFIX}"
    write_archive(path, make_clips())
    data = bytearray(path.read_bytes())
    data[2_000] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(InputError, match="damaged"):
        list(read_archives(tmp_path))


@pytest.mark.parametrize("index", ['{"id": "x"}', "[1]", "nonsense", '{"id": "x", "durations": 3}'])
def test_an_index_of_another_shape_is_an_error(tmp_path: Path, index: str) -> None:
    path = tmp_path / f"a{SUFFIX}"
    write_archive(path, [make_clip("x")])
    with zipfile.ZipFile(path) as old:
        files = {name: old.read(name) for name in old.namelist()}
    files["index.jsonl"] = index.encode()
    with zipfile.ZipFile(path, "w") as new:
        for name, data in files.items():
            new.writestr(name, data)
    with pytest.raises(InputError, match="damaged"):
        list(read_archives(tmp_path))


def test_audio_comes_back_in_time() -> None:
    """Opus has a delay that the container declares; a shift would tear durations from what they time."""
    wave = make_wave(RATE_HZ, 150.0)
    wave[: RATE_HZ // 2] = 0
    found = decode(encode_opus(wave), len(wave))
    assert len(found) == len(wave)
    lags = range(-40, 41)
    match = [float(np.dot(np.roll(found, lag), wave)) for lag in lags]
    assert abs(lags[int(np.argmax(match))]) <= 1
    error = float(np.square(found - wave).sum() / np.square(wave).sum())
    assert error < 0.1
