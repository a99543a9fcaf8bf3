"""`ttsbook config`: the settings in effect and where each came from."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from ttsbook.cli import options
from ttsbook.cli.document import document
from ttsbook.cli.talk import print_json
from ttsbook.config import Source, load_config

app = typer.Typer(help="Show the settings.", rich_markup_mode=None)


@app.callback()
def _group() -> None:
    """Show the settings."""


@app.command()
def show(
    origin: Annotated[bool, typer.Option("--origin", help="Say where each value came from.")] = False,
    config: options.ConfigFile = None,
    no_config: options.NoConfig = False,
    preset: options.Preset = None,
    as_json: options.Json = False,
) -> None:
    """Print every setting as TOML.

    \b
      ttsbook config show --origin
      ttsbook config show --preset acx > ttsbook.toml
    """
    loaded = load_config(source=Source(config, not no_config, preset))
    if as_json:
        entries = {
            name: {"value": value, "origin": loaded.origins[name]} for name, value in loaded.values.items()
        }
        print_json(
            document(preset=loaded.preset, files=[str(path) for path in loaded.files], settings=entries)
        )
        return
    # Strings, numbers, booleans and lists of strings are written the same in JSON and TOML.
    lines = {
        name: f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in loaded.values.items()
    }
    width = max(len(line) for line in lines.values())
    table = ""
    for name, line in lines.items():
        section, dot, _ = name.rpartition(".")
        if section != table:
            table = section
            print(f"\n[{table}]")
        line = line.removeprefix(section + dot)
        print(f"{line:<{width}}  # {loaded.origins[name]}" if origin else line)
