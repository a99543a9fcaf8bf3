"""Books in parts, names by template, tags by hand, and the preset for ACX, through the command line."""

from __future__ import annotations

from pathlib import Path

import beep_engine
import pytest
from command_line import SAMPLE, Command

from ttsbook.audio.probe import probe
from ttsbook.engines.choose import check_engine

BEEP = ("--engine", beep_engine.NAME, "--workers", 1)


def test_a_book_in_parts_prints_its_playlist(ttsbook: Command, folder: Path, voice: str) -> None:
    run = ttsbook("render", SAMPLE, "-o", "crow.mp3", "--split", "chapter", "--voice", voice, *BEEP)
    assert (run.code, run.out) == (0, "crow/crow.m3u8\n")
    tracks = sorted(path.name for path in (folder / "crow").glob("*.mp3"))
    assert len(tracks) == 3
    assert tracks[0].startswith("01 - ")


def test_names_come_from_a_template_and_tags_from_the_user(
    ttsbook: Command, folder: Path, voice: str
) -> None:
    arguments = ["--out-dir", "shelf", "--template", "{author}/{title}/{title}", "--format", "m4b"]
    tags = ["--tag", "artist=A. Sop", "--tag", "title=Fables: All", "--tag", "series=Old Tales"]
    run = ttsbook("render", SAMPLE, *arguments, *tags, "--voice", voice, *BEEP)
    assert (run.code, run.out) == (0, "shelf/A. Sop/Fables - All/Fables - All.m4b\n")
    found = probe(folder / run.out.strip()).tags
    assert (found["artist"], found["title"], found["series"]) == ("A. Sop", "Fables: All", "Old Tales")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--tag", "artist"],
        ["--tag", "comment=made by hand"],
        ["--template", "{nonsense}"],
        ["--template", "../{title}"],
        ["--template", "{title}", "-o", "a.mp3"],
        ["--split", "page"],
    ],
)
def test_what_makes_no_sense_is_a_usage_error(ttsbook: Command, voice: str, arguments: list[str]) -> None:
    run = ttsbook("render", SAMPLE, *arguments, "--voice", voice, *BEEP)
    assert run.code == 2
    assert run.err.startswith("error: ")


def test_two_books_with_one_name_are_refused(ttsbook: Command, folder: Path, voice: str) -> None:
    for name in ("a.txt", "b.txt"):
        (folder / name).write_text("Rain fell.", encoding="utf-8")
    arguments = ["--out-dir", "shelf", "--template", "{author}/all", "--voice", voice]
    assert ttsbook("render", "a.txt", "b.txt", *arguments, *BEEP).code == 2


def test_what_the_preset_acx_makes_passes_the_check(ttsbook: Command, folder: Path) -> None:
    """With the voice that ships: every number of every file, credits included."""
    pytest.importorskip("onnxruntime")
    if not check_engine("vits2").available:
        pytest.skip("the base voice is not here")
    text = "Rain fell all night on the roof of the old mill, and nobody in the house could sleep. " * 2
    (folder / "storm.md").write_text(f"---\ntitle: Storm\nauthor: A. Nonym\n---\n\n# Night\n\n{text}\n")
    assert ttsbook("render", "storm.md", "--preset", "acx", "-q", "-o", "storm.mp3", "--workers", 1).code == 0
    files = sorted((folder / "storm").glob("*.mp3"))
    assert [path.name for path in files] == [
        "01 - Opening Credits.mp3",
        "02 - Night.mp3",
        "03 - Closing Credits.mp3",
    ]
    run = ttsbook("verify", *files, "--against", "acx", "--against", "file")
    assert run.code == 0, run.out


def test_several_books_go_into_the_folders_that_audiobook_servers_expect(
    ttsbook: Command, folder: Path, voice: str
) -> None:
    (folder / "one.md").write_text("---\ntitle: One\nauthor: A. Nonym\n---\n\nRain fell.\n", "utf-8")
    tags = ["--tag", "series=Tales", "--tag", "series-part=2"]
    arguments = ["--out-dir", "shelf", "--template", "library", "--format", "mp3", "--voice", voice]
    run = ttsbook("render", SAMPLE, "one.md", *arguments, *tags, *BEEP)
    assert run.out.splitlines() == [
        "shelf/Joseph Jacobs, Lu Xun/Tales/Vol 2 - Two Fables and a Homecoming/"
        "Two Fables and a Homecoming.mp3",
        "shelf/A. Nonym/Tales/Vol 2 - One/One.mp3",
    ]
    run = ttsbook("render", "one.md", *arguments, "--split", "chapter", *BEEP)
    assert run.out == "shelf/A. Nonym/One/One.m3u8\n"
    assert [path.name for path in sorted((folder / "shelf/A. Nonym/One").iterdir())] == [
        "01 - One.mp3",
        "One.m3u8",
    ]


def test_the_number_of_a_volume_is_whole_as_in_the_tags(ttsbook: Command, folder: Path, voice: str) -> None:
    (folder / "one.md").write_text("Rain fell.\n", "utf-8")
    ttsbook("plan", "one.md", "--voice", voice, "--engine", beep_engine.NAME)
    plan = folder / "one.plan.jsonl"
    numbered = '"series": "Tales", "series_index": "2.0"'  # as calibre writes
    text = plan.read_text("utf-8").replace('"series": null, "series_index": null', numbered)
    plan.write_text(text, "utf-8")
    run = ttsbook("render", plan, "--out-dir", "shelf", "--template", "library", "--voice", voice, *BEEP)
    assert run.out == "shelf/Unknown author/Tales/Vol 2 - one/one.wav\n"


def test_names_that_some_file_systems_take_for_one_are_refused(
    ttsbook: Command, folder: Path, voice: str
) -> None:
    for name, title in (("a", "Caf\u00e9"), ("b", "CAFE\u0301")):
        (folder / f"{name}.md").write_text(f"---\ntitle: {title}\n---\n\nRain fell.\n", "utf-8")
    run = ttsbook(
        "render", "a.md", "b.md", "--out-dir", "s", "--template", "{title}", "--voice", voice, *BEEP
    )
    assert run.code == 2
    assert "a.md and b.md" in run.err


def test_a_template_knows_the_narrator(ttsbook: Command, voice: str) -> None:
    run = ttsbook(
        "render", SAMPLE, "--out-dir", "s", "--template", "{title} ({narrator})", "--voice", voice, *BEEP
    )
    assert run.out == f"s/Two Fables and a Homecoming ({voice}).wav\n"


def test_parts_of_any_shape_meet_the_numbers_of_acx(ttsbook: Command, folder: Path) -> None:
    """A title alone is mostly silence, verse and dialogue pause much: each file is judged by itself."""
    if not check_engine("vits2").available:
        pytest.skip("the base voice is not here")
    text = "Rain fell all night on the roof of the old mill, and nobody in the house could sleep. " * 2
    verse = "\n\n".join(("“No.”", "“Yes!”", "“Why?”", "Nobody knew.") * 3)
    (folder / "storm.md").write_text(
        f"---\ntitle: Storm\nauthor: A. Nonym\n---\n\n# Part One\n\n# Night\n\n{text}\n\n"
        f"# Talk\n\n{verse}\n\n"
        "# 第三章\n\n雨下了一整夜，谁也没有睡着。\n",
        encoding="utf-8",
    )
    assert ttsbook("render", "storm.md", "--preset", "acx", "-q", "-o", "storm.mp3", "--workers", 1).code == 0
    files = sorted((folder / "storm").glob("*.mp3"))
    assert len(files) == 6
    run = ttsbook("verify", *files, "--against", "acx", "--json")
    assert run.code == 0, run.out
    levels = [entry["figures"]["rms_db"] for entry in run.document["files"]]
    assert max(levels) - min(levels) < 3.5  # and they do not differ more than they need to
