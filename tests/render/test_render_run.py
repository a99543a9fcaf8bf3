"""Whole renders in this process: one set of bytes whatever the way, and a true report."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from stand_in import VOICE, LetterFrontEnd, make_book, make_settings

from ttsbook.audio.probe import probe
from ttsbook.book.words import book_of_text
from ttsbook.cli.progress import describe_plan
from ttsbook.errors import MissingError, OutputError, RenderError, UsageError
from ttsbook.files import sha256_file, temporary_prefix
from ttsbook.render import journal
from ttsbook.render.assemble import TRAIL_MS, assemble
from ttsbook.render.check_report import report_paths
from ttsbook.render.lock import lock_output
from ttsbook.render.plan import Plan, plan_book
from ttsbook.render.report import ChapterReport, Report
from ttsbook.render.reporter import Progress, SilentReporter
from ttsbook.render.run import render_book
from ttsbook.render.settings import PauseTable
from ttsbook.render.target import Target, writable
from ttsbook.text import FrontEnd
from ttsbook.types import Book, Chapter, Chunk, Cover, Speech, VoiceProfile


class Recorder(SilentReporter):
    """Remembers what it is told."""

    def __init__(self) -> None:
        self.events: list[str] = []
        self.progress: list[Progress] = []
        self.warnings: list[str] = []
        self.plan: Plan | None = None

    def started(self, plan: Plan) -> None:
        self.events.append("started")
        self.plan = plan

    def chunk_done(self, progress: Progress) -> None:
        self.progress.append(progress)

    def chapter_done(self, chapter: ChapterReport) -> None:
        self.events.append(f"chapter {chapter.index}")

    def stage(self, name: str) -> None:
        self.events.append(name)

    def warning(self, text: str) -> None:
        self.warnings.append(text)

    def finished(self, report: Report) -> None:
        self.events.append(f"finished {report.chunks}")


def render(
    output: Path,
    *,
    book: Book | None = None,
    voice: VoiceProfile = VOICE,
    reporter: SilentReporter | None = None,
    **settings: Any,
) -> Report:
    return render_book(
        book or make_book(),
        output,
        settings=make_settings(**settings),
        voice=voice,
        reporter=reporter or SilentReporter(),
        front_end=LetterFrontEnd(),
    )


def log_of(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


def test_workers_and_batches_do_not_change_a_byte(tmp_path: Path) -> None:
    hashes = {
        render(tmp_path / f"{n}.wav", workers=workers, batch=batch, resume=False).output_sha256
        for n, (workers, batch) in enumerate([(1, 1), (1, 8), (2, 3), (3, 1)])
    }
    assert len(hashes) == 1


def test_chunks_stand_in_book_order_with_their_pauses(tmp_path: Path) -> None:
    pauses = PauseTable(head_ms=400, heading_ms=900, sentence_ms=300, paragraph_ms=700, scene_ms=1400)
    report = render(tmp_path / "b.srt.wav", workers=2, batch=1, subtitles="srt", pauses=pauses, chapters="1")
    blocks = (tmp_path / "b.srt.srt").read_text().strip().split("\n\n")
    texts = [block.split("\n", 2)[2].replace("\n", " ") for block in blocks]
    assert texts[:2] == ["Chapter one", "In one the number was aaa."]
    assert texts[-1] == "The same words end every chapter."
    times = [[_ms(clock) for clock in block.split("\n")[1].split(" --> ")] for block in blocks]
    assert times[0][0] == 400
    gaps = [start - end for (_, end), (start, _) in pairwise(times)]
    assert gaps == [900, 300, 300, 300, 300, 1400]  # of paragraph and scene break the longer
    assert round(report.seconds * 1000) == times[-1][1] + pauses.tail_ms


def _ms(clock: str) -> int:
    hours, minutes, seconds = clock.replace(",", ".").split(":")
    return round((int(hours) * 60 + int(minutes)) * 60_000 + float(seconds) * 1000)


def test_nothing_clicks_where_chunks_meet_silence() -> None:
    plan = plan_book(make_book(), make_settings(), VOICE, LetterFrontEnd(), "model")
    loud = Speech(np.full(4000, 0.5, np.float32), 8000)  # an engine that stops in the midst of a sound
    pieces = assemble(plan.chapters, lambda chunks: (loud for _ in chunks), PauseTable(), 8000)
    samples = np.concatenate([piece.samples for _, piece in pieces])
    assert np.abs(np.diff(samples)).max() < 0.03 < 0.4 < samples.max()


def test_a_weak_sound_at_the_end_of_a_chunk_is_heard_in_the_pause_behind_it() -> None:
    plan = plan_book(book_of_text("A hat.\n\nA mouth."), make_settings(), VOICE, FrontEnd(), "model")
    weak, floor = np.full(480, 0.002, np.float32), np.zeros(1600, np.float32)  # a t at -54 dBFS
    speech = Speech(np.concatenate((np.full(4000, 0.5, np.float32), weak, floor)), 8000, (4000, 4480))
    pauses = PauseTable(head_ms=0, paragraph_ms=700, tail_ms=50)
    pieces = [piece for _, piece in assemble(plan.chapters, lambda c: (speech for _ in c), pauses, 8000)]
    said, pause, last = pieces  # a tail that is shorter than the trail is none, and cuts nothing off
    np.testing.assert_array_equal(said.samples[4000:4480], weak)
    assert len(said.samples) == 4000 + 240 + said.n_trail  # the 30 ms that trimming leaves, and the trail
    assert said.n_trail + len(pause.samples) == 8 * 700
    assert said.n_trail == last.n_trail == 8 * TRAIL_MS
    assert said.phoneme_ends == (4000, 4240)


def test_a_break_of_the_page_is_silence_of_its_length_where_the_table_asks_for_less() -> None:
    book = book_of_text('One. <break time="1300ms"/> Two. <break time="1ms"/> Three.')
    plan = plan_book(book, make_settings(), VOICE, FrontEnd(), "model")
    loud = Speech(np.full(4000, 0.5, np.float32), 8000)
    pauses = PauseTable(head_ms=0, tail_ms=0, sentence_ms=350)
    pieces = [
        piece for _, piece in assemble(plan.chapters, lambda chunks: (loud for _ in chunks), pauses, 8000)
    ]
    silences = [len(piece.samples) / 8 for piece in pieces if piece.planned is None]
    assert silences == [1300, 350]
    assert plan.estimated_seconds > 1.65


def test_what_cannot_be_read_at_the_start_of_a_chapter_delays_it_by_no_pause() -> None:
    book = make_book(1)
    (chapter, _) = book.chapters
    scene_break = chapter.blocks[2]
    unread = (scene_break, replace(chapter.blocks[0], text="שלום"), *chapter.blocks[1:])
    book = replace(book, chapters=(replace(chapter, blocks=unread),))
    plan = plan_book(book, make_settings(), VOICE, LetterFrontEnd(), "model")
    loud = Speech(np.full(4000, 0.5, np.float32), 8000)
    pauses = PauseTable(head_ms=400, heading_ms=900, scene_ms=1400)
    pieces = [
        piece for _, piece in assemble(plan.chapters, lambda chunks: (loud for _ in chunks), pauses, 8000)
    ]
    silences = [len(piece.samples) / 8 for piece in pieces if piece.planned is None]
    assert (silences[0], silences[-2]) == (400, 1400)


def test_one_gain_brings_the_book_to_its_loudness(tmp_path: Path) -> None:
    quiet = render(tmp_path / "quiet.wav", loudness=-30.0)
    loud = render(tmp_path / "loud.wav", loudness=-20.0)
    assert loud.cached == loud.chunks
    assert quiet.loudness_lufs == loud.loudness_lufs
    assert loud.gain_db - quiet.gain_db == pytest.approx(10.0, abs=0.02)


def test_chapters_of_the_file_are_those_of_the_report(tmp_path: Path) -> None:
    report = render(tmp_path / "b.m4b", format="m4b")
    marks = probe(tmp_path / "b.m4b").marks
    assert [mark.title for mark in marks] == ["Chapter one", "Chapter two", "Chapter three"]
    assert [mark.start / 8000 for mark in marks] == pytest.approx(
        [chapter.start_seconds for chapter in report.chapters], abs=0.001
    )
    assert sum(chapter.seconds for chapter in report.chapters) == pytest.approx(report.seconds)


def test_the_tags_say_that_the_voice_is_synthetic_and_whose_it_is(tmp_path: Path) -> None:
    render(tmp_path / "b.m4b", format="m4b")
    comment = probe(tmp_path / "b.m4b").tags["comment"]
    assert comment.startswith("Synthetic narration by ttsbook")
    assert "voice Ann from ann.wav" in comment
    assert "consent: my own voice" in comment


def test_the_report_is_json_and_comes_back(tmp_path: Path) -> None:
    report = render(tmp_path / "b.wav", workers=2)
    values = json.loads(json.dumps(report.as_dict()))
    assert values["schema_version"] == 1
    assert Report.from_dict(values) == report
    assert report.output_sha256 == sha256_file(tmp_path / "b.wav")
    assert (report.chunks, report.cached, report.workers, report.device) == (21, 0, 2, "cpu")
    assert report.account.adds_up
    assert report.account.failed == 0
    assert report.seconds == pytest.approx(probe(tmp_path / "b.wav").seconds, abs=1e-3)
    assert report.worker_peak_rss_bytes > 1 << 20
    own, workers = report.peak_rss_bytes, report.workers * report.worker_peak_rss_bytes
    # This process may be largest after its workers have left; Linux counts pages to one in a thousand.
    assert max(own, workers) <= report.total_peak_rss_bytes <= (own + workers) * 1.01


def test_the_reporter_hears_everything_in_order(tmp_path: Path) -> None:
    recorder = Recorder()
    render(tmp_path / "b.wav", reporter=recorder)
    chapters = [f"chapter {n}" for n in (1, 2, 3)]
    assert recorder.events == ["plan", "started", "speak", *chapters, "encode", "check", "finished 21"]
    assert [progress.done for progress in recorder.progress] == list(range(1, 22))
    assert recorder.progress[-1].eta_seconds == 0


def test_equal_sentences_are_spoken_once(tmp_path: Path) -> None:
    render(tmp_path / "b.wav", options={"log": str(tmp_path / "log")})
    spoken = log_of(tmp_path / "log")
    assert len(spoken) == len(set(spoken)) < 21


def test_a_second_render_leaves_the_file_alone_and_touches_it(tmp_path: Path) -> None:
    output = tmp_path / "b.wav"
    first = render(output)
    os.utime(output, (1000, 1000))
    second = render(output)
    assert second == replace(first, up_to_date=True)
    assert output.stat().st_mtime > 1000


@pytest.mark.parametrize("change", [{"loudness": -25.0}, {"speed": 1.5}, {"chapters": "1"}])
def test_our_own_file_is_replaced_when_settings_change(tmp_path: Path, change: dict[str, Any]) -> None:
    first = render(tmp_path / "b.wav")
    second = render(tmp_path / "b.wav", **change)
    assert not second.up_to_date
    assert second.output_sha256 != first.output_sha256


def test_a_damaged_output_is_written_again(tmp_path: Path) -> None:
    output = tmp_path / "b.m4b"
    first = render(output, format="m4b")
    output.write_bytes(output.read_bytes()[:-1])
    second = render(output, format="m4b")
    assert not second.up_to_date
    assert second.output_sha256 == first.output_sha256 == sha256_file(output)


def test_a_file_of_ours_is_known_by_its_tags_if_the_journal_is_lost(tmp_path: Path, home: Path) -> None:
    first = render(tmp_path / "b.wav")
    (home / "state" / "renders.sqlite3").unlink()
    assert render(tmp_path / "b.wav").output_sha256 == first.output_sha256


def test_a_foreign_file_is_not_replaced_without_force(tmp_path: Path) -> None:
    output = tmp_path / "b.wav"
    output.write_bytes(b"somebody's diary")
    with pytest.raises(OutputError, match="not made by ttsbook") as caught:
        render(output)
    assert caught.value.exit_code == 5
    assert output.read_bytes() == b"somebody's diary"
    render(output, force=True)
    assert probe(output).format == "wav"


def test_a_file_of_another_book_is_foreign(tmp_path: Path) -> None:
    render(tmp_path / "b.wav")
    with pytest.raises(OutputError, match="this book"):
        render(tmp_path / "b.wav", book=replace(make_book(), sha256="ef" * 32))


def test_foreign_subtitles_are_not_replaced_and_ours_are(tmp_path: Path) -> None:
    (tmp_path / "b.srt").write_text("mine")
    with pytest.raises(OutputError, match=r"b\.srt"):
        render(tmp_path / "b.wav", subtitles="srt")
    (tmp_path / "b.srt").unlink()
    render(tmp_path / "b.wav", subtitles="srt")
    assert not render(tmp_path / "b.wav", subtitles="srt", speed=1.5).up_to_date


@pytest.mark.parametrize("between", [None, "vtt"])
def test_subtitles_stay_ours_after_a_render_without_them(tmp_path: Path, between: str | None) -> None:
    render(tmp_path / "b.wav", subtitles="srt")
    render(tmp_path / "b.wav", subtitles=between)
    assert not render(tmp_path / "b.wav", subtitles="srt", speed=1.5).up_to_date


def test_two_renders_of_one_output_exclude_each_other(tmp_path: Path, home: Path) -> None:
    with (
        lock_output(tmp_path / "b.wav", home / "state" / "locks"),
        pytest.raises(OutputError, match="by another process"),
    ):
        render(tmp_path / "b.wav")
    render(tmp_path / "b.wav")


def test_a_home_on_a_disk_without_locks_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(OutputError, match=r"cannot lock .*\.lock: No locks available"):
        render(tmp_path / "b.wav")


@pytest.mark.parametrize("name", ["missing/b.wav", ".", "b" * 300 + ".wav"])
def test_an_output_that_cannot_be_written_is_found_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(Path, "is_dir", os.path.isdir)  # never raises, as since Python 3.14
    with pytest.raises(OutputError):
        render(tmp_path / name, options={"log": str(tmp_path / "log")})
    assert log_of(tmp_path / "log") == []


def test_a_name_that_the_file_system_refuses_is_found_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = os.open

    def refuse(path: str | Path, *flags: int) -> int:
        if ":" in str(path):  # as on exFAT
            raise OSError(errno.EINVAL, "Invalid argument")
        return original(path, *flags)

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(OutputError, match=r"Dune: Messiah\.wav: Invalid argument") as caught:
        render(tmp_path / "Dune: Messiah.wav", options={"log": str(tmp_path / "log")})
    assert "characters such as :" in (caught.value.hint or "")
    assert log_of(tmp_path / "log") == []


def test_a_report_of_listening_that_cannot_be_written_is_found_first(tmp_path: Path) -> None:
    output = tmp_path / f"{'b' * 246}.wav"  # a name that may be as long, but not with .check.html
    target = Target(output, None, reports=report_paths(output))
    with pytest.raises(OutputError, match="File name too long"), writable(target):
        pass


def test_an_output_may_have_the_longest_name_that_a_file_can_have(tmp_path: Path) -> None:
    name = "📖" * 62 + ".wav"  # 252 bytes of the 255
    (tmp_path / f"{temporary_prefix(Path(name))}abcdefgh.part").touch()
    render(tmp_path / name)
    assert {path.name for path in tmp_path.iterdir()} == {name, "home"}


def test_what_follows_a_dot_in_a_title_is_no_suffix(tmp_path: Path) -> None:
    render(tmp_path / "Dr. Who", format="wav", subtitles="srt")
    assert (tmp_path / "Dr. Who.srt").is_file()
    render(tmp_path / "Dr. No", format="wav", split=True)
    assert (tmp_path / "Dr. No" / "Dr. No.m3u8").is_file()


def test_a_pipe_is_not_replaced_by_a_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "b.wav")
    with pytest.raises(OutputError, match="pipe"):
        render(tmp_path / "b.wav", force=True)
    assert (tmp_path / "b.wav").is_fifo()


@pytest.mark.parametrize("name", ["b.srt", "b.wav"])
def test_no_file_is_written_over_another_of_the_same_render(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="two different files"):
        render(tmp_path / "b.wav", subtitles="srt", epub3=tmp_path / name)
    assert not (tmp_path / name).exists()


def test_a_rate_that_the_format_lacks_is_found_first(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="sample rate"):
        render(tmp_path / "b.mp3", format=None, rate_hz=12345, options={"log": str(tmp_path / "log")})
    assert log_of(tmp_path / "log") == []


def test_flipped_bits_in_the_cache_are_found_and_spoken_again(tmp_path: Path, home: Path) -> None:
    first = render(tmp_path / "a.wav")
    chunks = sorted((home / "cache" / "chunks").glob("*/*.chunk"))
    for path in chunks[::4]:
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 4
        path.write_bytes(data)
    log = tmp_path / "log"
    second = render(tmp_path / "b.wav", workers=2, options={"log": str(log)})
    assert len(log_of(log)) == len(chunks[::4])
    assert second.output_sha256 == first.output_sha256


@pytest.mark.parametrize("workers", [1, 2])
def test_a_chunk_that_vanishes_during_the_render_is_spoken_again(
    tmp_path: Path, home: Path, workers: int
) -> None:
    first = render(tmp_path / "a.wav", resume=False)

    class Vandal(Recorder):
        def chunk_done(self, progress: Progress) -> None:
            if progress.done in (4, 21):
                for path in (home / "cache" / "chunks").glob("*/*.chunk"):
                    path.unlink()

    second = render(tmp_path / "b.wav", workers=workers, reporter=Vandal())
    assert second.output_sha256 == first.output_sha256


@pytest.mark.parametrize("change", ["voice", "model"])
def test_a_changed_voice_or_model_speaks_anew(tmp_path: Path, change: str) -> None:
    render(tmp_path / "a.wav")
    voice = replace(VOICE, log_f0_std=0.3) if change == "voice" else VOICE
    options = {"model": "2"} if change == "model" else {}
    assert render(tmp_path / "b.wav", voice=voice, options=options).cached == 0


def test_a_changed_sentence_alone_is_spoken_anew(tmp_path: Path) -> None:
    render(tmp_path / "a.wav")
    book = make_book()
    first = book.chapters[0]
    block = replace(first.blocks[3], text="Some other words end this chapter.")
    edited = replace(first, blocks=(*first.blocks[:3], block))
    log = tmp_path / "log"
    render(
        tmp_path / "b.wav",
        book=replace(book, chapters=(edited, *book.chapters[1:])),
        options={"log": str(log)},
    )
    assert log_of(log) == ["some other words end this chapter"]


def test_no_resume_speaks_everything_anew(tmp_path: Path) -> None:
    first = render(tmp_path / "a.wav")
    second = render(tmp_path / "a.wav", resume=False)
    assert (second.cached, second.output_sha256) == (0, first.output_sha256)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_failure_keeps_what_was_spoken_and_the_next_run_goes_on(tmp_path: Path, workers: int) -> None:
    log, once = tmp_path / "log", tmp_path / "once"
    options = {"log": str(log), "fail": "in three", "once": str(once)}
    with pytest.raises(RenderError, match="divided by zero"):
        render(tmp_path / "b.wav", workers=workers, batch=1, options=options)
    assert not (tmp_path / "b.wav").exists()
    recorder = Recorder()
    report = render(tmp_path / "b.wav", workers=workers, batch=1, reporter=recorder, options=options)
    assert recorder.plan is not None
    assert recorder.plan.resumes
    assert describe_plan(recorder.plan).startswith("resuming ")
    assert report.cached >= recorder.plan.n_cached >= 10
    assert max(log_of(log).count(text) for text in log_of(log)) == 1 or workers > 1


def test_an_engine_that_is_not_here_is_named_before_anything_is_spoken(tmp_path: Path) -> None:
    with pytest.raises(MissingError, match="no weights"):
        render(tmp_path / "b.wav", options={"missing": "no weights"})


@pytest.mark.parametrize("damage", ["garbage", "locked", "newer"])
def test_a_journal_that_cannot_be_used_does_not_matter(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    monkeypatch.setattr(journal, "_BUSY_SECONDS", 0.1)
    render(tmp_path / "a.wav", options={"log": str(tmp_path / "log")})
    path = home / "state" / "renders.sqlite3"
    holder = sqlite3.connect(path)
    if damage == "garbage":
        path.write_bytes(b"not a database at all" * 100)
    elif damage == "newer":
        holder.execute("PRAGMA user_version = 99")
    else:
        holder.execute("BEGIN EXCLUSIVE")
    recorder = Recorder()
    report = render(tmp_path / "b.wav", reporter=recorder)
    holder.close()
    assert report.cached == report.chunks
    (warning,) = (text for text in recorder.warnings if "journal" in text)
    assert "if this happens again, delete it" in warning
    assert report.warnings == tuple(recorder.warnings)


def test_a_chapter_with_nothing_to_say_has_no_mark(tmp_path: Path) -> None:
    book = make_book()
    blank = replace(book.chapters[1], blocks=(book.chapters[1].blocks[2],))
    report = render(
        tmp_path / "b.m4b",
        format="m4b",
        book=replace(book, chapters=(book.chapters[0], blank, book.chapters[2])),
    )
    assert [mark.title for mark in probe(tmp_path / "b.m4b").marks] == ["Chapter one", "Chapter three"]
    assert [chapter.index for chapter in report.chapters] == [1, 3]


def test_speech_too_quiet_to_find_is_still_there() -> None:
    plan = plan_book(make_book(1, 1), make_settings(), VOICE, LetterFrontEnd(), "model")
    whisper = Speech(np.full(800, 1e-4, np.float32), 8000)
    pieces = assemble(plan.chapters, lambda chunks: (whisper for _ in chunks), PauseTable(), 8000)
    assert [len(piece.samples) for _, piece in pieces if piece.planned] == [800, 800, 800]


@pytest.mark.parametrize("asked_ms", [0, 9000])
def test_a_chapter_ends_with_its_pause_or_a_longer_one_that_is_asked_for(asked_ms: int) -> None:
    first, second = plan_book(make_book(2, 1), make_settings(), VOICE, LetterFrontEnd(), "model").chapters
    *chunks, last = first.chunks
    last = replace(last, chunk=replace(last.chunk, pause_ms=asked_ms))
    speech = Speech(np.full(800, 0.5, np.float32), 8000)
    pauses = PauseTable()
    chapters = (replace(first, chunks=(*chunks, last)), second)
    *_, (_, end) = (
        each for each in assemble(chapters, lambda c: (speech for _ in c), pauses, 8000) if not each[0]
    )
    assert len(end.samples) == 8 * max(asked_ms, pauses.chapter_ms)


def test_a_cover_that_is_no_picture_is_told_and_left_out(tmp_path: Path) -> None:
    book = replace(make_book(1, 1), cover=Cover(b"RIFF....WEBP", "image/webp"))
    report = render(tmp_path / "b.m4b", format="m4b", book=book)
    assert [text for text in report.warnings if "the cover is neither" in text]
    assert probe(tmp_path / "b.m4b").cover is None


def test_the_journal_says_how_a_run_ended_that_did_not_finish(tmp_path: Path, home: Path) -> None:
    with pytest.raises(RenderError):
        render(tmp_path / "b.wav", options={"fail": "two"}, batch=1)
    with contextlib.closing(sqlite3.connect(home / "state" / "renders.sqlite3")) as database:
        ((state, error, n_done),) = database.execute("SELECT state, error, n_done FROM runs").fetchall()
    assert (state, n_done > 0) == ("failed", True)
    assert "divided by zero" in error


def test_the_journal_keeps_one_finished_run_for_an_output(tmp_path: Path, home: Path) -> None:
    for speed in (1.0, 1.2, 1.4):
        render(tmp_path / "b.wav", speed=speed)
    database = sqlite3.connect(home / "state" / "renders.sqlite3")
    runs = database.execute("SELECT state, n_chunks, n_done FROM runs").fetchall()
    database.close()
    assert runs == [("finished", 21, 21)]


def test_few_chunks_get_no_process_of_their_own(tmp_path: Path) -> None:
    assert render(tmp_path / "b.wav", workers=None).workers == 1


def test_another_format_of_the_same_book_shares_its_subtitles(tmp_path: Path) -> None:
    render(tmp_path / "b.wav", subtitles="srt")
    before = (tmp_path / "b.srt").read_bytes()
    render(tmp_path / "b.flac", format="flac", subtitles="srt")
    assert (tmp_path / "b.srt").read_bytes() == before


def test_what_the_command_line_imports_at_start_brings_no_numpy() -> None:
    modules = "ttsbook.render.plan, ttsbook.render.reporter, ttsbook.render.settings, ttsbook.engines.choose"
    code = f"import sys, {modules}; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


class PairFrontEnd(LetterFrontEnd):
    """Joins all sentences of a paragraph into one chunk, and knows where each of them ends."""

    def chunks(self, chapter: Chapter, default_language: str | None = None) -> Iterator[Chunk]:
        for position, block in enumerate(chapter.blocks):
            apart = [chunk for chunk in super().chunks(chapter, default_language) if chunk.block == position]
            phonemes = " ".join(chunk.phonemes for chunk in apart)
            yield replace(
                apart[-1], index=position, start=0, text=block.text, phonemes=phonemes, spoken=phonemes
            )

    def sentence_ends(self, chunk: Chunk) -> tuple[tuple[int, int], ...]:
        texts = re.findall(r"[^.]+\.?\s*", chunk.text)
        ends = np.cumsum([len(text) for text in texts])
        letters = np.cumsum([len(re.sub("[^a-z ]", "", text.lower()).strip()) + 1 for text in texts]) - 1
        return tuple((int(end), int(count)) for end, count in zip(ends, letters, strict=True))


def test_subtitles_of_a_chunk_of_several_sentences_are_cut_where_the_sound_is(tmp_path: Path) -> None:
    pauses = PauseTable(head_ms=0, heading_ms=500)
    render_book(
        make_book(1, 4),
        tmp_path / "b.wav",
        settings=make_settings(subtitles="vtt", pauses=pauses, chapters="1"),
        voice=VOICE,
        front_end=PairFrontEnd(),
    )
    blocks = (tmp_path / "b.vtt").read_text().strip().split("\n\n")[2:]
    assert [block.split("\n", 2)[2].replace("\n", " ") for block in blocks[:2]] == [
        "In one the number was aaa.",
        "In one the very number was bbb.",
    ]
    times = [[_ms(clock) for clock in block.split("\n")[1].split(" --> ")] for block in blocks]
    assert times[0][1] == times[1][0]
    # 20 ms for each of the letters and spaces, and the silence kept before the first
    assert [end - start for start, end in times[:2]] == [30 + 20 * 25, 20 * 31]


def test_a_bit_rate_that_aac_does_not_reach_is_told(tmp_path: Path) -> None:
    asked = {"format": "m4b", "rate_hz": 22_050}
    (warning,) = render(tmp_path / "b.m4b", bitrate=256_000, **asked).warnings
    assert "at most 132 kbit/s instead of 256" in warning
    assert not render(tmp_path / "c.m4b", bitrate=128_000, **asked).warnings


def test_lyrics_are_written_too(tmp_path: Path) -> None:
    render(tmp_path / "b.wav", subtitles="lrc")
    assert (tmp_path / "b.lrc").read_text().splitlines()[0] == "[00:00.50]Chapter one"
