"""A book in parts: one file for each chapter, a playlist, credits, and a mastering that shops ask for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from stand_in import VOICE, LetterFrontEnd, make_book, make_settings

from ttsbook.audio.decode import read_clip
from ttsbook.audio.probe import probe
from ttsbook.audio.survey import survey
from ttsbook.audio.tags import Tags
from ttsbook.errors import OutputError, UsageError
from ttsbook.render.credits import add_credits
from ttsbook.render.report import Report
from ttsbook.render.run import render_book
from ttsbook.render.settings import PauseTable
from ttsbook.render.tags import check_overrides
from ttsbook.types import Book


def render(output: Path, book: Book | None = None, **settings: Any) -> Report:
    return render_book(
        book or make_book(),
        output,
        settings=make_settings(**{"split": True, "format": "mp3", **settings}),
        voice=VOICE,
        front_end=LetterFrontEnd(),
    )


NAMES = ["01 - Chapter one.mp3", "02 - Chapter two.mp3", "03 - Chapter three.mp3"]


def test_each_chapter_is_a_numbered_file_and_the_playlist_puts_them_in_order(tmp_path: Path) -> None:
    report = render(tmp_path / "book.mp3")
    folder = tmp_path / "book"
    assert sorted(path.name for path in folder.iterdir()) == sorted([*NAMES, "book.m3u8"])
    assert [line for line in (folder / "book.m3u8").read_text().splitlines() if line[0] != "#"] == NAMES
    assert report.output == str(folder / "book.m3u8")
    assert [track.title for track in report.tracks] == ["Chapter one", "Chapter two", "Chapter three"]
    assert sum(track.seconds for track in report.tracks) == pytest.approx(report.seconds)
    for number, name in enumerate(NAMES, start=1):
        found = probe(folder / name)
        assert found.tags["track"] == f"{number}/3"
        assert found.tags["title"] == report.tracks[number - 1].title
        assert found.tags["album"] == "A Small Book"
        assert found.seconds == pytest.approx(report.tracks[number - 1].seconds, abs=0.06)


def test_a_chapter_is_not_sorted_as_the_book(tmp_path: Path) -> None:
    render(tmp_path / "book.mp3", tags=(("title-sort", "Small Book, A"), ("album-sort", "Small Book, A")))
    tags = probe(tmp_path / "book" / NAMES[0]).tags
    assert (tags.get("title-sort"), tags["album-sort"]) == (None, "Small Book, A")


def test_every_file_has_its_own_quiet_ends(tmp_path: Path) -> None:
    render(tmp_path / "book.flac", format="flac", pauses=PauseTable(head_ms=600, tail_ms=1200))
    for name in NAMES:
        figures = survey(tmp_path / "book" / name.replace(".mp3", ".flac"))
        assert figures.head_seconds == pytest.approx(0.63, abs=0.03)
        assert figures.tail_seconds == pytest.approx(1.23, abs=0.03)


def test_a_book_in_parts_is_left_alone_when_all_parts_are_there(tmp_path: Path) -> None:
    first = render(tmp_path / "book.mp3")
    assert render(tmp_path / "book.mp3").up_to_date
    track = tmp_path / "book" / NAMES[1]
    track.unlink()
    second = render(tmp_path / "book.mp3")
    assert not second.up_to_date
    assert second.tracks == first.tracks
    track.write_bytes(track.read_bytes()[:-1])
    third = render(tmp_path / "book.mp3")
    assert not third.up_to_date
    assert third.tracks == first.tracks


def test_tracks_of_an_earlier_choice_are_gone_when_the_new_ones_stand(tmp_path: Path) -> None:
    folder = tmp_path / "book"
    render(tmp_path / "book.mp3", subtitles="srt")
    (folder / NAMES[2]).write_bytes(b"edited by somebody")
    render(tmp_path / "book.mp3", subtitles="srt", chapters="2", force=True)
    mine = "03 - Chapter three"
    two = "01 - Chapter two"
    names = {f"{two}.mp3", f"{two}.srt", f"{mine}.mp3", f"{mine}.srt", "book.m3u8"}
    assert {path.name for path in folder.iterdir()} == names
    render(tmp_path / "book.mp3", format="wav", subtitles="srt", chapters="2")
    assert {path.name for path in folder.iterdir()} == names - {f"{two}.mp3"} | {f"{two}.wav"}


def test_a_foreign_file_in_the_way_of_a_track_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / NAMES[2]).write_bytes(b"somebody's diary")
    with pytest.raises(OutputError, match="not made by ttsbook"):
        render(tmp_path / "book.mp3")
    assert (tmp_path / "book" / NAMES[2]).read_bytes() == b"somebody's diary"


def test_a_book_in_parts_is_known_by_its_marks_if_the_journal_is_lost(tmp_path: Path, home: Path) -> None:
    first = render(tmp_path / "book.mp3")
    (home / "state" / "renders.sqlite3").unlink()
    assert render(tmp_path / "book.mp3").tracks == first.tracks


def test_unfinished_tracks_of_a_killed_run_are_removed(tmp_path: Path) -> None:
    (tmp_path / "book").mkdir()
    for name in (NAMES[0], f"{Path(NAMES[1]).stem}.srt"):
        (tmp_path / "book" / f".{name}.abcd1234.part").write_bytes(b"x")
    render(tmp_path / "book.mp3", subtitles="srt")
    assert not list((tmp_path / "book").glob(".*"))


def test_subtitles_of_a_book_in_parts_stand_beside_each_file_and_count_from_its_start(tmp_path: Path) -> None:
    report = render(tmp_path / "book.mp3", subtitles="srt")
    assert report.subtitles is None
    for name, track in zip(NAMES, report.tracks, strict=True):
        path = (tmp_path / "book" / name).with_suffix(".srt")
        assert track.subtitles == str(path)
        text = path.read_text(encoding="utf-8")
        times = [_seconds(line) for line in text.splitlines() if " --> " in line]
        assert track.title in text
        assert times[0] < 2
        assert times == sorted(times)
        assert times[-1] < track.seconds
    assert render(tmp_path / "book.mp3", subtitles="srt").up_to_date
    (tmp_path / "book" / NAMES[1]).with_suffix(".srt").unlink()
    assert not render(tmp_path / "book.mp3", subtitles="srt").up_to_date


def _seconds(line: str) -> float:
    hours, minutes, seconds = line.split(" --> ")[0].replace(",", ".").split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


def test_foreign_subtitles_in_the_way_of_a_track_are_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "book").mkdir()
    beside = (tmp_path / "book" / NAMES[2]).with_suffix(".srt")
    beside.write_text("somebody's own")
    with pytest.raises(OutputError, match="not made by ttsbook"):
        render(tmp_path / "book.mp3", subtitles="srt")
    assert beside.read_text() == "somebody's own"


def test_credits_are_spoken_at_both_ends_and_not_counted_as_text_of_the_book(tmp_path: Path) -> None:
    plain = render(tmp_path / "plain.mp3")
    report = render(tmp_path / "book.mp3", credits=True)
    titles = [track.title for track in report.tracks]
    assert titles == ["Opening Credits", "Chapter one", "Chapter two", "Chapter three", "Closing Credits"]
    assert report.account == plain.account
    assert report.account.adds_up


def test_credits_of_a_chinese_book_are_in_chinese() -> None:
    tags = Tags(title="故乡", artist="鲁迅", narrator="mei", language="zh")
    opening, closing = add_credits((), tags, 7)
    assert (opening.index, opening.title, closing.index, closing.title) == (0, "片头", 8, "片尾")
    assert opening.blocks[0].text == "《故乡》，作者鲁迅，由合成语音mei朗读。"
    assert closing.blocks[0].text.endswith("朗读。全书完。")
    nameless, _ = add_credits((), Tags(narrator="mei", language="zh-Hant"), 0)
    assert nameless.blocks[0].text == "本书，由合成语音mei朗读。"


def test_tags_are_overridden_and_provenance_is_not(tmp_path: Path) -> None:
    tags = (("artist", "Someone Else"), ("isbn", "123"), ("genre", ""))
    render(tmp_path / "b.m4b", split=False, format="m4b", tags=tags)
    found = probe(tmp_path / "b.m4b").tags
    assert (found["artist"], found["isbn"]) == ("Someone Else", "123")
    assert "genre" not in found
    for name in ("comment", "track", "a b", ""):
        with pytest.raises(UsageError):
            check_overrides([(name, "x")])


@pytest.mark.parametrize(
    ("name", "value"),
    [("genre", "17"), ("genre", "(17)Foo"), ("encoder", "me"), ("cuesheet", "x"),
     ("chapter001", "x"), ("chapter001name", "x")],
)  # fmt: skip
def test_what_a_format_cannot_hold_is_refused_before_the_work(name: str, value: str) -> None:
    with pytest.raises(UsageError):
        check_overrides([(name, value)])


def test_years_and_genres_in_words_are_taken() -> None:
    check_overrides([("year", "1813"), ("year", ""), ("genre", "Fiction"), ("genre", "2nd World War")])


def test_the_level_holds_for_every_file_also_for_a_title_among_silence(tmp_path: Path) -> None:
    book = make_book(2, 20)
    title = replace(book.chapters[0], blocks=book.chapters[0].blocks[:1])
    book = replace(book, chapters=(title, book.chapters[1]))
    pauses = PauseTable(head_ms=1000, tail_ms=3000)
    render(tmp_path / "book.flac", book, format="flac", rms_db=-25.0, pauses=pauses)
    levels = [survey(path).rms_db for path in sorted((tmp_path / "book").glob("*.flac"))]
    assert levels == [pytest.approx(-26.5, abs=0.5), pytest.approx(-25.0, abs=1.5)]


def test_the_level_may_be_set_as_rms(tmp_path: Path) -> None:
    render(tmp_path / "b.flac", split=False, format="flac", rms_db=-25.0)
    assert survey(tmp_path / "b.flac").rms_db == pytest.approx(-25.0, abs=0.1)


def test_room_tone_lies_under_the_pauses(tmp_path: Path) -> None:
    render(tmp_path / "b.flac", split=False, format="flac", room_tone_db=-70.0)
    head = read_clip(tmp_path / "b.flac").samples[:3000]
    assert 20 * np.log10(np.sqrt(np.mean(head**2))) == pytest.approx(-70, abs=1)
