"""A name in, a loaded engine out; and for every known engine whether it can run here.

The registry is data: nothing is imported until an engine is asked for.
Knows nothing of what engines do, of voices, or of the order in which a render falls back on them.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import cast

from ttsbook.engines.base import Availability, Engine, EngineSpec
from ttsbook.errors import MissingError, UsageError


@dataclass(frozen=True, slots=True)
class Entry:
    """What must be here for an engine, and how to get it."""

    target: str  # "module:Class", imported when the engine is loaded
    summary: str  # one line for people
    needs: tuple[str, ...] = ()  # importable modules
    fix: str = ""  # the command that brings them


ENGINES: dict[str, Entry] = {
    "vits2": Entry(
        target="ttsbook.engines.vits2:Vits2Engine",
        summary="the base voice: a VITS2 that speaks English and Mandarin in anyone's voice",
        needs=("onnxruntime",),
        fix="pip install 'ttsbook[cpu]'",
    ),
}


def load_engine(spec: EngineSpec) -> Engine:
    """Build the engine that `spec` describes.

    Raises:
        UsageError: no engine has this name.
        MissingError: it is known, but something that it needs is not here.
    """
    build = cast(Callable[[EngineSpec], Engine], _engine_class(spec.name))
    return build(spec)


def available_engines() -> tuple[Availability, ...]:
    """Say for every registered engine whether it can be loaded here, without loading any weights."""
    return tuple(check_engine(name) for name in ENGINES)


def check_engine(name: str) -> Availability:
    """Say whether one engine can be loaded here; its class may add a check of its own, `missing()`."""
    entry = _entry(name)
    absent = [module for module in entry.needs if not _is_installed(module)]
    if absent:
        return Availability(name, False, f"needs {' and '.join(absent)}", entry.fix)
    try:
        missing = getattr(_engine_class(name), "missing", None)
        if missing is not None:
            missing()
    except MissingError as error:
        return Availability(name, False, error.message, error.hint or entry.fix)
    return Availability(name, True)


def _entry(name: str) -> Entry:
    if name in ENGINES:
        return ENGINES[name]
    if ":" in name:
        return Entry(target=name, summary="from outside the registry")
    near = difflib.get_close_matches(name, ENGINES, n=1)
    known = ", ".join(sorted(ENGINES))
    hint = f"did you mean {near[0]!r}?" if near else f"engines: {known}"
    raise UsageError(f"no engine is called {name!r}", hint)


def _engine_class(name: str) -> object:
    entry = _entry(name)
    module_name, _, class_name = entry.target.partition(":")
    try:
        return getattr(import_module(module_name), class_name)
    except ImportError as error:
        fix = entry.fix or f"check that {module_name} can be imported"
        raise MissingError(f"engine {name} cannot be loaded: {error}", fix) from error
    except AttributeError as error:
        raise UsageError(f"engine {name}: {module_name} has no {class_name}") from error


def _is_installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # a parent package is absent
        return False
