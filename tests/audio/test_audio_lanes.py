"""Several encoders side by side make what one makes, whatever the number of threads."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from ttsbook.audio import lanes
from ttsbook.audio.encode import write_audio
from ttsbook.audio.spec import AudioSpec
from ttsbook.audio.tags import Tags

RATE = 22_050


def speech(seconds: float, pause: float = 0.4) -> np.ndarray:
    """Return tones of a second with digital silence between them."""
    random = np.random.default_rng(0)
    parts = []
    while sum(part.size for part in parts) < seconds * RATE:
        t = np.arange(RATE) / RATE
        hz = random.uniform(120, 400)
        tone = sum(np.sin(2 * np.pi * hz * k * t) / k for k in (1, 2, 3, 5))
        parts.append(np.asarray(0.2 * tone * np.hanning(RATE), np.float32))
        parts.append(np.zeros(int(pause * RATE), np.float32))
    return np.concatenate(parts)


def write(path: Path, samples: np.ndarray, audio_format: str, threads: int, block: int = 50_000) -> bytes:
    spec = AudioSpec(format=audio_format, rate_in_hz=RATE, rate_hz=RATE, tags=Tags(title="tones"))
    blocks = (samples[start : start + block] for start in range(0, samples.size, block))
    written = write_audio(path, blocks, spec, threads=threads)
    assert written.n_samples == samples.size
    return path.read_bytes()


def decoded(path: Path) -> np.ndarray:
    with av.open(str(path)) as container:
        return np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])


@pytest.fixture(autouse=True)
def short_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "PART_SECONDS", 3)


@pytest.fixture
def encoders(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Where the parts began, in samples."""
    begun: list[int] = []
    build = lanes._Part.__init__

    def remember(self, context, start, threads):  # type: ignore[no-untyped-def]
        begun.append(start)
        build(self, context, start, threads)

    monkeypatch.setattr(lanes._Part, "__init__", remember)
    return begun


@pytest.mark.parametrize(("audio_format", "frame"), [("mp3", 576), ("m4b", 1024)])
def test_threads_and_blocks_do_not_change_a_byte(
    tmp_path: Path, encoders: list[int], audio_format: str, frame: int
) -> None:
    samples = speech(20)
    one = write(tmp_path / "one", samples, audio_format, 1)
    cuts = list(encoders)
    assert len(cuts) > 4
    assert all(start % frame == 0 for start in cuts)
    assert not any(samples[max(0, start - 4 * frame) : start].any() for start in cuts)
    assert write(tmp_path / "three", samples, audio_format, 3, block=7_777) == one


@pytest.mark.parametrize("audio_format", ["mp3", "m4b"])
def test_parts_sound_like_the_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, audio_format: str
) -> None:
    samples = speech(20)
    write(tmp_path / "parts", samples, audio_format, 2)
    monkeypatch.setattr(lanes, "PART_SECONDS", 10**6)
    write(tmp_path / "whole", samples, audio_format, 2)
    parts, whole = decoded(tmp_path / "parts"), decoded(tmp_path / "whole")
    assert parts.size == whole.size
    n = samples.size
    errors = [float(np.square(heard[:n] - samples).mean()) for heard in (parts, whole)]
    assert errors[0] < 1.1 * errors[1]
    assert errors[0] < 0.01 * float(np.square(samples).mean())


def test_sound_without_silence_is_one_part(tmp_path: Path, encoders: list[int]) -> None:
    noise = np.random.default_rng(0).normal(0, 0.01, 20 * RATE).astype(np.float32)
    write(tmp_path / "noise", speech(20)[: noise.size] + noise, "mp3", 2)
    assert encoders == [0]


def test_an_encoder_that_fails_is_heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("in a thread")

    monkeypatch.setattr(lanes._Part, "_encode", fail)
    with pytest.raises(ZeroDivisionError, match="in a thread"):
        write(tmp_path / "failed", speech(8), "mp3", 2)
