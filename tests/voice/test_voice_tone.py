"""Colour of a voice matched to its clip: known filters are found, noise is not, a render comes closer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ttsbook.audio.decode import read_clip
from ttsbook.engines.base import EngineSpec, Request
from ttsbook.engines.rehearse import SENTENCES, ModelRehearsal
from ttsbook.engines.vits2 import Vits2Engine
from ttsbook.errors import MissingError
from ttsbook.render.rehearsal import rehearsal_for
from ttsbook.types import VoiceProfile
from ttsbook.vits2.tone import BANDS, N_BANDS, bin_gains
from ttsbook.voice.analyse import analyse_clip
from ttsbook.voice.mel import RATE_HZ
from ttsbook.voice.resample import resample
from ttsbook.voice.store import analyse_cached
from ttsbook.voice.tone import LOST_DB, SHARE, average_spectrum, match_tone

CLIP = Path(__file__).resolve().parents[1] / "data" / "clip.opus"
CLEAN_DB = 40.0


@pytest.fixture(scope="module")
def speech() -> np.ndarray:
    clip = read_clip(CLIP)
    return resample(clip.samples, clip.rate_hz, RATE_HZ)


def coloured(wave: np.ndarray, gains_db: np.ndarray, rate_hz: int = RATE_HZ) -> np.ndarray:
    factors = bin_gains(tuple(gains_db), len(wave) // 2 + 1, rate_hz)
    return np.fft.irfft(np.fft.rfft(wave) * factors, len(wave)).astype(np.float32)


def test_half_of_a_known_colour_is_made_up_for(speech: np.ndarray) -> None:
    bright = np.linspace(-4, 4, N_BANDS)
    gains = np.array(match_tone(coloured(speech, bright), speech, RATE_HZ, snr_db=CLEAN_DB))
    inner = slice(3, -3)  # blurred at the ends
    found = gains - gains[inner].mean()
    expected = SHARE * (bright - bright[inner].mean())
    assert np.abs(found - expected)[inner].max() < 0.5


def test_the_level_stays(speech: np.ndarray) -> None:
    bright = np.linspace(-8, 8, N_BANDS)
    gains = np.array(match_tone(coloured(speech, bright), speech, RATE_HZ, snr_db=CLEAN_DB))
    before, after = (float(np.square(wave).mean()) for wave in (speech, coloured(speech, gains)))
    assert abs(10 * np.log10(after / before)) < 1


def test_a_noisy_clip_says_nothing_of_colour(speech: np.ndarray) -> None:
    bright = coloured(speech, np.linspace(-4, 4, N_BANDS))
    assert match_tone(bright, speech, RATE_HZ, snr_db=5.0) == ()
    some, more = (np.array(match_tone(bright, speech, RATE_HZ, snr_db=db)) for db in (15.0, CLEAN_DB))
    assert 0 < np.ptp(some) < np.ptp(more)


def test_what_the_recording_lacks_is_not_taken_from_the_voice(speech: np.ndarray) -> None:
    dull = coloured(speech, np.where(BANDS > 26, -3 * LOST_DB, 0.0))
    assert np.abs(match_tone(dull, speech, RATE_HZ, snr_db=CLEAN_DB)).max() < 2
    telephone = match_tone(dull, speech, RATE_HZ, snr_db=CLEAN_DB, top_hz=3_400.0)
    assert np.abs(telephone).max() < 1


def test_no_gains_are_no_factors() -> None:
    assert bin_gains((), 601, 24_000) is None
    factors = bin_gains(tuple(np.linspace(-6, 6, N_BANDS)), 601, 24_000)
    assert factors is not None
    assert factors[0] == pytest.approx(10 ** (-6 / 20))
    assert factors[-1] == pytest.approx(10 ** (6 / 20))
    assert (np.diff(factors) >= 0).all()


def make_profile() -> VoiceProfile:
    return analyse_clip(CLIP, name="ann", read_clip=read_clip, method="hybrid").profile


def test_gains_colour_what_is_spoken_and_nothing_else() -> None:
    plain = make_profile()
    bright = replace(plain, tone_db=tuple(np.linspace(-5, 5, N_BANDS).tolist()))
    engine = Vits2Engine(EngineSpec("vits2", "cpu", 1))
    request = Request(SENTENCES[0][1], "", "en", 1)
    before, after = (engine.speak([request], voice)[0] for voice in (plain, bright))
    assert before.phoneme_ends == after.phoneme_ends
    expected = coloured(before.samples, np.array(bright.tone_db), engine.rate_hz)
    error = np.square(after.samples - expected).mean() / np.square(expected).mean()
    assert error < 0.01  # short windows against one long one
    assert plain.fingerprint != bright.fingerprint


def test_a_rehearsal_brings_other_words_closer_to_the_clip(speech: np.ndarray) -> None:
    rehearsal = rehearsal_for("hybrid")
    assert rehearsal is not None
    matched = analyse_clip(
        CLIP, name="ann", read_clip=read_clip, method="hybrid", rehearsal=rehearsal
    ).profile
    plain = make_profile()
    assert plain.tone_db == ()
    assert replace(matched, tone_db=()) == plain
    engine = Vits2Engine(EngineSpec("vits2", "cpu", 1))
    words = "mˈɛni jˈɪɹz lˈATəɹ, ʃi stˈɪl ɹəmˈɛmbəɹd ðə smˈɛl ʌv bɹˈɛd."
    spectra = [
        average_spectrum(
            resample(engine.speak([Request(words, "", "en", 3)], voice)[0].samples, 24_000, RATE_HZ)
        )
        for voice in (plain, matched)
    ]
    target = average_spectrum(speech)
    inner = (BANDS > 5) & (BANDS < 30)
    plain_off, matched_off = (float(np.std((target - spectrum)[inner])) for spectrum in spectra)
    assert matched_off < plain_off


def test_the_words_of_the_clip_are_said_if_they_are_known() -> None:
    known, unknown = rehearsal_for("hybrid", words="Good morning, my dear."), rehearsal_for("hybrid")
    assert isinstance(known, ModelRehearsal)
    assert isinstance(unknown, ModelRehearsal)
    assert known.fingerprint != unknown.fingerprint
    assert rehearsal_for("plain") is None


def test_a_model_that_is_not_here_leaves_the_colour_alone(tmp_path: Path) -> None:
    assert rehearsal_for("hybrid", options=(("model", str(tmp_path)),)) is None


def test_a_model_that_cannot_be_loaded_does_not_keep_a_clip_from_being_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    class Broken:
        fingerprint = "0" * 64

        def __call__(self, profile: VoiceProfile) -> tuple[np.ndarray, int]:  # noqa: ARG002
            raise MissingError("cannot load the model")

    found = analyse_cached(CLIP, read_clip=read_clip, method="hybrid", rehearsal=Broken())
    assert found.profile == replace(make_profile(), name=found.profile.name)


def test_another_model_matches_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    class Fake:
        def __init__(self, fingerprint: str) -> None:
            self.fingerprint, self.said = fingerprint, 0

        def __call__(self, profile: VoiceProfile) -> tuple[np.ndarray, int]:  # noqa: ARG002
            self.said += 1
            return np.random.default_rng(0).standard_normal(RATE_HZ).astype(np.float32), RATE_HZ

    one, other = Fake("1" * 64), Fake("2" * 64)
    for rehearsal in (one, one, other):
        analyse_cached(CLIP, read_clip=read_clip, method="hybrid", rehearsal=rehearsal)
    assert (one.said, other.said) == (1, 1)
