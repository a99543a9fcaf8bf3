"""What mutations have brought to fall once: each must go on standing."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from good_files import front_end, journals

from ttsbook.config import Source, load_config
from ttsbook.errors import InputError, UsageError
from ttsbook.render.cast import read_cast
from ttsbook.render.journal import Journal
from ttsbook.text.lexicon import parse_lexicon


@pytest.mark.parametrize(("digits", "words"), [("๑๒", "十二"), ("੯", "九"), ("٣", "三"), ("𝟗", "九")])
def test_digits_of_other_scripts_are_numbers(digits: str, words: str) -> None:
    """They match \\d, but what spells out Chinese numbers did not know them."""
    spoken, _, _ = front_end().say(f"他有{digits}本书。", "zh")
    assert spoken == f"他有{words}本书。"
    english, _, _ = front_end().say(f"He has {digits} books.", "en")
    assert english.startswith("He has ")
    assert digits not in english


def test_numbers_of_thousands_of_digits_and_towers_of_brackets_are_no_toml(tmp_path: Path) -> None:
    """Python refuses them with errors that are not those of its TOML reader."""
    for text in ("a = " + "9" * 5000, "a = " + "[" * 100_000):
        path = tmp_path / "a.toml"
        path.write_text(text)
        with pytest.raises((InputError, UsageError)):
            parse_lexicon(text.encode(), "a.toml")
        with pytest.raises(UsageError):
            read_cast(path)
        with pytest.raises(UsageError):
            load_config({}, Source(file=path), folder=tmp_path, environment={})


def test_a_cast_may_name_a_voice_that_no_file_can_be_called(tmp_path: Path) -> None:
    (tmp_path / "roles.toml").write_text(f'narrator = "{"a" * 5000}"\nquoted = "a\\u0000b"\n')
    cast = read_cast(tmp_path / "roles.toml")
    assert cast.quoted == "a\0b"


def test_text_in_the_journal_that_is_no_text_is_gone_without(tmp_path: Path) -> None:
    ((_, data),) = journals()
    at = data.index(b"CREATE TABLE runs")
    for offset in range(0, 200, 7):
        path = tmp_path / f"{offset}.sqlite3"
        path.write_bytes(data[: at + offset] + b"\xa8" + data[at + offset + 1 :])
        warnings: list[str] = []
        with contextlib.closing(Journal(path, warnings.append)) as journal:
            journal.last(Path("/x/book.m4b"))
        assert len(warnings) <= 1


def test_a_message_stays_one_line_that_can_be_read() -> None:
    with pytest.raises(UsageError) as caught:
        parse_lexicon(f'[words]\nfox = {{ "ip{"9" * 5000}" = "x" }}'.encode(), "a.toml")
    assert len(caught.value.message) < 1100
    assert caught.value.message.startswith("a.toml: entry 'fox': unknown key 'ip999")
    assert InputError("a\nb").message == "a b"
