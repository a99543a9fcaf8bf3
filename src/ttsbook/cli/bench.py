"""`ttsbook bench`: how fast each engine renders here, and where the time goes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ttsbook.cli import options
from ttsbook.cli.document import document
from ttsbook.cli.talk import Talk, count, make_talk, print_json
from ttsbook.config import Settings, Source, load_config
from ttsbook.errors import RenderError, UsageError

if TYPE_CHECKING:
    from ttsbook.bench.figures import EngineFigures


def bench(
    quick: Annotated[
        bool, typer.Option("--quick", help="Render one minute of audio instead of twelve.")
    ] = False,
    runs: Annotated[
        int,
        typer.Option(min=1, max=99, metavar="N", help="Runs per engine, of which the median is reported."),
    ] = 3,
    engines: Annotated[
        list[str] | None,
        typer.Option("--engine", metavar="NAME", help="Measure only this engine; repeatable."),
    ] = None,
    text: Annotated[
        bool,
        typer.Option(
            "--text", help="Measure only text processing: a made-up book of 5 MB per language, one core."
        ),
    ] = False,
    voice: Annotated[str, typer.Option(metavar="CLIP|NAME", help="The voice that reads.")] = "arthur",
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE.png", help="Also draw the real-time factors (matplotlib).")
    ] = None,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    config: options.ConfigFile = None,
    no_config: options.NoConfig = False,
) -> int:
    """Time every engine that works here on the same passage.

    \b
      ttsbook bench --quick
      ttsbook bench --runs 5 --json > figures.json
      ttsbook bench --text

    Each run is a new process with empty caches that makes an MP3, as `ttsbook render` would. Then the
    stages of the base voice are timed one by one. Compare only figures from the same run. The configuration
    says where third-party engines are installed; an engine that only reads English gets the English half.
    """
    told = load_config(source=Source(config, not no_config)).settings

    from ttsbook.audio.decode import read_clip
    from ttsbook.bench import passage, stages, table
    from ttsbook.bench.plot import draw, require_plotting
    from ttsbook.cli.choice import engine_options
    from ttsbook.engines.choose import available_engines
    from ttsbook.render.machine import n_cores
    from ttsbook.voice.store import find_voice

    talk = make_talk(quiet, verbose)
    if plot is not None:
        require_plotting()
    if text:
        return _bench_text(as_json)
    states = {state.name: state for state in available_engines(engine_options(told))}
    unknown = [name for name in engines or () if name not in states]
    if unknown:
        raise UsageError(f"unknown engine {unknown[0]!r}", f"engines: {', '.join(states)}")
    wanted = engines or list(states)
    skipped = {name: states[name].why for name in wanted if not states[name].available}
    for name, why in skipped.items():
        talk.note(f"{name}: not measured, {why}; hint: {states[name].fix}")
    profile = find_voice(voice, read_clip=read_clip)
    read = passage.passage_bytes(quick=quick)
    measured = [name for name in wanted if name not in skipped]
    rows = _measure(measured, told, talk, voice=voice, runs=runs, quick=quick)
    talk.note("stages …")
    parts = stages.measure_stages(profile, read)
    where = table.machine(n_cores())
    if plot is not None:
        draw(rows, where, plot)
        talk.note(f"drawn: {plot}")
    if as_json:
        print_json(document(**table.as_dict(rows, parts, where, skipped)))
    else:
        print(
            f"{where}\n\n{table.table(rows)}\n\nOne core, stage by stage:\n\n{stages.describe(parts)}", end=""
        )
    return int(len(rows) < len(measured))


def _measure(
    engines: Sequence[str], told: Settings, talk: Talk, *, voice: str, runs: int, quick: bool
) -> list[EngineFigures]:
    """Measure one engine after the other; one that fails is reported and left out."""
    from ttsbook.bench.figures import measure_engine
    from ttsbook.bench.passage import n_characters, passage_book, passage_bytes
    from ttsbook.cli.choice import engine_sections
    from ttsbook.config.layer import variable_of
    from ttsbook.engines.choose import entry_of

    places = {
        variable_of(f"{section}.{key}"): value
        for section, given in engine_sections(told).items()
        for key, value in given
    }
    rows = []
    for name in engines:
        talk.note(f"{name}: {count(runs, 'run')} …")
        english = "zh" not in entry_of(name).languages
        own = passage_bytes(quick=quick, english_only=english)
        length = n_characters(passage_book(quick=quick, english_only=english))
        try:
            rows.append(
                measure_engine(name, own, voice=voice, runs=runs, n_characters=length, settings=places)
            )
        except RenderError as error:
            talk.failed(name, error)
    return rows


def _bench_text(as_json: bool) -> int:
    from dataclasses import asdict

    from ttsbook.bench.table import machine
    from ttsbook.bench.text import LANGUAGES, describe_text, measure_text
    from ttsbook.render.machine import n_cores

    measured = [measure_text(language) for language in LANGUAGES]
    where = machine(n_cores())
    if as_json:
        print_json(document(machine=where, text=[asdict(row) for rows in measured for row in rows]))
    else:
        print(f"{where}\n\nText to phonemes, one core, processor time:\n")
        print("".join(map(describe_text, measured)), end="")
    return 0
