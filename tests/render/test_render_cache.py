"""The chunk cache: what goes in comes out, and nothing else ever does."""

from __future__ import annotations

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ttsbook.errors import OutputError
from ttsbook.files import atomic_write
from ttsbook.render.cache import ChunkCache
from ttsbook.types import Speech

KEY = "ab" * 32


@pytest.fixture
def cache(tmp_path: Path) -> ChunkCache:
    return ChunkCache(tmp_path / "chunks")


def make_speech(n: int = 100, rate_hz: int = 22050) -> Speech:
    samples = np.random.default_rng(n).uniform(-1, 1, n).astype(np.float32)
    return Speech(samples, rate_hz, (n // 2, n))


def file_of(cache: ChunkCache, key: str = KEY) -> Path:
    return cache.folder / key[:2] / f"{key[2:]}.chunk"


def test_a_chunk_comes_back_to_within_half_a_step(cache: ChunkCache) -> None:
    speech = make_speech()
    cache.put(KEY, speech)
    back = cache.get(KEY)
    assert back is not None
    assert (back.rate_hz, back.phoneme_ends) == (22050, (50, 100))
    assert np.abs(back.samples - speech.samples).max() <= 0.5 / 32767 + 1e-7


def test_what_came_back_goes_in_again_unchanged(cache: ChunkCache) -> None:
    cache.put(KEY, make_speech())
    before = file_of(cache).read_bytes()
    back = cache.get(KEY)
    assert back is not None
    cache.put(KEY, back)
    assert file_of(cache).read_bytes() == before


@given(position=st.integers(0, 10_000), bit=st.integers(0, 7))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
def test_any_flipped_bit_is_a_miss(cache: ChunkCache, position: int, bit: int) -> None:
    cache.put(KEY, make_speech())
    path = file_of(cache)
    data = bytearray(path.read_bytes())
    data[position % len(data)] ^= 1 << bit
    path.write_bytes(data)
    assert cache.get(KEY) is None


@given(length=st.integers(0, 290))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
def test_a_torn_file_is_a_miss(cache: ChunkCache, length: int) -> None:
    cache.put(KEY, make_speech())
    path = file_of(cache)
    path.write_bytes(path.read_bytes()[:length])
    assert cache.get(KEY) is None


def test_a_file_under_another_key_is_a_miss(cache: ChunkCache) -> None:
    cache.put(KEY, make_speech())
    other = "cd" * 32
    file_of(cache, other).parent.mkdir()
    file_of(cache).rename(file_of(cache, other))
    assert cache.get(other) is None


def test_gc_drops_what_was_not_used_for_longest(cache: ChunkCache) -> None:
    keys = [f"{number:02x}" * 32 for number in range(4)]
    for age, key in enumerate(keys):
        cache.put(key, make_speech())
        os.utime(file_of(cache, key), (1000 + age, 1000 + age))
    assert cache.get(keys[0]) is not None  # used just now
    size = cache.info().n_bytes // 4
    assert cache.gc(2 * size) == 2 * size
    assert [cache.has(key) for key in keys] == [True, False, False, True]


def test_a_file_that_stays_is_an_output_error(cache: ChunkCache, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.put(KEY, make_speech())
    monkeypatch.setattr(Path, "unlink", lambda *_, **__: Path("/").read_bytes())
    with pytest.raises(OutputError):
        cache.gc(0)


def test_a_sweep_removes_what_killed_writers_left_and_no_live_one(cache: ChunkCache) -> None:
    cache.put(KEY, make_speech())
    dead, live = (file_of(cache).with_name(f".{name}.chunk.abcdefgh.part") for name in ("dead", "live"))
    dead.touch()
    live.touch()
    os.utime(dead, (time.time() - 3600,) * 2)
    cache.sweep()
    assert not dead.exists()
    assert live.exists()
    assert cache.has(KEY)


def test_a_cleared_cache_is_empty_and_works(cache: ChunkCache) -> None:
    assert cache.clear() == 0
    cache.put(KEY, make_speech())
    assert cache.clear() > 0
    assert cache.info().n_chunks == 0
    cache.put(KEY, make_speech())
    assert cache.has(KEY)


def test_a_cache_that_is_cleared_meanwhile_takes_chunks(
    cache: ChunkCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    def clear_and_write(path: Path, **options: Any) -> Any:
        monkeypatch.undo()
        cache.clear()
        return atomic_write(path, **options)

    monkeypatch.setattr("ttsbook.files.atomic_write", clear_and_write)
    cache.put(KEY, make_speech())
    assert cache.has(KEY)


def test_a_cache_that_is_cleared_while_its_folder_is_looked_at_takes_chunks(
    cache: ChunkCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.put(KEY, make_speech())

    def clear_and_look(path: Path) -> bool:
        monkeypatch.undo()
        cache.clear()
        return path.is_dir()

    monkeypatch.setattr(Path, "is_dir", clear_and_look)  # `mkdir` asks when it finds that there is something
    cache.put(KEY, make_speech())
    assert cache.has(KEY)


def test_a_cache_that_others_write_to_and_clear_is_counted_swept_and_cleared_whole(cache: ChunkCache) -> None:
    keys = [f"{number:02x}" * 32 for number in range(40)]
    is_done = threading.Event()

    def write_on() -> None:
        while not is_done.is_set():
            cache.put(keys[0], make_speech())

    def look() -> None:
        while not is_done.is_set():
            cache.info()
            cache.sweep()

    with ThreadPoolExecutor() as threads:
        others = [threads.submit(write_on), threads.submit(look)]
        try:
            for _ in range(4):
                for key in keys[1:]:
                    cache.put(key, make_speech())
                cache.clear()
                assert not any(map(cache.has, keys[1:]))
        finally:
            is_done.set()
    for other in others:
        other.result()


def test_a_folder_that_cannot_be_made_is_an_output_error(tmp_path: Path) -> None:
    (tmp_path / "chunks").write_text("in the way")
    with pytest.raises(OutputError, match="cannot write"):
        ChunkCache(tmp_path / "chunks").put(KEY, make_speech())
