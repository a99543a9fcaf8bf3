"""Tables beside recordings: who speaks in which file, and what."""

from __future__ import annotations

import csv
from pathlib import Path

from ttsbook.errors import InputError


def read_table(path: Path, *columns: str) -> dict[str, dict[str, str]]:
    """Read a tab-separated table into rows by their column `file`; nothing if it does not exist.

    Raises:
        InputError: it is no table, or lacks a column.
    """
    if not path.is_file():
        return {}
    try:
        with open(path, encoding="utf-8-sig", newline="") as handle:
            rows = list(csv.DictReader(handle, delimiter="\t", restval=""))
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path} is no table: {error}", "it should be tab-separated UTF-8") from error
    for column in ("file", *columns):
        if rows and column not in rows[0]:
            raise InputError(f"{path} has no column `{column}`", "columns are separated by tabs")
    return {row["file"]: row for row in rows}
