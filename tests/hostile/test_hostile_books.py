"""Every bad book through the command line: the right exit code, one clear line, nothing anywhere else."""

from __future__ import annotations

from pathlib import Path

import pytest
from bad_books import BadBook, bad_books
from command_line import Command

BOOKS = tuple(bad_books())
ENGINE = "beep_engine:BeepEngine"


def test_there_are_enough_of_them() -> None:
    assert len(BOOKS) >= 60
    assert len({book.name for book in BOOKS}) == len(BOOKS)


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.name.encode("unicode_escape").decode())
def test_a_bad_book_gives_its_code_and_one_clear_line(
    book: BadBook, ttsbook: Command, folder: Path, voice: str
) -> None:
    (folder / "in").mkdir()
    (folder / "out").mkdir()
    source = folder / "in" / book.name
    source.write_bytes(book.data())
    run = ttsbook(
        "render", source, "-o", "out/book.flac", "--voice", voice, "--engine", ENGINE, "--workers", 1, "-q"
    )
    assert run.code == book.code, run.err
    assert "Traceback" not in run.err
    assert "root:" not in run.err + run.out  # of /etc/passwd
    left = sorted(
        path.name for path in folder.parent.rglob("*") if path.is_file() and not _is_home(path, folder)
    )
    if book.code == 0:
        assert left == sorted([book.name, "book.flac"])
        assert run.err == ""
        return
    assert left == [book.name]
    errors = [line for line in run.err.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1
    assert len(run.err.splitlines()) <= 2  # the error and a hint
    assert book.says in run.err
    assert len(errors[0]) < 400


def _is_home(path: Path, folder: Path) -> bool:
    return (folder.parent / "home") in path.parents
