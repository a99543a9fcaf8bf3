"""Products of eight-bit numbers: the same weights, nearly the same durations and sound."""

from __future__ import annotations

import numpy as np
import pytest

from ttsbook.paths import packaged
from ttsbook.vits2.batch import Utterance
from ttsbook.vits2.config import LANGUAGES
from ttsbook.vits2.runtime import GRAPHS, OnnxSynthesizer, graph_file
from ttsbook.vits2.waveform import stft

pytest.importorskip("onnxruntime")


@pytest.mark.parametrize("language", LANGUAGES)
def test_eight_bits_sound_as_thirty_two_on_the_voice_that_ships(language: str) -> None:
    random = np.random.default_rng(3)
    ids = [0, *random.integers(1, 170, 60).tolist(), 0]
    embedding = random.standard_normal(256).astype(np.float32)
    embedding /= np.linalg.norm(embedding)
    full, rounded = (
        OnnxSynthesizer(packaged("weights"), precision=precision) for precision in ("fp32", "int8")
    )
    g, hidden, log_frames = full.encode(ids, embedding, (0.2, 0.1), language)
    durations, other = (
        np.maximum(np.rint(np.exp(found)), 1).astype(np.int64)
        for found in (log_frames, rounded.encode(ids, embedding, (0.2, 0.1), language)[2])
    )
    assert np.abs(durations - other).max() <= 1  # of 25 ms
    assert np.abs(durations - other).mean() < 0.1
    said = Utterance(ids, embedding, (0.2, 0.1), language, 5, noise_scale=0.3)
    ours, theirs = (model.decode(said, g, hidden, durations).astype(np.float64) for model in (rounded, full))
    # Pitch differs in the last bits and is summed up: not the waves are compared but what is heard of them.
    ours, theirs = (np.hypot(*stft(wave, full.config.n_fft, full.config.hop)) for wave in (ours, theirs))
    error = np.square(ours - theirs).sum() / np.square(theirs).sum()
    assert 1e-6 < error < 10 ** (-15 / 10)


def test_eight_bits_have_no_weights_of_their_own() -> None:
    graphs = {graph_file(name, precision) for name in GRAPHS for precision in ("fp32", "int8")}
    assert len(graphs) == 2 * len(GRAPHS)
    assert sum((packaged("weights") / name).stat().st_size for name in graphs) < 1_500_000
