"""`ttsbook say`: how words are read, by the rules and by the lexicon."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from ttsbook.cli import options
from ttsbook.cli.document import document
from ttsbook.cli.narrator import accent_of
from ttsbook.cli.talk import print_json
from ttsbook.config import Settings, Source, load_config


def say(
    words: Annotated[list[str], typer.Argument(metavar="WORD...", help="Words or phrases.")],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Also speak them into an audio file.",
            rich_help_panel=options.OUTPUT,
        ),
    ] = None,
    force: options.Force = False,
    voice: options.Voice = None,
    language: options.Language = None,
    lexicon: options.Lexicon = None,
    accent: options.Accent = None,
    as_json: options.Json = False,
    config: options.ConfigFile = None,
    no_config: options.NoConfig = False,
    preset: options.Preset = None,
) -> None:
    """Show how words are pronounced, with and without your lexicon.

    \b
      ttsbook say Hermione 重庆
      ttsbook say Hermione --lexicon names.toml -o hermione.wav
    """
    flags = {"voice": voice, "language": language, "lexicon": lexicon, "accent": accent}
    loaded = load_config(flags, Source(config, not no_config, preset))
    if output is not None:
        from ttsbook.cli.job import format_of

        format_of(output, None, loaded.settings.format)  # what cannot be written is said first
    entries = _describe(words, loaded.settings)
    if output is not None:
        from ttsbook.cli.speak import speak

        text = "\n\n".join(words)
        # With --json the path that `speak` prints would stand in front of the document.
        with contextlib.redirect_stdout(io.StringIO()) if as_json else contextlib.nullcontext():
            speak(text, output, force=force, voice=voice, language=language, lexicon=lexicon, accent=accent,
                  quiet=True,
                  config=config, no_config=no_config, preset=preset)  # fmt: skip
    if as_json:
        print_json(document(words=entries))
    else:
        print("\n".join(map(_as_text, entries)))


def _describe(words: Iterable[str], settings: Settings) -> list[dict[str, Any]]:
    from ttsbook.book.ssml import take_tags
    from ttsbook.text import FrontEnd, read_lexicon

    reader = partial(
        FrontEnd,
        language=settings.language,
        accent=accent_of(settings.voice, settings),
        emoji=settings.emoji,
    )
    plain = reader()
    own = reader(lexicon=read_lexicon(settings.lexicon)) if settings.lexicon else plain
    entries = []
    for word in words:
        read = take_tags(" ".join(word.split()))
        spoken, proposed, found = plain.say(read.text, markup=read.markup)
        overridden = own.say(read.text, markup=read.markup)[1]
        lexicon = overridden if overridden != proposed else None
        entries.append(
            {"word": word, "language": found, "spoken": spoken, "phonemes": proposed, "lexicon": lexicon}
        )
    return entries


def _as_text(entry: dict[str, Any]) -> str:
    spoken = entry["spoken"] or "(nothing to say)"
    line = f"{entry['word']}: {spoken}  /{entry['phonemes']}/"
    return f"{line}, by the lexicon /{entry['lexicon']}/" if entry["lexicon"] else line
