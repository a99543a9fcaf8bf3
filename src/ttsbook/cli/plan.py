"""`ttsbook plan`: what will be said, chunk by chunk, as a file to edit and render."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ttsbook.cli import options
from ttsbook.cli.document import document
from ttsbook.cli.narrator import accent_of
from ttsbook.cli.talk import make_talk, print_json
from ttsbook.config import Source, load_config
from ttsbook.errors import OutputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ttsbook.cli.script import Script
    from ttsbook.render.plan import Plan
    from ttsbook.render.settings import RenderSettings
    from ttsbook.types import Book


def plan(
    book: Annotated[str, typer.Argument(metavar="BOOK", help="EPUB, Markdown or text.")],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="The plan, named *.plan.jsonl. [default: next to the book]",
            rich_help_panel=options.OUTPUT,
        ),
    ] = None,
    force: options.Force = False,
    voice: options.Voice = None,
    cast: options.Cast = None,
    chapters: options.Chapters = None,
    include_matter: options.IncludeMatter = None,
    language: options.Language = None,
    lexicon: options.Lexicon = None,
    accent: options.Accent = None,
    engine: options.Engine = None,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
    config: options.ConfigFile = None,
    no_config: options.NoConfig = False,
    preset: options.Preset = None,
) -> None:
    """Write the chunks of a book as a plan to edit and render.

    \b
      ttsbook plan book.epub -o book.plan.jsonl
      ttsbook render book.plan.jsonl -o book.m4b

    Each line is a JSON object. Edit `text` to change what is read, `spoken` to give the exact words, or
    `phonemes` to give the sounds. `voice` and `character` say who speaks, `pause_ms` how long the silence
    after it is. Only edited lines are rendered again.
    """
    flags = {
        "voice": voice, "language": language, "lexicon": lexicon, "accent": accent,
        "engine": engine, "include-matter": include_matter,
    }  # fmt: skip
    loaded = load_config(flags, Source(config, not no_config, preset))
    talk = make_talk(quiet, False)

    from ttsbook.cli.beside import with_lexicon_beside
    from ttsbook.cli.choice import render_settings
    from ttsbook.cli.script import cast_of, read_script
    from ttsbook.cli.source import STDIN
    from ttsbook.render.planfile import SUFFIX, is_plan, write_plan

    if is_plan(book):
        raise UsageError(
            f"{book} is already a plan", f"edit it, and render it: ttsbook render {book} -o FILE"
        )
    if book == STDIN and output is None:
        raise UsageError("standard input has no name to derive the output from", "give -o FILE")
    if output is not None and not is_plan(str(output)):
        raise UsageError(
            f"the name {output} does not end with {SUFFIX}",
            "`ttsbook render` recognises a plan by that ending",
        )
    settings = with_lexicon_beside(render_settings(loaded.settings, chapters=chapters), book, talk)
    chosen = cast_of(cast)
    script = read_script(book, chosen, talk)
    target = output or Path(book).with_suffix(SUFFIX)
    narrator = (
        chosen.narrator if chosen is not None and chosen.narrator and voice is None else loaded.settings.voice
    )
    accents = {name: accent_of(name, loaded.settings) for name in (narrator, *dict(script.voices))}
    book_seen = replace(script, book=_seen_from(script.book, target))
    made = _plan(book_seen, replace(settings, credits=False), narrator, accents)
    text = "".join(f"{line}\n" for line in write_plan(made, narrator, settings.pauses))
    _write(target, text, force)
    if as_json:
        print_json(document(plan=str(target), chunks=made.n_chunks))
    else:
        print(target)


def _plan(script: Script, settings: RenderSettings, narrator: str, accents: Mapping[str, str]) -> Plan:
    """Plan a book as a render with the same engine does; `accents` are those of all voices, by name."""
    from ttsbook.cli.source import nobody, plan_without_keys
    from ttsbook.engines.base import EngineSpec
    from ttsbook.engines.choose import load_engine

    engine = load_engine(EngineSpec(settings.engine, settings.device, 1, settings.engine_options))
    most = engine.max_phonemes
    engine.close()
    # Keys are not written, so that of a profile only the accent counts.
    profiles = {name: replace(nobody(), accent=accent) for name, accent in accents.items()}
    voices = {name: profiles[name] for name, _ in script.voices}
    return plan_without_keys(script.book, settings, profiles[narrator], script.adapt, voices, most)


def _seen_from(book: Book, target: Path) -> Book:
    """Return a book under the name that it has from the folder of the plan."""
    if not Path(book.source).is_file():
        return book
    return replace(book, source=os.path.relpath(book.source, target.absolute().parent))


def _write(target: Path, text: str, force: bool) -> None:
    from ttsbook.files import atomic_write, output_error

    data = text.encode("utf-8", "backslashreplace")  # what is no UTF-8 in a file's name, as JSON has it
    try:
        is_kept = target.exists() and not force and (not target.is_file() or target.read_bytes() != data)
    except OSError as error:
        raise output_error(target, error) from error
    if is_kept:
        raise OutputError(
            f"{target} exists, and may have been edited", "use --force to replace it, or give -o FILE"
        )
    with atomic_write(target) as handle:
        handle.write(data)
