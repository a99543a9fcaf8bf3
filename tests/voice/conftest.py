"""One real clip, one loaded encoder, and a home of its own for every test that keeps voices."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from voice_fakes import RATE_HZ, FakeClip, FakeReader, make_profile

from ttsbook.audio.decode import read_clip
from ttsbook.types import VoiceProfile
from ttsbook.voice.encode import SpeakerEncoder

CLIP = Path(__file__).parents[1] / "data" / "clip.opus"


@pytest.fixture(scope="session")
def clip_path() -> Path:
    return CLIP


@pytest.fixture(scope="session")
def speech() -> NDArray[np.float32]:
    """8 s of a woman reading, 16 kHz."""
    return read_clip(CLIP, rate_hz=RATE_HZ).samples


@pytest.fixture(scope="session")
def encoder() -> SpeakerEncoder:
    return SpeakerEncoder()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TTSBOOK_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def reader(speech: NDArray[np.float32]) -> FakeReader:
    return FakeReader(FakeClip(speech))


@pytest.fixture
def profile() -> VoiceProfile:
    return make_profile("ann")
