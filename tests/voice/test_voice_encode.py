from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ttsbook.errors import InputError, MissingError
from ttsbook.voice import encode
from ttsbook.voice.activity import keep_active, raise_level
from ttsbook.voice.encode import SpeakerEncoder, mean_direction, piece_starts
from ttsbook.voice.mel import mel_spectrogram

# From librosa 0.11.0: feature.melspectrogram(y=chirp(), sr=16000, n_fft=400, hop_length=160, n_mels=40).T
LIBROSA = {
    (0, 2): 4.2965608,
    (10, 8): 0.0052779,
    (50, 17): 2.903e-05,
    (50, 33): 0.0842993,
    (99, 26): 0.0002292,
}
LIBROSA_SUM = 1217.7018


def chirp():
    t = np.arange(16_000) / 16_000
    low = 0.3 * np.sin(2 * np.pi * (200 * t + 1500 * t * t))
    return (low + 0.1 * np.sin(2 * np.pi * 5000 * t)).astype(np.float32)


def test_mel_spectrogram_agrees_with_librosa():
    mels = mel_spectrogram(chirp())
    assert mels.shape == (101, 40)
    assert mels.sum() == pytest.approx(LIBROSA_SUM, rel=1e-4)
    for place, value in LIBROSA.items():
        assert mels[place] == pytest.approx(value, rel=1e-3, abs=1e-7)


def test_embedding_of_the_clip_is_resemblyzers(speech, encoder):
    """The voice model was trained on Resemblyzer's embeddings: the file holds what 0.1.4 gives."""
    lines = (Path(__file__).parent / "resemblyzer_clip.txt").read_text(encoding="utf-8")
    expected = np.array(lines.split(), dtype=np.float32)
    assert encoder.embed(speech, 16_000) @ expected > 0.995


def test_embedding_has_unit_length_and_is_the_same_however_quiet_the_clip(speech, encoder):
    quiet, faint = encoder.embed(speech * 0.1, 16_000), encoder.embed(speech * 0.01, 16_000)
    assert np.linalg.norm(quiet) == pytest.approx(1.0, abs=1e-5)
    assert quiet @ faint > 0.999


def test_embedding_hardly_depends_on_the_sample_rate(speech, encoder):
    from ttsbook.voice.resample import resample

    at_44100 = resample(speech, 16_000, 44_100)
    assert encoder.embed(speech, 16_000) @ encoder.embed(at_44100, 44_100) > 0.995


def test_pieces_in_many_batches_are_those_of_one(speech, encoder, monkeypatch):
    whole = encoder.embed_pieces(speech)
    monkeypatch.setattr(encode, "BATCH", 3)
    np.testing.assert_allclose(encoder.embed_pieces(speech), whole, atol=1e-5)


def test_silence_has_no_embedding(encoder):
    with pytest.raises(InputError, match="no speech"):
        encoder.embed(np.zeros(16_000, dtype=np.float32), 16_000)


@pytest.mark.parametrize(
    ("seconds", "n_pieces"),
    [(0.3, 1), (1.6, 1), (1.9, 1), (2.0, 2), (10.0, 12)],
)
def test_pieces_cover_the_speech_and_a_mostly_empty_last_one_is_dropped(seconds, n_pieces):
    assert piece_starts(int(seconds * 16_000)).size == n_pieces


def test_mean_direction_follows_the_weights():
    axes = np.eye(3, dtype=np.float32)
    np.testing.assert_allclose(mean_direction(axes, np.array([1.0, 0.0, 0.0])), axes[0])
    np.testing.assert_allclose(mean_direction(axes), np.full(3, 3**-0.5), rtol=1e-6)


def test_missing_weights_are_named(monkeypatch, tmp_path):
    monkeypatch.setattr(encode, "packaged", lambda kind: tmp_path / kind)
    with pytest.raises(MissingError, match=r"speaker_encoder\.onnx"):
        SpeakerEncoder()


def test_missing_runtime_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "onnxruntime", None)
    with pytest.raises(MissingError) as caught:
        SpeakerEncoder()
    assert "ttsbook[cpu]" in caught.value.hint


def test_quiet_speech_is_raised_and_loud_speech_left_alone(speech):
    raised = raise_level(speech * 0.001)
    assert 20 * np.log10(np.sqrt(np.mean(raised**2))) == pytest.approx(-30.0, abs=0.01)
    loud = speech / np.abs(speech).max()
    assert raise_level(loud) is loud


def test_long_pauses_are_left_out_and_speech_is_kept(speech):
    pause = np.zeros(5 * 16_000, dtype=np.float32)
    alone = keep_active(speech).size
    with_pause = keep_active(np.concatenate([speech, pause, speech])).size
    assert with_pause == pytest.approx(2 * alone, abs=16_000)


@pytest.mark.parametrize("n_samples", [0, 1, 479, 480, 2000])
def test_shortest_waves_have_a_decision_for_every_frame(n_samples):
    wave = np.full(n_samples, 0.1, dtype=np.float32)
    assert keep_active(wave).size in (0, n_samples // 480 * 480)
