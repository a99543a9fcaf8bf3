from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load, save
from voice_fakes import make_profile

from ttsbook.errors import InputError, MissingError, OutputError, UsageError
from ttsbook.files import sha256_bytes
from ttsbook.types import Provenance
from ttsbook.voice.name import check_name, is_safe, name_from, same_name
from ttsbook.voice.profile import StoredVoice, load_voice, save_voice, tomllib
from ttsbook.voice.toml import format_toml

TEXT = st.text(st.characters(exclude_categories=["Cs"]))


def test_profile_comes_back_as_it_was(tmp_path):
    original = make_profile("ann", tone_db=tuple(0.25 * band for band in range(30)))
    path = save_voice(StoredVoice(original), tmp_path)
    assert load_voice(path).profile == original
    assert load_voice(path).profile.fingerprint == original.fingerprint


def test_both_files_and_their_common_stem_name_the_profile(tmp_path, profile):
    path = save_voice(StoredVoice(profile), tmp_path)
    for each in (path.with_suffix(".safetensors"), path.with_suffix("")):
        assert load_voice(each).profile == profile


def test_everything_people_want_to_know_comes_back(tmp_path, profile):
    known = replace(profile, sex="female", accent="british", level_db=-20.5, snr_db=41.0)
    voice = StoredVoice(known, 'Says "hello"\\n', "zh", ("too short", "多余的噪音"))
    assert load_voice(save_voice(voice, tmp_path)) == voice


def test_same_profile_gives_the_same_bytes(tmp_path, profile):
    first, second = tmp_path / "a", tmp_path / "b"
    for folder in (first, second):
        folder.mkdir()
        save_voice(StoredVoice(profile), folder)
    for name in ("ann.toml", "ann.safetensors"):
        assert (first / name).read_bytes() == (second / name).read_bytes()


@given(TEXT, TEXT, st.lists(TEXT))
def test_toml_gives_every_text_back(source, consent, advice):
    written = format_toml({"advice": tuple(advice), "table": {"source": source, "consent": consent}})
    assert tomllib.loads(written) == {"advice": advice, "table": {"source": source, "consent": consent}}


def test_file_name_that_is_not_text_can_be_kept(tmp_path, profile):
    odd = replace(profile, provenance=replace(profile.provenance, source="clip-\udcff.wav"))
    assert load_voice(save_voice(StoredVoice(odd), tmp_path)).profile.provenance.source == "clip-?.wav"


def edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("format = 1", "format = 0", "format is 0"),
        ("format = 1", "format = 2", "newer than this program"),
        ("format = 1", "format = 1\ncolour = 1", "unknown key colour"),
        ("format = 1", "format = ", "not TOML"),
        ('name = "ann"', "name = 3", "name is missing or not a string"),
        ('name = "ann"', 'name = "../ann"', "not a valid name"),
        ("seconds = 12.5", "seconds = nan", "seconds is missing or not a number"),
        ("seconds = 12.5", "seconds = true", "seconds is missing or not a number"),
        ("seconds = 12.5", "seconds = 12.5\nplace = 1", "unknown key place"),
        ("advice = []", "advice = [1]", "advice is not a list"),
        ("[provenance]", "[origin]", "unknown key origin"),
        ('sha256 = "', 'sha256 = "0', "do not match their checksum"),
    ],
)
def test_damaged_description_is_refused_with_the_reason(tmp_path, profile, old, new, why):
    path = save_voice(StoredVoice(profile), tmp_path)
    edit(path, old, new)
    with pytest.raises(InputError, match=why) as caught:
        load_voice(path)
    assert "ann.toml" in caught.value.message


def unit(values):
    return (values / np.linalg.norm(values)).astype(np.float32)


@pytest.mark.parametrize(
    ("name", "array", "why"),
    [
        ("embedding", unit(np.ones(255)), r"embedding is float32 \[255\]"),
        ("embedding", unit(np.ones(256)).astype(np.float64), "embedding is float64"),
        ("embedding", np.full(256, np.nan, dtype=np.float32), "NaN or infinite"),
        ("embedding", np.ones(256, dtype=np.float32), "unit length"),
        ("log_f0", np.array([9.0, 0.2], dtype=np.float32), "not that of a voice"),
        ("log_f0", np.array([5.0, -0.2], dtype=np.float32), "not that of a voice"),
        ("tone_db", np.zeros((2, 2), dtype=np.float32), r"tone_db is float32 \[2, 2\]"),
        ("tone_db", np.full(30, 90, dtype=np.float32), "gains are out of range"),
        ("weights", np.zeros(3, dtype=np.float32), "unknown tensor weights"),
    ],
)
def test_wrong_numbers_are_refused_even_with_the_right_hash(tmp_path, profile, name, array, why):
    path = save_voice(StoredVoice(profile), tmp_path)
    numbers = path.with_suffix(".safetensors")
    before = numbers.read_bytes()
    numbers.write_bytes(save({**load(before), name: array}))
    edit(path, sha256_bytes(before), sha256_bytes(numbers.read_bytes()))
    with pytest.raises(InputError, match=why):
        load_voice(path)


def test_missing_tensor_is_named(tmp_path, profile):
    path = save_voice(StoredVoice(profile), tmp_path)
    numbers = path.with_suffix(".safetensors")
    before = numbers.read_bytes()
    numbers.write_bytes(save({"log_f0": np.array([5.0, 0.2], dtype=np.float32)}))
    edit(path, sha256_bytes(before), sha256_bytes(numbers.read_bytes()))
    with pytest.raises(InputError, match="tensor embedding is missing"):
        load_voice(path)


@settings(max_examples=25)  # each writes files
@given(st.binary(max_size=200))
def test_any_bytes_in_place_of_the_numbers_are_refused(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("profile")
    path = save_voice(StoredVoice(make_profile("ann")), folder)
    numbers = path.with_suffix(".safetensors")
    before = numbers.read_bytes()
    numbers.write_bytes(data)
    edit(path, sha256_bytes(before), sha256_bytes(data))
    with pytest.raises(InputError, match="damaged"):
        load_voice(path)


def test_torn_pair_is_recognised(tmp_path, profile):
    """A crash between the two files leaves new numbers beside an old description."""
    path = save_voice(StoredVoice(profile), tmp_path)
    other = save_voice(StoredVoice(make_profile("bob", seed=1)), tmp_path)
    path.with_suffix(".safetensors").write_bytes(other.with_suffix(".safetensors").read_bytes())
    with pytest.raises(InputError, match="do not match their checksum"):
        load_voice(path)


def test_huge_file_is_not_read(tmp_path, profile):
    path = save_voice(StoredVoice(profile), tmp_path)
    path.with_suffix(".safetensors").write_bytes(bytes((1 << 20) + 1))
    with pytest.raises(InputError, match="larger than"):
        load_voice(path)


def test_missing_half_is_named(tmp_path, profile):
    path = save_voice(StoredVoice(profile), tmp_path)
    path.with_suffix(".safetensors").unlink()
    with pytest.raises(MissingError, match=r"ann\.safetensors"):
        load_voice(path)


def test_missing_folder_is_an_output_error(tmp_path, profile):
    with pytest.raises(OutputError, match="cannot write"):
        save_voice(StoredVoice(profile), tmp_path / "nowhere")


@pytest.mark.parametrize("name", ["ann", "Ann 2", "小美", "J.R. Reader", "émile_1", "x" * 100])
def test_usual_names_are_accepted(name):
    assert check_name(name) == name


@pytest.mark.parametrize(
    "name",
    [
        *("", ".", "..", "../ann", "a/b", "a\\b", ".hidden", "-x", "a.", "a ", "con", "NUL.txt", "lpt1"),
        *("a\0b", "a\nb", "a:b", "a*", "x" * 101, "美" * 40, "\udcff"),
        *("ann.toml", "ann.safetensors"),  # a voice of that name would be taken for a file, and never found
    ],
)
def test_names_that_no_file_system_should_see_are_refused(tmp_path, name):
    with pytest.raises(UsageError, match="not a valid name"):
        save_voice(StoredVoice(make_profile(name)), tmp_path)
    assert list(tmp_path.iterdir()) == []


@given(st.text())
def test_any_text_gives_a_safe_name(text):
    assert is_safe(name_from(text))


def test_names_are_one_where_a_file_system_says_so():
    assert same_name("Ann", "ann")
    assert same_name("e\u0301mile", "émile")
    assert not same_name("ann", "anna")


def test_provenance_without_a_clip_is_kept(tmp_path, profile):
    blend = Provenance("synthetic", "", 0.0, "blend", "Apache-2.0")
    made = replace(profile, provenance=blend)
    assert load_voice(save_voice(StoredVoice(made), tmp_path)).profile.provenance == blend


def test_an_accent_that_is_not_known_is_damage(tmp_path, profile):
    path = save_voice(StoredVoice(replace(profile, accent="british")), tmp_path)
    path.write_text(path.read_text(encoding="utf-8").replace("british", "scottish"), encoding="utf-8")
    with pytest.raises(InputError, match="accent"):
        load_voice(path)
