"""`ttsbook doctor`: what works here, what is missing, and how to install it."""

from __future__ import annotations

import os
import platform
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ttsbook import __version__, paths
from ttsbook.cli import options
from ttsbook.cli.document import document
from ttsbook.cli.talk import print_json, size
from ttsbook.config import Config, Source, load_config
from ttsbook.errors import MissingError, TtsbookError, UsageError

if TYPE_CHECKING:
    from ttsbook.engines.base import Availability
    from ttsbook.engines.gpu import Gpu

MIN_FREE_BYTES = 2_000_000_000  # a long book as WAV and its chunks


@dataclass(frozen=True, slots=True)
class Folder:
    name: str
    path: str
    exists: bool
    writable: bool
    free_bytes: int | None


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is missing; `blocks` if no book can be rendered without it."""

    what: str
    fix: str
    blocks: bool


def doctor(
    as_json: options.Json = False, config: options.ConfigFile = None, no_config: options.NoConfig = False
) -> int:
    """Check the installation and how to get what is missing.

    \b
      ttsbook doctor
      ttsbook doctor --json

    Exits with 0 if books can be rendered, with 4 if something needed is missing.
    """
    loaded = load_config(source=Source(config, not no_config))

    from ttsbook.cli.choice import engine_options
    from ttsbook.engines.choose import available_engines
    from ttsbook.engines.gpu import list_gpus
    from ttsbook.engines.hardware import processor_name, providers
    from ttsbook.render.machine import free_memory_bytes, n_cores

    engines = available_engines(engine_options(loaded.settings))
    gpus = list_gpus()
    folders = _folders()
    problems = [*_engine_problems(engines, loaded), *_runtime_problems(), *_voice_problems(loaded)]
    problems += _gpu_problems(gpus)
    problems += _folder_problems(folders)
    found = document(
        version=__version__,
        python=platform.python_version(),
        system=platform.platform(),
        processor={"name": processor_name(), "cores": n_cores(), "free_memory_bytes": free_memory_bytes()},
        gpus=[asdict(gpu) for gpu in gpus],
        onnxruntime={"packages": _runtimes(), "providers": list(providers())},
        engines=[asdict(engine) for engine in engines],
        voices=_voice_names(),
        folders=[asdict(folder) for folder in folders],
        config_files=[str(path) for path in loaded.files],
        problems=[asdict(problem) for problem in problems],
        ok=not any(problem.blocks for problem in problems),
    )
    if as_json:
        print_json(found)
    else:
        _print_engines(engines)
        _print_machine(gpus, n_cores(), free_memory_bytes())
        _print_folders(folders, loaded)
        _print_problems(problems)
    return 0 if found["ok"] else MissingError.exit_code


def _engine_problems(engines: tuple[Availability, ...], loaded: Config) -> list[Problem]:
    from ttsbook.engines.choose import entry_of

    configured, problems = loaded.settings.engine, []
    for setting, names in (("engine", (configured,)), ("fallback.engines", loaded.settings.fallback.engines)):
        for name in names:
            try:
                entry_of(name)
            except UsageError as error:
                what = f"{loaded.origins[setting]}: {error.message}"
                problems.append(Problem(what, error.hint or "", True))
    missing = [engine for engine in engines if not engine.available]
    problems += [
        Problem(f"engine {engine.name}: {engine.why}", engine.fix, engine.name == configured)
        for engine in missing
    ]
    return problems


def _runtime_problems() -> list[Problem]:
    from ttsbook.vits2.session import REMOVE_RUNTIMES, load_runtime

    fix = f"{REMOVE_RUNTIMES}, then pip install 'ttsbook[cpu]' or 'ttsbook[gpu]'"
    if len(_runtimes()) > 1:
        # They install into the same folder; whichever came last wins, file by file.
        what = "onnxruntime and onnxruntime-gpu are both installed and overwrite each other"
        return [Problem(what, fix, True)]
    try:
        load_runtime()
    except MissingError as error:  # that none is installed, the engines say
        return [Problem(error.message, fix, True)] if _runtimes() else []
    return []


def _gpu_problems(gpus: tuple[Gpu, ...]) -> list[Problem]:
    """Report a GPU that the base voice would not use."""
    from ttsbook.engines.hardware import GET_GPU, on_gpu

    if not gpus:
        return []
    try:
        on_gpu(gpus[0])
    except MissingError as error:
        return [Problem(f"{gpus[0].name} is not used: {error.message}", error.hint or GET_GPU, False)]
    return []


def _voice_problems(loaded: Config) -> list[Problem]:
    from ttsbook.cli.narrator import voice_files

    voice = loaded.settings.voice
    if voice_files(voice):
        return []
    fix = "`ttsbook voices list` lists the voices; set `voice`"
    return [Problem(f"voice {voice!r} does not exist", fix, True)]


def _folder_problems(folders: tuple[Folder, ...]) -> list[Problem]:
    problems = []
    for folder in folders:
        if not folder.writable:
            fix = "change its permissions, or set TTSBOOK_HOME to a folder of your own"
            problems.append(Problem(f"{folder.path} cannot be written", fix, folder.name != "config"))
        elif folder.free_bytes is not None and folder.free_bytes < MIN_FREE_BYTES:
            what = f"only {size(folder.free_bytes)} are free for {folder.path}"
            problems.append(Problem(what, "free some space, or run `ttsbook cache gc`", False))
    return problems


def _folders() -> tuple[Folder, ...]:
    places = {
        "config": paths.config_dir(),
        "data": paths.data_dir(),
        "cache": paths.cache_dir(),
        "state": paths.state_dir(),
    }
    return tuple(_look_at(name, path) for name, path in places.items())


def _look_at(name: str, path: Path) -> Folder:
    """Return whether a folder is, or could be made, writable."""
    nearest = next(parent for parent in (path, *path.absolute().parents) if os.access(parent, os.F_OK))
    try:
        free = shutil.disk_usage(nearest).free
    except OSError:
        free = None
    is_folder = nearest.is_dir()
    writable = is_folder and os.access(nearest, os.W_OK | os.X_OK)
    return Folder(name, str(path), is_folder and nearest == path, writable, free)


def _runtimes() -> dict[str, str]:
    from importlib import metadata  # it loads the whole of `email`

    from ttsbook.engines.onnx import PACKAGES

    found = {}
    for package in PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found


def _voice_names() -> list[str]:
    from ttsbook.voice.store import list_voices

    try:
        return [listed.name for listed in list_voices()]
    except TtsbookError:
        return []


def _print_engines(engines: tuple[Availability, ...]) -> None:
    from ttsbook.engines.choose import ENGINES

    print(f"ttsbook {__version__}, Python {platform.python_version()}, {platform.platform()}\n\nEngines")
    for engine in engines:
        state = f"ready: {ENGINES[engine.name].summary}" if engine.available else f"unavailable: {engine.why}"
        print(f"  {engine.name:<12} {state}")
        if not engine.available and engine.fix:
            print(f"  {'':<12} hint: {engine.fix}")


def _print_machine(gpus: tuple[Gpu, ...], cores: int, memory: int | None) -> None:
    from ttsbook.engines.hardware import processor_name, providers

    print("\nDevices")
    free = f", {size(memory)} of memory free" if memory is not None else ""
    print(f"  {'cpu':<12} {processor_name()}, {cores} cores{free}")
    for gpu in gpus:
        known = gpu.free_bytes is not None and gpu.total_bytes is not None
        room = (
            f"{size(gpu.free_bytes or 0)} of {size(gpu.total_bytes or 0)} free" if known else "memory unknown"
        )
        print(f"  cuda:{gpu.index:<7} {gpu.name}, {room}")
    if not gpus:
        print(f"  {'cuda':<12} no NVIDIA GPU found")
    runtimes = ", ".join(f"{name} {version}" for name, version in _runtimes().items())
    print(f"  {'onnxruntime':<12} {runtimes or 'not installed'}")
    if able := providers():
        print(f"  {'providers':<12} {', '.join(able)}")


def _print_folders(folders: tuple[Folder, ...], loaded: Config) -> None:
    print("\nFolders")
    for folder in folders:
        free = f" ({size(folder.free_bytes)} free)" if folder.free_bytes is not None else ""
        print(f"  {folder.name:<12} {folder.path}{free}")
    print(f"  {'settings':<12} {', '.join(map(str, loaded.files)) or 'no files, preset ' + loaded.preset}")
    print(f"  {'voices':<12} {', '.join(_voice_names()) or 'none'}")


def _print_problems(problems: list[Problem]) -> None:
    print("\nMissing" if problems else "\nNothing is missing.")
    for problem in problems:
        print(f"  {'!' if problem.blocks else '-'} {problem.what}\n    {problem.fix}")
