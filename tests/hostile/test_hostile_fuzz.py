"""A slice of the long run of mutations (RESULTS.md), and the mutator itself."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from bad_books import bad_books, epub, page
from fuzz import TARGETS, Target, fuzz, spoilt
from mutate import mutate, mutate_zip

HERE = Path(__file__).parent
SLICE = 300


def test_good_files_are_read(tmp_path: Path) -> None:
    for target in TARGETS:
        for number, (name, data) in enumerate(target.seeds()):
            folder = tmp_path / f"{target.name}{number}"
            folder.mkdir()
            (folder / name).write_bytes(data)
            assert target.put(data, folder / name) is not None, name


def test_no_mutation_brings_a_reader_to_fall() -> None:
    failures, counts = fuzz(SLICE, seed=int(os.environ.get("FUZZ_SEED", "2")))
    assert [f"{failure.target} {failure.seed}: {failure.trace}" for failure in failures] == []
    assert {name.split()[0] for name in counts} == {target.name for target in TARGETS}
    assert sum(number for name, number in counts.items() if name.endswith("refused")) > SLICE / 10
    assert sum(number for name, number in counts.items() if name.endswith("answered")) > SLICE / 10


def test_a_failure_is_found_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def put(data: bytes, _: Path) -> object:
        return data.decode("ascii")

    fragile = Target("fragile", 1, lambda: (("a", b"plain text" * 20),), put, ())
    monkeypatch.setattr("fuzz.TARGETS", (fragile,))
    failures, _ = fuzz(60, seed=1)
    assert 0 < len(failures) < 60
    assert "UnicodeDecodeError" in failures[0].trace


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_equal_seeds_give_equal_mutations_and_others_differ(target: Target) -> None:
    one, two = ([spoilt(target, Random(seed)) for seed in range(12)] for _ in range(2))
    assert one == two
    good = {data for _, data in target.seeds()}
    assert len({data for _, data in one} - good) > 6


def test_an_archive_stays_one_most_of_the_time() -> None:
    good = epub()
    changed = [mutate_zip(good, Random(seed), b"other") for seed in range(40)]
    assert sum(data.startswith(b"PK\3\4") for data in changed) > 30
    assert len(set(changed)) > 35
    assert len(mutate(b"x" * 1000, Random(1))) <= 400_000


@pytest.mark.slow
def test_fifty_megabytes_in_one_chapter_and_all_bad_books_fit_into_two_gigabytes(tmp_path: Path) -> None:
    """Nothing is cut off, and nothing takes more memory than a small machine has."""
    random = Random(3)
    words = [
        "".join(random.choices("abcdefghijklmnopqrstuvwxyz", k=random.randint(2, 9))) for _ in range(16_000)
    ]
    paragraphs = [
        " ".join(words[at : at + 300]) for at in range(0, len(words), 300)
    ]  # 100 kB: more than a zip remembers
    body = "".join(f"<p>{text}.</p>" for text in paragraphs)
    (tmp_path / "fifty.epub").write_bytes(epub({"a.xhtml": page(body * (50_000_000 // len(body) + 1))}))
    for number, book in enumerate(bad_books()):
        (tmp_path / f"{number}{Path(book.name).suffix}").write_bytes(book.data())
    program = (
        "import sys\nfrom pathlib import Path\nfrom ttsbook.book.read import read_book\n"
        "from ttsbook.errors import InputError\n"
        "for path in sorted(Path(sys.argv[1]).iterdir()):\n"
        "    try:\n        book = read_book(path)\n    except InputError:\n        continue\n"
        "    if path.name == 'fifty.epub':\n"
        "        print(sum(len(block.text) for chapter in book.chapters for block in chapter.blocks))\n"
    )

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))

    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)],
        capture_output=True,
        text=True,
        preexec_fn=limit,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 49_000_000
