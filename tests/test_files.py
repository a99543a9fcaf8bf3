"""Files that appear whole, and names that are no files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ttsbook.errors import InputError
from ttsbook.files import (
    atomic_write,
    is_stream,
    read_small,
    remove_leftovers,
    temporary_beside,
    temporary_prefix,
)


@pytest.mark.parametrize("name", ["/dev/null", "/dev/full", "/proc/self/fd/1"])
def test_devices_and_open_files_are_streams(name: str) -> None:
    assert is_stream(Path(name)) == Path(name).exists()


def test_files_folders_and_names_that_are_free_are_none(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    places = [tmp_path, tmp_path / "file", tmp_path / "free", tmp_path / ("long" * 100)]
    assert not any(map(is_stream, places))


def test_a_pipe_is_written_to_and_stays_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    with atomic_write(pipe) as handle:
        handle.write(b"words")
    assert os.read(reader, 100) == b"words"
    os.close(reader)
    assert pipe.is_fifo()


def test_unfinished_files_of_long_names_that_begin_alike_are_told_apart(tmp_path: Path) -> None:
    first, second = (tmp_path / f"{'全集' * 20}第{volume}卷.m4b" for volume in "一二")
    with temporary_beside(first) as partial:
        remove_leftovers(second)  # as a render of the second volume does when it begins
        assert partial.exists()


def test_what_another_process_still_writes_is_no_leftover(tmp_path: Path) -> None:
    killed = tmp_path / f"{temporary_prefix(tmp_path / 'a.wav')}abcdefgh.part"
    killed.touch()
    with temporary_beside(tmp_path / "a.wav") as partial:
        remove_leftovers(tmp_path / "a.wav")  # as the render of another user does when it begins
        assert partial.exists()
    assert not killed.exists()
    assert [path.name for path in tmp_path.iterdir()] == ["a.wav"]


def test_the_file_that_a_link_leads_to_is_written(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "a.txt").symlink_to("disk/a.txt")
    leftover = tmp_path / "disk" / f"{temporary_prefix(tmp_path / 'a.txt')}abcdefgh.part"
    leftover.touch()
    remove_leftovers(tmp_path / "a.txt")
    for words in (b"first", b"second"):
        with atomic_write(tmp_path / "a.txt") as handle:
            handle.write(words)
        assert (tmp_path / "a.txt").is_symlink()
        assert [path.read_bytes() for path in (tmp_path / "disk").iterdir()] == [words]


@pytest.mark.parametrize("name", ["a.wav", "\udcd6\udcd0.wav", "\udcff" * 100, "名" * 85])
def test_unfinished_files_can_be_named_after_any_file(tmp_path: Path, name: str) -> None:
    assert len(os.fsencode(temporary_prefix(tmp_path / name))) <= 82
    with atomic_write(tmp_path / name) as handle:
        handle.write(b"words")


@pytest.mark.parametrize("durable", [True, False])
def test_a_file_is_on_the_disk_before_it_has_its_name_and_then_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, durable: bool
) -> None:
    path, synced = tmp_path / "file", []

    def note(descriptor: int) -> None:
        synced.append((Path(f"/proc/self/fd/{descriptor}").readlink().suffix, path.exists()))

    monkeypatch.setattr(os, "fsync", note)
    with atomic_write(path, durable=durable) as handle:
        handle.write(b"words")
    assert synced == ([(".part", False), ("", True)] if durable else [])


def test_no_more_is_read_of_a_file_than_it_may_have(tmp_path: Path) -> None:
    full = tmp_path / "full"
    full.write_bytes(bytes(1 << 20))
    assert len(read_small(full, 1 << 20, "the file")) == 1 << 20
    with pytest.raises(InputError, match="cannot read the file /dev/zero: it is larger than 1 MB"):
        read_small(Path("/dev/zero"), 1 << 20, "the file")


def test_what_a_pipe_gave_is_there_for_every_book_of_a_batch() -> None:
    for words in (b"words", b"others"):
        reader, writer = os.pipe()
        os.write(writer, words)
        os.close(writer)
        for _ in range(2):
            assert read_small(Path(f"/dev/fd/{reader}"), 10, "the lexicon") == words
        os.close(reader)


def test_a_new_file_has_the_usual_permissions_without_a_look_at_the_umask(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = tmp_path / "usual"
    usual.touch()
    # Who looks at it sets it for a moment; two threads that look at once leave it at 0 for good.
    monkeypatch.setattr(os, "umask", None)
    with atomic_write(tmp_path / "file") as handle:
        handle.write(b"words")
    assert (tmp_path / "file").stat().st_mode == usual.stat().st_mode
