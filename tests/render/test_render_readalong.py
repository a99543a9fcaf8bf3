"""Renders that also write the book to be read along: the sound in it is the sound of the chapters."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from lxml import etree
from stand_in import VOICE, make_settings

from ttsbook.audio.decode import read_clip
from ttsbook.book.read import read_book
from ttsbook.errors import InputError, OutputError, UsageError
from ttsbook.render import readalong
from ttsbook.render.report import Report
from ttsbook.render.reporter import SilentReporter
from ttsbook.render.run import render_book
from ttsbook.text.frontend import FrontEnd
from ttsbook.types import Book

SAMPLE = Path(__file__).parents[1] / "data" / "sample.epub"


def render(folder: Path, source: Path | Book = SAMPLE, **settings: object) -> Report:
    book = source if isinstance(source, Book) else read_book(source)
    values = {"epub3": folder / "along.epub", "credits": False, **settings}
    return render_book(
        book, folder / "b.wav", settings=make_settings(**values), voice=VOICE, front_end=FrontEnd()
    )


def files_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def clips_of(files: dict[str, bytes]) -> list[tuple[str, str, int, int]]:
    """Return (printed text, audio file, begin and end in ms) of everything that is read, in order."""
    found = []
    for name in sorted(name for name in files if name.endswith(".smil")):
        for par in etree.fromstring(files[name]).iter("{*}par"):
            text, audio = par.find("{*}text").get("src"), par.find("{*}audio")
            document, _, id = text.removeprefix("../").partition("#")
            root = etree.fromstring(files[f"EPUB/{document}"])
            element = next(element for element in root.iter() if element.get("id") == id)
            times = [_ms(audio.get(key)) for key in ("clipBegin", "clipEnd")]
            found.append(("".join(element.itertext()), audio.get("src"), *times))
    return found


def _ms(clock: str) -> int:
    hours, minutes, seconds = clock.split(":")
    return round((int(hours) * 60 + int(minutes)) * 60_000 + float(seconds) * 1000)


@pytest.fixture
def long_chapters(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the chapters of the sample for such that have a file each."""
    monkeypatch.setattr(readalong, "_SHORT_SECONDS", 0)


@pytest.mark.usefixtures("long_chapters")
def test_clips_follow_one_another_and_are_as_long_as_the_chapters(tmp_path: Path) -> None:
    report = render(tmp_path)
    assert report.epub3 == str(tmp_path / "along.epub")
    clips = clips_of(files_of(tmp_path / "along.epub"))
    for number, chapter in enumerate(report.chapters, start=1):
        own = [(begin, end) for _, audio, begin, end in clips if audio == f"{number:03d}.m4a"]
        assert own[0][0] == 0
        assert [begin for begin, _ in own[1:]] == [end for _, end in own[:-1]]
        assert own[-1][1] == round(chapter.seconds * 1000)


@pytest.mark.usefixtures("long_chapters")
def test_a_book_of_any_number_of_chapters_takes_as_few_open_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unfinished = []

    def write_audio(*args: object, **options: object) -> object:
        unfinished.append(len(list(tmp_path.glob(".along.epub.*.part"))))
        return original(*args, **options)

    original = readalong.write_audio
    monkeypatch.setattr(readalong, "write_audio", write_audio)
    report = render(tmp_path)
    assert unfinished == [2] * len(report.chapters)  # the book, and the sound of one chapter


def test_short_chapters_share_a_file(tmp_path: Path) -> None:
    report = render(tmp_path)
    files = files_of(tmp_path / "along.epub")
    assert [name for name in files if name.endswith(".m4a")] == ["EPUB/readalong/001.m4a"]
    clips = clips_of(files)
    assert [begin for _, _, begin, _ in clips] == [0, *(end for *_, end in clips[:-1])]
    assert clips[-1][3] == round(report.seconds * 1000)
    starts = [round(chapter.start_seconds * 1000) for chapter in report.chapters]
    titles = [(text, begin) for text, _, begin, _ in clips if text in [c.title for c in report.chapters]]
    assert titles == [(chapter.title, start) for chapter, start in zip(report.chapters, starts, strict=True)]


def test_each_clip_begins_where_its_sentence_does(tmp_path: Path) -> None:
    render(tmp_path, loudness=None)
    files = files_of(tmp_path / "along.epub")
    clips = clips_of(files)
    assert "Little by little does the trick." in [text for text, *_ in clips]
    (tmp_path / "001.m4a").write_bytes(files["EPUB/readalong/001.m4a"])
    clip = read_clip(tmp_path / "001.m4a")
    samples, rate_hz = np.abs(clip.samples), clip.rate_hz
    n_quiet = 0
    for _, audio, begin, _ in clips:
        if audio == "001.m4a" and begin:
            at = round(begin * rate_hz / 1000)
            assert samples[at + rate_hz // 20 : at + rate_hz // 5].max() > 0.05
            n_quiet += samples[at - rate_hz // 5 : at].max() < 0.02
    assert n_quiet >= 3  # before each paragraph


def test_the_same_book_gives_the_same_file_and_is_up_to_date(tmp_path: Path) -> None:
    render(tmp_path)
    first = (tmp_path / "along.epub").read_bytes()
    assert render(tmp_path).up_to_date
    render(tmp_path, resume=False, workers=2, batch=1)
    assert (tmp_path / "along.epub").read_bytes() == first
    (tmp_path / "along.epub").unlink()
    assert not render(tmp_path).up_to_date
    assert (tmp_path / "along.epub").read_bytes() == first
    assert sorted(path.name for path in tmp_path.iterdir()) == ["along.epub", "b.wav", "home"]


def test_a_foreign_file_is_not_replaced_and_the_book_never(tmp_path: Path) -> None:
    (tmp_path / "along.epub").write_bytes(b"PK somebody else's")
    with pytest.raises(OutputError, match="not made by ttsbook"):
        render(tmp_path)
    copy = tmp_path / "copy.epub"
    copy.write_bytes(SAMPLE.read_bytes())
    with pytest.raises(UsageError, match="the book itself"):
        render(tmp_path, copy, epub3=copy, force=True)
    assert copy.read_bytes() == SAMPLE.read_bytes()


def test_a_book_that_is_gone_when_it_is_written_again_is_an_input_error(tmp_path: Path) -> None:
    copy = tmp_path / "copy.epub"
    copy.write_bytes(SAMPLE.read_bytes())

    class Remover(SilentReporter):
        def stage(self, name: str) -> None:
            if name == "encode":
                copy.unlink()

    settings = make_settings(epub3=tmp_path / "along.epub", credits=False)
    with pytest.raises(InputError, match=r"copy\.epub: No such file"):
        render_book(
            read_book(copy),
            tmp_path / "b.wav",
            settings=settings,
            voice=VOICE,
            reporter=Remover(),
            front_end=FrontEnd(),
        )


def test_credits_are_heard_and_not_read_along(tmp_path: Path) -> None:
    report = render(tmp_path, credits=True, chapters="2")
    assert report.chapters[0].title == "Opening Credits"
    names = [name for name in files_of(tmp_path / "along.epub") if name.endswith(".m4a")]
    assert names == ["EPUB/readalong/001.m4a"]


def test_chapters_that_are_not_chosen_stay_in_the_book(tmp_path: Path) -> None:
    render(tmp_path, chapters="3")
    files = files_of(tmp_path / "along.epub")
    assert {text for text, *_ in clips_of(files)} >= {"You begin.”", "Kindness effects more than severity."}
    assert files["EPUB/crow.xhtml"] == files_of(SAMPLE)["EPUB/crow.xhtml"]


def test_a_text_can_be_read_along_too(tmp_path: Path) -> None:
    path = tmp_path / "t.txt"
    path.write_text("A first line. And a second.\n\nThe end.\n", encoding="utf-8")
    render(tmp_path, path)
    clips = clips_of(files_of(tmp_path / "along.epub"))
    assert [text for text, *_ in clips] == ["A first line.", "And a second.", "The end."]


@pytest.mark.usefixtures("long_chapters")
def test_books_in_parts_can_be_read_along_too(tmp_path: Path) -> None:
    render(tmp_path, split=True, chapters="2-3")
    clips = clips_of(files_of(tmp_path / "along.epub"))
    assert {audio for _, audio, _, _ in clips} == {"001.m4a", "002.m4a"}


def test_a_book_from_nowhere_cannot_be_written_again(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        render(tmp_path, replace(read_book(SAMPLE), source="-"))
