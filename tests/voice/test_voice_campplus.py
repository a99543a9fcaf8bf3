"""Kaldi's features against Kaldi's numbers; CAM++ through a graph with next to nothing inside."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ttsbook.errors import MissingError
from ttsbook.voice.campplus import CampPlus
from ttsbook.voice.encode import piece_starts
from ttsbook.voice.kaldi import filterbank
from ttsbook.voice.select import careful_mean, mean_direction

pytest.importorskip("onnxruntime")

# torchaudio 2.11's compliance.kaldi.fbank(num_mel_bins=80, dither=0) of `sweep`, frame and band.
REFERENCE = {
    (0, 0): -9.181037902832031,
    (0, 10): -7.215023040771484,
    (10, 5): -1.5266386270523071,
    (50, 40): -15.634413719177246,
    (97, 79): -15.942384719848633,
    (60, 63): -15.942384719848633,
    (30, 20): -13.410341262817383,
}


def sweep() -> np.ndarray:
    t = np.arange(16_000) / 16_000
    rising = 0.3 * np.sin(2 * np.pi * (200 * t + 150 * t * t))
    return np.asarray(rising + 0.1 * np.sin(2 * np.pi * 3000 * t) * (t > 0.5), np.float32)


def test_features_are_those_of_kaldi() -> None:
    features = filterbank(sweep())
    assert features.shape == (98, 80)
    assert features.mean() == pytest.approx(-12.196662, abs=1e-4)
    assert features.std() == pytest.approx(5.324467, abs=1e-4)
    for place, value in REFERENCE.items():
        assert features[place] == pytest.approx(value, abs=2e-3)
    assert filterbank(sweep()[:399]).shape == (0, 80)


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """An encoder whose embedding is the mean of its features through a fixed matrix."""
    onnx = pytest.importorskip("onnx")
    helper, kind = onnx.helper, onnx.TensorProto.FLOAT
    matrix = np.random.default_rng(0).normal(size=(80, 192)).astype(np.float32)
    nodes = [
        helper.make_node("Abs", ["feats"], ["size"]),
        helper.make_node("ReduceMean", ["size"], ["mean"], axes=[1], keepdims=0),
        helper.make_node("MatMul", ["mean", "matrix"], ["embs"]),
    ]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("feats", kind, ["B", "T", 80])],
        [helper.make_tensor_value_info("embs", kind, ["B", 192])],
        [onnx.numpy_helper.from_array(matrix, "matrix")],
    )
    path = tmp_path / "campplus.onnx"
    path.write_bytes(
        helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8
        ).SerializeToString()
    )
    return path


def test_every_piece_has_an_embedding_whatever_its_level(weights: Path) -> None:
    speech = np.tile(sweep(), 5)
    embeddings = CampPlus(weights).embed_pieces(speech)
    assert embeddings.shape == (len(piece_starts(speech.size)), 192)
    assert np.allclose(np.linalg.norm(embeddings, axis=1), 1, atol=1e-5)
    assert np.allclose(CampPlus(weights).embed_pieces(speech * np.float32(0.1)), embeddings, atol=1e-3)
    assert CampPlus(weights).embed_pieces(speech[:4_000]).shape == (1, 192)


def test_what_it_takes_for_a_stranger_does_not_count() -> None:
    random = np.random.default_rng(1)
    speech = random.normal(0, 0.1, 16_000 * 8).astype(np.float32)
    n = len(piece_starts(speech.size))
    pieces = random.normal(size=(n, 256)).astype(np.float32)
    pieces /= np.linalg.norm(pieces, axis=1, keepdims=True)
    judged = np.tile(np.eye(1, 192, dtype=np.float32), (n, 1))
    judged[0] = np.eye(1, 192, 5)
    without_first = careful_mean(pieces, speech, judged)
    assert without_first @ mean_direction(pieces[1:]) > 0.99
    assert without_first @ mean_direction(pieces) < without_first @ mean_direction(pieces[1:])


def test_weights_that_are_missing_or_damaged_are_named(tmp_path: Path) -> None:
    with pytest.raises(MissingError, match="CAM"):
        CampPlus(tmp_path / "campplus.onnx")
    (tmp_path / "campplus.onnx").write_bytes(b"no graph")
    with pytest.raises(MissingError, match="cannot be loaded"):
        CampPlus(tmp_path / "campplus.onnx")


def test_hybrid_asks_it_where_cosyvoice_is_installed(
    tmp_path: Path, weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ttsbook.cli.narrator import find_narrator
    from ttsbook.cli.talk import Talk
    from ttsbook.config import Source, load_config

    monkeypatch.setenv("TTSBOOK_HOME", str(tmp_path / "home"))
    clip = Path(__file__).resolve().parents[1] / "data" / "clip.opus"
    heard: list[int] = []
    embed = CampPlus.embed_pieces

    def listen(self: CampPlus, speech: np.ndarray) -> np.ndarray:
        heard.append(speech.size)
        return embed(self, speech)

    monkeypatch.setattr(CampPlus, "embed_pieces", listen)
    for engine, times in (("hybrid", 1), ("hybrid", 1), ("vits2", 1)):  # the second time from the cache
        told = {"engine": engine, "cosyvoice.model": str(weights.parent)}
        find_narrator(str(clip), Talk(-1), load_config(told, Source()).settings)
        assert len(heard) == times
