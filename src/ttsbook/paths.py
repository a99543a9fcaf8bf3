"""Where files live; the only module besides `ttsbook.config.load` that reads the environment.

XDG base directories (freedesktop.org, version 0.8); `TTSBOOK_HOME` moves all four at once.
"""

from __future__ import annotations

import os
from importlib import resources
from importlib.util import find_spec
from pathlib import Path

from ttsbook.errors import MissingError, UsageError


def _folder(kind: str, variable: str, fallback: str) -> Path:
    home = os.environ.get("TTSBOOK_HOME")
    base = os.environ.get(variable, "")
    try:
        if home:
            return Path(home).expanduser() / kind
        # The XDG specification tells programs to ignore relative paths.
        root = Path(base) if base and Path(base).is_absolute() else Path.home() / fallback
    except RuntimeError as error:  # as in a container whose user is a mere number
        hint = "set HOME, or set TTSBOOK_HOME to a folder that can be written"
        raise UsageError("there is no home folder to keep voices and finished work in", hint) from error
    return root / "ttsbook"


def expand_user(path: str | Path) -> Path:
    """Return a path with ~ as the home folder; where that is not known, as it is."""
    try:
        return Path(path).expanduser()
    except RuntimeError:
        return Path(path)


def config_dir() -> Path:
    """Folder of the user's `config.toml`."""
    return _folder("config", "XDG_CONFIG_HOME", ".config")


def data_dir() -> Path:
    """Folder of what the user would miss: voices and fetched models."""
    return _folder("data", "XDG_DATA_HOME", ".local/share")


def cache_dir() -> Path:
    """Folder that may be deleted at any time: rendered chunks, analysed clips."""
    return _folder("cache", "XDG_CACHE_HOME", ".cache")


def state_dir() -> Path:
    """Folder of journals and logs."""
    return _folder("state", "XDG_STATE_HOME", ".local/state")


def voices_dir() -> Path:
    """Folder of the user's own voice profiles."""
    return data_dir() / "voices"


def environment_at(home: Path) -> dict[str, str]:
    """Return the environment for a child process whose folders lie in `home`; only data are the user's.

    Raises:
        OSError: the folder cannot be made.
    """
    home.mkdir(parents=True, exist_ok=True)
    if data_dir().is_dir():
        (home / "data").symlink_to(data_dir().resolve(), target_is_directory=True)
    return {**os.environ, "TTSBOOK_HOME": str(home)}


def set_for_children(variable: str, value: str) -> None:
    """Set an environment variable for the processes that this one starts."""
    os.environ[variable] = value


def library_variable(variable: str) -> str | None:
    """Return an environment variable that libraries go by; None if it is not set."""
    return os.environ.get(variable)


def set_for_libraries(variable: str, value: str) -> None:
    """Set an environment variable, unless it is set, for libraries that this process has yet to load."""
    os.environ.setdefault(variable, value)


def packaged(kind: str) -> Path:
    """Return the folder of data shipped with the program: "configs", "voices" or "weights".

    In a wheel they lie inside the package; in a checkout at the top level (weights always inside).
    """
    inside = Path(str(resources.files("ttsbook"))) / kind
    if inside.is_dir():
        return inside
    return Path(__file__).resolve().parents[2] / kind


def installed(package: str, hint: str) -> Path:
    """Return the folder of an installed package of which only data are used: its code is not run.

    Args:
        hint: how to install it.

    Raises:
        MissingError: it is not installed.
    """
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise MissingError(f"the package {package} is not installed", hint)
    return Path(next(iter(spec.submodule_search_locations)))
