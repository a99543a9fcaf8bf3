"""The benchmark measures real renders and says honestly what it did not measure."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ttsbook import paths
from ttsbook.audio.picture import read_picture
from ttsbook.bench.figures import EngineFigures, measure_engine
from ttsbook.bench.gpu_memory import GpuMemory
from ttsbook.bench.passage import n_characters, passage_book, passage_bytes
from ttsbook.bench.plot import draw
from ttsbook.bench.stages import measure_stages
from ttsbook.bench.table import table
from ttsbook.bench.text import LANGUAGES, describe_text, measure_text
from ttsbook.cli.app import app
from ttsbook.config.layer import read_environment
from ttsbook.engines.gpu import Gpu
from ttsbook.errors import RenderError
from ttsbook.types import Provenance, VoiceProfile
from ttsbook.voice.profile import StoredVoice, save_voice
from ttsbook.voice.store import find_voice

pytest.importorskip("onnxruntime")

SHORT = b"# One\n\nA short passage.\n"


def figures(engine: str, elapsed: float) -> EngineFigures:
    return EngineFigures(engine, 3, 2, "cpu", 720.0, elapsed, 1.0, 900.0, 2**28)


def test_the_passage_is_a_book_in_both_languages() -> None:
    book = passage_book(quick=False)
    assert [chapter.title for chapter in book.chapters] == ["A Scandal in Bohemia", "从百草园到三味书屋"]
    assert n_characters(book) > 8_000


def test_the_quick_passage_is_the_beginning_of_the_long_one() -> None:
    assert passage_bytes(quick=False).startswith(passage_bytes(quick=True))
    assert 800 < n_characters(passage_book(quick=True)) < 2_500


def test_the_table_states_rates_for_a_book_of_twelve_minutes_and_compares_with_peers() -> None:
    text = table([figures("vits2", 14.4), figures("piper", 43.2)])
    assert "| vits2 | 0.0200 | 14.4 s |" in text
    assert "vits2: 3.0 times as fast as piper" in text


def test_without_a_gpu_its_memory_is_left_open() -> None:
    assert "| – |" in table([figures("vits2", 14.4)])
    row = replace(figures("vits2", 14.4), peak_gpu_bytes=3 * 2**30)
    assert "| 3,072 MiB |" in table([row])


def test_memory_of_a_gpu_is_what_came_on_top(monkeypatch: pytest.MonkeyPatch) -> None:
    free = iter([70, 40])
    monkeypatch.setattr(
        "ttsbook.bench.gpu_memory.list_gpus", lambda: (Gpu(0, "A", 80, next(free, 60), "580"),)
    )
    with GpuMemory() as memory:
        pass
    assert memory.peak_bytes == 30


def test_the_picture_shows_every_engine(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    draw([figures("vits2", 14.4), figures("piper", 43.2)], "a machine", tmp_path / "bars.png")
    picture = read_picture((tmp_path / "bars.png").read_bytes())
    assert picture is not None
    assert picture.width == 960


def test_a_picture_without_matplotlib_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ttsbook.bench.plot.find_spec", lambda _: None)
    result = CliRunner().invoke(app, ["bench", "--plot", "bars.png"])
    assert "matplotlib" in str(result.exception)


def test_every_stage_of_a_render_takes_time() -> None:
    embedding = tuple([1 / 16] * 256)
    voice = VoiceProfile("flat", embedding, 5.0, 0.2, Provenance("made up", "", 0.0, "plain"))
    stages = measure_stages(voice, SHORT)
    assert stages.audio_seconds > 1
    assert {"read", "text to phonemes", "model", "loudness", "encode mp3"} <= set(stages.seconds)
    assert all(seconds > 0 for name, seconds in stages.seconds.items() if name != "read")


def test_a_run_reports_what_the_render_reported() -> None:
    result = measure_engine("vits2", b"# One\n\nA short passage.\n", voice="arthur", runs=1, n_characters=20)
    assert result.audio_seconds > 1
    assert result.rtf == pytest.approx(result.elapsed_seconds / result.audio_seconds)
    assert result.start_seconds > 0
    assert result.peak_rss_bytes > 2**26


def test_runs_have_empty_caches_and_what_the_user_keeps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TTSBOOK_HOME", str(tmp_path / "users"))
    profile = find_voice("arthur", read_clip=None)
    paths.voices_dir().mkdir(parents=True)
    save_voice(StoredVoice(replace(profile, name="mine")), paths.voices_dir())
    measured = measure_engine("vits2", SHORT, voice="mine", runs=2, n_characters=15)
    assert measured.audio_seconds > 0.5
    assert [path.name for path in (tmp_path / "users").iterdir()] == ["data"]
    assert {path.stem for path in paths.voices_dir().iterdir()} == {"mine"}


def test_a_render_that_fails_is_an_error_in_its_own_words() -> None:
    with pytest.raises(RenderError, match="no voice named"):
        measure_engine("vits2", b"Text.", voice="nobody-here", runs=1, n_characters=5)


def test_an_unknown_engine_is_named() -> None:
    result = CliRunner().invoke(app, ["bench", "--engine", "warp"])
    assert "warp" in str(result.exception)


def test_an_engine_that_takes_too_long_is_left_out_and_not_a_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ttsbook.bench.figures._LONGEST_S", 0.01)
    with pytest.raises(RenderError, match="engine vits2 took more than"):
        measure_engine("vits2", SHORT, voice="nora", runs=1, n_characters=1)


def test_json_has_engines_stages_and_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ttsbook.bench.figures.measure_engine", lambda engine, *_, **__: figures(engine, 7.2))
    monkeypatch.setattr("ttsbook.bench.passage.passage_bytes", lambda **_: SHORT)
    result = CliRunner().invoke(app, ["bench", "--quick", "--engine", "vits2", "--json", "-q"])
    document = json.loads(result.stdout)
    assert document["engines"][0]["rtf"] == pytest.approx(0.01)
    assert document["stages"]["processor_seconds"]["model"] > 0
    assert "cores" in document["machine"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_made_up_book_is_measured_at_growing_sizes(language: str) -> None:
    figures = measure_text(language, 40_000)
    assert [row.language for row in figures] == [language] * 3
    sizes = [row.n_bytes for row in figures]
    assert sizes == sorted(sizes)
    assert 10_000 <= sizes[0] < sizes[-1] < 44_000
    assert all(row.n_phonemes > row.n_bytes / 2 for row in figures)
    assert 0 < figures[0].seconds < figures[-1].seconds
    assert [row.n_phonemes for row in measure_text(language, 40_000)] == [row.n_phonemes for row in figures]
    assert len(describe_text(figures).splitlines()) == 3


def test_engines_are_told_where_their_parts_lie(monkeypatch: pytest.MonkeyPatch) -> None:
    told: dict[str, str] = {}

    def measure(engine: str, *_: object, settings: dict[str, str], **__: object) -> EngineFigures:
        told.update(settings)
        return figures(engine, 7.2)

    monkeypatch.setenv("TTSBOOK_PIPER_MODEL", "/voices/amy.onnx")
    monkeypatch.setattr("ttsbook.bench.figures.measure_engine", measure)
    monkeypatch.setattr("ttsbook.bench.passage.passage_bytes", lambda **_: SHORT)
    CliRunner().invoke(app, ["bench", "--engine", "vits2", "-q"])
    assert told["TTSBOOK_PIPER_MODEL"] == "/voices/amy.onnx"
    read = read_environment(told).values
    assert read["piper.model"] == "/voices/amy.onnx"
    assert len(read) == len(told)


def test_english_alone_is_the_first_half() -> None:
    english = passage_book(quick=False, english_only=True)
    assert [chapter.title for chapter in english.chapters] == ["A Scandal in Bohemia"]


def test_an_engine_that_gave_way_to_another_was_not_measured() -> None:
    with pytest.raises(RenderError, match="cosyvoice was replaced by hybrid: CosyVoice is not installed"):
        measure_engine("cosyvoice", SHORT, voice="arthur", runs=1, n_characters=20)
