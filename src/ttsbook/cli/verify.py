"""`ttsbook verify`: audio files measured against what shops, broadcasters and their own header ask for."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ttsbook.cli import options
from ttsbook.cli.document import document, error_entry
from ttsbook.cli.talk import clock, make_talk, print_json
from ttsbook.errors import TtsbookError, UsageError

if TYPE_CHECKING:
    from ttsbook.audio.standard import Verdict
    from ttsbook.audio.survey import Survey


def verify(
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="Any audio files.")],
    against: Annotated[
        list[str] | None,
        typer.Option(
            "--against", metavar="acx|ebu|file", help="Check only these rules; repeatable. [default: all]"
        ),
    ] = None,
    as_json: options.Json = False,
) -> int:
    """Measure audio files and say which rules they break.

    \b
      ttsbook verify book.m4b --against file
      ttsbook verify chapters/*.mp3 --against acx --json

    acx: what ACX and Audible require of a file. ebu: EBU R 128, for broadcasting. file: whether duration,
    title, artist and chapters agree with the header. Exits with 1 if a rule is broken.
    """
    from ttsbook.audio.standard import STANDARDS

    chosen = tuple(dict.fromkeys(against or STANDARDS))
    unknown = [name for name in chosen if name not in STANDARDS]
    if unknown:
        raise UsageError(f"--against {unknown[0]}: expected one of {', '.join(STANDARDS)}")
    talk = make_talk(False, False)
    entries, codes = [], set()
    for path in files:
        try:
            figures, verdicts = _examine(path, chosen)
        except TtsbookError as error:
            if len(files) == 1:
                raise
            talk.failed(str(path), error)
            codes.add(error.exit_code)
            entries.append({"file": str(path), "error": error_entry(error)})
            continue
        if any(not verdict.passed for verdict in verdicts):
            codes.add(1)
        entries.append(_entry(path, figures, verdicts))
        if not as_json:
            print(_text(path, figures, verdicts), flush=True)
    if as_json:
        print_json(document(files=entries))
    return (codes.pop() if len(codes) == 1 else 1) if codes else 0


def _examine(path: Path, standards: tuple[str, ...]) -> tuple[Survey, tuple[Verdict, ...]]:
    from ttsbook.audio.probe import probe
    from ttsbook.audio.standard import judge
    from ttsbook.audio.survey import survey

    found, figures = probe(path), survey(path)
    verdicts = tuple(verdict for standard in standards for verdict in judge(found, figures, standard))
    return figures, verdicts


def _entry(path: Path, figures: Survey, verdicts: tuple[Verdict, ...]) -> dict[str, Any]:
    from ttsbook.render.report import finite

    told = asdict(figures)
    levels = {name: finite(value) if isinstance(value, float) else value for name, value in told.items()}
    return {
        "file": str(path),
        "passed": all(verdict.passed for verdict in verdicts),
        "figures": levels,
        "verdicts": [asdict(verdict) for verdict in verdicts],
    }


def _text(path: Path, figures: Survey, verdicts: tuple[Verdict, ...]) -> str:
    lines = [
        f"{path}: {clock(figures.seconds)}, {figures.loudness_lufs:.1f} LUFS, {figures.rms_db:.1f} dB RMS, "
        f"peak {figures.true_peak_db:.1f} dBTP, noise floor {figures.noise_floor_db:.1f} dB"
    ]
    for verdict in verdicts:
        mark = "ok  " if verdict.passed else "FAIL"
        wanted = "" if verdict.passed else f" (wanted: {verdict.wanted})"
        lines.append(f"  {mark} {verdict.standard:<4} {verdict.rule}: {verdict.found}{wanted}")
    return "\n".join(lines)
