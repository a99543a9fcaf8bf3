"""The commands put together. Each lives in its own file and imports what it needs when it runs."""

from __future__ import annotations

from typing import Annotated

import typer

from ttsbook import __version__
from ttsbook.cli import (
    bench,
    cache,
    config,
    doctor,
    inspect,
    lexicon,
    optimize,
    plan,
    render,
    say,
    speak,
    verify,
    voices,
)
from ttsbook.cli.grouped import GroupedCommand

HELP = """Audiobooks in a voice of your choice: EPUB or text in, one audio file out.

\b
  ttsbook render book.epub --voice me.wav -o book.m4b
  ttsbook inspect book.epub
"""

app = typer.Typer(
    name="ttsbook",
    help=HELP,
    add_completion=False,
    pretty_exceptions_enable=False,  # `ttsbook.cli.main` is the one error boundary
    rich_markup_mode=None,  # rich would double the time of --help; see `grouped`
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if version:
        print(f"ttsbook {__version__}")
    elif context.invoked_subcommand is None:
        print(context.get_help())


app.command("render", cls=GroupedCommand)(render.render)
app.command("inspect", cls=GroupedCommand)(inspect.inspect)
app.command("plan", cls=GroupedCommand)(plan.plan)
app.command("speak", cls=GroupedCommand)(speak.speak)
app.command("say", cls=GroupedCommand)(say.say)
app.command("verify", cls=GroupedCommand)(verify.verify)
app.add_typer(voices.app, name="voices")
app.add_typer(lexicon.app, name="lexicon")
app.command("doctor", cls=GroupedCommand)(doctor.doctor)
app.add_typer(cache.app, name="cache")
app.add_typer(config.app, name="config")
app.command("bench", cls=GroupedCommand)(bench.bench)
app.command("optimize", cls=GroupedCommand)(optimize.optimize)
