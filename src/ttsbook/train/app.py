"""The training commands put together, in the order in which they follow one another."""

from __future__ import annotations

import typer

from ttsbook.train.commands import data, learn, ship

HELP = """Training of the base voice.

To go on from it with recordings of your own, in a checkout with the extras `cpu`, `train` and `qa`:

\b
  base=src/ttsbook/weights/base.safetensors more=src/ttsbook/train/weights
  python -m ttsbook.train transcribe recordings said.tsv
  python -m ttsbook.train prepare data --recorded recordings --transcripts said.tsv
  python -m ttsbook.train align $base data aligned --posterior $more/posterior.safetensors
  python -m ttsbook.train fit aligned run --rate 2e-4 --start $base \\
    --start $more/posterior.safetensors --start $more/discriminators.safetensors
  python -m ttsbook.train export run/checkpoint.safetensors model
  TTSBOOK_VITS2_MODEL=model ttsbook render book.epub -o book.m4b

Teacher speech beside the recordings (`teacher speech --voices DIR --text emma.txt`, then `prepare --teacher
speech`) keeps words clear; it is also what a voice from nothing begins with.
"""

app = typer.Typer(
    help=HELP,
    pretty_exceptions_enable=False,  # `__main__` is the error boundary
    add_completion=False,
    rich_markup_mode=None,
)


@app.callback(invoke_without_command=True)
def _root(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        print(context.get_help())


for command in (
    data.teacher,
    data.transcribe,
    data.prepare,
    data.align,
    data.pack,
    learn.recogniser,
    learn.fit,
    learn.average,
    ship.export,
    ship.evaluate,
    ship.card,
):
    app.command()(command)
