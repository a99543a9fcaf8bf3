"""Durations of recordings: they fill the clip, follow the sound, and only clips that lack them change."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="training needs the extra `train`")

from clip_maker import TINY, UNIT, make_clip, make_clips  # noqa: E402

from ttsbook.errors import InputError, MissingError, UsageError  # noqa: E402
from ttsbook.train.align_clips import Aligner, Alignment, Counts, align_archives, align_clips  # noqa: E402
from ttsbook.train.archive import SUFFIX, Clip, read_archives, write_archive  # noqa: E402
from ttsbook.vits2.checkpoint import save_weights  # noqa: E402
from ttsbook.vits2.model import Synthesizer  # noqa: E402
from ttsbook.vits2.posterior import PosteriorEncoder  # noqa: E402
from ttsbook.vits2.prior import spread_frames  # noqa: E402


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("run") / "checkpoint.safetensors"
    save_weights(path, TINY, {"synthesizer": Synthesizer(TINY), "posterior": PosteriorEncoder(TINY)})
    return path


@pytest.fixture
def aligner(checkpoint: Path) -> Aligner:
    return Aligner(checkpoint, torch.device("cpu"))


def unlabelled(name: str, **changes: int) -> Clip:
    return replace(make_clip(name, **changes), durations=())


def test_durations_fill_the_clip_and_miss_no_phoneme(aligner: Aligner) -> None:
    for seed in range(3):
        clip = unlabelled("x", n_phonemes=10 + 7 * seed, seed=seed)
        found = aligner.align(clip)
        assert len(found.durations) == len(clip.phonemes) + 2
        assert min(found.durations) >= 1
        assert sum(found.durations) * UNIT == clip.n_samples
        assert found.surprise >= 0


def test_frames_go_to_the_phonemes_that_they_were_made_from(aligner: Aligner) -> None:
    """With latents straight from the prior, at the lengths that were guessed, the search finds these."""
    torch.manual_seed(1)
    n_phonemes, durations = 9, torch.tensor([[3, 1, 4, 1, 5, 2, 6, 2, 3]])
    n_frames = int(durations.sum())
    hidden, g = 3 * torch.randn(1, TINY.hidden_width, n_phonemes), torch.randn(1, TINY.speaker_width)
    f0 = torch.full((1, 2 * n_frames), 150.0)
    f0[:, ::5] = 0
    with torch.no_grad():
        prior = aligner._model.prior
        prior.statistics.weight[TINY.latent_width :] = 0  # equal deviations: only the means decide
        spread, position, mask = spread_frames(hidden, durations, n_frames)
        frames, _ = prior(spread, position, g, mask)
        z, _ = prior.gaussian(frames, f0, mask)
        score = aligner._score(z, hidden, durations, g, f0)
    right = torch.repeat_interleave(torch.arange(n_phonemes), durations[0])
    assert (score[0].argmax(0) == right).float().mean() > 0.8


def test_only_clips_with_phonemes_and_without_durations_change(
    aligner: Aligner, monkeypatch: pytest.MonkeyPatch
) -> None:
    labelled, silent = make_clips()[0], make_clip("r", labelled=False)
    good, bad = unlabelled("good"), unlabelled("bad", seed=1)
    crowded = replace(unlabelled("crowded"), n_samples=5 * UNIT)

    def align(clip: Clip) -> Alignment:
        return Alignment((1, 2, 3), 0.2 if clip.id == "good" else 3.0)

    monkeypatch.setattr(aligner, "align", align)
    counts = Counts()
    found = list(align_clips([labelled, silent, good, bad, crowded], aligner, counts))
    assert found[:2] == [labelled, silent]
    assert found[2].durations == (1, 2, 3)
    assert [clip.durations for clip in found[3:]] == [(), ()]  # kept, for the decoder
    assert (counts.with_phonemes, counts.aligned) == (3, 1)


def test_archives_are_written_again_elsewhere(aligner: Aligner, tmp_path: Path) -> None:
    data, out = tmp_path / "data", tmp_path / "out"
    data.mkdir()
    out.mkdir()
    write_archive(data / f"a{SUFFIX}", [*make_clips()[:1], unlabelled("x")])
    ((path, counts),) = align_archives(data, out, aligner)
    assert path == out / f"a{SUFFIX}"
    assert counts.with_phonemes == 1
    assert [clip.id for clip in read_archives(out)] == ["t0", "x"]
    with pytest.raises(UsageError, match="overwritten"):
        list(align_archives(data, data, aligner))
    with pytest.raises(MissingError, match="no training data"):
        list(align_archives(tmp_path, out, aligner))


def test_a_checkpoint_without_posterior_encoder_is_an_error(tmp_path: Path) -> None:
    save_weights(tmp_path / "a.safetensors", TINY, {"synthesizer": Synthesizer(TINY)})
    with pytest.raises(InputError, match="holds no posterior"):
        Aligner(tmp_path / "a.safetensors", torch.device("cpu"))


def test_the_posterior_encoder_may_lie_in_a_file_of_its_own(tmp_path: Path) -> None:
    torch.manual_seed(0)
    networks = {"synthesizer": Synthesizer(TINY), "posterior": PosteriorEncoder(TINY)}
    save_weights(tmp_path / "both.safetensors", TINY, networks)
    for name, network in networks.items():
        save_weights(tmp_path / f"{name}.safetensors", TINY, {name: network})
    cpu, clip = torch.device("cpu"), unlabelled("x")
    whole = Aligner(tmp_path / "both.safetensors", cpu)
    parts = Aligner(tmp_path / "synthesizer.safetensors", cpu, tmp_path / "posterior.safetensors")
    assert parts.align(clip) == whole.align(clip)
