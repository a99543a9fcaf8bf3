"""Windows of clips: phonemes, durations, samples and pitch all speak of the same stretch of time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs the extra `train`")

from clip_maker import TINY, UNIT, make_clip, make_clips  # noqa: E402

from ttsbook import symbols  # noqa: E402
from ttsbook.errors import InputError  # noqa: E402
from ttsbook.train.archive import Clip  # noqa: E402
from ttsbook.train.corpus import CONTEXT, Corpus  # noqa: E402
from ttsbook.train.decode import decode  # noqa: E402

N = 24


def make_corpus(clips: list[Clip], seed: int = 0) -> Corpus:
    return Corpus(clips, TINY, torch.device("cpu"), seed=seed)


def test_labelled_clips_are_those_with_durations() -> None:
    clips = make_clips()
    corpus = make_corpus(clips)
    assert corpus.labelled.tolist() == [0, 1, 2, 3, 4]
    assert corpus.other.tolist() == [5, 6, 7]
    assert corpus.hours == pytest.approx(sum(clip.n_samples for clip in clips) / 24_000 / 3600)


def test_windows_add_up_and_lie_where_their_samples_are() -> None:
    clips = make_clips()
    corpus = make_corpus(clips)
    for _ in range(10):
        batch = corpus.batch(torch.arange(5), N)
        assert batch.samples.shape == (5, N * UNIT)
        assert batch.f0.shape == (5, 2 * N)
        for row, clip in enumerate(clips[:5]):
            used = int(batch.n_frames[row])
            assert int(batch.window[row].sum()) == used == min(N, sum(clip.durations))
            begin = find(batch.samples[row, : used * UNIT].numpy(), clip)
            assert begin % UNIT == 0
            check_phonemes(batch, row, clip, begin // UNIT, used)
            expected = clip.f0[begin // 300 : begin // 300 + 2 * used]
            assert np.allclose(batch.f0[row, : 2 * used].numpy()[: len(expected)], expected)


def find(samples: np.ndarray, clip: Clip) -> int:
    """Where a window was cut, by its samples."""
    whole = np.rint(decode(clip.opus, clip.n_samples) * clip.gain * 32_767)
    cut = np.rint(samples * 32_767)
    (begin,) = [
        at
        for at in range(0, len(whole) - len(cut) + 1, UNIT)
        if np.abs(whole[at : at + len(cut)] - cut).max() < 2
    ]
    return begin


def check_phonemes(batch: object, row: int, clip: Clip, begin: int, used: int) -> None:
    """The window's phonemes are those that sound in it, with context on both sides."""
    ends = np.cumsum(clip.durations)
    starts = ends - clip.durations
    inside = np.clip(np.minimum(ends, begin + used) - np.maximum(starts, begin), 0, None)
    first, last = np.flatnonzero(inside)[[0, -1]]
    left, right = max(0, first - CONTEXT), min(last + 1 + CONTEXT, len(ends))
    n = right - left
    assert batch.text_mask[row].sum() == n
    assert batch.ids[row, :n].tolist() == symbols.encode(clip.phonemes)[left:right]
    assert batch.window[row, :n].tolist() == inside[left:right].tolist()
    assert batch.frames[row, :n].tolist() == list(clip.durations[left:right])


def test_the_speed_of_the_teacher_is_taken_out_of_the_durations() -> None:
    clip = replace(make_clip("x"), speed=1.1)
    batch = make_corpus([clip, make_clip("r", labelled=False)]).batch(torch.tensor([0]), 200)
    assert torch.allclose(batch.frames[0], torch.tensor(clip.durations) * 1.1)


def test_crops_are_pieces_of_unlabelled_clips_at_their_gain() -> None:
    clips = make_clips()
    crop = make_corpus(clips).crops(6, 20)
    assert crop.samples.shape == (6, 20 * UNIT)
    assert crop.f0.shape == (6, 40)
    assert not crop.full_band.any()
    for row in range(6):
        owner = next(c for c in clips if np.allclose(c.embedding, crop.embedding[row].numpy()))
        assert owner.durations == ()
        assert find(crop.samples[row].numpy(), owner) >= 0


def test_the_voice_of_a_window_comes_from_the_other_half_of_its_clip() -> None:
    clip = make_clip("x", n_phonemes=40)
    halves = np.stack([np.roll(clip.embedding, shift) for shift in (1, 2)])
    f0 = np.where(np.arange(len(clip.f0)) < len(clip.f0) // 2, 100.0, 200.0).astype(np.float32)
    corpus = make_corpus([replace(clip, embedding=halves, f0=f0), make_clip("r", labelled=False)])
    seen = set()
    for _ in range(20):
        batch = corpus.batch(torch.tensor([0]), 8)
        in_second = float(batch.f0[0].mean()) > 150
        seen.add(in_second)
        if set(batch.f0[0].tolist()) != {100.0, 200.0}:
            assert np.allclose(batch.embedding[0].numpy(), halves[0 if in_second else 1])
            assert torch.equal(batch.pitch[0], corpus.pitch[0, 0 if in_second else 1])
    assert seen == {False, True}


def test_a_share_of_the_rows_is_recorded_speech() -> None:
    clips = [*make_clips()[:5], *(replace(make_clip(f"s{i}", seed=20 + i), band_hz=8_000) for i in range(2))]
    corpus = make_corpus(clips)
    for _ in range(5):
        rows = corpus.draw(6, 2)
        assert int((rows >= 5).sum()) == 2
        assert len(rows) == 6
    assert len(make_corpus(make_clips()).draw(6, 2)) == 6  # no labelled recording: all from the teacher


def test_voices_are_borrowed_from_recordings() -> None:
    clips = make_clips()
    embedding, pitch = make_corpus(clips).voices(9)
    assert embedding.shape == (9, 256)
    assert pitch.shape == (9, 2)
    for row in embedding.numpy():
        assert any(np.allclose(row, clip.embedding) for clip in clips[5:])
    with pytest.raises(InputError, match="no recording"):
        make_corpus(clips[:5]).voices(1)


def test_the_same_seed_cuts_the_same_windows() -> None:
    clips = make_clips()
    first, second = (make_corpus(clips, seed=3).batch(torch.arange(5), N) for _ in range(2))
    assert torch.equal(first.samples, second.samples)
    assert not torch.equal(first.samples, make_corpus(clips, seed=4).batch(torch.arange(5), N).samples)


def test_durations_that_do_not_fit_the_phonemes_are_an_error() -> None:
    clip = make_clip("x")
    with pytest.raises(InputError, match="clip x: 21 durations for 22 phonemes"):
        make_corpus([replace(clip, durations=clip.durations[1:])])


def test_no_clip_at_all_is_an_error() -> None:
    with pytest.raises(InputError, match="no clip"):
        make_corpus([])


def test_teacher_speech_alone_gives_pieces_too() -> None:
    crop = make_corpus([make_clip("x")]).crops(2, 20)
    assert crop.samples.abs().amax(1).min() > 0


def test_no_clip_that_is_long_enough_is_an_error() -> None:
    with pytest.raises(InputError, match="no clip of a second"):
        make_corpus([make_clip("x")]).crops(2, 1_000)
