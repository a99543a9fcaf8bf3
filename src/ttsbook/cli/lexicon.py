"""`ttsbook lexicon`: checks files of pronunciations."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ttsbook.cli import options
from ttsbook.cli.document import document
from ttsbook.cli.talk import print_json

app = typer.Typer(help="Check lexicons: files of pronunciations.")


@app.callback()
def _root() -> None:
    """Keep `check` a subcommand although it is the only one."""


@app.command()
def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The lexicon.")], as_json: options.Json = False
) -> None:
    """Check a lexicon and print how each entry is read.

    \b
      ttsbook lexicon check names.toml
    """
    from ttsbook.text import read_lexicon

    found = read_lexicon(file)
    if as_json:
        entries = [
            {
                "word": entry.written,
                "phonemes": entry.phonemes,
                "case": entry.case,
                "language": entry.language,
            }
            for entry in found.entries
        ]
        print_json(document(entries=entries))
        return
    for entry in found.entries:
        print(f"{entry.written}  /{entry.phonemes}/")
    n_entries = len(found.entries)
    print(f"{file}: {n_entries} {'entry' if n_entries == 1 else 'entries'}, no mistakes")
