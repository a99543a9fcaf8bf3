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
    """Build the base voice for this machine's NVIDIA GPU, for the engine tensorrt.

    \b
      ttsbook optimize
      ttsbook render book.epub --engine tensorrt -o book.m4b

    Takes some minutes the first time; another GPU, driver or version of the voice needs its own. Prints the
    folder in the cache that keeps it.
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
