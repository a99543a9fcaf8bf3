"""Renders that are listened to: what sounds wrong is spoken again, what stays wrong is listed.

The ear is a stand-in that decides by the samples, so that another seed may please it; the real one is tested
in tests/qa and tests/check.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import av
import numpy as np
import pytest
from stand_in import VOICE, LetterFrontEnd, make_book, make_settings

from ttsbook.book.read import read_book
from ttsbook.errors import MissingError, OutputError
from ttsbook.qa.judge import Performance
from ttsbook.qa.verdict import Finding, Verdict
from ttsbook.render.cast import Cast
from ttsbook.render.report import Report
from ttsbook.render.roles import RoleSplitter
from ttsbook.render.run import render_book
from ttsbook.render.settings import Check, RenderSettings
from ttsbook.types import Book

TOM = replace(VOICE, name="Tom", embedding=(0.8, 0.6))
GOOD = Verdict("as written", -15.0)


def bad(text: str = "very", weight: float = 1.0) -> Verdict:
    return Verdict("very odd", -15.0, (Finding("dropped", text, 0.1, weight),))


def picky(performance: Performance) -> Verdict:
    """Dislike two of three performances, by their samples."""
    digest = hashlib.sha256(performance.samples.tobytes()).digest()
    return bad(weight=1 + digest[1] / 256) if digest[0] % 3 else GOOD


@dataclass
class StandInEar:
    opinion: Callable[[Performance], Verdict] = picky
    fingerprint: str = "stand-in"
    heard: list[str] = field(default_factory=list)

    def judge(self, performance: Performance) -> Verdict:
        self.heard.append(performance.spoken)
        return self.opinion(performance)


def settings(attempts: int = 3, **values: object) -> RenderSettings:
    return replace(make_settings(**values), check=Check(attempts=attempts))


def render(output: Path, ear: StandInEar, chosen: RenderSettings, book: Book | None = None) -> Report:
    return render_book(
        book or make_book(), output, settings=chosen, voice=VOICE, front_end=LetterFrontEnd(), ear=ear
    )


def read(output: Path) -> dict:  # type: ignore[type-arg]
    found = json.loads(output.with_suffix(".check.json").read_text("utf-8"))
    assert isinstance(found, dict)
    return found


def test_a_book_without_faults_is_the_same_as_one_nobody_listened_to(tmp_path: Path) -> None:
    plain = tmp_path / "plain.wav"
    render_book(make_book(), plain, settings=make_settings(), voice=VOICE, front_end=LetterFrontEnd())
    ear = StandInEar(lambda _: GOOD)
    report = render(tmp_path / "heard.wav", ear, settings())
    assert (tmp_path / "heard.wav").read_bytes() == plain.read_bytes()
    assert report.check is not None
    assert (report.check.mended, report.check.flagged) == (0, 0)
    assert report.check.chunks == report.chunks
    assert len(ear.heard) == len(set(ear.heard)) < report.chunks  # equal sentences are heard once
    assert read(tmp_path / "heard.wav")["passages"] == []


def test_bad_chunks_are_spoken_again_with_other_seeds_until_one_is_good(tmp_path: Path) -> None:
    log = tmp_path / "log"
    report = render(tmp_path / "book.wav", StandInEar(), settings(20, options={"log": str(log)}))
    assert report.check is not None
    assert report.check.flagged == 0
    assert report.check.mended > 3
    found = read(tmp_path / "book.wav")
    assert len(found["passages"]) == report.check.mended
    for passage in found["passages"]:
        takes = passage["takes"]
        assert all(take["findings"] for take in takes[:-1])
        assert takes[-1]["findings"] == []
        assert passage["attempt"] == len(takes) - 1 > 0
    extra = {passage["spoken"]: passage["attempt"] for passage in found["passages"]}
    spoken = log.read_text().splitlines()
    assert all(spoken.count(text) == 1 + times for text, times in extra.items())


def test_what_stays_bad_is_flagged_and_its_best_attempt_used(tmp_path: Path) -> None:
    weights = iter((3.0, 2.0, 0.5, 0.7))

    def opinion(performance: Performance) -> Verdict:
        return bad(weight=next(weights)) if "eee" in performance.spoken else GOOD

    book = make_book(1, 5)
    report = render(tmp_path / "book.wav", StandInEar(opinion), settings(3), book)
    assert report.check is not None
    assert (report.check.mended, report.check.flagged) == (0, 1)
    (passage,) = read(tmp_path / "book.wav")["passages"]
    assert passage["flagged"]
    assert passage["attempt"] == 2
    assert len(passage["takes"]) == 4
    assert passage["text"].startswith("In one the very very very very number was eee.")


def test_the_report_lists_passages_by_time_and_the_times_are_those_of_the_file(tmp_path: Path) -> None:
    output = tmp_path / "book.wav"
    report = render(output, StandInEar(lambda _: bad()), settings(0, loudness=None))
    found = read(output)
    starts = [passage["start_seconds"] for passage in found["passages"]]
    assert starts == sorted(starts)
    assert len(starts) == report.chunks == report.check.flagged  # type: ignore[union-attr]
    with av.open(str(output)) as container:
        samples = np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])
    for passage, chapter in zip(found["passages"], [1] * len(starts), strict=True):
        assert passage["chapter"] >= chapter
        start, seconds = round(passage["start_seconds"] * 8000), round(passage["seconds"] * 8000)
        assert np.abs(samples[start : start + seconds]).max() > 1000
        assert np.abs(samples[max(0, start - 400) : start - 8]).max() == 0  # a pause stands before each
    first = {passage["chapter"]: passage for passage in reversed(found["passages"])}
    assert [first[chapter.index]["chapter_seconds"] for chapter in report.chapters] == [0.5, 0, 0]


def test_a_broken_off_check_goes_on_and_gives_the_same_bytes(tmp_path: Path) -> None:
    undisturbed, output = tmp_path / "undisturbed.wav", tmp_path / "book.wav"
    book = make_book(3, 8)
    whole = StandInEar()
    render(undisturbed, whole, settings(2), book)
    for path in (tmp_path / "home" / "cache").rglob("*"):
        path.unlink() if path.is_file() else None

    def tired(performance: Performance) -> Verdict:
        if len(ear.heard) > 7:
            raise KeyboardInterrupt
        return picky(performance)

    ear = StandInEar(tired)
    for _ in range(3):
        ear.heard.clear()
        with pytest.raises(KeyboardInterrupt):
            render(output, ear, settings(2), book)
        assert not output.exists()
    rested = StandInEar()
    render(output, rested, settings(2), book)
    assert output.read_bytes() == undisturbed.read_bytes()
    assert len(rested.heard) == len(whole.heard) - 21  # nothing was heard twice
    assert read(output)["passages"] == read(undisturbed)["passages"]


@pytest.mark.parametrize("workers", [2, 3])
def test_bytes_do_not_depend_on_the_number_of_workers(tmp_path: Path, workers: int) -> None:
    render(tmp_path / "one.wav", StandInEar(), settings(2))
    (tmp_path / "home").rename(tmp_path / "elsewhere")
    render(tmp_path / "more.wav", StandInEar(), settings(2, workers=workers))
    assert (tmp_path / "more.wav").read_bytes() == (tmp_path / "one.wav").read_bytes()


def test_attempts_are_kept_apart_in_the_cache(tmp_path: Path) -> None:
    render(tmp_path / "a.wav", StandInEar(), settings(1))
    again = StandInEar()
    report = render(tmp_path / "b.wav", again, settings(1))
    assert again.heard == []
    assert report.cached == report.chunks
    assert (tmp_path / "a.wav").read_bytes() == (tmp_path / "b.wav").read_bytes()
    plain = render_book(
        make_book(), tmp_path / "c.wav", settings=make_settings(), voice=VOICE, front_end=LetterFrontEnd()
    )
    assert plain.cached == plain.chunks  # the first attempts are what an unchecked render speaks
    assert (tmp_path / "c.wav").read_bytes() != (tmp_path / "a.wav").read_bytes()


def test_damaged_verdicts_are_heard_again(tmp_path: Path, home: Path) -> None:
    first = StandInEar()
    render(tmp_path / "a.wav", first, settings(1))
    kept = sorted((home / "cache" / "chunks").rglob("*.verdict"))
    assert len(kept) == len(first.heard)
    kept[0].write_bytes(kept[0].read_bytes().replace(b"-15", b"-16"))
    kept[1].write_bytes(b"")
    kept[2].unlink()
    again = StandInEar()
    render(tmp_path / "b.wav", again, settings(1))
    assert len(again.heard) == 3
    assert (tmp_path / "a.wav").read_bytes() == (tmp_path / "b.wav").read_bytes()


def test_a_chunk_far_louder_than_the_book_is_found(tmp_path: Path) -> None:
    def opinion(performance: Performance) -> Verdict:
        return replace(GOOD, level_db=-3.0 if "ccc" in performance.spoken else -15.0)

    report = render(tmp_path / "book.wav", StandInEar(opinion), settings(1), make_book(1, 6))
    assert report.check is not None
    assert report.check.flagged == 1
    (passage,) = read(tmp_path / "book.wav")["passages"]
    assert "ccc" in passage["spoken"]
    assert passage["takes"][0]["findings"][0]["text"] == "12 dB louder than the book"


def test_a_voice_of_a_cast_is_as_loud_as_its_own_other_lines(tmp_path: Path) -> None:
    path = tmp_path / "d.txt"
    path.write_text(" ".join(f"“No {word},” he said." for word in "abcdef"), "utf-8")

    def opinion(performance: Performance) -> Verdict:
        return replace(GOOD, level_db=-30.0 if "No" in performance.spoken else -15.0)

    report = render_book(
        read_book(path), tmp_path / "book.wav", settings=settings(1), voice=VOICE, ear=StandInEar(opinion),
        adapt=lambda own, others: RoleSplitter(own, Cast(quoted="tom"), others), voices={"tom": TOM},
    )  # fmt: skip
    assert report.check is not None
    assert report.check.flagged == 0


def test_an_up_to_date_file_keeps_its_findings_and_missing_reports_are_written_again(tmp_path: Path) -> None:
    output = tmp_path / "book.wav"
    first = render(output, StandInEar(), settings(0))
    assert first.check is not None
    assert first.check.flagged
    second = render(output, StandInEar(), settings(0))
    assert second.up_to_date
    assert second.check == first.check
    output.with_suffix(".check.html").unlink()
    third = render(output, StandInEar(), settings(0))
    assert not third.up_to_date
    assert output.with_suffix(".check.html").is_file()
    assert not render(output, StandInEar(), settings(1)).up_to_date  # other attempts, another file


def test_the_page_plays_what_it_lists_and_needs_nothing_else(tmp_path: Path) -> None:
    book = make_book(1, 4)
    book = replace(book, metadata=replace(book.metadata, title="<script>alert(1)</script> & Co"))
    chapter = replace(book.chapters[0], title='"><img src=x onerror=alert(1)>')
    book = replace(book, chapters=(chapter, *book.chapters[1:]))
    report = render(tmp_path / "book.wav", StandInEar(lambda _: bad("</li><script>")), settings(0), book)
    text = Path(report.check.page).read_text("utf-8")  # type: ignore[union-attr]
    assert "<script" not in text
    assert "onerror=alert(1)>" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; Co" in text
    sources = re.findall(r'(?:src|href)="([^"]*)"', text)
    assert sources
    assert all(source.startswith("data:") for source in sources)
    sounds = re.findall(r'src="data:audio/mpeg;base64,([^"]+)"', text)
    pictures = re.findall(r'src="data:image/png;base64,([^"]+)"', text)
    assert len(sounds) == len(pictures) == report.chunks
    (tmp_path / "sound.mp3").write_bytes(base64.b64decode(sounds[2]))
    (tmp_path / "picture.png").write_bytes(base64.b64decode(pictures[2]))
    passage = read(tmp_path / "book.wav")["passages"][2]
    with av.open(str(tmp_path / "sound.mp3")) as container:
        n_samples = sum(frame.samples for frame in container.decode(audio=0))
    assert n_samples / 8000 == pytest.approx(passage["seconds"], abs=0.35)  # not yet trimmed
    with av.open(str(tmp_path / "picture.png")) as container:
        picture = next(container.decode(video=0)).to_ndarray(format="gray")
    assert picture.shape == (120, 640)
    assert picture.std() > 10


def test_reports_of_others_are_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "book.check.json").write_text("{}")
    with pytest.raises(OutputError, match=r"book\.check\.json exists"):
        render(tmp_path / "book.wav", StandInEar(), settings())
    assert (tmp_path / "book.check.json").read_text() == "{}"


def test_a_book_in_parts_can_be_listened_to(tmp_path: Path) -> None:
    report = render(tmp_path / "book.wav", StandInEar(), settings(1, split=True))
    assert report.check is not None
    assert Path(report.check.page).name == "book.check.html"
    starts = [
        passage["chapter_seconds"] for passage in json.loads(Path(report.check.path).read_text())["passages"]
    ]
    assert min(starts) >= 0.5  # every track begins with silence


def test_without_the_extra_nothing_is_spoken_and_the_error_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ttsbook.qa.whisper.importlib.util.find_spec", lambda _: None)
    log = tmp_path / "log"
    with pytest.raises(MissingError) as caught:
        render_book(
            make_book(),
            tmp_path / "book.wav",
            settings=settings(options={"log": str(log)}),
            voice=VOICE,
            front_end=LetterFrontEnd(),
        )
    assert "ttsbook[qa]" in (caught.value.hint or "")
    assert not log.exists()
