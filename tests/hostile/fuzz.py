"""Mutations of good files, put to the readers of this program in this process.

    python tests/hostile/fuzz.py --count 10000 --seed 1     # a long run: prints what it found

Every reader may answer or refuse with the errors that it promises, within time and memory; anything else is a
failure, and printed with its target and seed.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from types import FrameType

from good_files import (
    KEY,
    VOICE,
    books,
    casts,
    chunks,
    clips,
    configs,
    environments,
    front_end,
    journals,
    lexicons,
    plans,
    profile,
    profiles,
    shortened,
    texts,
    verdicts,
)  # fmt: skip
from mutate import mutate, mutate_zip

from ttsbook.audio.decode import read_clip
from ttsbook.book.read import read_book
from ttsbook.config import Source, load_config
from ttsbook.errors import InputError, MissingError, TtsbookError, UsageError
from ttsbook.render.account import account_of
from ttsbook.render.cache import ChunkCache
from ttsbook.render.cast import read_cast
from ttsbook.render.journal import Journal
from ttsbook.render.plan import plan_book
from ttsbook.render.planfile import read_plan
from ttsbook.render.settings import RenderSettings
from ttsbook.render.verdicts import _read as read_verdict
from ttsbook.text.lexicon import read_lexicon
from ttsbook.voice.profile import load_voice

MAX_SECONDS = 30.0  # one mutation; a loaded machine included
MAX_BYTES = 1 << 30  # that the process may grow by in a whole run

Mutate = Callable[[bytes, Random, bytes], bytes]
Put = Callable[[bytes, Path], object]


@dataclass(frozen=True, slots=True)
class Target:
    """One kind of file: good examples, how to spoil them, and who reads them."""

    name: str
    weight: int  # of all mutations
    seeds: Callable[[], tuple[tuple[str, bytes], ...]]  # (file name, bytes)
    put: Put  # reads the file that lies at a path; raises what it must not, or an error of `refuses`
    refuses: tuple[type[TtsbookError], ...]
    mutate: Mutate = mutate


@dataclass(frozen=True, slots=True)
class Failure:
    target: str
    seed: int
    trace: str


def _put_book(_: bytes, path: Path) -> object:
    book = read_book(path)
    assert all(
        block.text == block.text.strip() or block.kind.value == "verse"
        for c in book.chapters
        for block in c.blocks
    )
    plan = plan_book(shortened(book), RenderSettings(include_matter=True), VOICE, front_end(), "fuzz")
    assert account_of(plan).adds_up
    return plan


def _put_lexicon(_: bytes, path: Path) -> object:
    lexicon = read_lexicon(path)
    lexicon.find("The crow Hermione saw 重庆 and naïve foxes.", "en")
    return lexicon.entries


def _put_config(_: bytes, path: Path) -> object:
    return load_config({}, Source(file=path), folder=path.parent, environment={}).settings


def _put_environment(_: bytes, path: Path) -> object:
    path.rename(path.with_name(".env"))
    return load_config({}, Source(), folder=path.parent, environment={}).settings


def _put_chunk(data: bytes, path: Path) -> object:
    folder = path.parent / "chunks"
    (folder / KEY[:2]).mkdir(parents=True, exist_ok=True)
    (folder / KEY[:2] / f"{KEY[2:]}.chunk").write_bytes(data)
    speech = ChunkCache(folder).get(KEY)
    assert (speech is not None) == any(data == good for _, good in chunks()), "a damaged chunk was taken"
    return speech


def _put_verdict(data: bytes, path: Path) -> object:
    verdict = read_verdict(path)
    assert verdict is None or any(data == good for _, good in verdicts()), "a damaged verdict was taken"
    return verdict


def _put_journal(_: bytes, path: Path) -> object:
    with contextlib.closing(Journal(path, lambda _: None)) as journal:
        return journal.last(Path("/x/book.m4b")), journal.last_finished(Path("/x/book.m4b"))


def _put_profile(data: bytes, path: Path) -> object:
    """Read a profile whose description was changed, or whose numbers were, with their hash made to fit."""
    tensors = profile()[1]
    if not data.startswith(b"#numbers "):
        path.with_suffix(".toml").write_bytes(data)
        path.with_suffix(".safetensors").write_bytes(tensors)
        return load_voice(path.with_suffix(".toml"))
    numbers = data.removeprefix(b"#numbers ")
    old, new = (hashlib.sha256(each).hexdigest().encode() for each in (tensors, numbers))
    path.with_suffix(".toml").write_bytes(profile()[0].replace(old, new))
    path.with_suffix(".safetensors").write_bytes(numbers)
    return load_voice(path.with_suffix(".toml"))


def _put_plan(_: bytes, path: Path) -> object:
    return read_plan(path)


def _put_cast(_: bytes, path: Path) -> object:
    return read_cast(path)


def _put_clip(_: bytes, path: Path) -> object:
    return read_clip(path, rate_hz=16_000, max_seconds=20)


def _spoil_profile(data: bytes, random: Random, other: bytes) -> bytes:
    if not data.startswith(b"#numbers "):
        return mutate(data, random, other)
    return b"#numbers " + mutate(data.removeprefix(b"#numbers "), random, b"")


_BAD_FILE = (InputError, UsageError)
TARGETS = (
    Target("epub", 24, books, _put_book, _BAD_FILE, mutate_zip),
    Target("text", 20, texts, _put_book, _BAD_FILE),
    Target("lexicon", 12, lexicons, _put_lexicon, _BAD_FILE),
    Target("config", 10, configs, _put_config, (UsageError,)),
    Target("environment", 4, environments, _put_environment, (UsageError,)),
    Target("chunk", 6, chunks, _put_chunk, ()),
    Target("verdict", 2, verdicts, _put_verdict, ()),
    Target("journal", 4, journals, _put_journal, ()),
    Target("profile", 8, profiles, _put_profile, (InputError, MissingError), _spoil_profile),
    Target("plan", 4, plans, _put_plan, _BAD_FILE),
    Target("cast", 2, casts, _put_cast, _BAD_FILE),
    Target("clip", 4, clips, _put_clip, (InputError,)),
)


class TooSlow(BaseException):
    """Not an Exception: no reader may keep it."""


def fuzz(count: int, seed: int) -> tuple[list[Failure], Counter[str]]:
    """Put `count` mutations to the readers.

    Returns:
        The failures, and how often each target answered or refused.
    """
    failures: list[Failure] = []
    counts: Counter[str] = Counter()
    for number in range(count):
        one = Random(f"{seed} {number}")
        (target,) = one.choices(TARGETS, [each.weight for each in TARGETS])
        failure, answered = _try(target, one)
        counts[f"{target.name} {'answered' if answered else 'refused'}"] += 1
        if failure is not None:
            failures.append(Failure(target.name, number, failure))
    return failures, counts


def spoilt(target: Target, random: Random) -> tuple[str, bytes]:
    """Return the name and the bytes of one mutation."""
    seeds = target.seeds()
    name, good = random.choice(seeds)
    other = random.choice(seeds)[1]
    return name, target.mutate(good, random, other)


def _try(target: Target, random: Random) -> tuple[str | None, bool]:
    name, data = spoilt(target, random)
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder, _time_limit():
        path = Path(folder) / name
        path.write_bytes(data)
        try:
            target.put(data, path)
        except target.refuses as error:
            problem = _unclear(error)
            return problem, False
        except (Exception, TooSlow):
            return traceback.format_exc(limit=-6), False
    return None, True


def _unclear(error: TtsbookError) -> str | None:
    """Say what is wrong with a message."""
    if not error.message or "\n" in error.message.rstrip() or len(error.message) > 2000:
        return f"an unclear message: {error.message[:300]!r}"
    return None


@contextlib.contextmanager
def _time_limit() -> Iterator[None]:
    def stop(_number: int, _frame: FrameType | None) -> None:
        raise TooSlow(f"more than {MAX_SECONDS} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, MAX_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    os.environ["TTSBOOK_HOME"] = tempfile.mkdtemp(prefix="fuzz-home-")
    for target in TARGETS:
        target.seeds()
    front_end().say("Warm. 热。")
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    failures, counts = fuzz(chosen.count, chosen.seed)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    for failure in failures:
        print(f"--- {failure.target}, number {failure.seed}\n{failure.trace}")
    print("\n".join(f"{name:<24} {number:>6}" for name, number in sorted(counts.items())))
    print(
        f"{chosen.count} mutations, {len(failures)} failures, "
        f"{time.monotonic() - began:.0f} s, {grown >> 10} MB more"
    )
    return 1 if failures or grown << 10 > MAX_BYTES else 0


if __name__ == "__main__":
    sys.exit(main())
