"""Every format is written by the real encoder and read back by FFmpeg and by mutagen."""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import math
import subprocess
import weakref
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from ttsbook.audio.decode import read_clip
from ttsbook.audio.encode import AudioSpec, Mark, Written, write_audio
from ttsbook.audio.loudness import LoudnessMeter
from ttsbook.audio.picture import read_picture
from ttsbook.audio.probe import check, probe
from ttsbook.audio.spec import check_spec
from ttsbook.audio.tags import Tags, clean_text
from ttsbook.choices import FORMATS
from ttsbook.errors import OutputError, RenderError, UsageError
from ttsbook.types import Cover

mutagen = pytest.importorskip("mutagen")

RATE_HZ = 24_000
SECONDS = 6
N = RATE_HZ * SECONDS + 37  # no whole number of frames in any encoder
CHAPTERED = ("mp3", "m4b", "flac", "opus")
TAGS = Tags(
    title="Stolz & Vorurteil; =傲慢與偏見",
    artist="Jane Austen",
    narrator="Anna",
    album="Stolz",
    year="1813",
    language="zh-Hant",
    description="Two sisters.\nMany balls.",
    publisher="Egerton",
    comment="Synthetic narration",
    genre="Audiobook",
    extra=(("series", "Novels"), ("series-part", "2")),
)
MARKS = (Mark(0, 50_000, "Chapter 1"), Mark(50_000, 100_003, "第二章 “Q&A”"), Mark(100_003, N, "The end"))


def blocks_of(samples, size=10_007):
    return (samples[start : start + size] for start in range(0, samples.size, size))


def spec_for(format, **changes):
    spec = AudioSpec(format, RATE_HZ, 22_050, tags=TAGS, marks=() if format == "wav" else MARKS)
    return dataclasses.replace(spec, **changes)


@pytest.fixture(scope="module")
def sound(speech):
    samples = speech(SECONDS + 1)[:N]
    samples[0] = samples[-1] = 0.2  # not silent at the edges
    return samples


def write(path: Path, samples, spec: AudioSpec) -> Written:
    written = write_audio(path, blocks_of(samples), spec)
    check(path, spec, written)
    return written


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("rate_hz", [22_050, 24_000, 44_100])
def test_the_sound_comes_back_in_place_and_at_its_level(tmp_path, sound, format, rate_hz):
    path = tmp_path / "book.part"  # the format is not told from the name
    written = write(path, sound, spec_for(format, rate_hz=rate_hz))
    assert written.n_samples_in == N
    assert written.n_samples == round(N * written.rate_hz / RATE_HZ)
    back = read_clip(path, rate_hz=RATE_HZ).samples
    assert N - 1 <= back.size <= N + 1100  # M4B pads its last frame when decoded without the edit list
    lag = np.argmax(np.correlate(back[20_000:50_000], sound[20_100:49_900], "valid")) - 100
    assert lag == 0
    error = back[: N - 200] - sound[: N - 200]
    assert 10 * math.log10(float(np.mean(error**2) / np.mean(sound**2))) < -12


@pytest.mark.parametrize(
    ("rate_hz", "bitrate"),
    [(22_050, 64_000), (44_100, 100_000), (44_100, 192_000), (44_100, 224_000), (44_100, 256_000)],
)
def test_mp3_is_as_loud_as_what_went_in(tmp_path, sound, rate_hz, bitrate):
    """LAME turns everything down by up to 0.45 dB."""
    write(tmp_path / "a", sound, spec_for("mp3", rate_hz=rate_hz, bitrate=bitrate))
    back = read_clip(tmp_path / "a", rate_hz=RATE_HZ).samples[:N]
    assert float(back @ sound / (sound @ sound)) == pytest.approx(1.0, abs=0.005)


@pytest.mark.parametrize("format", ["wav", "flac"])
def test_lossless_formats_keep_every_sample(tmp_path, sound, format):
    write(tmp_path / "a", sound, spec_for(format, rate_hz=RATE_HZ))
    np.testing.assert_allclose(read_clip(tmp_path / "a").samples, sound, atol=1 / 32_000)


@pytest.mark.parametrize("format", FORMATS)
def test_equal_inputs_give_equal_bytes_however_they_are_cut(tmp_path, sound, jpeg, format):
    spec = spec_for(format, cover=jpeg, gain_db=3.21)
    write_audio(tmp_path / "one", blocks_of(sound, 1234), spec)
    write_audio(tmp_path / "two", blocks_of(sound, 70_001), spec)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


@pytest.mark.parametrize("format", CHAPTERED)
def test_chapters_are_read_back_with_times_and_titles(tmp_path, sound, format):
    write(tmp_path / "a", sound, spec_for(format))
    found = probe(tmp_path / "a")
    titles = [mark.title for mark in found.marks]
    assert titles == [mark.title for mark in MARKS]
    for have, want in zip(found.marks, MARKS, strict=True):
        assert have.start / found.rate_hz == pytest.approx(want.start / RATE_HZ, abs=0.001)
    for earlier, later in pairwise(found.marks):
        assert earlier.end == later.start


@pytest.mark.parametrize("format", FORMATS)
def test_tags_are_read_back_and_nothing_is_invented(tmp_path, sound, format):
    write(tmp_path / "full", sound, spec_for(format))
    tags = probe(tmp_path / "full").tags
    assert (tags["title"], tags["artist"], tags["date"]) == (TAGS.title, TAGS.artist, "1813")
    assert "Synthetic narration" in tags["comment"]
    write(tmp_path / "bare", sound, spec_for(format, tags=Tags()))
    structural = {
        "major_brand",
        "minor_version",
        "compatible_brands",
        "media_type",
        "handler_name",
        "language",
        "cuesheet",  # of chapters, not of tags
    }
    structural.add("vendor_id")  # FFmpeg before 8.1 shows it
    assert not set(probe(tmp_path / "bare").tags) - structural


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("year", ["1813-01-28", "about 1813", "long ago"])
def test_a_year_may_be_any_text(tmp_path, sound, format, year):
    """ID3v2.3 holds four digits and no more; FFmpeg reads nothing where there is something else."""
    spec = spec_for(format, tags=Tags(title="T", year=year))
    check(tmp_path / "a", spec, write(tmp_path / "a", sound, spec))


@pytest.mark.parametrize("format", CHAPTERED)
@pytest.mark.parametrize("kind", ["jpeg", "png"])
def test_the_cover_is_read_back_byte_for_byte(tmp_path, sound, request, format, kind):
    cover = request.getfixturevalue(kind)
    write(tmp_path / "a", sound, spec_for(format, cover=cover))
    assert probe(tmp_path / "a").cover == cover


def test_flac_and_opus_say_that_the_picture_is_the_front_cover(tmp_path, sound, jpeg):
    from mutagen.flac import FLAC, Picture
    from mutagen.oggopus import OggOpus

    for format in ("flac", "opus"):
        write(tmp_path / format, sound, spec_for(format, cover=jpeg))
    (block,) = OggOpus(tmp_path / "opus")["metadata_block_picture"]
    for picture in (*FLAC(tmp_path / "flac").pictures, Picture(base64.b64decode(block))):
        assert (picture.type, picture.mime, picture.data) == (3, "image/jpeg", jpeg.data)


def test_a_broken_cover_is_left_out_with_a_warning(tmp_path, sound):
    written = write(tmp_path / "a", sound, spec_for("m4b", cover=Cover(b"<svg/>", "image/jpeg")))
    assert "cover" in written.warnings[0]


@pytest.mark.parametrize("kind", ["jpeg", "png"])
def test_a_cover_that_breaks_off_anywhere_is_no_picture_or_the_whole(request, kind):
    cover = request.getfixturevalue(kind)
    whole = read_picture(cover.data)
    for length in range(len(cover.data)):
        found = read_picture(cover.data[:length])
        assert found is None or (found.width, found.height) == (whole.width, whole.height)


def test_a_cover_that_flac_cannot_hold_is_left_out_with_a_warning(tmp_path, sound, jpeg):
    cover = Cover(jpeg.data + bytes(1 << 24), jpeg.mime)
    written = write(tmp_path / "a", sound, spec_for("flac", cover=cover))
    assert "16 MiB" in written.warnings[0]
    assert probe(tmp_path / "a").cover is None


def test_mp3_has_an_ordered_table_of_contents_and_all_frames(tmp_path, sound, jpeg):
    write(tmp_path / "a.mp3", sound, spec_for("mp3", cover=jpeg))
    from mutagen.id3 import CTOCFlags
    from mutagen.mp3 import MP3, BitrateMode

    file = MP3(tmp_path / "a.mp3")
    assert file.info.bitrate_mode == BitrateMode.CBR
    assert file.info.bitrate == 64_000
    contents = file.tags.getall("CTOC")
    assert len(contents) == 1
    assert contents[0].flags == CTOCFlags.TOP_LEVEL | CTOCFlags.ORDERED
    chapters = [file.tags[f"CHAP:{id}"] for id in contents[0].child_element_ids]
    assert [chapter.sub_frames["TIT2"].text[0] for chapter in chapters] == [mark.title for mark in MARKS]
    assert [chapter.start_time for chapter in chapters] == [0, 2083, 4167]
    assert {chapter.start_offset for chapter in chapters} == {0xFFFFFFFF}
    assert file.tags["TCOM"].text == ["Anna"]
    assert file.tags["TLAN"].text == ["zho"]
    assert file.tags["TXXX:SERIES-PART"].text == ["2"]
    assert file.tags["APIC:"].data == jpeg.data


def test_mp3_tables_of_contents_nest_above_255_chapters(tmp_path, sound):
    marks = tuple(Mark(k * 400, (k + 1) * 400, f"Kapitel {k + 1} ü") for k in range(300))
    write(tmp_path / "a.mp3", sound, spec_for("mp3", marks=marks))
    from mutagen.id3 import ID3

    tags = ID3(tmp_path / "a.mp3")
    children = [
        id for table in tags["CTOC:toc"].child_element_ids for id in tags[f"CTOC:{table}"].child_element_ids
    ]
    assert children == [f"ch{k}" for k in range(300)]


def test_m4b_has_what_apple_books_and_audiobookshelf_read(tmp_path, sound, png):
    write(tmp_path / "a.m4b", sound, spec_for("m4b", cover=png))
    from mutagen.mp4 import MP4, MP4Cover

    file = MP4(tmp_path / "a.m4b")
    assert file.tags["stik"] == [2]
    assert file.tags["\xa9wrt"] == file.tags["\xa9nrt"] == ["Anna"]
    assert file.tags["----:com.apple.iTunes:SERIES"] == [b"Novels"]
    assert file.tags["covr"][0].imageformat == MP4Cover.FORMAT_PNG
    assert file.tags["desc"] == [TAGS.description]
    data = (tmp_path / "a.m4b").read_bytes()
    assert data[8:12] == b"M4B "
    assert data.index(b"moov") < data.index(b"mdat")  # playable before it is all there
    assert data.count(b"chpl") == data.count(b"tref") == 1  # both chapter systems


def test_m4b_above_255_chapters_has_only_the_text_track(tmp_path, sound):
    """The Nero list counts in one byte: players that prefer it would hide the rest."""
    marks = tuple(Mark(k * 400, (k + 1) * 400, f"Chapter {k + 1}") for k in range(300))
    write(tmp_path / "many.m4b", sound, spec_for("m4b", marks=marks))
    assert b"chpl" not in (tmp_path / "many.m4b").read_bytes()
    write(tmp_path / "few.m4b", sound, spec_for("m4b", marks=marks[:255]))
    assert b"chpl" in (tmp_path / "few.m4b").read_bytes()


def test_m4b_cuts_long_titles_between_characters(tmp_path, sound):
    write(tmp_path / "a.m4b", sound, spec_for("m4b", marks=(Mark(0, N, "章" * 100),)))
    assert probe(tmp_path / "a.m4b").marks[0].title == "章" * 85


@pytest.mark.parametrize("format", ["flac", "opus"])
def test_vorbis_chapter_comments_follow_the_convention(tmp_path, sound, format):
    write(tmp_path / "a", sound, spec_for(format))
    tags = mutagen.File(tmp_path / "a").tags
    assert tags["chapter002"] == ["00:00:02.083"]
    assert tags["chapter002name"] == [MARKS[1].title]


def test_more_chapters_than_vorbis_comments_can_number_are_refused_before_writing():
    marks = tuple(Mark(k, k + 1, "x") for k in range(1000))
    with pytest.raises(UsageError, match="999"):
        check_spec(spec_for("opus", marks=marks))


def test_gain_is_linear_and_peaks_stop_at_the_ceiling(tmp_path, sound):
    write(tmp_path / "quiet", sound, spec_for("wav", rate_hz=RATE_HZ, gain_db=-6.0))
    np.testing.assert_allclose(
        read_clip(tmp_path / "quiet").samples, sound * 10 ** (-6 / 20), atol=1 / 32_000
    )
    written = write(tmp_path / "loud", sound, spec_for("wav", gain_db=20.0))
    assert written.n_limited > 0
    meter = LoudnessMeter(22_050)
    meter.add(read_clip(tmp_path / "loud").samples)
    assert meter.true_peak_db() <= -1.5 + 0.1


@pytest.mark.parametrize("format", ["mp3", "m4b", "opus"])
def test_lossy_formats_do_not_clip_what_was_limited(tmp_path, sound, format):
    write(tmp_path / "a", sound, spec_for(format, gain_db=12.0, bitrate=96_000))
    assert float(np.abs(read_clip(tmp_path / "a").samples).max()) < 1.0


@pytest.mark.parametrize("format", FORMATS)
def test_the_number_of_a_track_is_written_and_read_back(tmp_path, sound, format):
    write(tmp_path / "a", sound, spec_for(format, tags=dataclasses.replace(TAGS, track="3/12")))
    assert probe(tmp_path / "a").tags["track"].split("/")[0] == "3"


def test_room_tone_fills_digital_silence_and_is_the_same_every_time(tmp_path):
    silent = np.zeros(RATE_HZ, np.float32)
    spec = spec_for("wav", marks=(), room_tone_db=-70.0)
    for name in ("a", "b"):
        write_audio(tmp_path / name, blocks_of(silent), spec)
    samples = read_clip(tmp_path / "a").samples
    assert 20 * np.log10(np.sqrt(np.mean(samples**2))) == pytest.approx(-70, abs=0.5)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@pytest.mark.parametrize(
    ("printed", "kept"),
    [
        ("第一章　开始", "第一章 开始"),
        ("Part\u00a01", "Part 1"),
        ("می\u200cرود", "می\u200cرود"),
        ("a\x00\u202eb", "ab"),
    ],
)
def test_words_of_a_title_are_neither_joined_nor_changed(printed, kept):
    assert clean_text(printed) == kept


def test_text_that_no_format_holds_is_cleaned(tmp_path, sound):
    tags = Tags(title="A\0B\ud800C", artist="  D\x07 ")
    marks = (Mark(0, 1000, "one\ntwo\0"), Mark(1000, N, "\u200bthree  four "))
    for format in CHAPTERED:
        write(tmp_path / "a", sound, spec_for(format, tags=tags, marks=marks))
        found = probe(tmp_path / "a")
        assert (found.tags["title"], found.tags["artist"]) == ("ABC", "D")
        assert [mark.title for mark in found.marks] == ["one two", "three four"]


@pytest.mark.parametrize("format", CHAPTERED)
def test_chapters_may_begin_late_and_be_empty(tmp_path, sound, format):
    marks = (Mark(12_000, 12_000, "nothing"), Mark(12_000, N, "all"))
    write_audio(tmp_path / "a", blocks_of(sound), spec_for(format, marks=marks))
    found = probe(tmp_path / "a").marks
    assert found[-1].title == "all"
    assert found[-1].start / probe(tmp_path / "a").rate_hz == pytest.approx(0.5, abs=0.001)


@pytest.mark.parametrize("n_seconds", [1, 60])
@pytest.mark.parametrize("format", ["wav", "mp3", "flac", "opus"])
def test_a_full_disk_is_one_clear_error(sound, format, n_seconds, capfd):
    with pytest.raises(OutputError, match="No space left") as caught:
        write_audio(Path("/dev/full"), [sound[:24_000]] * n_seconds, spec_for(format, marks=()))
    assert "free some space" in caught.value.hint
    assert capfd.readouterr().err == ""  # PyAV prints tracebacks of what it cannot pass on


def test_a_full_disk_is_one_clear_error_for_m4b_too(tmp_path, sound):
    with _small_disk(tmp_path), pytest.raises(OutputError, match="No space left") as caught:
        write_audio(tmp_path / "a", [sound[:24_000]] * 120, spec_for("m4b", marks=()))
    assert "free some space" in caught.value.hint


@contextlib.contextmanager
def _small_disk(folder):
    command = ["mount", "-t", "tmpfs", "-o", "size=100k", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        mounted = False
    if not mounted:
        pytest.skip("may not mount a small disk here")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("format", FORMATS)
def test_a_missing_folder_is_one_clear_error(tmp_path, sound, format):
    with pytest.raises(OutputError, match="No such file"):
        write_audio(tmp_path / "none" / "a", blocks_of(sound), spec_for(format))


def test_samples_that_are_not_numbers_stop_the_render(tmp_path, sound):
    broken = sound.copy()
    broken[70_000] = np.nan
    with pytest.raises(RenderError, match="NaN or infinite"):
        write_audio(tmp_path / "a", blocks_of(broken), spec_for("mp3"))


@pytest.mark.parametrize("format", FORMATS)
def test_the_cause_of_a_failing_source_is_not_hidden(tmp_path, sound, format):
    def failing():
        yield sound
        raise RenderError("worker died")

    with pytest.raises(RenderError, match="worker died"):
        write_audio(tmp_path / "a", failing(), spec_for(format))


@pytest.mark.parametrize("format", FORMATS)
def test_a_long_book_is_never_held_in_memory(tmp_path, format):
    """Only a few blocks may be alive at once."""
    given: list[weakref.ref[np.ndarray]] = []
    most = 0

    def source():
        nonlocal most
        block = np.random.default_rng(0).standard_normal(1 << 16).astype(np.float32) * 0.05
        for _ in range(30):
            copy = block.copy()
            given.append(weakref.ref(copy))
            most = max(most, sum(ref() is not None for ref in given))
            yield copy

    write_audio(tmp_path / "a", source(), spec_for(format, marks=()))
    assert most <= 4


@pytest.mark.parametrize("format", FORMATS)
def test_a_book_without_sound_is_an_error(tmp_path, format):
    for blocks in ([], [np.zeros(0, np.float32)]):
        with pytest.raises(RenderError, match="no sound"):
            write_audio(tmp_path / "a", blocks, spec_for(format, marks=()))


@pytest.mark.parametrize(
    "changes",
    [
        {"format": "ogg"},
        {"format": "mp3", "rate_hz": 23_000},
        {"format": "m4b", "rate_hz": 96_000},
        {"format": "mp3", "bitrate": 64},
        {"format": "mp3", "bitrate": 192_000},  # at 22,050 Hz MPEG-2 ends at 160
        {"format": "wav", "rate_hz": 0},
    ],
)
def test_what_a_format_cannot_hold_is_refused_before_the_long_part(changes):
    with pytest.raises(UsageError):
        check_spec(dataclasses.replace(AudioSpec("wav", RATE_HZ, 22_050), **changes))


def test_acx_settings_give_192_kbit_at_44100(tmp_path, sound):
    write(tmp_path / "a.mp3", sound, spec_for("mp3", rate_hz=44_100, bitrate=192_000))
    info = mutagen.File(tmp_path / "a.mp3").info
    assert (info.sample_rate, info.channels) == (44_100, 1)
    assert info.bitrate == pytest.approx(192_000, rel=0.001)


@pytest.mark.parametrize(
    "changes",
    [
        {"tags": dataclasses.replace(TAGS, title="Other")},
        {"marks": MARKS[:2]},
        {"marks": (Mark(0, 50_100, "Chapter 1"), Mark(50_100, 100_003, MARKS[1].title), MARKS[2])},
        {"marks": (MARKS[0], MARKS[1], Mark(100_003, N, "Other"))},
    ],
)
@pytest.mark.parametrize("format", CHAPTERED)
def test_the_check_finds_a_file_that_is_not_what_was_meant(tmp_path, sound, format, changes):
    written = write(tmp_path / "a", sound, spec_for(format))
    with pytest.raises(OutputError, match="not written correctly"):
        check(tmp_path / "a", spec_for(format, **changes), written)


@pytest.mark.parametrize("format", FORMATS)
def test_the_check_finds_a_file_that_is_too_short(tmp_path, sound, format):
    written = write(tmp_path / "a", sound, spec_for(format))
    longer = dataclasses.replace(written, n_samples=written.n_samples + 2000)
    with pytest.raises(OutputError, match="lasts"):
        check(tmp_path / "a", spec_for(format), longer)
