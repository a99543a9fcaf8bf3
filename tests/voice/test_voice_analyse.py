from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from voice_fakes import FakeClip, FakeReader

from ttsbook.audio.decode import read_clip
from ttsbook.errors import InputError, UsageError
from ttsbook.types import Provenance
from ttsbook.voice.advice import advise
from ttsbook.voice.analyse import analyse_clip, analyse_samples
from ttsbook.voice.measure import clipped_share, group_similarity
from ttsbook.voice.resample import resample
from ttsbook.voice.select import agreeing, clearest_part

RATE_HZ = 16_000


@pytest.fixture
def analyse(encoder):
    def run(samples, rate_hz=RATE_HZ, method="plain", truncated=False):
        provenance = Provenance("clip.wav", "", 0.0, method)
        samples = np.asarray(samples, dtype=np.float32)
        return analyse_samples(
            samples, rate_hz, name="x", provenance=provenance, truncated=truncated, encoder=encoder
        )

    return run


def noise(n, level, seed=0):
    return np.random.default_rng(seed).normal(0, level, n).astype(np.float32)


def other_voice(speech):
    """The same words as if from a much larger head: another speaker to the encoder."""
    return resample(speech, 10, 15)


def test_good_clip_gives_no_advice(clip_path, encoder):
    analysis = analyse_clip(clip_path, name="karen", read_clip=read_clip, encoder=encoder, strict=True)
    assert analysis.advice == ()
    assert 6.0 < analysis.seconds_speech < 8.3
    assert 150 < np.exp(analysis.profile.log_f0_mean) < 230
    assert analysis.profile.provenance.source == "clip.opus"
    assert len(analysis.profile.provenance.sha256) == 64


def test_profile_is_the_same_every_time(analyse, speech):
    assert analyse(speech).profile == analyse(speech).profile


def test_mastered_clip_gives_the_voice_of_the_raw_one(analyse, speech):
    """The encoder alone drifts with the level: 12 dB more cost a tenth of the similarity."""
    usual = speech * 10 ** (-22 / 20) / np.sqrt(np.mean(speech**2))
    usual, loud = (np.array(analyse(usual * gain).profile.embedding) for gain in (1.0, 4.0))
    assert usual @ loud > 0.999


@pytest.mark.parametrize("offset", [0.005, 0.05, -0.3])
def test_an_offset_that_no_ear_hears_changes_neither_voice_nor_advice(analyse, speech, offset):
    clean, raised = (analyse(samples) for samples in (speech, speech + offset))
    assert np.dot(clean.profile.embedding, raised.profile.embedding) > 0.999
    assert raised.advice == clean.advice


def advice_on(analysis):
    return " | ".join(analysis.advice)


def test_short_clip_is_named(analyse, speech):
    assert "s of speech: use at least 3 s" in advice_on(analyse(speech[: 2 * RATE_HZ]))


def test_clipping_is_named(analyse, speech):
    assert "clipped" in advice_on(analyse(np.clip(speech / np.abs(speech).max() * 6, -1, 1)))


def test_noise_is_named(analyse, speech):
    level = float(np.sqrt(np.mean(speech**2)))
    assert "noisy" in advice_on(analyse(speech + noise(speech.size, level / 3)))


def test_low_level_is_named(analyse, speech):
    assert "very quiet" in advice_on(analyse(speech * 0.02))


def test_telephone_sound_is_named_even_at_a_high_rate(analyse, speech):
    telephone = resample(resample(speech, RATE_HZ, 8_000), 8_000, 44_100)
    assert "telephone" in advice_on(analyse(telephone, 44_100))


def test_long_silence_is_named(analyse, speech):
    pause = np.zeros(8 * RATE_HZ, dtype=np.float32)
    assert "silence" in advice_on(analyse(np.concatenate([pause, speech, pause])))


def test_second_speaker_is_named(analyse, speech):
    assert "different voices" in advice_on(analyse(np.concatenate([speech, other_voice(speech)])))


def test_long_clip_is_used_in_part_and_says_so(analyse, speech):
    analysis = analyse(np.tile(speech, 15), truncated=True)
    assert "long file" in advice_on(analysis)
    assert "clearest 120 s" in advice_on(analysis)
    assert analysis.profile.provenance.seconds <= 120


@pytest.mark.parametrize(
    ("samples", "why"),
    [
        (np.zeros(0), "empty"),
        (np.zeros(5 * RATE_HZ), "silent or too short"),
        (0.1 * np.ones(1000), "silent or too short"),
        (noise(5 * RATE_HZ, 0.1), "no voiced sound"),
        (0.3 * np.sin(2 * np.pi * 220 * np.arange(5 * RATE_HZ) / RATE_HZ), "steady tone of 220 Hz"),
        (np.full(5 * RATE_HZ, np.nan), "NaN or infinite"),
        (np.full(5 * RATE_HZ, np.inf), "NaN or infinite"),
    ],
    ids=["empty", "silence", "click", "noise", "tone", "nan", "infinite"],
)
def test_what_is_not_speech_is_refused_with_the_reason(analyse, samples, why):
    with pytest.raises(InputError, match=why):
        analyse(samples)


def test_error_names_the_file(tmp_path, encoder):
    path = tmp_path / "silence.wav"
    path.write_bytes(b"x")
    reader = FakeReader(FakeClip(np.zeros(RATE_HZ, dtype=np.float32)))
    with pytest.raises(InputError, match=r"silence\.wav: there is no speech"):
        analyse_clip(path, name="x", read_clip=reader, encoder=encoder)


def test_a_pipe_is_refused(tmp_path):
    """Read once for the voice, it had nothing left for the hash that tells where the voice is from."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    with pytest.raises(InputError, match="is a pipe"):
        analyse_clip(path, name="x", read_clip=read_clip)


def test_strict_makes_advice_an_error(tmp_path, speech, encoder):
    path = tmp_path / "short.wav"
    path.write_bytes(b"x")
    reader = FakeReader(FakeClip(speech[: 2 * RATE_HZ]))
    with pytest.raises(InputError, match="use at least 3 s"):
        analyse_clip(path, name="x", read_clip=reader, encoder=encoder, strict=True)


def test_unknown_method_is_a_usage_error(analyse, speech):
    with pytest.raises(UsageError, match="unknown way"):
        analyse(speech, method="magic")


def test_careful_analysis_leaves_a_stranger_out(analyse, speech):
    """A quarter of the clip is someone else: "hybrid" stays closer to the speaker than "plain"."""
    mixed = np.concatenate([speech, other_voice(speech)[: 2 * RATE_HZ]])
    alone = np.array(analyse(speech).profile.embedding)
    plain, hybrid = (np.array(analyse(mixed, method=m).profile.embedding) for m in ("plain", "hybrid"))
    assert alone @ hybrid > alone @ plain


def test_careful_analysis_of_a_clean_clip_changes_little(analyse, speech):
    plain, hybrid = (np.array(analyse(speech, method=m).profile.embedding) for m in ("plain", "hybrid"))
    assert plain @ hybrid > 0.99


def test_outliers_are_dropped_unless_they_are_too_many():
    random = np.random.default_rng(0)
    voice = random.normal(0, 0.02, (10, 256)) + np.eye(256)[0]
    stranger = random.normal(0, 0.02, (2, 256)) + np.eye(256)[1]
    pieces = np.concatenate([voice, stranger]).astype(np.float32)
    pieces /= np.linalg.norm(pieces, axis=1, keepdims=True)
    assert agreeing(pieces).tolist() == [True] * 10 + [False] * 2
    assert agreeing(pieces[6:]).sum() in (4, 6)
    assert agreeing(pieces[8:]).all()  # two of each: nobody knows which is meant


def test_one_group_or_few_pieces_count_as_one_speaker():
    same = np.tile(np.eye(256, dtype=np.float32)[0], (8, 1))
    assert group_similarity(same) == 1.0
    assert group_similarity(np.eye(256, dtype=np.float32)[:3]) == 1.0


def test_a_peak_that_is_not_flat_is_not_clipping(speech):
    assert clipped_share(speech / np.abs(speech).max()) < 1e-4


def test_clearest_part_keeps_order_and_prefers_speech(speech):
    stretch = np.resize(speech, 10 * RATE_HZ)
    wave = np.concatenate([np.zeros(10 * RATE_HZ, dtype=np.float32), stretch, stretch * 0.5])
    np.testing.assert_array_equal(clearest_part(wave, 20.0), wave[10 * RATE_HZ :])
    assert clearest_part(wave, 30.0) is wave


def test_advice_is_plain_and_short(analyse, speech):
    for line in advise(analyse(speech[: 2 * RATE_HZ] * 0.02).measures, truncated_at_s=600.0, used_s=120.0):
        assert "\n" not in line
        assert len(line) < 160


def test_voice_loads_neither_torch_nor_the_audio_package():
    code = (
        "import sys, ttsbook.voice.store, ttsbook.voice.compare;"
        "bad = {'torch', 'onnxruntime', 'av', 'ttsbook.audio', 'scipy', 'librosa'} & set(sys.modules);"
        "sys.exit(' '.join(bad) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
