"""A process to kill: renders the stand-in book, `python killable.py OUTPUT WORKERS [OPTION=VALUE]...`."""

from __future__ import annotations

import sys
from pathlib import Path

from stand_in import VOICE, LetterFrontEnd, make_book, make_settings

from ttsbook.render.run import render_book

if __name__ == "__main__":
    output, workers, *options = sys.argv[1:]
    render_book(
        make_book(4, 10),
        Path(output),
        settings=make_settings(
            workers=int(workers), format=None, batch=2, options=dict(option.split("=") for option in options)
        ),
        voice=VOICE,
        front_end=LetterFrontEnd(),
    )
