"""A name in, a loaded engine out; and for every known engine whether it can run here.

The registry is data: nothing is imported until an engine is asked for. What a person chooses by name is
a model together with how carefully a clip is analysed for it and how many processes speak, so that
several names may share a model, and with it the chunks that were spoken.
Knows nothing of what engines do, of voices, or of the order in which a render falls back on them.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import cast

from ttsbook.engines.base import Availability, Engine, EngineSpec, Options
from ttsbook.errors import MissingError, UsageError
from ttsbook.vits2.session import REMOVE_RUNTIMES


@dataclass(frozen=True, slots=True)
class Entry:
    """What must be here for an engine, how to get it, and how it is used."""

    target: str  # "module:Class", imported when the engine is loaded
    summary: str  # one line for people
    needs: tuple[str, ...] = ()  # importable modules
    fix: str = ""  # the command that brings them
    model: str = ""  # the engine that gives the same samples, if not this one: both share cached chunks
    analysis: str = "plain"  # how a clip is analysed for it (`ttsbook.voice.analyse.METHODS`)
    on_processor: str = ""  # the engine that does the same on the processor, for one that needs a GPU
    min_workers: int = 1  # processes, unless there is only one chunk
    gpu_batch: int = 64  # chunks in one go, on a GPU
    wants_clip: bool = False  # takes the options "clip" and "transcript": it listens to the recording itself
    languages: tuple[str, ...] = ("en", "zh")  # what it reads
    clones: bool = True  # False: it has voices of its own


_VITS2 = "ttsbook.engines.vits2:Vits2Engine"
# Speech is padded to batches of one length: of what is computed for 64 chunks 42 % is speech, for 512 73 %.
# How much is computed at once is bounded apart from that (`ttsbook.vits2.batch`).
_GPU_BATCH = 512

ENGINES: dict[str, Entry] = {
    "vits2": Entry(
        target=_VITS2,
        summary="the base voice: VITS2 for English and Mandarin, in any voice",
        needs=("onnxruntime",),
        fix="pip install 'ttsbook[cpu]'",
        gpu_batch=_GPU_BATCH,
    ),
    "hybrid": Entry(
        target=_VITS2,
        summary="vits2 after a careful analysis of the clip: outliers dropped, timbre corrected",
        needs=("onnxruntime",),
        fix="pip install 'ttsbook[cpu]'",
        model="vits2",
        analysis="hybrid",
        gpu_batch=_GPU_BATCH,
    ),
    "parallel": Entry(
        target=_VITS2,
        summary="hybrid in as many processes as cores and memory allow, at least two",
        needs=("onnxruntime",),
        fix="pip install 'ttsbook[cpu]'",
        model="vits2",
        analysis="hybrid",
        min_workers=2,
        gpu_batch=_GPU_BATCH,
    ),
    "tensorrt": Entry(
        target="ttsbook.engines.tensorrt_engine:TensorRtEngine",
        summary="hybrid with the model built for this NVIDIA GPU by TensorRT (`ttsbook optimize`)",
        needs=("onnxruntime",),
        fix=f"{REMOVE_RUNTIMES} && pip install 'ttsbook[gpu]' 'tensorrt-cu13>=10.13,<11'",
        analysis="hybrid",
        on_processor="hybrid",
        gpu_batch=_GPU_BATCH,
    ),
    "cosyvoice": Entry(
        target="ttsbook.engines.cosyvoice:CosyVoiceEngine",
        summary="CosyVoice 2 or 3 as you have installed it: slow, and close to the recording",
        fix="see [cosyvoice] in `ttsbook config show`",
        analysis="hybrid",  # for the engine that it falls back on; itself it listens to the clip
        wants_clip=True,
    ),
    "coqui": Entry(
        target="ttsbook.engines.coqui:CoquiEngine",
        summary="XTTS v2, YourTTS or VITS through coqui-tts: slow, and not all are free to use",
        fix="pip install 'ttsbook[coqui]'",
        analysis="hybrid",
        wants_clip=True,
    ),
    "kokoro": Entry(
        target="ttsbook.engines.kokoro:KokoroEngine",
        summary="Kokoro-82M (Apache-2.0), for comparison: 82 million weights, its own voices",
        needs=("onnxruntime", "onnx"),
        fix="pip install 'ttsbook[kokoro]'",
        clones=False,
    ),
    "piper": Entry(
        target="ttsbook.engines.piper:PiperEngine",
        summary="a Piper voice, for comparison: English only, its own voice",
        needs=("onnxruntime", "onnx"),
        fix="pip install 'ttsbook[piper]'",
        languages=("en",),
        clones=False,
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


def entry_of(name: str) -> Entry:
    """Return what the registry says of an engine; one from elsewhere ("module:Class") has the defaults.

    Raises:
        UsageError: no engine has this name.
    """
    if name in ENGINES:
        return ENGINES[name]
    if ":" in name:
        return Entry(target=name, summary="an engine of your own")
    near = difflib.get_close_matches(name, ENGINES, n=1)
    known = ", ".join(sorted(ENGINES))
    hint = f"did you mean {near[0]!r}?" if near else f"engines: {known}"
    raise UsageError(f"unknown engine {name!r}", hint)


def model_of(name: str) -> str:
    """Return the name of the engine whose samples `name` gives: its own, or that of which it is a variant."""
    return ENGINES[name].model or name if name in ENGINES else name


def available_engines(options: Mapping[str, Options] | None = None) -> tuple[Availability, ...]:
    """Return for every registered engine whether it can be loaded here, without loading any weights.

    Args:
        options: of the engines that have some, for example where a model lies.
    """
    return tuple(check_engine(name, (options or {}).get(name, ())) for name in ENGINES)


def check_engine(name: str, options: Options = ()) -> Availability:
    """Return whether one engine can be loaded here; its class may add a check, `missing(options)`."""
    entry = entry_of(name)
    absent = [module for module in entry.needs if not _is_installed(module)]
    if absent:
        return Availability(name, False, f"needs {' and '.join(absent)}", entry.fix)
    try:
        missing = getattr(_engine_class(name), "missing", None)
        if missing is not None:
            missing(options)
    except MissingError as error:
        return Availability(name, False, error.message, error.hint or entry.fix)
    return Availability(name, True)


def _engine_class(name: str) -> object:
    entry = entry_of(name)
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
        spec = find_spec(module)
    except ModuleNotFoundError:  # a parent package is absent
        return False
    return spec is not None and spec.origin is not None  # None: a folder that pip left behind
