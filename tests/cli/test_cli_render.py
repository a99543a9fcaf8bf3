"""`ttsbook render`: books to files, what is printed, and what happens when one fails."""

from __future__ import annotations

import errno
import json
import os
import subprocess
from pathlib import Path

import beep_engine
import pytest
from command_line import SAMPLE, Command, Start

from ttsbook.engines.base import EngineSpec
from ttsbook.files import sha256_file
from ttsbook.render import attempt
from ttsbook.render.standby import Standby
from ttsbook.types import VoiceProfile

TEXT = "Chapter 1\n\nIt was a dark and stormy night.\n\nChapter 2\n\nThe rain fell in torrents.\n"


@pytest.fixture(autouse=True)
def beep(monkeypatch: pytest.MonkeyPatch, voice: str) -> None:
    monkeypatch.setenv("TTSBOOK_ENGINE", beep_engine.NAME)
    monkeypatch.setenv("TTSBOOK_VOICE", voice)
    monkeypatch.setenv("TTSBOOK_WORKERS", "1")


def write(path: Path, text: str = TEXT) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_the_path_goes_to_stdout_and_the_talk_to_stderr(ttsbook: Command, folder: Path) -> None:
    run = ttsbook("render", SAMPLE, "-o", "book.m4b")
    assert (run.code, run.out) == (0, "book.m4b\n")
    assert (folder / "book.m4b").stat().st_size > 10_000
    talk = run.err.splitlines()
    assert "Two Fables and a Homecoming" in talk[0]
    assert [line for line in talk if line.startswith("chapter 4: 故乡")]
    assert "× real time" in talk[-1]


def test_front_and_back_matter_that_is_left_out_is_named(ttsbook: Command) -> None:
    run = ttsbook("render", SAMPLE, "-o", "book.wav")
    (line,) = [line for line in run.err.splitlines() if line.startswith("left out")]
    assert (
        line == "left out as front or back matter: Two Fables and a Homecoming; --include-matter reads it too"
    )
    for flags in (("--include-matter",), ("--chapters", "1-2")):
        assert "left out" not in ttsbook("render", SAMPLE, "-o", "book.wav", "--force", *flags).err


def test_without_an_output_the_file_stands_beside_the_book(ttsbook: Command, folder: Path) -> None:
    book = write(folder / "books" / "storm.txt")
    run = ttsbook("render", book, "--format", "flac")
    assert run.out == f"{book.with_suffix('.flac')}\n"
    assert book.with_suffix(".flac").is_file()


def test_a_folder_that_may_not_be_looked_into_is_not_passed_over(
    ttsbook: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder / "good.txt")
    closed = folder / "closed"
    closed.mkdir()
    scandir = os.scandir

    def refuse(place: Path) -> object:
        if Path(place) == closed:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(place))
        return scandir(place)

    monkeypatch.setattr(os, "scandir", refuse)  # root may look into every folder
    run = ttsbook("render", folder, "--out-dir", "audio")
    assert run.code == 3
    assert f"cannot read {closed}: Permission denied" in run.err


def test_a_book_whose_path_cannot_be_followed_is_an_input_error(ttsbook: Command, folder: Path) -> None:
    write(folder / "file.txt")
    for path in (folder / "file.txt" / "book.txt", folder / ("long" * 100)):
        assert ttsbook("render", path, "-o", "out.wav").code == 3


def test_an_epub_that_was_unpacked_is_not_taken_for_the_texts_in_it(ttsbook: Command, folder: Path) -> None:
    write(folder / "shelf" / "Novel.epub" / "META-INF" / "container.xml", "<container/>")
    write(folder / "shelf" / "Novel.epub" / "readme.txt")
    run = ttsbook("render", "shelf", "--out-dir", "audio")
    assert run.code == 3
    assert "shelf/Novel.epub is an unpacked EPUB" in run.err
    assert "zip -r ../packed.epub" in run.err


def test_quiet_says_nothing_and_still_prints_the_path(ttsbook: Command, folder: Path) -> None:
    run = ttsbook("render", write(folder / "storm.txt"), "-q")
    assert run.out.endswith("storm.wav\n")
    assert run.err == ""


def test_standard_input_is_a_book(start: Start, folder: Path) -> None:
    process = start("render", "-", "-o", "storm.wav", stdin=subprocess.PIPE)
    out, _ = process.communicate(TEXT, timeout=60)
    assert (process.returncode, out) == (0, "storm.wav\n")
    assert (folder / "storm.wav").is_file()


def test_standard_input_needs_a_name_for_the_output(ttsbook: Command) -> None:
    run = ttsbook("render", "-")
    assert run.code == 2
    assert "-o" in run.err


def test_a_folder_renders_into_a_folder_of_the_same_shape(ttsbook: Command, folder: Path) -> None:
    write(folder / "shelf" / "b.txt")
    write(folder / "shelf" / "deep" / "a.md", "# One\n\nHello.\n")
    write(folder / "shelf" / "cover.jpg", "not a book")
    run = ttsbook("render", "shelf", "--out-dir", "audio")
    assert run.code == 0
    assert run.out.splitlines() == ["audio/b.wav", "audio/deep/a.wav"]
    assert sorted(path.name for path in folder.glob("audio/**/*.wav")) == ["a.wav", "b.wav"]


def test_one_book_that_fails_does_not_stop_the_others(ttsbook: Command, folder: Path) -> None:
    bad = write(folder / "bad.epub", "PK\3\4 cut off")
    good = write(folder / "good.txt")
    run = ttsbook("render", bad, good, "--out-dir", "audio")
    assert run.code == 3
    assert run.out == "audio/good.wav\n"
    assert f"error: {bad}: " in run.err
    assert not (folder / "audio" / "bad.wav").exists()


@pytest.mark.parametrize("split", [[], ["--split", "chapter"]])
def test_books_that_fail_leave_no_empty_folders(ttsbook: Command, folder: Path, split: list[str]) -> None:
    write(folder / "shelf" / "bad.epub", "PK\3\4 cut off")
    cursed = write(folder / "shelf" / "cursed.txt", "An unspeakable thing.")
    (folder / "there").mkdir()
    ttsbook("render", "shelf", "--out-dir", "there/audio", "--report", "there/audio/r.json", *split)
    assert [path.name for path in (folder / "there").rglob("*")] == ["audio", "r.json"]
    ttsbook("render", "shelf", "--out-dir", "there/again", *split)
    ttsbook("render", cursed, "-o", "there/c.wav", *split)
    assert [path.name for path in (folder / "there").iterdir()] == ["audio"]


def test_a_disk_that_fails_at_one_book_does_not_stop_the_others(
    ttsbook: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hash_of(path: Path) -> str:
        if path.stem == "bad":
            raise OSError(errno.EIO, "Input/output error")  # names no file, as `read` does not
        return sha256_file(path)

    monkeypatch.setattr("ttsbook.render.rendering.sha256_file", hash_of)
    run = ttsbook("render", write(folder / "bad.txt"), write(folder / "good.txt"), "--out-dir", "audio")
    assert (run.code, run.out) == (1, "audio/good.wav\n")
    assert "bad.txt: a disk or the terminal failed: Input/output error\nhint: " in run.err


def test_a_bug_that_one_book_meets_does_not_stop_the_others(
    ttsbook: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hash_of(path: Path) -> str:
        if path.stem.startswith("bad"):
            raise ZeroDivisionError(f"at {path.stem}")
        return sha256_file(path)

    monkeypatch.setattr("ttsbook.render.rendering.sha256_file", hash_of)
    books = [write(folder / f"{name}.txt") for name in ("bad1", "good", "bad2")]
    run = ttsbook("render", *books, "--out-dir", "audio", "--report", "report.json")
    assert (run.code, run.out) == (70, "audio/good.wav\n")
    assert "bad1.txt: this is a bug in ttsbook: ZeroDivisionError: at bad1\nhint: please report" in run.err
    first, good, second = json.loads((folder / "report.json").read_text())["books"]
    assert "report" in good
    assert [book["error"]["exit_code"] for book in (first, second)] == [70, 70]
    kept = Path(run.err.rpartition("details in ")[2].strip()).read_text()
    assert "ZeroDivisionError: at bad1" in kept
    assert "ZeroDivisionError: at bad2" in kept


def test_a_terminal_that_is_gone_does_not_stop_the_books(start: Start, folder: Path) -> None:
    for name in "ab":
        write(folder / "shelf" / f"{name}.txt")
    terminal, line = os.openpty()
    os.close(terminal)
    process = start("render", "shelf", "--out-dir", "audio", "--report", "report.json", stdout=line)
    os.close(line)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 1
    assert "error: a disk or the terminal failed: Input/output error\nhint: " in err
    assert sorted(path.name for path in folder.glob("audio/*")) == ["a.wav", "b.wav"]
    assert len(json.loads((folder / "report.json").read_text())["books"]) == 2


def test_failures_of_different_kinds_are_exit_code_one(ttsbook: Command, folder: Path) -> None:
    bad = write(folder / "bad.epub", "PK\3\4 cut off")
    cursed = write(folder / "cursed.txt", "An unspeakable thing.")
    run = ttsbook("render", bad, cursed, "--out-dir", "audio")
    assert (run.code, run.out) == (1, "")


def test_json_is_one_document_with_reports_and_errors(ttsbook: Command, folder: Path) -> None:
    bad = write(folder / "bad.epub", "PK\3\4 cut off")
    run = ttsbook(
        "render", write(folder / "good.txt"), bad, "--out-dir", "audio", "--json", "--report", "r.json"
    )
    good, failed = run.document["books"]
    account = good["report"]["account"]
    assert account["spoken"] + sum(account["skipped"].values()) == account["total"]
    assert failed["error"]["exit_code"] == 3
    assert json.loads((folder / "r.json").read_text(encoding="utf-8")) == run.document


def test_whatever_is_said_beside_progress_in_json_lines_is_one_too(ttsbook: Command, folder: Path) -> None:
    (folder / "storm.lexicon.toml").write_text("[words]\n", encoding="utf-8")
    write(folder / "storm.txt")
    said = ttsbook("render", "storm.txt", "--progress", "json").err.splitlines()
    events = [json.loads(line) for line in said]
    assert {"event": "note", "text": "lexicon storm.lexicon.toml, found next to the book"} in events
    said = ttsbook("render", "gone.txt", "--progress=json").err.splitlines()
    events = [json.loads(line) for line in said]
    assert events[-1]["event"] == "error"
    assert "gone.txt" in events[-1]["text"]
    assert "hint" in events[-1]


def test_progress_in_json_lines_ends_with_finished(ttsbook: Command, folder: Path) -> None:
    run = ttsbook("render", write(folder / "storm.txt"), "--progress", "json")
    events = [json.loads(line) for line in run.err.splitlines()]
    names = [event["event"] for event in events]
    assert names.count("chapter") == 2
    assert "started" in names
    assert names[-1] == "finished"


def test_a_dry_run_prints_the_plan_and_writes_nothing(ttsbook: Command, folder: Path) -> None:
    book = write(folder / "storm.txt")
    run = ttsbook("render", book, "-o", "storm.mp3", "--dry-run", "--chapters", "2", "--depfile", "d",
                  "--report", "r")  # fmt: skip
    assert run.code == 0
    assert "storm.mp3 (mp3, voice ann)" in run.out
    assert [path.name for path in folder.iterdir()] == ["storm.txt"]
    plan = ttsbook("render", book, "-o", "storm.mp3", "--dry-run", "--json").document["books"][0]["plan"]
    assert [chapter["index"] for chapter in plan["chapters"]] == [1, 2]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["-o", "book.xyz"], "book.xyz"),
        (["-o", "book"], "book"),
        (["-o", "book.mp3", "--format", "m4b"], "contradicts"),
        (["-o", "book.mp3", "--out-dir", "audio"], "used together"),
        (["-o", "x.wav", "--speed", "5"], "0.5 to 2"),
        (["--out-dir", "x", "--format", "ogg"], "one of wav, mp3, m4b, flac, opus"),
        (["--preset", "best"], "no preset"),
        (["-o", "x.wav", "--chapters", "9"], "chapter"),
        (["--no-such-option"], "--no-such-option"),
    ],
)
def test_what_makes_no_sense_is_a_usage_error(ttsbook: Command, arguments: list[str], words: str) -> None:
    run = ttsbook("render", SAMPLE, *arguments)
    assert run.code == 2
    assert words in run.err


def test_two_books_never_share_an_output(ttsbook: Command, folder: Path) -> None:
    one, two = write(folder / "a" / "x.txt"), write(folder / "b" / "x.txt")
    run = ttsbook("render", one, two, "--out-dir", "audio")
    assert run.code == 2
    assert str(one) in run.err
    assert str(two) in run.err
    run = ttsbook("render", one, two, "-o", "x.wav")
    assert run.code == 2


def test_the_book_is_never_its_own_output(ttsbook: Command, folder: Path) -> None:
    book = write(folder / "x.wav")
    assert ttsbook("render", book, "-o", "x.wav", "--force").code == 2
    assert book.read_text(encoding="utf-8") == TEXT


def test_a_foreign_file_is_replaced_only_with_force(ttsbook: Command, folder: Path) -> None:
    book, foreign = write(folder / "storm.txt"), write(folder / "storm.wav", "my song")
    run = ttsbook("render", book)
    assert run.code == 5
    assert "--force" in run.err
    assert foreign.read_text(encoding="utf-8") == "my song"
    assert ttsbook("render", book, "--force").code == 0
    assert foreign.read_bytes()[:4] == b"RIFF"


@pytest.mark.parametrize("flag", ["--report", "--depfile"])
@pytest.mark.parametrize("name", ["storm.txt", "storm.wav", "storm.srt", "storm.epub"])
def test_a_report_never_falls_on_the_book_or_another_output(
    ttsbook: Command, folder: Path, flag: str, name: str
) -> None:
    book = write(folder / "storm.txt")
    run = ttsbook("render", book, flag, folder / name, "--subtitles", "srt", "--epub3", "storm.epub")
    assert (run.code, run.out) == (2, "")
    assert f"give {flag} another name" in run.err
    assert book.read_text(encoding="utf-8") == TEXT
    assert list(folder.iterdir()) == [book]


@pytest.mark.parametrize("name", ["sub/../storm.txt", "link/storm.txt", "sub/../storm.wav"])
def test_a_report_is_known_by_its_place_whatever_the_way_to_it(
    ttsbook: Command, folder: Path, name: str
) -> None:
    (folder / "sub").mkdir()
    (folder / "link").symlink_to(folder)
    (folder / "other.txt").symlink_to(write(folder / "storm.txt"))
    for book in ("storm.txt", "other.txt"):
        run = ttsbook("render", book, "-o", "storm.wav", "--report", name)
        assert (run.code, (folder / "storm.txt").read_text("utf-8")) == (2, TEXT)


def test_a_report_that_cannot_be_written_is_told_before_the_work(ttsbook: Command, folder: Path) -> None:
    book = write(folder / "storm.txt")
    for place in ("nowhere/report.json", folder, "/proc/report.json"):
        run = ttsbook("render", book, "--report", place)
        assert (run.code, run.out) == (5, "")
    assert not (folder / "storm.wav").exists()


def test_a_report_may_stand_in_a_folder_that_is_made_for_the_audio(ttsbook: Command, folder: Path) -> None:
    book = write(folder / "storm.txt")
    assert ttsbook("render", book, "--out-dir", "new", "--report", "new/report.json").code == 0
    assert (folder / "new" / "report.json").is_file()


def test_a_device_or_pipe_is_never_replaced(ttsbook: Command, folder: Path) -> None:
    book, pipe = write(folder / "storm.txt"), folder / "pipe.wav"
    os.mkfifo(pipe)
    run = ttsbook("render", book, "-o", pipe, "--force")
    assert (run.code, run.out) == (5, "")
    assert "pipe.wav is a device or a pipe" in run.err
    assert pipe.is_fifo()


def test_a_book_may_have_the_longest_name_there_is(ttsbook: Command, folder: Path) -> None:
    book = write(folder / f"{'风' * 83}.txt")
    assert ttsbook("inspect", book).code == 0
    assert ttsbook("render", book).code == 0


def test_an_output_may_be_a_link_to_another_disk_but_not_to_the_book(ttsbook: Command, folder: Path) -> None:
    book, output = write(folder / "storm.txt"), folder / "storm.wav"
    (folder / "disk").mkdir()
    output.symlink_to("disk/storm.wav")
    assert ttsbook("render", book, "-o", output).code == 0
    assert output.is_symlink()
    assert [path.name for path in (folder / "disk").iterdir()] == ["storm.wav"]
    (folder / "other.wav").symlink_to(book)
    assert ttsbook("render", book, "-o", "other.wav", "--force").code == 2
    assert book.read_text("utf-8") == TEXT


def test_a_link_that_leads_to_itself_is_replaced(ttsbook: Command, folder: Path) -> None:
    output = folder / "storm.wav"
    output.symlink_to(output)
    assert ttsbook("render", write(folder / "storm.txt")).code == 0
    assert output.read_bytes()[:4] == b"RIFF"


def test_no_more_workers_wait_for_a_short_book_than_it_has_chunks(
    ttsbook: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    class Counted(Standby):
        def __init__(self, spec: EngineSpec, voice: VoiceProfile, n_workers: int) -> None:
            asked.append(n_workers)
            super().__init__(spec, voice, 0)

    monkeypatch.setattr(attempt, "Standby", Counted)
    assert ttsbook("render", write(folder / "storm.txt"), "--workers", "256").code == 0
    assert asked == [0]


def test_a_name_that_is_too_long_is_an_output_error(ttsbook: Command, folder: Path) -> None:
    assert ttsbook("render", write(folder / "storm.txt"), "-o", f"{'x' * 300}.wav").code == 5


def test_the_output_folder_must_exist_for_one_file_and_is_made_for_several(
    ttsbook: Command, folder: Path
) -> None:
    book = write(folder / "storm.txt")
    assert ttsbook("render", book, "-o", "nowhere/storm.wav").code == 5
    assert ttsbook("render", book, "--out-dir", "new/folder").code == 0


def test_settings_come_from_the_project_file(ttsbook: Command, folder: Path) -> None:
    write(folder / "ttsbook.toml", 'format = "flac"\nsample-rate = 16000\n')
    report = ttsbook("render", write(folder / "storm.txt"), "--json").document["books"][0]["report"]
    assert (report["format"], report["rate_hz"]) == ("flac", 16000)


def test_inspect_knows_the_pace_of_the_last_long_render(
    ttsbook: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ttsbook.cli.pace.MIN_SECONDS", 20.0)
    assert ttsbook("inspect", SAMPLE, "--json").document["estimated_render_seconds"] is None
    ttsbook("render", SAMPLE, "-o", "book.wav")
    assert ttsbook("inspect", SAMPLE, "--json").document["estimated_render_seconds"] > 0
