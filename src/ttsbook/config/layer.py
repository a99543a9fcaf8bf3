"""One source of settings (a file, the environment, the flags) turned into checked values.

Knows nothing of which source wins: that is `ttsbook.config.load`.
"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ttsbook.config.rule import Rule, Text, Value
from ttsbook.config.schema import PRESETS, RULES, SECTIONS
from ttsbook.errors import UsageError
from ttsbook.files import is_file, read_small
from ttsbook.paths import expand_user

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PREFIX = "TTSBOOK_"
PROVIDER = "TTS_PROVIDER"  # the engine's name in the system that ttsbook replaces
NOT_SETTINGS = frozenset({"TTSBOOK_HOME"})  # read by ttsbook.paths
MAX_FILE_BYTES = 1 << 20
_FLAGS = {"fallback.allowed": "--no-fallback"}  # of settings whose flag has another name


@dataclass(frozen=True, slots=True)
class Layer:
    """Checked values with the words that say where each came from."""

    values: Mapping[str, Value]
    origins: Mapping[str, str]
    preset: str | None = None


def read_file(path: Path) -> Layer:
    """Read a configuration file; file names in it are relative to its folder.

    Raises:
        UsageError: not readable, not TOML, an unknown key, or a value that is not allowed.
    """
    table = _read_toml(path)
    preset = table.pop("preset", None)
    if preset is not None:
        preset = check_preset(preset, str(path))
    values: dict[str, Value] = {}
    for name, value in _flatten(table):
        rule = RULES.get(name)
        if rule is None:
            raise _unknown(name, str(path))
        try:
            checked = rule.check(value)
        except ValueError:
            raise UsageError(f"{path}: {name} = {value!r}: expected {rule.allowed}") from None
        values[name] = _beside(path, rule, checked) if isinstance(rule, Text) else checked
    return Layer(values, dict.fromkeys(values, str(path)), preset)


def read_environment(environment: Mapping[str, str], source: str = "") -> Layer:
    """Take the settings out of environment variables; `source` names a file they came from."""
    values: dict[str, Value] = {}
    origins: dict[str, str] = {}
    preset = None
    for variable in sorted(environment):
        name = _setting_of(variable)
        text = environment[variable]
        if name is None or not text:
            continue
        where = f"{variable} in {source}" if source else variable
        if name == "preset":
            preset = check_preset(text, where)
            continue
        if variable == PROVIDER:
            text = text.strip().lower()
            if f"{PREFIX}ENGINE" in environment:
                continue
        rule = RULES.get(name)
        if rule is None:
            raise _unknown_variable(variable, where)
        try:
            values[name] = _at_home(rule, rule.parse(text))
        except ValueError:
            raise UsageError(f"{where}: {text!r}: expected {rule.allowed}") from None
        origins[name] = where
    return Layer(values, origins, preset)


def read_flags(flags: Mapping[str, Value | None], preset: str | None = None) -> Layer:
    """Check the flags that were given; None means not given. Text is parsed by the rule of the setting."""
    values: dict[str, Value] = {}
    for name, value in flags.items():
        if value is None:
            continue
        rule = RULES[name]
        try:
            parsed = rule.parse(value) if isinstance(value, str) else rule.check(value)
            values[name] = _at_home(rule, parsed)
        except ValueError:
            raise UsageError(f"--{name} {value}: expected {rule.allowed}") from None
    if preset is not None:
        preset = check_preset(preset, "--preset")
    return Layer(values, {name: _FLAGS.get(name, f"--{name}") for name in values}, preset)


def read_dotenv(path: Path) -> dict[str, str]:
    """Read `NAME=value` lines, only those meant for ttsbook; quotes around a value are taken off."""
    if not is_file(path):
        return {}
    found = {}
    for line in _read_text(path).splitlines():
        name, equals, value = line.strip().removeprefix("export ").partition("=")
        name = name.strip()
        if equals and not name.startswith("#") and _setting_of(name) is not None:
            found[name] = _unquote(value.strip())
    return found


def check_preset(name: object, where: str) -> str:
    if isinstance(name, str) and name in PRESETS:
        return name
    raise UsageError(f"{where}: there is no preset {name!r}", f"the presets are {', '.join(PRESETS)}")


def _setting_of(variable: str) -> str | None:
    """Return the setting a variable names (known or not); None if it is not for us."""
    if variable == PROVIDER:
        return "engine"
    if not variable.startswith(PREFIX) or variable in NOT_SETTINGS:
        return None
    name = variable.removeprefix(PREFIX).lower().replace("_", "-")
    section = next((section for section in SECTIONS if name.startswith(f"{section}-")), None)
    return name if section is None else f"{section}.{name.removeprefix(f'{section}-')}"


def variable_of(name: str) -> str:
    """Return the environment variable of a setting."""
    return PREFIX + name.upper().replace("-", "_").replace(".", "_")


def _read_toml(path: Path) -> dict[str, object]:
    try:
        return dict(tomllib.loads(_read_text(path)))
    except (ValueError, RecursionError) as error:  # also numbers of thousands of digits, and brackets
        raise UsageError(
            f"{path} is not valid TOML: {error}", 'text stands in quotes: voice = "me"'
        ) from error


def _read_text(path: Path) -> str:
    data = read_small(path, MAX_FILE_BYTES, "the configuration", kind=UsageError)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 text") from error


def _flatten(table: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    for key, value in table.items():
        if isinstance(value, dict) and not prefix:
            yield from _flatten(value, f"{key}.")
        else:
            yield prefix + key, value


def _beside(file: Path, rule: Text, value: Value) -> Value:
    """Resolve a file name against the folder of the configuration that holds it."""
    if not isinstance(value, str) or not value:
        return value
    # The name of a voice may have a dot: only where such a file lies is it one.
    if rule.is_path or (rule.may_be_path and ("/" in value or is_file(file.parent / value))):
        return str(file.parent / expand_user(value))
    return value


def _at_home(rule: Rule, value: Value) -> Value:
    """Resolve "~/", which no shell does in a file of variables or behind an equals sign."""
    is_name = isinstance(rule, Text) and (rule.is_path or rule.may_be_path)
    if is_name and isinstance(value, str) and value.startswith("~/"):
        return str(expand_user(value))
    return value


def _unknown(name: str, where: str) -> UsageError:
    return UsageError(f"{where}: unknown setting {name!r}", _nearest(name, [*RULES, "preset"]))


def _unknown_variable(variable: str, where: str) -> UsageError:
    known = [variable_of(name) for name in (*RULES, "preset")]
    return UsageError(f"{where}: there is no such setting", _nearest(variable, known))


def _nearest(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {near[0]}?" if near else "`ttsbook config show` lists all settings"


def _unquote(value: str) -> str:
    if value[:1] in ("'", '"'):
        quoted, end, rest = value[1:].partition(value[0])
        if end and (not rest or rest.lstrip().startswith("#")):
            return quoted
    return value.split(" #", 1)[0].rstrip()
