"""What goes wrong around a render, through the command line: disks, caches, signals, rivals, workers.

Each time the command says what is wrong with the right exit code, leaves nothing half, and, once the trouble
is over, ends with the bytes of an undisturbed run, having spoken again only what it must.
"""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest
from place import DELAY, IN_FLIGHT, N_SENTENCES, Place, children, wait_for_end, wait_until

LEXICON = '[words]\nfoxtrot = "bar"\n'
ROOT = os.geteuid() == 0


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    place = Place(tmp_path_factory.mktemp("undisturbed") / "place", "m4b").prepare()
    place.finish()
    return place.output.read_bytes()


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path / "place", "m4b").prepare()


def check(place: Place, undisturbed: bytes, twice: int = IN_FLIGHT) -> None:
    """Check that a render has ended well, with at most so many chunks spoken more than once."""
    assert place.output.read_bytes() == undisturbed
    assert sum(count - 1 for count in place.spoken().values()) <= twice
    for path in place.home.rglob(
        "*.part"
    ):  # of a killed writer; sweeping spares what is younger than a minute
        os.utime(path, (1000, 1000))
    place.finish("--no-resume", "--quiet") if list(place.home.rglob("*.part")) else None
    assert place.leftovers() == []


def break_off(place: Place, n_chunks: int = 12) -> None:
    """Kill a run after so many chunks."""
    process = place.start(DELAY)
    place.wait_for_chunks(n_chunks)
    workers = children(process.pid)
    process.kill()
    process.communicate()
    wait_for_end(workers)


@contextlib.contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Callable[[str], None]]:
    """Mount a file system of so many bytes; yield a function that changes how it is mounted."""
    if not ROOT or shutil.which("mount") is None:
        pytest.skip("only root may mount a file system")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], check=False
    )
    if mounted.returncode != 0:
        pytest.skip("no file system can be mounted here")
    try:
        yield lambda options: subprocess.run(["mount", "-o", f"remount,{options}", str(folder)], check=True)  # type: ignore[func-returns-value]
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_full_disk_for_the_output(place: Place, undisturbed: bytes) -> None:
    with small_disk(place.output.parent, "64k") as remount:
        talk = place.end(place.start(0.0), 5)
        assert b"No space left on device" in talk
        assert list(place.output.parent.iterdir()) == []
        remount("size=8m")
        place.finish()
        check(place, undisturbed, twice=0)


def test_a_full_disk_for_the_cache(place: Place, undisturbed: bytes) -> None:
    place.home.mkdir()
    with small_disk(place.home, "400k") as remount:
        talk = place.end(place.start(0.0), 5)
        assert b"finished chunks are kept" in talk
        assert not place.output.exists()
        assert 0 < place.spoken().total() < N_SENTENCES
        remount("size=8m")
        place.finish()
        check(place, undisturbed, twice=IN_FLIGHT + 5)  # and those that were about to be written


def test_a_file_that_may_not_grow(place: Place, undisturbed: bytes) -> None:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))

    talk = place.end(place.start(0.0, preexec_fn=limit), 5)
    assert b"File too large" in talk
    assert list(place.output.parent.iterdir()) == []
    place.finish()
    check(place, undisturbed, twice=0)


def test_a_read_only_folder_is_found_before_a_word_is_spoken(place: Place, undisturbed: bytes) -> None:
    if ROOT:
        with small_disk(place.output.parent, "8m") as remount:
            remount("ro")
            assert b"Read-only file system" in place.end(place.start(0.0), 5)
            assert place.spoken().total() == 0
            remount("rw")
            place.finish()
            check(place, undisturbed, twice=0)
        return
    place.output.parent.chmod(0o555)
    assert b"Permission denied" in place.end(place.start(0.0), 5)
    assert place.spoken().total() == 0
    place.output.parent.chmod(0o755)
    place.finish()
    check(place, undisturbed, twice=0)


@pytest.mark.parametrize("moment", ["between", "while speaking", "while writing"])
def test_a_removed_cache(place: Place, undisturbed: bytes, moment: str) -> None:
    if moment == "between":
        break_off(place)
        shutil.rmtree(place.home / "cache")
        place.finish()
        check(place, undisturbed, twice=12 + IN_FLIGHT)
        return
    process = place.start(DELAY)
    if moment == "while speaking":
        place.wait_for_chunks(12)
    else:
        wait_until(lambda: bool(list(place.output.parent.glob(".*.part"))), "nothing is written")
    shutil.rmtree(place.home / "cache", ignore_errors=True)
    place.end(process)
    check(place, undisturbed, twice=2 * N_SENTENCES)


@pytest.mark.parametrize(
    "seed", [0, pytest.param(1, marks=pytest.mark.slow), pytest.param(2, marks=pytest.mark.slow)]
)
def test_flipped_bits_in_the_cache(place: Place, undisturbed: bytes, seed: int) -> None:
    break_off(place, 20)
    random = Random(seed)
    chunks = sorted((place.home / "cache").rglob("*.chunk"))
    damaged = random.sample(chunks, 5)
    for path in damaged:
        data = bytearray(path.read_bytes())
        data[random.randrange(len(data))] ^= 1 << random.randrange(8)
        path.write_bytes(bytes(data))
    place.finish()
    check(place, undisturbed, twice=len(damaged) + IN_FLIGHT)


def test_flipped_bits_in_the_journal(place: Place, undisturbed: bytes) -> None:
    break_off(place)
    for path in place.home.rglob("*.sqlite3"):
        data = bytearray(path.read_bytes())
        for at in range(100, len(data), 37):
            data[at] ^= 0x55
        path.write_bytes(bytes(data))
    place.finish()
    check(place, undisturbed)


def test_two_renders_to_one_file(place: Place, undisturbed: bytes) -> None:
    first = place.start(0.3)
    place.wait_for_chunks(4)
    talk = place.end(place.start(0.0), 5)
    assert b"is being rendered by another process" in talk
    place.end(first)
    check(place, undisturbed, twice=0)


def test_two_renders_of_one_book_share_the_cache(place: Place, undisturbed: bytes) -> None:
    other = place.folder / "out" / "other.m4b"
    first = place.start(DELAY)
    second = place.start(DELAY, "-o", str(other), "--quiet")
    place.end(first)
    place.end(second)
    assert other.read_bytes() == place.output.read_bytes() == undisturbed
    other.unlink()
    assert place.leftovers() == []


def test_another_lexicon_speaks_anew_only_what_it_changes(place: Place, tmp_path: Path) -> None:
    fresh = Place(tmp_path / "fresh", "m4b").prepare()
    (fresh.folder / "book.lexicon.toml").write_text(LEXICON)
    fresh.finish()
    break_off(place)
    place.finish()
    before = place.spoken()
    (place.folder / "book.lexicon.toml").write_text(LEXICON)
    place.finish()
    assert place.output.read_bytes() == fresh.output.read_bytes()
    again = place.spoken() - before
    assert 0 < again.total() < N_SENTENCES / 3
    assert set(again) == set(fresh.spoken()) - set(before)


@pytest.mark.parametrize("change", ["voice", "model"])
def test_another_voice_or_model_speaks_everything_anew(place: Place, tmp_path: Path, change: str) -> None:
    more, options = (("--voice", "arthur", "--quiet"), {}) if change == "voice" else ((), {"MODEL": "2"})
    fresh = Place(tmp_path / "fresh", "m4b").prepare()
    fresh.finish(*more, **options)
    break_off(place)
    before = place.spoken()
    place.finish(*more, **options)
    assert place.output.read_bytes() == fresh.output.read_bytes()
    assert place.spoken() - before == fresh.spoken()


@pytest.mark.parametrize(
    ("number", "code", "word"),
    [(signal.SIGINT, 130, b"interrupted"), (signal.SIGTERM, 143, b"terminated")],
)
@pytest.mark.parametrize("n_chunks", [0, 12, pytest.param(40, marks=pytest.mark.slow)])
def test_signals(
    place: Place, undisturbed: bytes, number: signal.Signals, code: int, word: bytes, n_chunks: int
) -> None:
    process = place.start(DELAY)
    place.wait_for_chunks(n_chunks)
    if n_chunks == 0:
        wait_until(lambda: bool(children(process.pid)), "no worker starts")
    workers = children(process.pid)
    process.send_signal(number)
    talk = place.end(process, code)
    assert word in talk
    assert b"run again" in talk
    wait_for_end(workers)
    assert not place.output.exists()
    place.finish()
    check(place, undisturbed)


def test_a_reader_of_the_result_that_goes_away(place: Place, undisturbed: bytes) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    process = place.start(0.0, stdout=writing)
    os.close(writing)
    place.end(process, 1)  # the file is there, but nobody was told
    check(place, undisturbed, twice=0)


@pytest.mark.parametrize("closed", [(1,), (2,), (0, 1, 2)])
def test_streams_that_are_closed_from_the_start(
    place: Place, undisturbed: bytes, closed: tuple[int, ...]
) -> None:
    def close() -> None:
        for number in closed:
            os.close(number)

    place.end(place.start(0.0, "--verbose", preexec_fn=close))
    check(place, undisturbed, twice=0)


def test_a_worker_out_of_memory_speaks_less_at_once(place: Place, undisturbed: bytes) -> None:
    talk = place.finish("--verbose", FITS="1")
    assert b"batches of at most 1" in talk
    assert max(place.spoken().values()) == 1
    (place.folder / "whole.m4b").write_bytes(undisturbed)
    # The tags say that it went on with less; the sound is the same.
    assert _sound(place.output) == _sound(place.folder / "whole.m4b")
    place.finish("--force", "--quiet")
    check(place, undisturbed, twice=0)


def test_a_chunk_that_kills_its_worker_ends_the_run_and_keeps_the_others(
    place: Place, undisturbed: bytes
) -> None:
    talk = place.end(place.start(0.0, DIES="hotel"), 1)
    assert b"was killed" in talk
    assert b"Traceback" not in talk
    assert not place.output.exists()
    place.finish()
    check(place, undisturbed, twice=2 * N_SENTENCES)


@pytest.mark.slow
def test_a_worker_that_hangs_is_replaced_after_a_time_that_follows_from_its_chunks(
    place: Place, undisturbed: bytes
) -> None:
    process = place.start(0.2, "--verbose")
    place.wait_for_chunks(4)
    workers = [pid for pid in children(process.pid) if _is_worker(pid)]
    os.kill(workers[0], signal.SIGSTOP)
    began = time.monotonic()
    talk = place.end(process, timeout=400)
    assert b"did not answer in time" in talk
    assert time.monotonic() - began > 60
    wait_for_end(workers)
    check(place, undisturbed)


def _is_worker(pid: int) -> bool:
    return b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()


def _sound(path: Path) -> bytes:
    import av

    with av.open(str(path)) as container:
        return b"".join(bytes(frame.planes[0]) for frame in container.decode(audio=0))
