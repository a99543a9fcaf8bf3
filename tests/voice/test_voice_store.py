from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest
from voice_fakes import make_profile

from ttsbook.audio.decode import read_clip
from ttsbook.errors import InputError, MissingError, TtsbookError, UsageError
from ttsbook.paths import cache_dir, voices_dir
from ttsbook.voice.compare import describe_similarity, similarity
from ttsbook.voice.profile import StoredVoice, save_voice
from ttsbook.voice.store import (
    BUILT_IN,
    CLIP,
    FILE,
    YOURS,
    add_voice,
    find_voice,
    list_voices,
    look_up_voice,
    remove_voice,
)

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def clip(tmp_path):
    path = tmp_path / "My voice!.wav"
    path.write_bytes(b"the decoder is a fake")
    return path


def test_clip_is_analysed_once(clip, reader):
    first = look_up_voice(str(clip), read_clip=reader)
    second = look_up_voice(str(clip), read_clip=reader)
    assert first == second
    assert first.origin == CLIP
    assert first.profile.name == "My voice"
    assert len(reader.calls) == 1


def test_same_bytes_under_another_name_are_not_analysed_again(clip, reader, tmp_path):
    copy = tmp_path / "copy.wav"
    copy.write_bytes(clip.read_bytes())
    first, second = (find_voice(str(path), read_clip=reader) for path in (clip, copy))
    assert len(reader.calls) == 1
    assert (second.name, second.provenance.source) == ("copy", "copy.wav")
    assert second.fingerprint == first.fingerprint


def test_changed_clip_and_other_method_are_analysed_again(clip, reader):
    find_voice(str(clip), read_clip=reader)
    find_voice(str(clip), read_clip=reader, method="hybrid")
    clip.write_bytes(b"another recording")
    find_voice(str(clip), read_clip=reader)
    assert len(reader.calls) == 3


def test_advice_is_given_on_every_use(clip, reader):
    reader.clip.samples = reader.clip.samples[: 2 * 16_000]
    first, second = (look_up_voice(str(clip), read_clip=reader) for _ in range(2))
    assert first.advice == second.advice != ()


def test_damaged_cache_is_made_anew(clip, reader):
    first = find_voice(str(clip), read_clip=reader)
    for path in (cache_dir() / "voices").iterdir():
        path.write_bytes(b"torn")
    assert find_voice(str(clip), read_clip=reader) == first
    assert len(reader.calls) == 2


def test_cache_that_cannot_be_written_costs_only_time(clip, reader, home):
    home.mkdir()
    (home / "cache").write_bytes(b"a file where the folder should be")
    assert find_voice(str(clip), read_clip=reader).name == "My voice"


def test_real_clip_is_decoded_and_found(clip_path):
    assert find_voice(str(clip_path), read_clip=read_clip).provenance.seconds > 6


def test_unreadable_clip_is_an_input_error(tmp_path):
    path = tmp_path / "noise.mp3"
    path.write_bytes(b"\x00\xffnot audio" * 100)
    with pytest.raises(InputError, match=r"noise\.mp3"):
        find_voice(str(path), read_clip=read_clip)


def test_clip_without_a_decoder_is_a_usage_error(clip):
    with pytest.raises(UsageError, match="not clips"):
        find_voice(str(clip))


def test_profile_is_found_by_its_path(tmp_path, profile):
    path = save_voice(StoredVoice(profile), tmp_path)
    for text in (str(path), str(path.with_suffix(".safetensors")), str(path.with_suffix(""))):
        found = look_up_voice(text)
        assert (found.profile, found.origin) == (profile, FILE)


def test_profile_in_the_current_folder_is_found_without_its_suffix(tmp_path, profile, monkeypatch):
    save_voice(StoredVoice(profile), tmp_path)
    monkeypatch.chdir(tmp_path)
    assert look_up_voice("./ann").origin == "file"


def test_added_voice_is_found_listed_and_removed(profile):
    path = add_voice(profile, description="my own", language="en")
    assert path.parent == voices_dir()
    found = look_up_voice("ANN")
    assert (found.profile, found.origin, found.voice.description) == (profile, YOURS, "my own")
    assert list_voices()[0].name == "ann"
    remove_voice("Ann")
    assert list(voices_dir().iterdir()) == []
    with pytest.raises(MissingError):
        find_voice("ann")


def test_taken_name_needs_force_and_replaces_in_place(profile):
    add_voice(profile)
    other = replace(make_profile("Ann", seed=1))
    with pytest.raises(UsageError, match="already"):
        add_voice(other)
    add_voice(other, force=True)
    assert find_voice("ann") == other
    assert len(list(voices_dir().glob("*.toml"))) == 1


def test_voice_of_the_user_comes_before_a_built_in_one():
    built_in = list_voices()[0].name
    mine = make_profile(built_in)
    with pytest.raises(UsageError, match="built-in"):
        add_voice(mine)
    add_voice(mine, force=True)
    assert look_up_voice(built_in).origin == YOURS
    remove_voice(built_in)
    assert look_up_voice(built_in).origin == BUILT_IN


def test_built_in_voice_cannot_be_removed():
    name = list_voices()[0].name
    with pytest.raises(UsageError, match="cannot be removed"):
        remove_voice(name)
    assert find_voice(name)


def test_damaged_voice_is_listed_with_its_problem(profile):
    add_voice(profile)
    (voices_dir() / "ann.safetensors").write_bytes(b"")
    listed = list_voices()[0]
    assert listed.voice is None
    assert "damaged" in listed.problem
    with pytest.raises(InputError, match="damaged"):
        find_voice("ann")
    remove_voice("ann")


def test_preview_beside_a_profile_is_listed(profile):
    preview = add_voice(profile).with_suffix(".opus")
    preview.write_bytes(b"OggS")
    assert list_voices()[0].preview == preview


def test_misspelt_name_gets_the_nearest(profile):
    add_voice(replace(profile, name="Karen"))
    with pytest.raises(MissingError, match="no voice named") as caught:
        find_voice("karne")
    assert "karen" in caught.value.hint


@pytest.mark.parametrize(
    "text", ["", ".", "..", "/", "no/such.wav", "me.wav", "a\0b", "x" * 5000, "~", "\udcff"]
)
def test_whatever_is_typed_gives_a_clear_error(text):
    with pytest.raises(TtsbookError) as caught:
        find_voice(text, read_clip=read_clip)
    assert caught.value.exit_code in (3, 4)


def built_in():
    return [listed for listed in list_voices() if listed.origin == BUILT_IN]


def test_built_in_narrators_are_whole_and_varied():
    voices = [listed.voice for listed in built_in()]
    assert len(voices) >= 6
    assert all(voice is not None and voice.description for voice in voices)
    kinds = {(voice.profile.sex, voice.language) for voice in voices}
    assert kinds == {(sex, language) for sex in ("female", "male") for language in ("en", "zh")}
    for voice in voices:
        assert voice.profile.provenance.method == "blend"
        assert "Apache-2.0" in voice.profile.provenance.consent


def test_built_in_narrators_can_be_told_apart():
    profiles = [listed.voice.profile for listed in built_in()]
    for a, b in combinations(profiles, 2):
        assert similarity(a, b) < 0.8, (a.name, b.name)


def test_voice_is_like_itself_and_words_follow_the_number(profile):
    assert similarity(profile, profile) == pytest.approx(1.0, abs=1e-6)
    assert "the same voice" in describe_similarity(0.87)
    assert "different voices" in describe_similarity(0.53)
    assert "different voices" in describe_similarity(-1.0)


def test_voices_of_different_encoders_cannot_be_compared(profile):
    with pytest.raises(InputError, match="different speaker encoders"):
        similarity(profile, replace(profile, embedding=(1.0,)))
