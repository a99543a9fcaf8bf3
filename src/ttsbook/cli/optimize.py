"""`ttsbook optimize`: build the base voice for this GPU, so that no render waits for it."""

from __future__ import annotations

import contextlib
import time

from ttsbook.cli import options
from ttsbook.cli.document import document
from ttsbook.cli.talk import make_talk, print_json
from ttsbook.config import Source, load_config


def optimize(
    device: options.Device = None,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    config: options.ConfigFile = None,
    no_config: options.NoConfig = False,
) -> None:
    """Build the base voice for this NVIDIA GPU.

    \b
      ttsbook optimize
      ttsbook render book.epub --engine tensorrt -o book.m4b

    For the engine tensorrt. It takes some minutes, and again after a change of GPU, driver or version of the
    voice. Prints the folder of the cache where the result is kept.
    """
    loaded = load_config({"device": device}, Source(config, not no_config))
    talk = make_talk(quiet, verbose)

    from ttsbook.engines.base import EngineSpec
    from ttsbook.engines.tensorrt_engine import TensorRtEngine

    began = time.monotonic()
    with contextlib.closing(TensorRtEngine(EngineSpec("tensorrt", loaded.settings.device))) as engine:
        n_built = engine.build(lambda name: talk.note(f"{name} …"))
        folder = engine.folder
    seconds = round(time.monotonic() - began, 1)
    if as_json:
        print_json(document(folder=str(folder), graphs=n_built, seconds=seconds))
    else:
        print(folder)
