"""`ttsbook speak`: a line or two of text into an audio file, in the same way as a book."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from ttsbook.cli import options
from ttsbook.cli.document import document
from ttsbook.cli.narrator import find_narrator, warn_of_idle_words
from ttsbook.cli.talk import is_terminal, make_talk, print_json
from ttsbook.config import Source, load_config
from ttsbook.errors import InputError, UsageError

STDOUT = Path("-")


def speak(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What to say; - for standard input.")],
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="The audio file; - for standard output.",
            rich_help_panel=options.OUTPUT,
        ),
    ],
    force: options.Force = False,
    voice: options.Voice = None,
    ref_text: options.RefText = None,
    speed: options.Speed = None,
    seed: options.Seed = None,
    language: options.Language = None,
    lexicon: options.Lexicon = None,
    accent: options.Accent = None,
    audio_format: options.Format = None,
    sample_rate: options.SampleRate = None,
    loudness: options.Loudness = None,
    engine: options.Engine = None,
    no_fallback: options.NoFallback = False,
    device: options.Device = None,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    config: options.ConfigFile = None,
    no_config: options.NoConfig = False,
    preset: options.Preset = None,
) -> None:
    """Speak a line of text.

    \b
      ttsbook speak "It was a dark and stormy night." -o night.wav
      echo 你好 | ttsbook speak - -o - | aplay
    """
    flags = {
        "voice": voice, "speed": speed, "seed": seed,
        "language": language, "lexicon": lexicon, "accent": accent,
        "format": audio_format, "sample-rate": sample_rate, "loudness": loudness,
        "engine": engine, "device": device, "workers": 1, "ref-text": ref_text,
        "fallback.allowed": False if no_fallback else None,
    }  # fmt: skip
    loaded = load_config(flags, Source(config, not no_config, preset))
    to_stdout = output == STDOUT
    if to_stdout and (is_terminal(1) or as_json):
        raise UsageError("-o - writes audio to standard output", "pipe it into a player, or give a file name")

    from ttsbook.book.words import book_of_text
    from ttsbook.cli.choice import render_settings, without_silent_ends
    from ttsbook.cli.job import format_of
    from ttsbook.cli.progress import PlainReporter, WarningReporter
    from ttsbook.cli.source import STDIN, read_stdin
    from ttsbook.render.run import render_book

    suffix = format_of(None if to_stdout else output, audio_format, loaded.settings.format)
    settings = render_settings(loaded.settings, audio_format=suffix, force=force)
    settings = without_silent_ends(settings)
    book = book_of_text(_decode(read_stdin()) if text == STDIN else text)
    talk = make_talk(quiet, verbose)
    warn_of_idle_words(loaded.settings, talk)
    profile = find_narrator(loaded.settings.voice, talk, loaded.settings)
    reporter = PlainReporter(talk) if verbose else WarningReporter(talk)
    with TemporaryDirectory(prefix="ttsbook-") as folder:
        target = Path(folder) / f"speech.{suffix}" if to_stdout else output
        report = render_book(book, target, settings=settings, voice=profile, reporter=reporter)
        if to_stdout:
            with target.open("rb") as audio:
                shutil.copyfileobj(audio, sys.stdout.buffer)
        elif as_json:
            print_json(document(report=report.as_dict()))
        else:
            print(output)


def _decode(data: bytes) -> str:
    """Return what was piped in as text, in whatever encoding a book may have.

    Raises:
        InputError: it is no text.
    """
    from ttsbook.book.encoding import decode, looks_binary

    if looks_binary(data):
        raise InputError("cannot read standard input: it is not text", "for a book: ttsbook render - -o FILE")
    return decode(data).text
