"""All layers put together: flag > environment > project file > user file > preset.

The only module beside `ttsbook.paths` that reads the environment.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ttsbook import paths
from ttsbook.config.layer import Layer, read_dotenv, read_environment, read_file, read_flags
from ttsbook.config.rule import Value
from ttsbook.config.schema import RULES, Settings, build_settings
from ttsbook.errors import UsageError
from ttsbook.files import is_file

PROJECT_FILE = "ttsbook.toml"
USER_FILE = "config.toml"
DOTENV = ".env"


@dataclass(frozen=True, slots=True)
class Config:
    """The settings in effect and where each came from."""

    settings: Settings
    values: Mapping[str, Value]  # by the names of RULES
    origins: Mapping[str, str]
    files: tuple[Path, ...]  # that were read, strongest first; .env if it says something
    preset: str


@dataclass(frozen=True, slots=True)
class Source:
    """Which configuration files to look at."""

    file: Path | None = None  # replaces the project and the user file
    discover: bool = True  # False: no files are searched for, .env included
    preset: str | None = None


def load_config(
    flags: Mapping[str, Value | None] | None = None,
    source: Source | None = None,
    *,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> Config:
    """Read every layer and let the stronger ones win, setting by setting.

    Args:
        flags: values from the command line by setting; None where a flag was not given.
        source: which files to read.
        folder: where the search for the project file starts; the current folder if None.
        environment: variables; those of the process if None.

    Raises:
        UsageError: a file, key or value is wrong; names it and what is allowed.
    """
    source = source or Source()
    folder = folder or _current_folder()
    files = _find_files(source, folder)
    layers = [read_flags(flags or {}, source.preset)]
    layers.append(read_environment(os.environ if environment is None else environment))
    dotenv = folder / DOTENV
    variables = read_dotenv(dotenv) if source.discover else {}
    layers.append(read_environment(variables, source=DOTENV))
    layers += [read_file(path) for path in files]
    preset = next((layer.preset for layer in layers if layer.preset), "default")
    layers += [_read_preset(name) for name in dict.fromkeys((preset, "default"))]
    values, origins = _merge(layers)
    read = (dotenv, *files) if variables else tuple(files)
    return Config(build_settings(values), values, origins, read, preset)


def _current_folder() -> Path:
    try:
        return Path.cwd()
    except FileNotFoundError as error:
        raise UsageError("the current folder no longer exists", "change to another folder") from error


def _find_files(source: Source, folder: Path) -> list[Path]:
    if source.file is not None:
        return [source.file]
    if not source.discover:
        return []
    found = [here / PROJECT_FILE for here in (folder, *folder.absolute().parents)]
    project = [path for path in found if is_file(path)][:1]
    user = paths.config_dir() / USER_FILE
    return project + ([user] if is_file(user) else [])


def _read_preset(name: str) -> Layer:
    layer = read_file(paths.packaged("configs") / f"{name}.toml")
    return Layer(layer.values, dict.fromkeys(layer.values, f"preset {name}"))


def _merge(layers: list[Layer]) -> tuple[dict[str, Value], dict[str, str]]:
    values: dict[str, Value] = {}
    origins: dict[str, str] = {}
    for name in RULES:
        owner = next((layer for layer in layers if name in layer.values), None)
        if owner is None:
            raise UsageError(
                f"no preset gives a value for {name!r}", "the installation is damaged: reinstall"
            )
        values[name] = owner.values[name]
        origins[name] = owner.origins[name]
    if origins["loudness"] == "--loudness":  # an rms from elsewhere would take its place unheard
        values["rms"], origins["rms"] = "off", origins["loudness"]
    return values, origins
