"""Clips by address: from a server on this machine, within limits, and by no other scheme."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from ttsbook.audio.decode import read_clip
from ttsbook.errors import InputError, MissingError, UsageError
from ttsbook.voice.fetch import FetchLimits, local_clip

CONTENT = bytes(range(256)) * 40


class Handler(BaseHTTPRequestHandler):
    """Answers by path: what the tests ask for, and what goes wrong in the world."""

    def do_GET(self) -> None:
        if self.path.startswith("/clips/"):
            self._answer(CONTENT)
        elif self.path == "/moved":
            self._redirect("/clips/me.wav")
        elif self.path == "/loop":
            self._redirect("/loop")
        elif self.path.startswith("/to/"):
            self._redirect({"file": "file:///etc/hostname", "ftp": "ftp://localhost/x"}[self.path[4:]])
        elif self.path == "/endless":
            self.send_response(200)
            self.end_headers()
            self._write_for(5.0, CONTENT)
        elif self.path == "/trickle":
            self.send_response(200)
            self.end_headers()
            self._write_for(5.0, b"x", pause=0.02)
        elif self.path == "/boast":
            self.send_response(200)
            self.send_header("Content-Length", str(1 << 40))
            self.end_headers()
        elif self.path == "/broken":
            self.send_response(200)
            self.send_header("Content-Length", str(len(CONTENT) + 1))
            self.end_headers()
            self.wfile.write(CONTENT)
        else:
            self.send_error(404)

    def log_message(self, *_: object) -> None: ...

    def _answer(self, data: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _redirect(self, place: str) -> None:
        self.send_response(302)
        self.send_header("Location", place)
        self.end_headers()

    def _write_for(self, seconds: float, data: bytes, pause: float = 0.0) -> None:
        end = time.monotonic() + seconds
        try:
            while time.monotonic() < end:
                self.wfile.write(data)
                time.sleep(pause)
        except OSError:  # the reader had enough
            self.close_connection = True


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        running.daemon_threads = True
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()


def read(place: str | Path, **limits: float) -> bytes:
    with local_clip(place, FetchLimits(**limits)) as path:  # type: ignore[arg-type]
        return path.read_bytes()


def test_a_path_and_a_file_address_are_the_file_itself(tmp_path: Path) -> None:
    clip = tmp_path / "my voice.wav"
    clip.write_bytes(b"clip")
    for place in (clip, str(clip), clip.as_uri()):
        with local_clip(place) as path:
            assert path == clip


def test_an_address_is_fetched_under_its_own_name_and_gone_afterwards(server: str) -> None:
    with local_clip(f"{server}/clips/my%20voice.wav?token=1") as path:
        assert path.name == "myvoice.wav"
        assert path.read_bytes() == CONTENT
    assert not path.exists()


def test_an_address_may_be_written_as_a_browser_shows_it(server: str) -> None:
    with local_clip(f"{server}/clips/my 声音.wav?q=a%20b&c=é") as path:
        assert path.name == "my声音.wav"


@pytest.mark.parametrize("name", ["..%2F..%2Fetc%2Fpasswd", ".hidden", "", "%00"])
def test_no_address_names_a_file_elsewhere(server: str, name: str) -> None:
    with local_clip(f"{server}/clips/{name}") as path:
        assert path.parent.name.startswith("ttsbook-")
        assert not path.name.startswith(".")


def test_a_redirect_on_the_web_is_followed(server: str) -> None:
    assert read(f"{server}/moved") == CONTENT


@pytest.mark.parametrize("scheme", ["file", "ftp"])
def test_a_redirect_elsewhere_is_not(server: str, scheme: str) -> None:
    with pytest.raises(InputError, match=rf"(?i){scheme}: address|redirect"):
        read(f"{server}/to/{scheme}")


def test_a_clip_that_breaks_off_is_not_taken_for_the_whole(server: str) -> None:
    with pytest.raises(
        InputError, match=rf"/broken broke off after {len(CONTENT)} of {len(CONTENT) + 1} bytes"
    ):
        read(f"{server}/broken")


def test_what_is_wrong_with_a_clip_is_said_of_its_address(server: str) -> None:
    place = f"{server}/clips/me.wav"
    with pytest.raises(InputError, match=f"^{place} is not an audio"), local_clip(place) as path:
        read_clip(path)


def test_a_loop_ends(server: str) -> None:
    with pytest.raises(InputError, match="302"):
        read(f"{server}/loop")


def test_too_much_is_refused_announced_or_not(server: str) -> None:
    for path in ("endless", "boast"):
        with pytest.raises(InputError, match="larger than 1 MiB"):
            read(f"{server}/{path}", max_bytes=1 << 20)


def test_a_server_that_takes_its_time_is_left(server: str) -> None:
    began = time.monotonic()
    with pytest.raises(InputError, match=r"longer than 0\.2 s"):
        read(f"{server}/trickle", seconds=0.2)
    assert time.monotonic() - began < 4


def test_what_is_not_there_says_so(server: str) -> None:
    with pytest.raises(MissingError, match="404"):
        read(f"{server}/nothing.wav")
    with pytest.raises(InputError, match="cannot be fetched"):
        read("http://127.0.0.1:9/clip.wav")


@pytest.mark.parametrize(
    "place", ["", "ftp://localhost/me.wav", "data://text", "file://elsewhere/me.wav", "http://[x"]
)
def test_other_places_are_refused(place: str) -> None:
    with pytest.raises(UsageError):
        read(place)
