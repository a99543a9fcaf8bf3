"""Settings: which layer wins, what is refused, and where a value came from."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ttsbook.config import PRESETS, RULES, Config, Settings, Source, load_config
from ttsbook.config.layer import variable_of
from ttsbook.config.rule import Choice, Number, Whole
from ttsbook.errors import UsageError


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TTSBOOK_HOME", str(tmp_path / "home"))
    folder = tmp_path / "home" / "config"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


def load(project: Path, **options: object) -> Config:
    flags = options.pop("flags", {})
    source = options.pop("source", Source())
    return load_config(flags, source, folder=project, environment=options)  # type: ignore[arg-type]


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_each_layer_wins_over_the_next(project: Path, home: Path) -> None:
    write(home / "config.toml", 'preset = "draft"\nspeed = 0.6\n')
    assert load(project).settings.format == "opus"
    assert load(project).settings.speed == 0.6
    write(project / "ttsbook.toml", "speed = 0.7\n")
    assert load(project).settings.speed == 0.7
    write(project / ".env", "TTSBOOK_SPEED=0.8\n")
    assert load(project).settings.speed == 0.8
    assert load(project, TTSBOOK_SPEED="0.9").settings.speed == 0.9
    assert load(project, TTSBOOK_SPEED="0.9", flags={"speed": "1.1"}).settings.speed == 1.1


def test_a_loudness_of_the_command_line_takes_the_place_of_an_rms(project: Path) -> None:
    acx = Source(preset="acx")
    asked = load(project, source=acx, flags={"loudness": "-18"})
    assert (asked.settings.loudness, asked.settings.rms) == (-18, "off")
    assert asked.origins["rms"] == "--loudness"
    assert load(project, source=acx, TTSBOOK_LOUDNESS="-18").settings.rms == -20.5  # as a shop requires


def test_text_without_quotes_is_told(project: Path) -> None:
    write(project / "ttsbook.toml", "voice = me\n")
    with pytest.raises(UsageError, match="not valid TOML") as caught:
        load(project)
    assert "quotes" in (caught.value.hint or "")


def test_every_value_says_where_it_came_from(project: Path, home: Path) -> None:
    write(home / "config.toml", "seed = 3\n")
    write(project / "ttsbook.toml", "[pauses]\nscene = 900\n")
    write(project / ".env", "TTSBOOK_BATCH=4\n")
    loaded = load(project, TTSBOOK_PAUSES_HEAD="10", flags={"speed": "1.2"}, source=Source(preset="acx"))
    origins = loaded.origins
    assert origins["speed"] == "--speed"
    assert origins["pauses.head"] == "TTSBOOK_PAUSES_HEAD"
    assert origins["batch"] == "TTSBOOK_BATCH in .env"
    assert origins["pauses.scene"] == str(project / "ttsbook.toml")
    assert origins["seed"] == str(home / "config.toml")
    assert origins["format"] == "preset acx"
    assert origins["language"] == "preset default"
    assert set(origins) == set(RULES)


def test_the_project_file_is_found_in_a_folder_above(project: Path) -> None:
    write(project / "ttsbook.toml", "seed = 5\n")
    deep = project / "a" / "b"
    deep.mkdir(parents=True)
    assert load(deep).settings.seed == 5


def test_a_named_file_replaces_the_search_and_no_config_stops_it(project: Path, home: Path) -> None:
    write(home / "config.toml", "seed = 1\n")
    write(project / "ttsbook.toml", "seed = 2\n")
    write(project / ".env", "TTSBOOK_BATCH=4\n")
    other = write(project / "other.toml", "speed = 1.5\n")
    named = load(project, source=Source(file=other))
    assert (named.settings.seed, named.settings.speed) == (0, 1.5)
    assert named.files == (project / ".env", other)
    nothing = load(project, source=Source(discover=False))
    assert (nothing.settings.seed, nothing.settings.batch, nothing.files) == (0, "auto", ())


def test_an_unknown_key_is_refused_with_the_nearest_name(project: Path) -> None:
    write(project / "ttsbook.toml", "sample_rate = 44100\n")
    with pytest.raises(UsageError) as error:
        load(project)
    assert str(project / "ttsbook.toml") in error.value.message
    assert "'sample_rate'" in error.value.message
    assert error.value.hint == "did you mean sample-rate?"


def test_an_unknown_variable_is_refused_with_the_nearest_name(project: Path) -> None:
    with pytest.raises(UsageError, match="TTSBOOK_ENGIN") as error:
        load(project, TTSBOOK_ENGIN="vits2")
    assert error.value.hint == "did you mean TTSBOOK_ENGINE?"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("speed = 3.0", "a number from 0.5 to 2"),
        ("speed = true", "a number from 0.5 to 2"),
        ('speed = "1.0"', "a number from 0.5 to 2"),
        ("speed = nan", "a number from 0.5 to 2"),
        (f"speed = 1{'0' * 400}", "a number from 0.5 to 2"),
        ("sample-rate = 44100.0", "a whole number from 8000 to 48000 Hz"),
        ('format = "ogg"', "one of wav, mp3, m4b, flac, opus"),
        ("resume = 1", "true or false"),
        ('loudness = "loud"', 'a number from -40 to -10 LUFS, or "off"'),
        ("voice = 3", "the name of a voice"),
    ],
)
def test_a_value_that_does_not_fit_says_what_would(project: Path, line: str, words: str) -> None:
    write(project / "ttsbook.toml", line + "\n")
    with pytest.raises(UsageError) as error:
        load(project)
    assert words in error.value.message


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *((text, True) for text in ("1", "true", "Yes", " on")),
        *((text, False) for text in ("0", "false", "No", "off ")),
    ],
)
def test_a_switch_may_be_set_in_the_usual_words(project: Path, text: str, value: bool) -> None:
    for name in ("credits", "resume"):  # one is off by itself, the other on
        assert load(project, **{variable_of(name): text}).values[name] is value


def test_a_variable_that_does_not_fit_is_named_with_what_would(project: Path) -> None:
    with pytest.raises(UsageError, match=r"^TTSBOOK_CREDITS: 'maybe': expected true or false"):
        load(project, TTSBOOK_CREDITS="maybe")
    write(project / ".env", "TTSBOOK_SPEED=fast\n")
    with pytest.raises(UsageError, match=r"^TTSBOOK_SPEED in .env: 'fast': expected a number from 0.5 to 2"):
        load(project)


def test_a_preset_may_be_named_in_the_environment_and_gives_way_to_a_flag(project: Path) -> None:
    assert load(project, TTSBOOK_PRESET="draft").preset == "draft"
    assert load(project, TTSBOOK_PRESET="draft", source=Source(preset="acx")).preset == "acx"
    with pytest.raises(UsageError, match=r"^TTSBOOK_PRESET: there is no preset 'none'"):
        load(project, TTSBOOK_PRESET="none")


def test_tts_provider_names_the_engine_unless_the_own_variable_does(project: Path) -> None:
    assert load(project, TTS_PROVIDER="Hybrid").settings.engine == "hybrid"
    assert load(project, TTS_PROVIDER="hybrid", TTSBOOK_ENGINE="vits2").settings.engine == "vits2"


def test_dotenv_gives_only_what_is_meant_for_ttsbook(project: Path) -> None:
    lines = "# a comment\nSECRET=x\nexport TTS_PROVIDER='hybrid'\nTTSBOOK_SEED=7 # seven\nnonsense\n"
    write(project / ".env", lines + 'TTSBOOK_BATCH="3" # three\n')
    loaded = load(project)
    chosen = loaded.settings
    assert (chosen.engine, chosen.seed, chosen.batch) == ("hybrid", 7, 3)
    assert loaded.files == (project / ".env",)


def test_file_names_in_a_file_are_relative_to_it(project: Path) -> None:
    write(project / "ttsbook.toml", 'lexicon = "names.toml"\nvoice = "clips/me.wav"\n')
    deep = project / "a"
    deep.mkdir()
    settings = load(deep).settings
    assert settings.lexicon == str(project / "names.toml")
    assert settings.voice == str(project / "clips" / "me.wav")


def test_an_empty_name_of_a_voice_is_refused(project: Path) -> None:
    """`--voice "$VOICE"` of a script that never set it would read for hours in a voice that nobody chose."""
    with pytest.raises(UsageError, match="expected the name of a voice"):
        load(project, flags={"voice": ""})


def test_a_tilde_that_no_shell_resolved_is_the_home_folder(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/home/ann")
    write(project / ".env", "TTSBOOK_VOICE=~/me.wav\n")
    assert load(project).settings.voice == "/home/ann/me.wav"
    assert load(project, flags={"lexicon": "~/names.toml"}).settings.lexicon == "/home/ann/names.toml"
    assert load(project, TTSBOOK_VOICE="~ann").settings.voice == "~ann"


@pytest.mark.parametrize("name", ["ann", "Dr. Ann"])
def test_a_voice_by_name_stays_a_name(project: Path, name: str) -> None:
    write(project / "ttsbook.toml", f'voice = "{name}"\n')
    assert load(project).settings.voice == name


@pytest.mark.parametrize("text", ["seed = ", "\xff", "[pauses.deep]\nx = 1", "pauses = 3"])
def test_a_file_that_is_not_a_configuration_is_refused(project: Path, text: str) -> None:
    (project / "ttsbook.toml").write_bytes(text.encode("latin-1"))
    with pytest.raises(UsageError, match=r"ttsbook\.toml"):
        load(project)


def test_a_missing_file_is_named(project: Path) -> None:
    with pytest.raises(UsageError, match=r"nothing\.toml"):
        load(project, source=Source(file=project / "nothing.toml"))


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_loads(project: Path, preset: str) -> None:
    assert isinstance(load(project, source=Source(preset=preset)).settings, Settings)


def test_an_unknown_preset_lists_those_that_there_are(project: Path) -> None:
    with pytest.raises(UsageError) as error:
        load(project, source=Source(preset="best"))
    assert "studio" in (error.value.hint or "")


@given(st.sampled_from(sorted(RULES)), st.data())
def test_what_a_file_may_say_the_environment_may_say_too(name: str, data: st.DataObject) -> None:
    rule = RULES[name]
    if isinstance(rule, Choice):
        value: object = data.draw(st.sampled_from(rule.values))
    elif isinstance(rule, Whole):
        value = data.draw(st.integers(rule.low, rule.high))
    elif isinstance(rule, Number):
        value = data.draw(st.floats(rule.low, rule.high))
    else:
        return
    assert rule.parse(str(value)) == rule.check(value)
    assert variable_of(name).startswith("TTSBOOK_")


def test_the_chain_of_engines_is_a_list_in_a_file_and_names_between_commas_elsewhere(project: Path) -> None:
    assert load(project).settings.fallback.engines == ("hybrid", "vits2")
    write(project / "ttsbook.toml", '[fallback]\nallowed = false\nengines = ["vits2"]\n')
    assert load(project).settings.fallback.engines == ("vits2",)
    assert not load(project).settings.fallback.allowed
    assert load(project, TTSBOOK_FALLBACK_ENGINES="kokoro, vits2").settings.fallback.engines == (
        "kokoro",
        "vits2",
    )
    loaded = load(project, flags={"fallback.allowed": False})
    assert loaded.origins["fallback.allowed"] == "--no-fallback"


@pytest.mark.parametrize("line", ['engines = "vits2"', "engines = [1]", 'engines = [""]', "engine = []"])
def test_a_chain_that_is_none_is_refused(project: Path, line: str) -> None:
    write(project / "ttsbook.toml", f"[fallback]\n{line}\n")
    with pytest.raises(UsageError, match="fallback"):
        load(project)


def test_the_places_of_a_model_are_relative_to_the_file_that_names_them(project: Path) -> None:
    write(project / "ttsbook.toml", '[cosyvoice]\nmodel = "models/two"\n')
    assert load(project).settings.cosyvoice.model == str(project / "models" / "two")
    assert load(project).settings.cosyvoice.code == ""
