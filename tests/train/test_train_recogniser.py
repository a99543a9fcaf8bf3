"""A recogniser of phonemes: labels by frame, what it learns, and its say in training."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="training needs the extra `train`")

from clip_maker import TINY, make_clips  # noqa: E402

from ttsbook import symbols  # noqa: E402
from ttsbook.errors import InputError  # noqa: E402
from ttsbook.train.corpus import Corpus  # noqa: E402
from ttsbook.train.ear import Ear  # noqa: E402
from ttsbook.train.fit_config import FitConfig  # noqa: E402
from ttsbook.train.recogniser import (  # noqa: E402
    EDGE,
    IGNORED,
    Labels,
    Recogniser,
    RecogniserConfig,
    frame_labels,
    load,
    misheard,
    save,
    train,
)
from ttsbook.train.trainer import Trainer  # noqa: E402
from ttsbook.vits2.discriminator import Discriminators  # noqa: E402

CLIPS = make_clips()


def corpus() -> Corpus:
    return Corpus(CLIPS, TINY, torch.device("cpu"), seed=0)


def test_each_phoneme_of_a_window_counts_once_and_marks_without_sound_do_not() -> None:
    batch = corpus().batch(torch.arange(2), 24)
    ids, weight = frame_labels(batch, 24)
    assert ids.shape == weight.shape == (2, 24)
    for row in range(2):
        expected = [
            phoneme if symbols_of(phoneme) not in " ˈˌ" else IGNORED
            for phoneme, length in zip(batch.ids[row].tolist(), batch.window[row].tolist(), strict=True)
            for _ in range(int(length))
        ]
        assert ids[row].tolist() == expected + [IGNORED] * (24 - len(expected))
        n_phonemes = int((batch.window[row] > 0).sum())
        assert float(weight[row].sum()) == pytest.approx(n_phonemes)


def symbols_of(phoneme: int) -> str:
    names = {number: name for name, number in symbols.SYMBOL_IDS.items()}
    return names.get(phoneme, "pad")


def test_what_is_heard_rightly_costs_nothing_and_edges_are_not_judged() -> None:
    ids = torch.randint(1, 20, (2, 16))
    weight = torch.ones(2, 16)
    scores = torch.nn.functional.one_hot(ids, symbols.N_IDS).float().transpose(1, 2) * 40
    assert float(misheard(scores, ids, weight)) < 1e-4
    at_the_edge, within = ids.clone(), ids.clone()
    at_the_edge[:, : EDGE - 1] = 21
    within[:, EDGE + 1] = 21
    assert float(misheard(scores, at_the_edge, weight)) < 1e-4
    assert float(misheard(scores, within, weight)) > 1


def test_it_learns_and_is_kept_in_a_file(tmp_path: Path) -> None:
    torch.manual_seed(0)
    told: list[tuple[int, float, float]] = []
    model = train(corpus(), 100, report=lambda *row: told.append(row))
    assert told[-1][0] == 100
    assert told[-1][1] < told[0][1]
    save(model, tmp_path / "recogniser.safetensors")
    wave = torch.randn(1, 600 * 12)
    again = load(tmp_path / "recogniser.safetensors")(wave)
    assert again.shape == (1, symbols.N_IDS, 12)
    assert torch.allclose(again, model(wave), atol=0.05)  # kept in float16


def test_its_sizes_are_kept_with_it(tmp_path: Path) -> None:
    sizes = RecogniserConfig(n_fft=1200, n_mels=40, width=32, blocks=2)
    save(Recogniser(sizes), tmp_path / "other.safetensors")
    again = load(tmp_path / "other.safetensors")
    assert again.config == sizes
    assert again(torch.randn(1, 600 * 12)).shape == (1, symbols.N_IDS, 12)


def test_of_several_each_listens_now_and_then() -> None:
    networks = Trainer(TINY, FitConfig(seconds=0, schedule_seconds=1), corpus()).networks
    heard = []
    ears = [Recogniser().eval().requires_grad_(False) for _ in range(2)]
    for number, ear in enumerate(ears):
        ear.register_forward_hook(lambda *_, number=number: heard.append(number))
    judge = Ear(ears, networks, FitConfig(seconds=0, schedule_seconds=1))
    labels = Labels(torch.ones(1, 12, dtype=torch.long), torch.ones(1, 12))
    torch.manual_seed(0)
    for _ in range(16):
        assert torch.isfinite(judge.cost(torch.randn(1, 600 * 12 - 300), labels))
    assert set(heard) == {0, 1}
    assert len(heard) == 16


def test_another_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "not.safetensors"
    path.write_bytes(b"\x00" * 64)
    with pytest.raises(InputError, match="not a recogniser"):
        load(path)


def test_training_listens_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ttsbook.train.adversary.Discriminators", lambda: Discriminators((512,), (2, 3)))
    config = FitConfig(
        seconds=0, schedule_seconds=100, labelled=4, from_prior=2, others=2, judged=3, borrowed=2, window=20,
        crop=12,
    )  # fmt: skip
    ear = Recogniser().eval().requires_grad_(False)
    trainer = Trainer(TINY, config, corpus(), [ear])
    before = [value.clone() for value in ear.parameters()]
    terms = trainer.take_step()
    assert torch.isfinite(terms["misheard"])
    assert torch.isfinite(terms["misheard_borrowed"])
    assert all(torch.equal(a, b) for a, b in zip(before, ear.parameters(), strict=True))
    deaf = Trainer(TINY, replace(config), corpus())
    assert "misheard" not in deaf.take_step()
