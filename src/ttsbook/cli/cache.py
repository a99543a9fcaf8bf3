"""`ttsbook cache`: how much speech is kept for the next run, and how to delete it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

import typer

from ttsbook import paths
from ttsbook.cli import options
from ttsbook.cli.document import document
from ttsbook.cli.talk import count, print_json, size
from ttsbook.errors import UsageError

if TYPE_CHECKING:
    from ttsbook.render.cache import ChunkCache

app = typer.Typer(
    help="Manage the cache of rendered chunks, which is safe to delete.",
)

_UNITS = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
_UNITS |= {"KIB": 1 << 10, "MIB": 1 << 20, "GIB": 1 << 30, "TIB": 1 << 40}


@app.command()
def info(as_json: options.Json = False) -> None:
    """Show where the cache is and how large it is.

    \b
      ttsbook cache info
      ttsbook cache info --json
    """
    found = _cache().info()
    if as_json:
        print_json(document(folder=str(found.folder), chunks=found.n_chunks, bytes=found.n_bytes))
    else:
        print(f"{found.folder}: {count(found.n_chunks, 'chunk')}, {size(found.n_bytes)}")


@app.command()
def gc(
    max_size: Annotated[
        str, typer.Option("--max-size", metavar="SIZE", help="Keep at most this much.")
    ] = "2GB",
    as_json: options.Json = False,
) -> None:
    """Delete the chunks unused for longest until the rest fits.

    \b
      ttsbook cache gc
      ttsbook cache gc --max-size 500MB
    """
    _print_freed(_cache().gc(parse_size(max_size)), as_json)


@app.command()
def clear(as_json: options.Json = False) -> None:
    """Delete all chunks; the next render makes them again.

    \b
      ttsbook cache clear
      ttsbook cache clear --json
    """
    _print_freed(_cache().clear(), as_json)


def parse_size(text: str) -> int:
    """Read a size with its unit: "500MB", "2 GiB", "0".

    Raises:
        UsageError: it is not one.
    """
    match = re.fullmatch(r"(\d{1,15}(?:\.\d{1,15})?)\s*([A-Z]*)", text.strip().upper())
    if match is None or match[2] not in _UNITS:
        raise UsageError(f"--max-size {text}: expected a size such as 500MB or 2GiB")
    return int(float(match[1]) * _UNITS[match[2]])


def _cache() -> ChunkCache:
    from ttsbook.render.cache import ChunkCache

    return ChunkCache(paths.cache_dir() / "chunks")


def _print_freed(n_bytes: int, as_json: bool) -> None:
    if as_json:
        print_json(document(freed_bytes=n_bytes))
    else:
        print(f"{size(n_bytes)} freed")
