"""What was rendered where, and what was broken off: one small SQLite file.

It lets a run say that it resumes, tell its own outputs from other people's, leave a finished file alone,
and estimate how long a render takes. Nothing depends on it: without it, or with it locked or damaged,
the chunk cache alone resumes a render. It holds no chunks.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

from ttsbook.render.report import Report

_SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (
    id INTEGER PRIMARY KEY,
    output TEXT NOT NULL,           -- absolute path
    subtitles TEXT,                 -- the same, if any were asked for
    source TEXT NOT NULL,
    book_sha256 TEXT NOT NULL,
    inputs_sha256 TEXT NOT NULL,    -- of everything that changes the file
    process INTEGER NOT NULL,
    started REAL NOT NULL,          -- seconds since 1970
    updated REAL NOT NULL,
    state TEXT NOT NULL,            -- running, finished, failed, interrupted; running and dead = killed
    n_chunks INTEGER NOT NULL,
    n_done INTEGER NOT NULL,        -- cached or spoken, when it ended
    error TEXT,
    report TEXT                     -- JSON, of finished runs
);
CREATE INDEX IF NOT EXISTS runs_by_output ON runs (output, id);
"""
_VERSION = 1
_BUSY_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class PastRun:
    book_sha256: str
    inputs_sha256: str
    state: str
    report: Report | None


@dataclass(frozen=True, slots=True)
class NewRun:
    output: str  # absolute path
    subtitles: str | None
    source: str
    book_sha256: str
    inputs_sha256: str
    n_chunks: int


class Journal:
    """The journal of all renders of this user. The first failure is reported, all are ignored.

    Args:
        path: of the SQLite file.
        tell: called with a line for people if it cannot be used.
    """

    def __init__(self, path: Path, tell: Callable[[str], None]) -> None:
        self._path = path
        self._tell = tell
        self._run: int | None = None
        self._database: sqlite3.Connection | None = None
        with self._forgiving():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._database = _open(path)

    def close(self) -> None:
        if self._database is not None:
            self._database.close()
            self._database = None

    def last(self, output: Path) -> PastRun | None:
        """Return the last run that wrote, or wanted to write, `output`."""
        return self._past("output = ?", (str(output),))

    def last_finished(self, output: Path) -> PastRun | None:
        """Return the last run that wrote `output`."""
        return self._past("output = ? AND state = 'finished'", (str(output),))

    def wrote_subtitles(self, path: Path) -> bool:
        """Return whether a run wrote `path` as subtitles, or wanted to: then it was free or ours."""
        with self._forgiving() as database:
            found = database.execute("SELECT 1 FROM runs WHERE subtitles = ? LIMIT 1", _values(str(path)))
            row = found.fetchone()
            return row is not None
        return False

    def start(self, run: NewRun) -> None:
        """Note that a run begins."""
        now = time.time()
        with self._forgiving() as database:
            self._run = database.execute(
                "INSERT INTO runs (output, subtitles, source, book_sha256, inputs_sha256, n_chunks, process,"
                " started, updated, state, n_done) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'running', 0)",
                _values(*astuple(run), os.getpid(), now, now),
            ).lastrowid

    def finish(self, report: Report) -> None:
        """Note that the output is there, whole, and forget the earlier runs to it.

        One that wrote other subtitles stays: nothing else tells that they are ours.
        """
        self._set(state="finished", n_done=report.chunks, report=json.dumps(report.as_dict()))
        with self._forgiving() as database:
            database.execute(
                "DELETE FROM runs WHERE output = ? AND id < ? AND (subtitles IS NULL"
                " OR subtitles IS (SELECT subtitles FROM runs WHERE id = ?))",
                _values(report.output, self._run, self._run),
            )

    def fail(self, state: str, error: str, n_done: int) -> None:
        """Note that the run ended without a result."""
        self._set(state=state, error=error, n_done=n_done)

    def _set(self, **values: str | int) -> None:
        if self._run is None:
            return
        columns = ", ".join(f"{name} = ?" for name in ("updated", *values))
        with self._forgiving() as database:
            database.execute(
                f"UPDATE runs SET {columns} WHERE id = ?", _values(time.time(), *values.values(), self._run)
            )

    def _past(self, condition: str, values: tuple[str, ...]) -> PastRun | None:
        with self._forgiving() as database:
            row = database.execute(
                "SELECT book_sha256, inputs_sha256, state, report FROM runs"
                f" WHERE {condition} ORDER BY id DESC LIMIT 1",
                _values(*values),
            ).fetchone()
            if row is not None:
                book, inputs, state, report = row
                return PastRun(book, inputs, state, _read_report(report))
        return None

    @contextlib.contextmanager
    def _forgiving(self) -> Iterator[Any]:
        """Yield the database; after its first failure go on without it."""
        try:
            yield self._database if self._database is not None else _Nothing()
        except (sqlite3.Error, OSError, ValueError) as error:  # ValueError: damaged text in it
            advice = "if this happens again, delete it"  # a damaged one would never be used again
            self._tell(f"the journal {self._path} cannot be used: {error}; continuing without it; {advice}")
            self.close()


class _Nothing:
    """Stands for a database that could not be opened: remembers nothing."""

    lastrowid = None

    def execute(self, *_: object) -> _Nothing:
        return self

    def fetchone(self) -> None:
        return None


def _values(*values: object) -> tuple[object, ...]:
    """Return values as SQLite takes them: bytes in the name of a file that are no UTF-8 are spelt out."""
    return tuple(
        each.encode("utf-8", "backslashreplace").decode("utf-8") if isinstance(each, str) else each
        for each in values
    )


def _open(path: Path) -> sqlite3.Connection:
    # The rollback journal (not WAL) works on every file system and leaves no files beside it when idle.
    # Each statement is its own transaction: a kill leaves the one before it.
    database = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
    try:
        (version,) = database.execute("PRAGMA user_version").fetchone()
        if version not in (0, _VERSION):
            raise sqlite3.DatabaseError(f"it is of version {version}, from another ttsbook")
        database.executescript(_SCHEMA)
        database.execute(f"PRAGMA user_version = {_VERSION}")
    except BaseException:
        database.close()
        raise
    return database


def _read_report(text: str | None) -> Report | None:
    if text is None:
        return None
    try:
        return Report.from_dict(json.loads(text))
    except ValueError:  # of an older program
        return None
