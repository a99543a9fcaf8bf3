"""Steps of training on a small model: finite losses, exact resume, clear errors."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs the extra `train`")
pytest.importorskip("matplotlib")

from clip_maker import TINY, make_clip, make_clips  # noqa: E402

from ttsbook.errors import InputError, UsageError  # noqa: E402
from ttsbook.files import temporary_prefix  # noqa: E402
from ttsbook.train.corpus import Corpus  # noqa: E402
from ttsbook.train.fit import fit  # noqa: E402
from ttsbook.train.fit_config import FitConfig  # noqa: E402
from ttsbook.train.listening import write_samples  # noqa: E402
from ttsbook.train.recogniser import Recogniser  # noqa: E402
from ttsbook.train.state import Curves, TrainingState, start_from  # noqa: E402
from ttsbook.train.trainer import Trainer  # noqa: E402
from ttsbook.vits2.checkpoint import load_weights, read_config  # noqa: E402
from ttsbook.vits2.config import ModelConfig  # noqa: E402
from ttsbook.vits2.discriminator import Discriminators  # noqa: E402
from ttsbook.vits2.model import Synthesizer  # noqa: E402

CONFIG = FitConfig(
    seconds=0,
    schedule_seconds=100,
    labelled=4,
    from_prior=2,
    others=2,
    judged=3,
    borrowed=2,
    window=20,
    crop=12,
    warm_up=2,
    pauses=2.0,
)


CLIPS = make_clips()


@pytest.fixture(autouse=True)
def _small_and_exact(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Few judges; float32 whatever a busy processor seems fast at; one thread, since order changes sums."""
    monkeypatch.setattr("ttsbook.train.adversary.Discriminators", lambda: Discriminators((512,), (2, 3)))
    monkeypatch.setattr("ttsbook.train.networks.use_bfloat16", lambda _: False)
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def make_trainer(model: ModelConfig = TINY, config: FitConfig = CONFIG) -> Trainer:
    return Trainer(model, config, Corpus(CLIPS, model, torch.device("cpu"), seed=config.seed))


def weights(trainer: Trainer) -> dict[str, torch.Tensor]:
    networks = {**trainer.networks.state_dict(), **trainer.average.state_dict(prefix="average.")}
    return {**networks, **trainer.adversary.judges.state_dict(prefix="judges.")}


def steps(trainer: Trainer, count: int) -> None:
    for _ in range(count):
        trainer.elapsed = float(trainer.step)
        trainer.take_step()


def test_judges_may_learn_before_the_voice_does() -> None:
    trainer = make_trainer(config=replace(CONFIG, judges_first=2))
    before = {name: value.clone() for name, value in weights(trainer).items()}
    for _ in range(2):
        terms = trainer.take_step()
        assert set(terms) == {"discriminator"}
    changed = {name for name, value in weights(trainer).items() if not torch.equal(value, before[name])}
    assert changed
    assert all(name.startswith("judges.") for name in changed)
    assert "adversarial" in trainer.take_step()
    assert not torch.equal(
        weights(trainer)["synthesizer.decoder.up.weight"], before["synthesizer.decoder.up.weight"]
    )


def test_losses_are_finite_and_every_network_learns() -> None:
    trainer = make_trainer()
    before = {name: value.clone() for name, value in weights(trainer).items()}
    for _ in range(2):
        terms = trainer.take_step()
        assert all(torch.isfinite(value).all() for value in terms.values()), terms
    assert {
        "mel_prior",
        "mel_others",
        "kl",
        "duration",
        "pitch",
        "voicing",
        "adversarial",
        "likeness",
        "pauses",
    } <= set(terms)
    moved = {name for name, value in weights(trainer).items() if not torch.equal(value, before[name])}
    for part in (
        "synthesizer.text",
        "synthesizer.flow",
        "synthesizer.decoder",
        "posterior",
        "judges",
        "average",
    ):
        assert any(name.startswith(part) for name in moved), part


def test_steps_of_the_text_side_leave_the_rest_as_it_is() -> None:
    trainer = make_trainer(config=replace(CONFIG, text_steps=1))
    before = {name: value.clone() for name, value in weights(trainer).items()}
    terms = trainer.take_step()
    assert {"kl", "duration", "pitch", "voicing"} <= set(terms)
    assert "mel_prior" not in terms
    moved = {name for name, value in weights(trainer).items() if not torch.equal(value, before[name])}
    for part in ("text", "duration", "prior", "flow"):
        assert any(name.startswith(f"synthesizer.{part}") for name in moved), part
    still = ("synthesizer.decoder", "posterior", "judges")
    assert not [name for name in moved if name.startswith(still)]
    assert "mel_prior" in trainer.take_step()


def test_a_decoder_that_is_held_stays_and_the_rest_learns_through_it(tmp_path: Path) -> None:
    trainer = make_trainer(config=replace(CONFIG, hold_decoder=True))
    before = {name: value.clone() for name, value in weights(trainer).items()}
    steps(trainer, 2)
    moved = {name for name, value in weights(trainer).items() if not torch.equal(value, before[name])}
    assert moved
    assert not any("decoder" in name for name in moved)
    for part in ("synthesizer.text", "synthesizer.flow", "posterior", "judges"):
        assert any(name.startswith(part) for name in moved), part
    TrainingState(tmp_path).save(trainer)
    resumed = make_trainer(config=replace(CONFIG, hold_decoder=True))
    TrainingState(tmp_path).restore(resumed)
    assert resumed.step == 2
    steps(resumed, 1)
    assert all(
        torch.equal(value, before[name]) for name, value in weights(resumed).items() if "decoder" in name
    )


def test_an_adversarial_duration_predictor_learns_and_goes_on_exactly(tmp_path: Path) -> None:
    model = replace(TINY, duration_noise=4)
    whole = make_trainer(model)
    terms = whole.take_step()
    whole.take_step()
    assert torch.isfinite(terms["duration_judge"])
    assert torch.isfinite(terms["duration_adversary"])
    assert whole.duration_adversary is not None
    assert any(
        name.startswith("synthesizer.duration.noise") and value.abs().sum() > 0
        for name, value in weights(whole).items()
    )
    first = make_trainer(model)
    first.take_step()
    TrainingState(tmp_path).save(first)
    second = make_trainer(model)
    assert TrainingState(tmp_path).restore(second)
    second.take_step()
    ours, theirs = weights(second), weights(whole)
    assert [name for name in ours if not torch.equal(ours[name], theirs[name])] == []


def test_without_noise_lengths_are_the_same_each_time() -> None:
    model = Synthesizer(replace(TINY, duration_noise=4)).eval()
    hidden, g, mask = (
        torch.randn(1, TINY.hidden_width, 5),
        torch.randn(1, TINY.speaker_width),
        torch.ones(1, 1, 5),
    )
    plain, again = model.duration(hidden, g, mask), model.duration(hidden, g, mask)
    varied = model.duration(hidden, g, mask, torch.randn(1, 4, 5))
    assert torch.equal(plain, again)
    assert not torch.equal(plain, varied)


def test_discriminators_join_at_their_step() -> None:
    trainer = make_trainer(config=replace(CONFIG, adversary_from=1))
    assert "adversarial" not in trainer.take_step()
    assert "adversarial" in trainer.take_step()


def test_a_resumed_run_takes_the_steps_that_an_undisturbed_one_takes(tmp_path: Path) -> None:
    whole = make_trainer()
    steps(whole, 4)
    first = make_trainer()
    steps(first, 2)
    TrainingState(tmp_path).save(first)
    second = make_trainer(config=replace(CONFIG, seed=9))  # its own beginning is forgotten
    assert TrainingState(tmp_path).restore(second)
    assert (second.step, second.elapsed) == (2, 1.0)
    steps(second, 2)
    ours, theirs = weights(second), weights(whole)
    assert [name for name in ours if not torch.equal(ours[name], theirs[name])] == []


def test_a_run_leaves_weights_and_curves_and_goes_on(tmp_path: Path) -> None:
    config = replace(CONFIG, seconds=0.6)
    trainer = make_trainer(config=config)
    seen: list[int] = []
    fit(trainer, tmp_path, report=lambda step, *_: seen.append(step), say=print, every=1)
    assert seen == list(range(1, trainer.step + 1))
    assert read_config(tmp_path / "checkpoint.safetensors") == TINY
    model = Synthesizer(TINY)
    load_weights(tmp_path / "checkpoint.safetensors", {"synthesizer": model})
    assert torch.equal(model.decoder.up.weight, trainer.average.synthesizer.decoder.up.weight)
    again, notes = make_trainer(config=replace(config, seconds=0.7, ema=0.9)), []
    fit(again, tmp_path, report=lambda step, *_: seen.append(step), say=notes.append, every=1)
    assert notes == [f"note: ema was {config.ema} and is now 0.9"]
    calls = [json.loads(line) for line in (tmp_path / "calls.jsonl").read_text("utf-8").splitlines()]
    assert [(each["step"], each["seconds"], each["ema"]) for each in calls] == [
        (0, 0.6, config.ema),
        (trainer.step, 0.7, 0.9),
    ]
    assert again.step > trainer.step
    with open(tmp_path / "losses.tsv", encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle, delimiter="\t"))
    assert [int(row["step"]) for row in rows] == list(range(1, again.step + 1))
    assert (tmp_path / "losses.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "samples" / f"{again.step:07d}-en-own.wav").is_file()


def test_a_run_says_a_line_of_each_language_and_its_steps_stay_the_same(tmp_path: Path) -> None:
    undisturbed = make_trainer()
    steps(undisturbed, 2)
    heard = make_trainer()
    steps(heard, 1)
    write_samples(heard, tmp_path)
    first = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert sorted(first) == [f"0000001-{kind}.wav" for kind in ("en-own", "en-reader", "zh-own", "zh-reader")]
    for data in first.values():
        samples = np.frombuffer(data[44:], np.int16)
        assert len(samples) > TINY.rate_hz / 4
        assert samples.any()
    write_samples(heard, tmp_path)
    assert first == {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    steps(heard, 1)
    ours, theirs = weights(heard), weights(undisturbed)
    assert [name for name in ours if not torch.equal(ours[name], theirs[name])] == []


def test_a_run_of_other_sizes_is_an_error_that_names_the_file(tmp_path: Path) -> None:
    TrainingState(tmp_path).save(make_trainer())
    with pytest.raises(InputError, match="model of other sizes"):
        TrainingState(tmp_path).restore(make_trainer(replace(TINY, decoder_width=48)))


def test_a_damaged_run_is_an_error_and_stays_as_it_is(tmp_path: Path) -> None:
    state = TrainingState(tmp_path)
    state.save(make_trainer())
    data = state.path.read_bytes()
    for damaged in (data[: len(data) // 2], b"hello", b""):
        state.path.write_bytes(damaged)
        with pytest.raises(InputError, match="damaged"):
            state.restore(make_trainer())
        assert state.path.read_bytes() == damaged
    (tmp_path / "losses.tsv").write_text("step\tkl\none\ttwo\n", "utf-8")
    with pytest.raises(InputError, match="cannot be read"):
        Curves(tmp_path)


def test_what_a_run_that_was_killed_did_not_finish_to_write_is_removed(tmp_path: Path) -> None:
    unfinished, other = (
        tmp_path / f"{temporary_prefix(Path(name))}abcdefgh.part" for name in ("state.pt", "x")
    )
    for path in (unfinished, other):
        path.touch()
    TrainingState(tmp_path)
    assert not unfinished.exists()
    assert other.exists()


def test_a_new_run_begins_with_the_weights_of_an_earlier_one(tmp_path: Path) -> None:
    first = make_trainer()
    steps(first, 2)
    TrainingState(tmp_path).save(first)
    second = make_trainer()
    start_from(second, [tmp_path / "checkpoint.safetensors"], discriminators=True)
    for name, value in first.average.state_dict().items():
        assert torch.equal(second.networks.state_dict()[name], value), name
    ours, theirs = second.adversary.judges.state_dict(), first.adversary.judges.state_dict()
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)


def test_data_without_labels_is_an_error() -> None:
    clips = [make_clip("r", labelled=False)]
    with pytest.raises(InputError, match="durations"):
        Trainer(TINY, CONFIG, Corpus(clips, TINY, torch.device("cpu"), seed=0))


@pytest.mark.parametrize("teach_all", [False, True])
def test_borrowed_voices_may_teach_text_and_prior(teach_all: bool) -> None:
    trainer = make_trainer(config=replace(CONFIG, teach_all=teach_all, mistaken=1.0))
    batch = trainer.corpus.batch(trainer.corpus.draw(CONFIG.labelled, 0), CONFIG.window)
    terms, _ = trainer.borrowed.say(batch, None)
    assert set(terms) == {"likeness", "mistaken", "content", "pauses"}
    trainer.borrowed.cost(terms).backward()
    model = trainer.networks.synthesizer

    def learns(part: torch.nn.Module) -> bool:
        return any(p.grad is not None and p.grad.abs().sum() > 0 for p in part.parameters())

    assert learns(model.flow)
    assert learns(model.decoder)
    assert learns(model.prior) == teach_all
    assert learns(model.text) == teach_all
    assert not learns(model.duration)


def test_a_decoder_may_learn_alone(tmp_path: Path) -> None:
    trainer = make_trainer(config=replace(CONFIG, hold_rest=True))
    before = {name: value.clone() for name, value in weights(trainer).items()}
    steps(trainer, 2)
    moved = {name for name, value in weights(trainer).items() if not torch.equal(value, before[name])}
    assert any(name.startswith("synthesizer.decoder") for name in moved)
    assert all("decoder" in name or name.startswith("judges") for name in moved)
    TrainingState(tmp_path).save(trainer)
    resumed = make_trainer(config=replace(CONFIG, hold_rest=True))
    TrainingState(tmp_path).restore(resumed)
    assert resumed.step == 2


@pytest.mark.gpu
def test_steps_run_on_a_gpu_and_go_on_from_there(tmp_path: Path) -> None:
    if not torch.cuda.is_available():
        pytest.skip("needs a GPU")
    device = torch.device("cuda")
    config = replace(CONFIG, text_steps=1, mistaken=1.0, teach_all=True)
    trainer, resumed = (
        Trainer(TINY, config, Corpus(CLIPS, TINY, device, seed=config.seed), [Recogniser()]) for _ in range(2)
    )
    for _ in range(4):
        terms = trainer.take_step()
        assert all(torch.isfinite(value).all() for value in terms.values()), terms
    assert all(weight.device.type == "cuda" for weight in trainer.networks.parameters())
    TrainingState(tmp_path).save(trainer)
    TrainingState(tmp_path).restore(resumed)
    assert resumed.step == trainer.step
    assert torch.isfinite(resumed.take_step()["kl"]).all()


@pytest.mark.parametrize("held", [{"hold_decoder": True}, {"text_steps": 1}])
def test_holding_everything_is_refused(held: dict[str, int]) -> None:
    with pytest.raises(UsageError, match="nothing else can learn"):
        replace(CONFIG, hold_rest=True, **held)


def test_a_loss_may_be_weighed_or_left_out() -> None:
    def gradient(**weights: float) -> torch.Tensor:
        trainer = make_trainer(config=replace(CONFIG, rate=0.0).weighed(weights))
        trainer.take_step()
        return trainer.networks.synthesizer.decoder.up.weight.grad.clone()

    plain = gradient()
    assert torch.equal(plain, gradient(likeness=CONFIG.likeness))
    for name in ("mel", "spectral", "spectra_prior", "features", "adversarial", "likeness", "content"):
        assert not torch.equal(plain, gradient(**{name: 0.0})), name


@pytest.mark.parametrize("weights", [{"rate": 1.0}, {"liking": 1.0}, {"mel": -1.0}, {"mel": float("nan")}])
def test_other_weights_are_refused(weights: dict[str, float]) -> None:
    with pytest.raises(UsageError):
        CONFIG.weighed(weights)
