"""ttsbook from Python, by the names that it shows to the world."""

from __future__ import annotations

import subprocess
import sys
import threading
import wave
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, TimeoutError
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

import ttsbook
from ttsbook import paths
from ttsbook.audio.decode import read_clip
from ttsbook.engines.base import Request
from ttsbook.engines.vits2 import Vits2Engine
from ttsbook.errors import InputError, UsageError
from ttsbook.render.lock import lock_output
from ttsbook.render.report import Report
from ttsbook.render.settings import EngineChoice, RenderSettings
from ttsbook.types import Speech

pytest.importorskip("onnxruntime")

DATA = Path(__file__).parent / "data"
CLIP = DATA / "clip.opus"
TEXT = "Good evening.\n\nThe rain had stopped."


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TTSBOOK_HOME", str(tmp_path / "home"))


@pytest.fixture(scope="module")
def provider() -> Iterator[ttsbook.VITS2Provider]:
    with ttsbook.VITS2Provider() as provider:
        yield provider


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def address() -> Iterator[str]:
    """Where the folder of the sample clip is served."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(DATA))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_all_names_are_there_and_no_others() -> None:
    assert sorted(ttsbook.__all__) == ttsbook.__all__
    assert all(hasattr(ttsbook, name) for name in ttsbook.__all__)
    assert set(ttsbook.__all__) < set(dir(ttsbook))  # for help() and the Tab key
    with pytest.raises(AttributeError, match="render_boook"):
        ttsbook.render_boook  # noqa: B018


def test_importing_the_package_imports_nothing_else() -> None:
    code = "import sys, ttsbook; sys.exit(any(name.startswith('ttsbook.') for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_book_becomes_a_file(tmp_path: Path) -> None:
    book = tmp_path / "evening.txt"
    book.write_text(TEXT, encoding="utf-8")
    report = ttsbook.render_book(book, tmp_path / "evening.flac")
    assert (report.format, report.engine, report.voice) == ("flac", "hybrid", "nora")
    assert (tmp_path / "evening.flac").stat().st_size > 10_000


def test_paths_may_be_text_and_begin_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "evening.txt").write_text("Good evening.", encoding="utf-8")
    (tmp_path / "names.toml").write_text('[words]\nevening = "EEV-ning"', encoding="utf-8")
    settings = RenderSettings(lexicon=str(tmp_path / "names.toml"), epub3=str(tmp_path / "evening.epub"))
    ttsbook.render_book("~/evening.txt", "~/evening.wav", settings=settings)
    spoken = ttsbook.HybridTTSProvider(settings=settings).generate_audio(
        text="Good evening.", voice_sample_url="nora", output_dir="~/out", ref_text=None
    )
    assert {path.name for path in tmp_path.iterdir()} >= {"evening.wav", "evening.epub", "out"}
    assert Path(spoken.output).parent == tmp_path / "out"


def test_an_engine_that_is_not_there_gives_way_to_the_next(tmp_path: Path) -> None:
    settings = RenderSettings(engine="nowhere:Engine", fallback=(EngineChoice("vits2"),))
    book = tmp_path / "evening.txt"
    book.write_text(TEXT, encoding="utf-8")
    report = ttsbook.render_book(book, tmp_path / "evening.wav", settings=settings)
    assert report.engine == "vits2"
    assert report.fallbacks[0].before == "nowhere:Engine"


def test_hybrid_speaks_in_the_voice_of_a_clip_by_path_or_address(tmp_path: Path, address: str) -> None:
    hybrid = ttsbook.HybridTTSProvider()
    first = hybrid.generate_audio(text=TEXT, voice_sample_url=str(CLIP), output_dir=tmp_path / "out")
    assert (first.engine, first.fallbacks) == ("hybrid", ())
    again = hybrid.generate_audio(
        text=TEXT, voice_sample_url=f"{address}/{CLIP.name}", output_dir=tmp_path / "out"
    )
    assert again.up_to_date
    assert again.output == first.output
    assert [str(path) for path in (tmp_path / "out").iterdir()] == [first.output]


def test_who_asks_for_the_same_words_at_the_same_time_gets_the_same_file(tmp_path: Path) -> None:
    def speak() -> Report:
        return ttsbook.HybridTTSProvider().generate_audio(
            text=TEXT, voice_sample_url="nora", output_dir=tmp_path / "out"
        )

    first = speak()
    with ThreadPoolExecutor(1) as others:
        with lock_output(Path(first.output), paths.state_dir() / "locks"):  # as long as it is being rendered
            again = others.submit(speak)
            with pytest.raises(TimeoutError):
                again.result(timeout=0.5)
        assert again.result().output == first.output


def test_what_is_wrong_with_a_clip_is_in_the_report(tmp_path: Path) -> None:
    clip = tmp_path / "short.wav"
    with wave.open(str(clip), "wb") as audio:
        audio.setparams((1, 2, 16_000, 0, "NONE", ""))
        samples = read_clip(CLIP, rate_hz=16_000, max_seconds=2).samples
        audio.writeframes((samples * 32_000).astype("<i2").tobytes())
    for _ in range(2):  # the second time from the cache
        report = ttsbook.HybridTTSProvider().generate_audio(
            text="Hello.", voice_sample_url=clip, output_dir=tmp_path
        )
        assert [line for line in report.warnings if line.startswith(f"{clip}: only ")]


def test_a_profile_is_made_once_and_serves_as_a_voice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hybrid = ttsbook.HybridTTSProvider()
    profile = hybrid.extract_voice_profile(CLIP)
    assert profile.provenance.method == "hybrid"
    monkeypatch.setattr("ttsbook.voice.store.analyse_clip", None)
    assert hybrid.extract_voice_profile(CLIP.as_uri()).fingerprint == profile.fingerprint
    report = hybrid.generate_audio(text=TEXT, voice_sample_url=profile, output_dir=tmp_path)
    assert report.voice_hash == profile.fingerprint


def test_the_slow_mode_goes_on_with_hybrid_where_cosyvoice_is_not_installed(tmp_path: Path) -> None:
    report = ttsbook.HybridTTSProvider().generate_audio(
        text=TEXT, voice_sample_url=CLIP, output_dir=tmp_path, use_fast_mode=False, ref_text="Not said."
    )
    assert report.engine == "hybrid"
    assert [step.before for step in report.fallbacks] == ["cosyvoice"]


def test_parallel_speaks_in_processes(tmp_path: Path) -> None:
    report = ttsbook.ParallelTTSGenerator(max_workers=2).generate_audio_parallel(
        text=TEXT, voice_sample_url="nora", output_dir=tmp_path, ref_text=""
    )
    assert (report.engine, report.workers, report.fallbacks) == ("parallel", 2, ())
    assert report.worker_peak_rss_bytes > 0
    with wave.open(report.output, "rb") as audio:
        assert audio.getnframes() / audio.getframerate() == pytest.approx(report.seconds, abs=0.01)


def test_vits2_gives_samples(provider: ttsbook.VITS2Provider) -> None:
    slow = provider.generate_audio_fast(text="It was a dark and stormy night.", speed=0.85)
    fast = provider.generate_audio_fast(text="It was a dark and stormy night.", speed=1.5)
    assert slow.dtype == np.float32
    assert 0.05 < np.abs(slow).max() <= 1
    assert 1.3 < len(slow) / len(fast) < 2.2
    assert 1 < len(slow) / provider.rate_hz < 6
    assert np.array_equal(
        fast, provider.generate_audio_fast(text="It was a dark and stormy night.", speed=1.5)
    )


def test_each_thread_of_vits2_has_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []

    def speak(engine: Vits2Engine, requests: Sequence[Request], _: object) -> list[Speech]:
        sizes.append(len(requests))
        return [Speech(np.ones(100, np.float32), engine.rate_hz) for _ in requests]

    monkeypatch.setattr(Vits2Engine, "speak", speak)
    with ttsbook.VITS2Provider(threads=3) as provider:
        provider.generate_audio_fast(text="\n\n".join(["It was a dark and stormy night."] * 7))
    assert sizes == [3, 3, 1]


def test_text_with_half_of_a_surrogate_pair_is_spoken(provider: ttsbook.VITS2Provider) -> None:
    assert len(provider.generate_audio_fast(text="A dark \ud83d night.")) > provider.rate_hz / 2


def test_vits2_speaks_in_any_voice(provider: ttsbook.VITS2Provider) -> None:
    here = provider.generate_audio_fast(text="Hello there.")
    there = provider.generate_audio_fast(text="Hello there.", voice=CLIP)
    assert len(here) != len(there) or not np.array_equal(here, there)


def test_what_makes_no_sense_is_an_error_of_its_kind(tmp_path: Path, provider: ttsbook.VITS2Provider) -> None:
    with pytest.raises(InputError, match="no text"):
        provider.generate_audio_fast(text=" \n")
    with pytest.raises(UsageError, match="speed"):
        provider.generate_audio_fast(text="Hello.", speed=9)
    for wrong in ({"language": "fr"}, {"accent": "scottish"}, {"emoji": "yes"}, {"format": "aac"}):
        with pytest.raises(UsageError, match="unknown"):
            RenderSettings(**wrong)  # type: ignore[arg-type]
    for level in (19, float("nan")):
        with pytest.raises(UsageError, match="at most 0"):
            RenderSettings(loudness=level)
    with pytest.raises(UsageError, match="no voice"):
        ttsbook.HybridTTSProvider().generate_audio(text="Hi.", voice_sample_url="", output_dir=tmp_path)
