"""Reads the data files beside the code: one record per line, fields between tabs, `#` starts a comment.

Knows nothing of what the tables mean.
"""

from __future__ import annotations

from functools import cache
from importlib import resources


def read_bytes(name: str) -> bytes:
    """Return a file of `ttsbook.text.data` as it is."""
    return resources.files("ttsbook.text.data").joinpath(name).read_bytes()


@cache
def read_rows(name: str) -> tuple[tuple[str, ...], ...]:
    """Return the records of a table, without comments and empty lines."""
    lines = read_bytes(name).decode("utf-8").splitlines()
    return tuple(
        tuple(field.strip() for field in line.split("\t"))
        for line in lines
        if line.strip() and not line.startswith("#")
    )


@cache
def read_map(name: str) -> dict[str, str]:
    """Return a table of two columns as a mapping."""
    return {row[0]: row[1] for row in read_rows(name)}


@cache
def read_words(name: str) -> frozenset[str]:
    """Return every word of a table, however they are laid out in lines."""
    return frozenset(word for row in read_rows(name) for field in row for word in field.split())
