"""A clip named by a path or an address in, a file to read it from out.

Only http and https are fetched, within limits of size and time. Knows nothing of what is in the clip.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPException
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO
from urllib.error import HTTPError, URLError
from urllib.parse import SplitResult, quote, unquote, urlsplit
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    Request,
    url2pathname,
)

from ttsbook.errors import InputError, MissingError, UsageError
from ttsbook.paths import expand_user

REMOTE = ("http", "https")
_PIECE_BYTES = 1 << 16
_IN_ADDRESSES = "%/:=&?~#+!$,;'@()*[]"  # besides letters and digits; a browser shows others, and sends codes


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """Limits for a clip from the network."""

    max_bytes: int = 64 << 20  # an hour of compressed speech
    seconds: float = 60.0  # altogether
    silence_seconds: float = 15.0  # without a byte


@contextlib.contextmanager
def local_clip(place: str | Path, limits: FetchLimits = FetchLimits()) -> Iterator[Path]:
    """Yield the file that `place` names: a path, a `file:` address, or what lies at an `http(s):` address.

    A fetched file is gone after the block; the analysis of its voice is cached by content.

    Raises:
        UsageError: another kind of address, or none at all.
        MissingError: nothing is there.
        InputError: it cannot be fetched within the limits.
    """
    if not str(place).strip():
        raise UsageError("no voice was given", "give the name of one, or the path or address of a recording")
    try:
        address = urlsplit(str(place))
    except ValueError as error:  # brackets, which belong to an address of IPv6
        raise UsageError(f"{place} is not a valid address: {error}", "check the address") from error
    if address.scheme == "file":
        yield _path_of(address)
    elif address.scheme in REMOTE:
        with TemporaryDirectory(prefix="ttsbook-") as folder:
            path = Path(folder) / _file_name(address)
            _fetch(str(place), path, limits)
            try:
                yield path
            except InputError as error:  # the file is known to nobody, and will be gone
                if str(path) not in error.message:
                    raise
                raise InputError(error.message.replace(str(path), str(place)), error.hint) from error
    elif "://" in str(place):
        raise UsageError(
            f"cannot fetch clips from {address.scheme}: addresses",
            "use a path, or an address with file:, http: or https:",
        )
    else:
        yield expand_user(place)


def _path_of(address: SplitResult) -> Path:
    if address.netloc not in ("", "localhost"):
        raise UsageError(f"file://{address.netloc}{address.path} is on another machine", "use a local path")
    return Path(url2pathname(address.path))


def _file_name(address: SplitResult) -> str:
    """Return a harmless name like the one in the address: the voice is called after it."""
    name = unquote(address.path).rpartition("/")[2]
    kept = "".join(letter for letter in name if letter.isalnum() or letter in "-_.")[-80:]
    return kept.lstrip(".") or "clip"


def _fetch(url: str, path: Path, limits: FetchLimits) -> None:
    deadline = time.monotonic() + limits.seconds
    try:
        request = Request(quote(url, safe=_IN_ADDRESSES), headers={"User-Agent": "ttsbook"})
        with _opener().open(request, timeout=limits.silence_seconds) as answer, open(path, "wb") as file:
            told = int(answer.headers.get("Content-Length") or 0)
            _check_size(told, url, limits)
            n_bytes = 0
            # `read1` gives what has arrived, so that a trickle cannot outlast the deadline.
            while piece := answer.read1(_PIECE_BYTES):
                n_bytes += len(piece)
                _check_size(n_bytes, url, limits)
                if time.monotonic() > deadline:
                    raise InputError(f"{url} took longer than {limits.seconds:g} s", "download it first")
                file.write(piece)
            if n_bytes < told:  # `read1` does not say so
                raise InputError(f"{url} broke off after {n_bytes} of {told} bytes", "try again")
    except HTTPError as error:
        error.close()  # it is also the answer
        kind = MissingError if error.code in (404, 410) else InputError
        raise kind(f"{url}: {error.code} {error.reason}", "check the address") from error
    except (URLError, HTTPException, ValueError, TimeoutError, OSError) as error:
        why = error.reason if isinstance(error, URLError) else error
        raise InputError(f"{url} cannot be fetched: {why}", "check the address and the network") from error


def _check_size(n_bytes: int, url: str, limits: FetchLimits) -> None:
    if n_bytes > limits.max_bytes:
        raise InputError(f"{url} is larger than {limits.max_bytes >> 20} MiB", "a minute of speech is enough")


def _opener() -> OpenerDirector:
    """Return an opener that knows only those two schemes; urllib's own would also open files and FTP."""
    opener = OpenerDirector()
    for handler in (HTTPHandler, HTTPSHandler, HTTPDefaultErrorHandler, _Redirect, HTTPErrorProcessor):
        opener.add_handler(handler())
    return opener


class _Redirect(HTTPRedirectHandler):
    """Follows a redirect to the same scheme, or from http to https."""

    max_redirections = 5

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> Request | None:
        scheme = urlsplit(newurl).scheme
        if scheme not in (req.type, "https"):
            raise URLError(f"it redirects to a {scheme}: address")
        return super().redirect_request(req, fp, code, msg, headers, newurl)  # type: ignore[arg-type]
