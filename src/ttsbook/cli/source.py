"""What the commands read and how they plan without speaking: a path or standard input into a book."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ttsbook.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ttsbook.render.plan import Plan
    from ttsbook.render.settings import RenderSettings
    from ttsbook.render.task import Adapt
    from ttsbook.types import Book, VoiceProfile

STDIN = "-"
MAX_STDIN_BYTES = 512 << 20  # far above any book


def read_source(source: str) -> Book:
    """Read a book from a path or, for "-", from standard input."""
    from ttsbook.book import read_book, read_stream
    from ttsbook.render.planfile import is_plan, read_plan
    from ttsbook.text.g2p.dictionary import has_word

    check_name(source)
    if source == STDIN:
        return read_stream(read_stdin(), is_word=has_word)
    if is_plan(source):
        return read_plan(Path(source)).book
    return read_book(Path(source), has_word)


def check_name(source: str) -> None:
    """Refuse an empty name: to `Path` it is the current folder.

    Raises:
        UsageError: it is empty.
    """
    if not source:
        raise UsageError("the name of a book is empty", "is a variable of the shell not set?")


def read_stdin() -> bytes:
    """Return all of standard input.

    Raises:
        UsageError: it is a terminal, where the program would seem to hang, or has no end.
    """
    if sys.stdin.isatty():
        raise UsageError(
            "- reads standard input, but nothing is piped into it", "for example: cat text | ttsbook …"
        )
    data = sys.stdin.buffer.read(MAX_STDIN_BYTES + 1)
    if len(data) > MAX_STDIN_BYTES:
        raise UsageError(f"standard input is longer than {MAX_STDIN_BYTES >> 20} MiB")
    return data


def plan_without_keys(
    book: Book,
    settings: RenderSettings,
    voice: VoiceProfile | None = None,
    adapt: Adapt | None = None,
    voices: Mapping[str, VoiceProfile] | None = None,
    max_phonemes: int = sys.maxsize,
) -> Plan:
    """Plan a book to look at it: the same chunks as a render's, with keys that mean nothing.

    `max_phonemes` is what the engine takes; where that is not known, chunks are as long as any may be.
    """
    from ttsbook.render.plan import ChunkMaker, plan_book
    from ttsbook.render.reading import front_end_for, other_front_ends

    own = front_end_for(settings, voice, max_phonemes)
    maker: ChunkMaker = own
    if adapt is not None:
        maker = adapt(own, other_front_ends(settings, voice, voices or {}, max_phonemes))
    return plan_book(book, settings, voice or nobody(), maker, engine_fingerprint="", voices=voices)


def nobody() -> VoiceProfile:
    """Return a profile for plans whose keys mean nothing."""
    from ttsbook.types import Provenance, VoiceProfile

    return VoiceProfile("", (), 0.0, 0.0, Provenance("", "", 0.0, ""))
