"""What players and audiobook servers look for in a file, read back by mutagen and by FFmpeg."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from ttsbook.audio import cuesheet
from ttsbook.audio.encode import AudioSpec, Mark, write_audio
from ttsbook.audio.probe import check, probe
from ttsbook.audio.tags import Tags

flac = pytest.importorskip("mutagen.flac")
mp3 = pytest.importorskip("mutagen.mp3")
mp4 = pytest.importorskip("mutagen.mp4")
oggopus = pytest.importorskip("mutagen.oggopus")

RATE_HZ = 8000
N = 6 * RATE_HZ + 5
MARKS = (Mark(0, 15_000, "One"), Mark(15_000, 30_001, 'Two "2"'), Mark(30_001, N, "三"))
TAGS = Tags(
    title="The Third Book",
    artist="Jane Austen",
    narrator="Anna",
    album="The Third Book",
    year="1813",
    language="en",
    description="About it.",
    comment="Synthetic narration",
    genre="Audiobook",
    subtitle="A Novel",
    title_sort="Third Book, The",
    artist_sort="Austen, Jane",
    album_sort="Novels 03 - The Third Book",
    extra=(("series", "Novels"), ("series-part", "3"), ("isbn", "9780141439518")),
)


def write(path: Path, format: str, **changes: object) -> None:
    spec = AudioSpec(format, RATE_HZ, 44_100, tags=TAGS, marks=MARKS)
    spec = replace(spec, **changes)  # type: ignore[arg-type]
    n_samples = spec.marks[-1].end if spec.marks else N
    written = write_audio(path, _sound(n_samples), spec)
    check(path, spec, written)


def _sound(n_samples: int) -> list[NDArray[np.float32]]:
    return [np.sin(np.arange(n_samples) / 9).astype(np.float32) / 4]


@pytest.mark.parametrize("format", ["mp3", "m4b", "flac", "opus"])
def test_servers_find_series_subtitle_and_isbn_under_the_names_that_they_know(
    tmp_path: Path, format: str
) -> None:
    write(tmp_path / "a", format)
    tags = probe(tmp_path / "a").tags
    assert (tags["series"], tags["series-part"], tags["isbn"]) == ("Novels", "3", "9780141439518")
    subtitle = tags.get("subtitle") or tags.get("tit3")
    assert subtitle == "A Novel"
    assert tags["composer"] == "Anna"


def test_an_m4b_has_the_fields_that_apple_sorts_and_groups_by(tmp_path: Path) -> None:
    write(tmp_path / "a.m4b", "m4b")
    tags = mp4.MP4(tmp_path / "a.m4b").tags
    assert (tags["sonm"], tags["soar"], tags["soaa"]) == (
        ["Third Book, The"],
        ["Austen, Jane"],
        ["Austen, Jane"],
    )
    assert tags["soal"] == ["Novels 03 - The Third Book"]
    assert (tags["\xa9mvn"], tags["\xa9mvi"], tags["shwm"]) == (["Novels"], [3], [1])
    assert (tags["stik"], tags["desc"], tags["\xa9day"]) == ([2], ["About it."], ["1813"])


@pytest.mark.parametrize("part", ["2.5", "II", "", "99999"])
def test_a_number_that_is_none_stays_out_of_the_field_for_numbers(tmp_path: Path, part: str) -> None:
    extra = (("series", "Novels"), ("series-part", part))
    write(tmp_path / "a.m4b", "m4b", tags=replace(TAGS, extra=tuple(pair for pair in extra if pair[1])))
    tags = mp4.MP4(tmp_path / "a.m4b").tags
    assert tags["\xa9mvn"] == ["Novels"]
    assert "\xa9mvi" not in tags


def test_an_mp3_has_sort_fields_subtitle_and_movement(tmp_path: Path) -> None:
    write(tmp_path / "a.mp3", "mp3")
    tags = mp3.MP3(tmp_path / "a.mp3").tags
    found = {name: tags[name].text[0] for name in ("TSOT", "TSOP", "TSO2", "TSOA", "TIT3", "MVNM", "MVIN")}
    assert found == {
        "TSOT": "Third Book, The",
        "TSOP": "Austen, Jane",
        "TSO2": "Austen, Jane",
        "TSOA": "Novels 03 - The Third Book",
        "TIT3": "A Novel",
        "MVNM": "Novels",
        "MVIN": "3",
    }
    assert len(tags.getall("CHAP")) == 3
    (contents,) = tags.getall("CTOC")
    assert [tags[f"CHAP:{id}"].sub_frames["TIT2"].text[0] for id in contents.child_element_ids] == [
        mark.title for mark in MARKS
    ]


@pytest.mark.parametrize("rate_hz", [8000, 44_100])
def test_a_flac_has_a_cue_sheet_that_is_exact_to_the_sample(tmp_path: Path, rate_hz: int) -> None:
    write(tmp_path / "a.flac", "flac", rate_hz=rate_hz)
    found = flac.FLAC(tmp_path / "a.flac")
    sheet = found.cuesheet
    assert [track.track_number for track in sheet.tracks] == [1, 2, 3, 255]
    exact = [mark.start * rate_hz / RATE_HZ for mark in MARKS] + [found.info.total_samples]
    assert [track.start_offset for track in sheet.tracks] == [round(start) for start in exact]
    assert [[index.index_number for index in track.indexes] for track in sheet.tracks] == [[1], [1], [1], []]
    assert not sheet.compact_disc
    text = found["cuesheet"][0]
    assert 'FILE "The Third Book.flac" WAVE' in text
    assert "  TRACK 02 AUDIO\n    TITLE \"Two '2'\"\n    INDEX 01 00:01:65" in text
    assert found["titlesort"] == ["Third Book, The"]


def test_a_flac_with_more_chapters_than_a_cue_sheet_holds_keeps_them_as_comments(tmp_path: Path) -> None:
    for n_chapters, has_sheet in ((cuesheet.MAX_TRACKS, True), (cuesheet.MAX_TRACKS + 1, False)):
        marks = tuple(Mark(50 * n, 50 * (n + 1), f"Chapter {n}") for n in range(n_chapters))
        path = tmp_path / f"{n_chapters}.flac"
        write(path, "flac", marks=marks, rate_hz=8000)
        assert (flac.FLAC(path).cuesheet is not None) == has_sheet
        assert len(probe(path).marks) == n_chapters


def test_a_flac_without_chapters_has_no_cue_sheet(tmp_path: Path) -> None:
    write(tmp_path / "a.flac", "flac", marks=())
    assert flac.FLAC(tmp_path / "a.flac").cuesheet is None


def test_an_opus_file_has_chapters_in_its_comments(tmp_path: Path) -> None:
    write(tmp_path / "a.opus", "opus", rate_hz=24_000)
    tags = oggopus.OggOpus(tmp_path / "a.opus")
    assert tags["chapter002name"] == ['Two "2"']
    assert tags["chapter002"] == ["00:00:01.875"]
    assert tags["albumsort"] == ["Novels 03 - The Third Book"]
