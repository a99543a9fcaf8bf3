"""Products of eight-bit numbers: the same weights, the same durations, nearly the same sound."""

from __future__ import annotations

import numpy as np
import pytest

from ttsbook.paths import packaged
from ttsbook.vits2.config import LANGUAGES
from ttsbook.vits2.noise import draw_noise
from ttsbook.vits2.runtime import GRAPHS, OnnxSynthesizer, graph_file

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
    assert np.array_equal(log_frames, rounded.encode(ids, embedding, (0.2, 0.1), language)[2])
    durations = np.maximum(np.rint(np.exp(log_frames)), 1).astype(np.int64)
    noise = draw_noise(5, full.config, int(durations.sum()))
    ours, theirs = (
        model.decode(g, hidden, durations, embedding, noise, 0.3).astype(np.float64)
        for model in (rounded, full)
    )
    error = np.square(ours - theirs).sum() / np.square(theirs).sum()
    assert 1e-6 < error < 10 ** (-20 / 10)


def test_eight_bits_have_no_weights_of_their_own() -> None:
    graphs = {graph_file(name, precision) for name in GRAPHS for precision in ("fp32", "int8")}
    assert graphs == {"text.onnx", "latents.onnx", "latents.int8.onnx", "decoder.onnx", "decoder.int8.onnx"}
    assert sum((packaged("weights") / name).stat().st_size for name in graphs) < 1_000_000
